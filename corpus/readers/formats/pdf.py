"""PDF: typeset pages by their characters, scanned ones by recognition."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.documents import Document, Skipped, not_read
from corpus.errors import Problem, UnreadableDocument
from corpus.language.plausible import is_language
from corpus.limits import Limits
from corpus.messages import DocumentMessage, Unread

if TYPE_CHECKING:
    from corpus.pages.model import Page
    from corpus.pages.pdfium import PdfFile

__all__ = ["MOST_SCANNED_PAGES", "MOST_SECONDS", "SUFFIXES", "read"]

SUFFIXES = (".pdf",)
MOST_SCANNED_PAGES = 500
MOST_SECONDS = 1500.0
MOST_INSETS = 100  # pictures with text on pages that have text of their own
_DPI = 200
_FEW = 12  # characters: a page number or a stamp on a scan
_SCAN = 0.3  # of the page is covered by a picture
_SAME = 0.6  # of the characters of a page are recognised in its picture too: they are what they seem to be


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in the bytes of a PDF file, and the pages of it that are damaged.

    Pages without characters of their own (scans, text turned into curves) and those whose characters make no language
    (fonts that do not say what their characters are, a bad recognition under a scan) are recognised from a picture at
    200 dpi. What makes no language then either is left out, and told.

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
    if damaged and not any(page.lines for page in pages):
        problem = damaged[0].problem
        raise UnreadableDocument(problem)
    yield document_of(pages, document_id, facts)
    yield from damaged


def _pages(pdf: PdfFile, count: int, damaged: list[Skipped]) -> Iterator[Page]:
    """The pages that can be read; what is told of the others goes into ``damaged``."""
    from corpus.pages.insets import Insets, insets_of
    from corpus.pages.ocr import recognize

    began = time.monotonic()
    scanned = insets = 0
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
        if page.is_blank:
            yield page
            continue
        if _is_readable(page):
            inset = insets_of(pdf, page) if insets < MOST_INSETS else Insets()
            insets += inset.read
            if inset.unread:
                damaged.append(not_read(f"{pdf.name}#page {number}", Unread.PICTURES, inset.unread))
            yield page
            yield from inset.pages
            continue
        scanned += 1
        if scanned > MOST_SCANNED_PAGES:
            raise UnreadableDocument(DocumentMessage.SCANS_TOO_MANY, file=pdf.name, most=MOST_SCANNED_PAGES)
        recognized = recognize(pdf.picture(number, _DPI / 72), number)
        best = _best(page, recognized)
        if best is None:
            problem = Problem.of(DocumentMessage.PAGE_WITHOUT_LANGUAGE, file=pdf.name, page=number)
            damaged.append(Skipped(f"{pdf.name}#page {number}", problem))
            page = replace(page, lines=())
        yield best or page


def _is_readable(page: Page) -> bool:
    text = _text(page)
    if not text or not is_language(text):
        return False
    covered = max((picture.width * picture.height for picture in page.pictures), default=0.0)
    return len(text) > _FEW or covered < _SCAN * page.width * page.height


def _best(page: Page, recognized: Page) -> Page | None:
    """The page as its characters or its picture have it; None if neither is language."""
    own, seen = _text(page), _text(recognized)
    if own and seen:
        shared = sum((Counter(own) & Counter(seen)).values())
        if shared >= _SAME * len(own) and len(own) > _FEW:
            return page
    if seen and (is_language(seen) or not own):
        return recognized
    return page if is_language(own) else None


def _text(page: Page) -> str:
    return "\n".join(line.text for line in page.lines)
