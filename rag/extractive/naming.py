"""Which document a sentence is of, told where another document answers the same with other words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Document
from corpus.language.names import identifiers_of
from corpus.language.script import fold, has_han
from embeddings import lexical_tokens
from rag.extractive.candidates import Candidate
from rag.question.presupposed import years_of
from rag.question.question import Question

__all__ = ["Names", "form_of", "of_those_named", "title_of"]

_ALIKE = 0.4  # of the words of both, shared by sentences that answer the same of different things
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Names:
    """The titles of documents that answer a question each in its own way; none where nothing is to be told apart."""

    titles: frozenset[str] = frozenset()

    @classmethod
    def of(cls, chosen: Sequence[Candidate], candidates: Sequence[Candidate], margin: float) -> Names:
        """The titles of the sentences chosen and of those like the best, up to ``margin`` below it, if they differ."""
        best = chosen[0]
        words = set(lexical_tokens(best.text))
        documents = {candidate.document.id: candidate.document.title for candidate in chosen}
        for candidate in candidates:
            if candidate.score < best.score - margin:
                break
            own = set(lexical_tokens(candidate.text))
            if len(words & own) >= _ALIKE * len(words | own):
                documents.setdefault(candidate.document.id, candidate.document.title)
        return cls(frozenset(documents.values()) if len(documents) > 1 else frozenset())

    def lead(self, document: Document, text: str) -> str:
        """The document's title as it stands before a sentence; "" where there is nothing to tell apart.

        Nor is it told of a sentence that says all by which the title differs from each of the others.
        """
        own, said = set(lexical_tokens(document.title)), set(lexical_tokens(text))
        differing = [own - set(lexical_tokens(title)) for title in self.titles if title != document.title]
        if not differing or all(words and words <= said for words in differing):
            return ""
        return title_of(document)


def title_of(document: Document) -> str:
    """The document's title in the marks of its script."""
    title = document.title.strip("《》")
    return f"《{title}》" if has_han(title) else f"“{title}”"


def of_those_named(question: Question, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates without those of documents that their titles tell are of another product or year than is asked.

    A title tells so where it has a code formed like one of the question (X3 beside X2) and not that one, while another
    document's title has it; of years, where the titles are the same but for their numbers.
    """
    titles = {candidate.document.id: fold(candidate.document.title) for candidate in candidates}
    asked = frozenset(question.identifiers)
    codes = {key: frozenset(identifiers_of(title)) for key, title in titles.items()}
    years = {key: years_of(title) for key, title in titles.items()}
    forms = {form_of(code) for code in asked}
    others: set[str] = set()
    if any(asked & held for held in codes.values()):
        others |= {key for key, held in codes.items() if not held & asked and forms & set(map(form_of, held))}
    right = {form_of(titles[key]) for key, held in years.items() if held & question.years}
    others |= {
        key for key, held in years.items() if held and not held & question.years and form_of(titles[key]) in right
    }
    return [candidate for candidate in candidates if candidate.document.id not in others]


def form_of(text: str) -> str:
    """A text with its numbers left out, which its like share."""
    return _NUMBER.sub("#", text)
