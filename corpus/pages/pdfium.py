"""PDF files through PDFium: their pages as lines with boxes, and as pictures.

PDFium is not made for more than one thread, so every call into it is made under one lock.
"""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableDocument
from corpus.messages import DocumentMessage
from corpus.pages.drawings import drawings_of
from corpus.pages.fields import fields_of, with_fields
from corpus.pages.glyphs import Glyph, lines_of
from corpus.pages.model import Box, Grid, Page, PageLine
from corpus.pages.ruled import cell_at, grids_of
from corpus.pages.view import View, view_of

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["PdfFile", "open_pdf"]

MOST_GLYPHS = 200_000  # on one page; a dense newspaper page has some 10,000
MOST_DRAWN = 300_000  # objects on one page; a map has some 50,000
MOST_PIXELS = 24_000_000  # of a picture of a page
_LOCK = threading.RLock()
_BOLD_WEIGHT = 600
_PALE = 0.45  # of the blackness of ink
_HYPHENS = "\x02\ufffe\xad"


@dataclass(frozen=True, slots=True)
class PdfFile:
    """An open PDF; see ``open_pdf``."""

    name: str
    raw: Any

    def __len__(self) -> int:
        """The number of pages."""
        with _LOCK:
            return len(self.raw)

    def facts(self) -> dict[str, str]:
        """What the file says about itself: Title, Author, CreationDate and so on, as far as it does."""
        with _LOCK:
            found: dict[str, str] = self.raw.get_metadata_dict(skip_empty=True)
        return {key: value.strip("\0 \t\r\n") for key, value in found.items()}

    def page(self, number: int) -> Page:
        """The page of that number, from 1.

        Raises:
            UnreadableDocument: the page is damaged, or holds more characters than any page that is meant to be read.
        """
        with self._loaded(number) as page:
            return _page_of(page, number, self.name)

    def picture(self, number: int, scale: float) -> Image:
        """The page as it is shown, at ``scale`` pixels a point, less for a huge page, in RGB.

        Raises:
            UnreadableDocument: the page is damaged.
        """
        with self._loaded(number) as page:
            width, height = page.get_size()
            scale = min(scale, math.sqrt(MOST_PIXELS / max(1.0, width * height)))
            return page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")  # type: ignore[no-any-return]

    def sizes(self) -> list[tuple[float, float]]:
        """Width and height of each page as it is shown, in points; (0, 0) of one that is damaged."""
        from pypdfium2 import PdfiumError

        found = []
        with _LOCK:
            for i in range(len(self.raw)):
                try:
                    found.append(self.raw.get_page_size(i))
                except PdfiumError:
                    found.append((0.0, 0.0))
        return found

    @contextmanager
    def _loaded(self, number: int) -> Iterator[Any]:
        from pypdfium2 import PdfiumError

        with _LOCK:
            try:
                page = self.raw[number - 1]
            except PdfiumError as exc:
                raise UnreadableDocument(DocumentMessage.PAGE_DAMAGED, page=number, file=self.name) from exc
            try:
                yield page
            finally:
                page.close()


