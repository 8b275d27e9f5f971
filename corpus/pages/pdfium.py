"""PDF files through PDFium: their pages as lines with boxes, and as pictures.

PDFium is not made for more than one thread, so every call into it is made under one lock.
"""

from __future__ import annotations

import ctypes
import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableDocument
from corpus.messages import DocumentMessage
from corpus.pages.glyphs import Glyph, lines_of
from corpus.pages.model import Box, Page, PageLine

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["PdfFile", "open_pdf"]

MOST_GLYPHS = 200_000  # on one page; a dense newspaper page has some 10,000
MOST_DRAWN = 300_000  # objects on one page; a map has some 50,000
MOST_PIXELS = 24_000_000  # of a picture of a page
MOST_EXAMINED = 20_000  # rules and pictures are looked for among as many
_LOCK = threading.RLock()
_UNIT = 1_000_000
_BOLD_WEIGHT = 600
_THIN = 2.5
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


@dataclass(frozen=True, slots=True)
class _View:
    """From the coordinates of a PDF page to those of the page as it is shown, in points from its upper left corner."""

    xx: float
    xy: float
    yx: float
    yy: float
    x: float
    y: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.xx * x + self.xy * y + self.x, self.yx * x + self.yy * y + self.y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        x0, y0 = self.point(left, bottom)
        x1, y1 = self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _view(page: Any, width: float, height: float) -> _View:
    from pypdfium2 import raw as pdfium

    def shown(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, _UNIT, _UNIT, 0, x, y, across, down)
        return across.value * width / _UNIT, down.value * height / _UNIT

    (x, y), (ax, ay), (bx, by) = shown(0, 0), shown(100, 0), shown(0, 100)
    return _View((ax - x) / 100, (bx - x) / 100, (ay - y) / 100, (by - y) / 100, x, y)


def _page_of(page: Any, number: int, name: str) -> Page:
    from pypdfium2 import raw as pdfium

    drawn = pdfium.FPDFPage_CountObjects(page)
    if drawn > MOST_DRAWN:
        raise UnreadableDocument(
            DocumentMessage.PAGE_TOO_INTRICATE, file=name, page=number, pieces=drawn, most=MOST_DRAWN
        )
    width, height = page.get_size()
    view = _view(page, width, height)
    turned: list[list[Glyph]] = [[], [], [], []]
    for turn, glyph in _glyphs(page, view, (width, height), name, number):
        turned[turn].append(glyph)
    turn = max(range(4), key=lambda turn: len(turned[turn]))
    lines = lines_of(turned[turn], number)
    for other in range(4):
        if other != turn and turned[other]:
            aside = lines_of(turned[other], number)
            lines += [_turned_line(line, (turn - other) % 4, *_upright(other, width, height)) for line in aside]
    pictures, rules, frames = _drawings(page, view)
    page_width, page_height = _upright(turn, width, height)

    def upright(boxes: list[Box]) -> tuple[Box, ...]:
        return tuple(_turned(box, turn, width, height) for box in boxes)

    return Page(
        number,
        page_width,
        page_height,
        tuple(lines),
        upright(pictures),
        upright(rules),
        upright(frames),
        turn,
        is_blank=drawn == 0,
    )


def _upright(turn: int, width: float, height: float) -> tuple[float, float]:
    return (height, width) if turn % 2 else (width, height)


def _turned(box: Box, turn: int, width: float, height: float) -> Box:
    """The box after quarter turns clockwise of a page of this width and height."""
    for _ in range(turn):
        box = Box(height - box.bottom, box.left, height - box.top, box.right)
        width, height = height, width
    return box


def _turned_line(line: PageLine, turn: int, width: float, height: float) -> PageLine:
    return PageLine(line.text, _turned(line.box, turn, width, height), line.size, line.page, line.font, line.bold)


def _glyphs(page: Any, view: _View, size: tuple[float, float], name: str, number: int) -> Iterator[tuple[int, Glyph]]:
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
            font, bold = fonts.of(i)
            last = turn, Glyph(char, placed.left, placed.right, baseline, em, font, bold)
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
    """Name and weight of the font of each character, asked for once a run of one text object."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._known: dict[int, tuple[str, bool]] = {}

    def of(self, index: int) -> tuple[str, bool]:
        from pypdfium2 import raw as pdfium

        text_object = ctypes.cast(pdfium.FPDFText_GetTextObject(self._handle, index), ctypes.c_void_p).value or 0
        if text_object not in self._known:
            buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
            length = pdfium.FPDFText_GetFontInfo(self._handle, index, buffer, 128, flags)
            font = buffer.value.decode("utf-8", "replace") if 0 < length <= 128 else ""
            weight = pdfium.FPDFText_GetFontWeight(self._handle, index)
            heavy = any(word in font.lower() for word in ("bold", "black", "heavy", "simhei", "黑体"))
            self._known[text_object] = (font, heavy or weight >= _BOLD_WEIGHT)
        return self._known[text_object]


def _drawings(page: Any, view: _View) -> tuple[list[Box], list[Box], list[Box]]:
    """Pictures, thin straight lines, and rectangles large enough to stand around text."""
    from pypdfium2 import PdfiumError
    from pypdfium2 import raw as pdfium

    pictures: list[Box] = []
    rules: list[Box] = []
    frames: list[Box] = []
    for i, item in enumerate(page.get_objects(max_depth=1)):
        if i >= MOST_EXAMINED:
            break
        if item.type not in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH}:
            continue
        try:
            box = view.box(*item.get_bounds())
        except PdfiumError:
            continue
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(box)
        elif min(box.width, box.height) <= _THIN < 20 <= max(box.width, box.height):
            rules.append(box)
        elif min(box.width, box.height) >= 30 and _is_rectangle(item.raw):
            frames.append(box)
    return pictures, rules, frames


def _is_rectangle(path: Any) -> bool:
    from pypdfium2 import raw as pdfium

    if not 4 <= pdfium.FPDFPath_CountSegments(path) <= 6:
        return False
    kinds = Counter(
        pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(path, i))
        for i in range(pdfium.FPDFPath_CountSegments(path))
    )
    return pdfium.FPDF_SEGMENT_BEZIERTO not in kinds
