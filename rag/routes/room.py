"""What a room is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from embeddings import Index
from rag.answers import AnswerSentence, Citation, Hit
from rag.extractive.choice import Extract, extract
from rag.extractive.reader import SentenceReader
from rag.question.phrases import Language
from rag.question.question import Question
from rag.retrieval.retriever import Found, Retriever

__all__ = ["Asking", "Reply", "Room"]


@dataclass(frozen=True)
class Asking:
    """A question on its way through the rooms.

    ``question`` stands by itself. ``within`` are the ids of the only documents asked, None for all; ``today`` is what
    "this year" and "the latest" go by.
    """

    question: Question
    retriever: Retriever
    reader: SentenceReader | None
    within: frozenset[str] | None
    top_k: int
    today: date
    _found: dict[tuple[str, frozenset[str] | None], Found] = field(default_factory=dict, init=False, repr=False)

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

    def extract(self, text: str, within: frozenset[str] | None = None) -> Extract:
        """The sentences that answer a question as one about a single fact, and how likely they do."""
        return extract(self.search(text, within), self.index, self.reader)

    def _narrowed(self, within: frozenset[str] | None) -> frozenset[str] | None:
        if within is None or self.within is None:
            return within if self.within is None else self.within
        return within & self.within


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a room: sentences that cite, the citations, what was found, and how sure it is (0 to 1)."""

    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float


Room = Callable[[Asking], Reply | None]
"""Answers a question of its kind, or gives None where it finds that the question is not one, or nothing answers."""
