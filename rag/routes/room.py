"""What a room is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from embeddings import Index
from rag.answers import AnswerSentence, Citation, Hit
from rag.extractive.choice import Extract, extract
from rag.extractive.demands import Missing
from rag.question.phrases import Language
from rag.question.question import Question
from rag.reading.reader import SentenceReader
from rag.retrieval.retriever import Found, Retriever

__all__ = ["Asking", "Reply", "Room"]

_Key = tuple[str, frozenset[str] | None]
"""A wording, and the documents it is asked of."""


@dataclass(frozen=True)
class Asking:
    """A question on its way through the rooms.

    ``question`` stands by itself. ``within`` are the ids of the only documents asked, None for all; ``today`` is what
    "this year" and "the latest" go by. ``searches`` are what its parts found, as far as they were searched already.
    """

    question: Question
    retriever: Retriever
    reader: SentenceReader | None
    within: frozenset[str] | None
    top_k: int
    today: date
    searches: Sequence[Found] = ()
    _found: dict[_Key, Found] = field(init=False, repr=False, compare=False)
    _extracts: dict[_Key, Extract] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keeps what was searched already, so that no room searches for it again."""
        object.__setattr__(self, "_found", {(one.query.text, self.within): one for one in self.searches})

    @property
    def index(self) -> Index:
        """What is searched."""
        return self.retriever.index

    @property
    def language(self) -> Language:
        """What is answered in."""
        return self.question.language

    def worded(self, text: str) -> Question:
        """Another wording, asked as this question is."""
        return Question(text, self.question.language, self.today)

    def search(self, text: str, within: frozenset[str] | None = None) -> Found:
        """What a question finds, among the documents asked or ``within`` those of them; once for each wording."""
        key = (text, self._narrowed(within))
        if key not in self._found:
            query = self.retriever.query(self.worded(text))
            self._found[key] = self.retriever.search(query, self.top_k, key[1])
        return self._found[key]

    def found(self) -> list[Found]:
        """What all its searches have found so far."""
        return list(self._found.values())

    def extract(self, text: str, within: frozenset[str] | None = None) -> Extract:
        """The sentences that answer a question as one about a single fact, and how likely; once for each wording."""
        key = (text, self._narrowed(within))
        if key not in self._extracts:
            self._extracts[key] = extract(self.search(text, within), self.index, self.reader)
        return self._extracts[key]

    def extracts(self) -> list[Extract]:
        """The same of each part of the question."""
        return [self.extract(one.query.text) for one in self.searches]

    def _narrowed(self, within: frozenset[str] | None) -> frozenset[str] | None:
        if within is None or self.within is None:
            return within if self.within is None else self.within
        return within & self.within


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a room: sentences that cite, the citations, what was found, and how sure it is (0 to 1).

    ``missing`` is the name in the question that no document has, told where the answer is offered instead.
    """

    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    missing: Missing | None = None


Room = Callable[[Asking], Reply | None]
"""Answers a question of its kind, or gives None where it finds that the question is not one, or nothing answers."""
