"""A question that may be offered, and where its answer should stand."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Candidate"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question about a document, made from ``document.text[start:end]``.

    ``answer`` is what that text says where the question asks, "" for a question about a section or the whole: then
    ``start`` and ``end`` are its section, or the whole text.
    """

    question: str
    start: int
    end: int
    answer: str = ""
