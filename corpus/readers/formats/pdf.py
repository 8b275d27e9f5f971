"""PDF: typeset pages by their characters, scanned ones by recognition."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

if TYPE_CHECKING:
    from corpus.pages.model import Page
    from corpus.pages.pdfium import PdfFile

__all__ = ["MOST_SCANNED_PAGES", "MOST_SECONDS", "SUFFIXES", "read"]

SUFFIXES = (".pdf",)
MOST_SCANNED_PAGES = 500
MOST_SECONDS = 1500.0
_DPI = 200
_FEW = 12  # characters: a page number or a stamp on a scan
_SCAN = 0.3  # of the page is covered by a picture
_BROKEN = 0.3  # of the characters without a meaning: the font does not say which they are


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in the bytes of a PDF file, and the pages of it that are damaged.

    Pages without characters of their own (scans, text turned into curves, fonts that do not say what their characters
    are) are recognised from a picture at 200 dpi.

    Raises:
        UnreadableDocument: the file is no PDF, is damaged, encrypted or without text, has too many pages, or takes too
            long to read.
    """
    from corpus.pages.compose import document_of
    from corpus.pages.pdfium import open_pdf

    with open_pdf(data, document_id) as pdf:
        count = len(pdf)
        if count > limits.pages:
            raise UnreadableDocument(DocumentMessage.PAGES_TOO_MANY, file=document_id, pages=count, most=limits.pages)
        damaged: list[Skipped] = []
        pages = list(_pages(pdf, count, damaged))
        facts = pdf.facts()
    yield document_of(pages, document_id, facts)
    yield from damaged


def _pages(pdf: PdfFile, count: int, damaged: list[Skipped]) -> Iterator[Page]:
    """The pages that can be read; what is told of the others goes into ``damaged``."""
    from corpus.pages.ocr import recognize

    began = time.monotonic()
    scanned = 0
    found = False
    for number in range(1, count + 1):
        if time.monotonic() - began > MOST_SECONDS:
            raise UnreadableDocument(
                DocumentMessage.PDF_TOO_SLOW, file=pdf.name, done=number - 1, pages=count, seconds=MOST_SECONDS
            )
        try:
            page = pdf.page(number)
        except UnreadableDocument as exc:
            if number == count and not found:
                raise
            damaged.append(Skipped(f"{pdf.name}#page {number}", exc.problem))
            continue
        found = True
        if _is_readable(page) or page.is_blank:
            yield page
            continue
        scanned += 1
        if scanned > MOST_SCANNED_PAGES:
            raise UnreadableDocument(DocumentMessage.SCANS_TOO_MANY, file=pdf.name, most=MOST_SCANNED_PAGES)
        recognized = recognize(pdf.picture(number, _DPI / 72), number)
        yield recognized if recognized.lines else page


def _is_readable(page: Page) -> bool:
    text = "".join(line.text for line in page.lines)
    broken = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char < " " for char in text)
    if not text or broken > _BROKEN * len(text):
        return False
    covered = max((picture.width * picture.height for picture in page.pictures), default=0.0)
    return len(text) > _FEW or covered < _SCAN * page.width * page.height
