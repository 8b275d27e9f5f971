"""Pictures of text on pages that have text of their own: a scanned table pasted into a letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from corpus.language.plausible import is_language
from corpus.pages.model import Box, Page, PageLine
from corpus.pages.ocr import recognize, turned

if TYPE_CHECKING:
    from PIL.Image import Image

    from corpus.pages.pdfium import PdfFile

__all__ = ["Insets", "insets_of", "looks_printed"]

_LEAST = 0.03  # of the page
_MOST = 12  # pictures of a page
_COVERED = 0.2  # of the picture has text over it: it is a ground
_SCALE = 200 / 72
_STEP = 8  # levels of gray
_LIGHT = 128
_DARK = 80  # below the paper
_PAPER = 0.5
_LEAST_INK = 0.003


@dataclass(frozen=True, slots=True)
class Insets:
    """What was recognised in the pictures of a page, each as a page of its own.

    ``read`` pictures were looked at; of these ``unread`` hold what is no text, as far as it was recognised.
    """

    pages: tuple[Page, ...] = ()
    read: int = 0
    unread: int = 0


def insets_of(pdf: PdfFile, page: Page) -> Insets:
    """What stands in the pictures of a typeset page that look like print: each is read by itself, at its place."""
    boxes = [box for box in page.pictures if _may_hold_text(box, page)][:_MOST]
    if not boxes:
        return Insets()
    small = turned(pdf.picture(page.number, 1.0), page.turn)
    boxes = [box for box in boxes if looks_printed(_cut(small, box, page))]
    if not boxes:
        return Insets()
    large = turned(pdf.picture(page.number, _SCALE), page.turn)
    found = [_recognized(_cut(large, box, page), box, page.number) for box in boxes]
    read = [lines for lines in found if lines]
    pages = (
        replace(page, lines=tuple(lines), pictures=(), rules=(), frames=(), grids=(), scanned=True) for lines in read
    )
    return Insets(tuple(pages), len(boxes), found.count(None))


def _may_hold_text(box: Box, page: Page) -> bool:
    area = box.width * box.height
    over = sum(line.box.width * line.box.height for line in page.lines if box.holds(line.box, slack=line.size))
    return _LEAST * page.width * page.height <= area and over < _COVERED * area


def _cut(image: Image, box: Box, page: Page) -> Image:
    scale = image.width / page.width
    left, top = max(0, int(box.left * scale)), max(0, int(box.top * scale))
    right, bottom = min(image.width, int(box.right * scale)), min(image.height, int(box.bottom * scale))
    return image.crop((left, top, max(left + 1, right), max(top + 1, bottom)))


def looks_printed(image: Image) -> bool:
    """Whether a picture is ink on paper: most of it of one light shade, a little dark, as photographs are not."""
    gray = np.asarray(image.convert("L"), dtype=np.int16)
    paper = int(np.bincount((gray // _STEP).ravel()).argmax()) * _STEP + _STEP // 2
    flat, dark = np.mean(abs(gray - paper) <= 2 * _STEP), np.mean(gray <= paper - _DARK)
    return bool(paper >= _LIGHT and flat >= _PAPER and dark >= _LEAST_INK)


def _recognized(image: Image, box: Box, number: int) -> list[PageLine] | None:
    """The lines in a picture, at their places on the page; None if what is recognised is no text."""
    found = recognize(image, number)
    if found.turn or found.skew or not is_language("\n".join(line.text for line in found.lines)):
        return None
    scale = box.width / found.width
    return [
        replace(
            line,
            box=Box(
                box.left + scale * line.box.left,
                box.top + scale * line.box.top,
                box.left + scale * line.box.right,
                box.top + scale * line.box.bottom,
            ),
            size=scale * line.size,
        )
        for line in found.lines
    ]
