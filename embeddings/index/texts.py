"""What is encoded of a document: its passages under their headings, and their sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus import Document, Passage, sentence_spans, split
from corpus.language.script import simplified

__all__ = ["embedded_text", "texts_of", "texts_of_passage"]


def texts_of(document: Document, *, max_chars: int = 400) -> Iterator[str]:
    """Every text of a document that a rebuild with passages of up to ``max_chars`` characters encodes, in order."""
    for passage in split(document, max_chars=max_chars):
        yield from texts_of_passage(document, passage, sentence_spans(document.text, passage.start, passage.end))


def texts_of_passage(document: Document, passage: Passage, spans: Sequence[tuple[int, int]]) -> list[str]:
    """What is encoded for a passage: itself under its headings, then its sentences."""
    sentences = [document.text[start:end] for start, end in spans]
    return [simplified(text) for text in (embedded_text(passage), *sentences)]


def embedded_text(passage: Passage) -> str:
    """The text of a passage under its title and headings, which it may not repeat itself."""
    above = [line for line in (passage.title, *passage.headings) if line and line not in passage.text]
    return "\n".join([*above, passage.text])
