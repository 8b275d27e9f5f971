"""Pages as they were printed or scanned, with boxes drawn around what is cited on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from unicodedata import east_asian_width

from markupsafe import Markup

from corpus import Document, Segment
from ui.web.html.evidence import Span
from ui.web.html.templating import render
from ui.web.words.interface import Words

__all__ = ["Box", "boxes", "facsimile"]

_PAPER = (595.0, 842.0)  # A4, where a damaged page does not tell its size
_ROOM = 0.0015  # of the page, left around a box


@dataclass(frozen=True, slots=True)
class Box:
    """A printed line, or the part of one, that is cited; edges in fractions of the page from its upper left corner."""

    number: int
    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Mark:
    """A box as it is drawn: where, as CSS, and the quote that is ``said`` to who can't see it."""

    number: int
    place: str
    said: str


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it is drawn; width and height in the file's units."""

    number: int
    width: float
    height: float
    marks: list[_Mark]


def facsimile(
    document: Document,
    sizes: Sequence[tuple[float, float]],
    spans: Sequence[Span],
    *,
    address: str,
    active: int,
    words: Words,
) -> Markup:
    """Every page as a picture, to be fetched when it comes into view from ``address`` + "&page=<number>".

    ``sizes`` are the pages' widths and heights. ``data-line`` is the height of a cited line in page widths: the script
    magnifies the page until it can be read.
    """
    drawn = list(boxes(document, sizes, spans))
    quotes = {span.number: document.text[span.start : span.end] for span in spans}
    named: set[int] = set()
    pages = [_Page(number, *(size if min(size) > 0 else _PAPER), []) for number, size in enumerate(sizes, 1)]
    for box in sorted(drawn, key=lambda box: box.page):
        said = "" if box.number in named else quotes[box.number]
        named.add(box.number)
        pages[box.page - 1].marks.append(_Mark(box.number, _place(box), said))
    return render(
        "pages.html",
        pages=pages,
        line=_line(drawn, sizes),
        address=address,
        active=active,
        document=document,
        words=words,
    )


def boxes(document: Document, sizes: Sequence[tuple[float, float]], spans: Sequence[Span]) -> Iterator[Box]:
    """The boxes of the cited stretches, in the order of the text; of a line cited in part, that part."""
    for span in spans:
        for segment in document.origin.segments:
            if segment.start >= span.end:
                break
            left, right = max(span.start, segment.start), min(span.end, segment.start + segment.length)
            page = segment.place.page
            if left < right and page is not None and page <= len(sizes) and segment.place.box is not None:
                edges = _part(document.text, segment, left, right, sizes[page - 1])
                yield Box(span.number, page, *edges)


def _part(
    text: str, segment: Segment, left: int, right: int, size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """The edges of ``text[left:right]`` in the box of its line."""
    x0, y0, x1, y1 = segment.place.box or (0.0, 0.0, 0.0, 0.0)
    whole = _breadth(text[segment.start : segment.start + segment.length]) or 1.0
    before = _breadth(text[segment.start : left]) / whole
    until = _breadth(text[segment.start : right]) / whole
    upright = (y1 - y0) * size[1] > 1.5 * (x1 - x0) * size[0] and segment.length > 1
    if upright:
        y0, y1 = y0 + before * (y1 - y0), y0 + until * (y1 - y0)
    else:
        x0, x1 = x0 + before * (x1 - x0), x0 + until * (x1 - x0)
    return x0, y0, x1, y1


def _breadth(text: str) -> float:
    """How wide a text is set, in ems: near enough to find a sentence within its line."""
    return sum(1.0 if east_asian_width(char) in "WF" else 0.5 for char in text)


def _line(drawn: Sequence[Box], sizes: Sequence[tuple[float, float]]) -> float:
    heights = []
    for box in drawn:
        width, height = sizes[box.page - 1]
        if width > 0:
            heights.append(min((box.bottom - box.top) * height, (box.right - box.left) * width) / width)
    return median(heights) if heights else 0.0


def _place(box: Box) -> str:
    left, top = max(0.0, box.left - _ROOM), max(0.0, box.top - _ROOM)
    width, height = min(1.0, box.right + _ROOM) - left, min(1.0, box.bottom + _ROOM) - top
    return f"left:{left:.3%};top:{top:.3%};width:{width:.3%};height:{height:.3%}"