@contextmanager
def open_pdf(data: bytes, name: str) -> Iterator[PdfFile]:
    """The PDF in ``data``; ``name`` is what messages call it.

    Raises:
        UnreadableDocument: it is not a PDF, is damaged, is encrypted, or has no pages.
    """
    import pypdfium2
    from pypdfium2 import raw as pdfium

    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
            if document.get_formtype() == pdfium.FORMTYPE_ACRO_FORM:
                document.init_forms()
        except pypdfium2.PdfiumError as exc:
            if getattr(exc, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                message = DocumentMessage.PDF_LOCKED
            else:
                message = DocumentMessage.PDF_BROKEN
            raise UnreadableDocument(message, file=name) from exc
    try:
        with _LOCK:
            pages = len(document)
        if pages < 1:
            raise UnreadableDocument(DocumentMessage.EMPTY_PDF, file=name)
        yield PdfFile(name, document)
    finally:
        with _LOCK:
            document.close()


def _page_of(page: Any, number: int, name: str) -> Page:
    from pypdfium2 import raw as pdfium

    drawn = pdfium.FPDFPage_CountObjects(page)
    if drawn > MOST_DRAWN:
        raise UnreadableDocument(
            DocumentMessage.PAGE_TOO_INTRICATE, file=name, page=number, pieces=drawn, most=MOST_DRAWN
        )
    width, height = page.get_size()
    view = view_of(page, width, height)
    turned: list[list[Glyph]] = [[], [], [], []]
    for turn, glyph in _glyphs(page, view, (width, height), name, number):
        turned[turn].append(glyph)
    turn = max(range(4), key=lambda turn: len(turned[turn]))
    drawings = drawings_of(page, view, size=(width, height))

    def upright(boxes: list[Box]) -> tuple[Box, ...]:
        return tuple(_turned(box, turn, width, height) for box in boxes)

    grids = grids_of(upright(drawings.edges))
    lines = _lines(turned[turn], grids, number)
    for other in range(4):
        if other != turn and turned[other]:
            aside = lines_of(turned[other], number)
            lines += [_turned_line(line, (turn - other) % 4, *_upright(other, width, height)) for line in aside]
    fields = [_turned_line(field, turn, width, height) for field in fields_of(page, view, number)]
    page_width, page_height = _upright(turn, width, height)
    return Page(
        number,
        page_width,
        page_height,
        tuple(with_fields(lines, fields) if fields else lines),
        upright(drawings.pictures),
        upright(drawings.rules),
        upright(drawings.frames),
        grids,
        turn,
        is_blank=drawn == 0,
    )


def _lines(glyphs: list[Glyph], grids: tuple[Grid, ...], number: int) -> list[PageLine]:
    """The lines of a page; none runs on from one cell of a table to the next."""
    in_cells: dict[tuple[int, int] | None, list[Glyph]] = {}
    for glyph in glyphs:
        x, y = (glyph.left + glyph.right) / 2, glyph.baseline - 0.35 * glyph.size
        cell = next(((i, j) for i, grid in enumerate(grids) if (j := cell_at(grid, x, y)) is not None), None)
        in_cells.setdefault(cell, []).append(glyph)
    return [line for part in in_cells.values() for line in lines_of(part, number)]


def _upright(turn: int, width: float, height: float) -> tuple[float, float]:
    return (height, width) if turn % 2 else (width, height)


def _turned(box: Box, turn: int, width: float, height: float) -> Box:
    """The box after quarter turns clockwise of a page of this width and height."""
    for _ in range(turn):
        box = Box(height - box.bottom, box.left, height - box.top, box.right)
        width, height = height, width
    return box


def _turned_line(line: PageLine, turn: int, width: float, height: float) -> PageLine:
    return replace(line, box=_turned(line.box, turn, width, height))


def _glyphs(page: Any, view: View, size: tuple[float, float], name: str, number: int) -> Iterator[tuple[int, Glyph]]:
    """The characters of a page, each with the quarter turns clockwise that bring it upright.

    Text at any other angle is a watermark or a stamp and left out, as is what stands outside the page.
    """
    from pypdfium2 import raw as pdfium

    width, height = size
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > MOST_GLYPHS:
            raise UnreadableDocument(
                DocumentMessage.PAGE_TOO_LONG, file=name, page=number, characters=count, most=MOST_GLYPHS
            )
        handle = text.raw
        matrix, box = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()
        fonts = _Fonts(handle)
        last: tuple[int, Glyph] | None = None
        for i in range(count):
            code = pdfium.FPDFText_GetUnicode(handle, i)
            if code in {0, 10, 13}:
                continue
            if pdfium.FPDFText_IsGenerated(handle, i) == 1:
                if code == 32 and last is not None:
                    yield last[0], replace(last[1], char=" ", left=last[1].right)
                continue
            char = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
            if char in _HYPHENS:
                char = "-"
            if not (
                pdfium.FPDFText_GetMatrix(handle, i, matrix)
                and pdfium.FPDFText_GetCharOrigin(handle, i, x, y)
                and pdfium.FPDFText_GetLooseCharBox(handle, i, box)
            ):
                continue
            across = (view.xx * matrix.a + view.xy * matrix.b, view.yx * matrix.a + view.yy * matrix.b)
            up = math.hypot(view.xx * matrix.c + view.xy * matrix.d, view.yx * matrix.c + view.yy * matrix.d)
            turn = _quarter_turns(*across)
            em = pdfium.FPDFText_GetFontSize(handle, i) * up
            origin = view.point(x.value, y.value)
            if turn is None or em <= 0.5 or not (-em < origin[0] < width + em and -em < origin[1] < height + em):
                continue
            placed = _turned(view.box(box.left, box.bottom, box.right, box.top), turn, width, height)
            baseline = _turned(Box(origin[0], origin[1], origin[0], origin[1]), turn, width, height).top
            last = turn, Glyph(char, placed.left, placed.right, baseline, em, *fonts.of(i))
            yield last
    finally:
        text.close()


def _quarter_turns(x: float, y: float) -> int | None:
    """How often a line that runs along (x, y), y downwards, has to be turned clockwise to run to the right."""
    if abs(y) < 0.05 * abs(x):
        return 0 if x > 0 else 2
    if abs(x) < 0.05 * abs(y):
        return 3 if y > 0 else 1
    return None


class _Fonts:
    """Name of the font of each character, whether it is bold, and pale; asked for once a run of one text object."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._known: dict[int, tuple[str, bool, bool]] = {}

    def of(self, index: int) -> tuple[str, bool, bool]:
        from pypdfium2 import raw as pdfium

        text_object = ctypes.cast(pdfium.FPDFText_GetTextObject(self._handle, index), ctypes.c_void_p).value or 0
        if text_object not in self._known:
            buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
            length = pdfium.FPDFText_GetFontInfo(self._handle, index, buffer, 128, flags)
            font = buffer.value.decode("utf-8", "replace") if 0 < length <= 128 else ""
            weight = pdfium.FPDFText_GetFontWeight(self._handle, index)
            heavy = any(word in font.lower() for word in ("bold", "black", "heavy", "simhei", "黑体"))
            self._known[text_object] = (font, heavy or weight >= _BOLD_WEIGHT, self._is_pale(index))
        return self._known[text_object]

    def _is_pale(self, index: int) -> bool:
        from pypdfium2 import raw as pdfium

        red, green, blue, opaque = (ctypes.c_uint() for _ in range(4))
        if not pdfium.FPDFText_GetFillColor(self._handle, index, red, green, blue, opaque):
            return False
        ink = 1 - (0.3 * red.value + 0.59 * green.value + 0.11 * blue.value) / 255
        return ink * opaque.value / 255 < _PALE
