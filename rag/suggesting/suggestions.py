"""Which questions are offered: those that the assistant answers with certainty, from where they were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from corpus import Document
from embeddings import DocumentSummary
from rag.answers import Answer
from rag.suggesting.candidate import Candidate
from rag.suggesting.candidates import candidates_of

__all__ = ["Answers", "Suggestion", "first_documents", "suggestions_of"]


class Answers(Protocol):
    """Whoever answers questions: an ``Assistant``."""

    def ask(self, question: str) -> Answer:
        """The answer."""
        ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that a document answers; ``language`` is the document's, as a BCP 47 tag."""

    question: str
    document_id: str
    language: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"question": self.question, "document_id": self.document_id, "language": self.language}


def suggestions_of(document: Document, assistant: Answers, tries: int) -> Iterator[Suggestion | None]:
    """The questions of a document that are answered, as they are found, and None for one that is not.

    No more than ``tries`` are asked, each when the next item is. A question is kept where the answer is certain and
    quotes the document first, and, if it was made from a sentence or a cell, that very place.
    """
    for candidate in candidates_of(document)[:tries]:
        holds = _holds(assistant.ask(candidate.question), candidate, document)
        yield Suggestion(candidate.question, document.id, document.language) if holds else None


def _holds(answer: Answer, candidate: Candidate, document: Document) -> bool:
    if answer.certainty != "answered" or not answer.citations:
        return False
    first = answer.citations[0]
    return first.document_id == document.id and first.start < candidate.end and candidate.start < first.end


def first_documents(documents: Sequence[DocumentSummary], most: int) -> list[DocumentSummary]:
    """The documents to make the first questions from: folders by turns, in each the newest first."""
    folders: dict[str, list[DocumentSummary]] = {}
    for document in sorted(documents, key=lambda one: (one.published or "", one.id), reverse=True):
        folders.setdefault(document.id.rpartition("/")[0], []).append(document)
    chosen: list[DocumentSummary] = []
    while folders and len(chosen) < most:
        for name in list(folders):
            chosen.append(folders[name].pop(0))
            if not folders[name]:
                del folders[name]
    return chosen[:most]
