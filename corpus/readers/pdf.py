"""PDF: typeset pages by their characters, scanned ones by recognition."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.documents import Document
from corpus.errors import UnreadableDocument

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".pdf",)


def read(data: bytes, document_id: str) -> Iterator[Document]:
    """The document in the bytes of a PDF file."""
    from corpus.pages.compose import document_of
    from corpus.pages.pdfium import open_pdf

    with open_pdf(data, document_id) as pdf:
        pages = [pdf.page(number) for number in range(1, len(pdf) + 1)]
        facts = pdf.facts()
    yield document_of(pages, document_id, facts)
