"""Pages as they were printed or scanned, with boxes drawn around what is cited on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from unicodedata import east_asian_width

from corpus import Document, Segment
from ui.web.html.escaping import escape
from ui.web.html.evidence import Span
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


def facsimile(
    document: Document,
    sizes: Sequence[tuple[float, float]],
    spans: Sequence[Span],
    *,
    address: str,
    active: int,
    words: Words,
) -> str:
    """Every page as a picture, to be fetched when it comes into view from ``address`` + "&page=<number>".

    ``sizes`` are the pages' widths and heights. ``data-line`` is the height of a cited line in page widths: the script
    magnifies the page until it can be read.
    """
    drawn = list(boxes(document, sizes, spans))
    quotes = {span.number: document.text[span.start : span.end] for span in spans}
    named: set[int] = set()
    figures = []
    for page, size in enumerate(sizes, 1):
        width, height = size if min(size) > 0 else _PAPER
        name = words.page_of.format(page=page, title=document.title)
        marks = ""
        for box in drawn:
            if box.page == page:
                said = "" if box.number in named else quotes[box.number]
                named.add(box.number)
                marks += _mark(box, active, said, words)
        figures.append(
            f'<figure class="yj-page" style="aspect-ratio:{width:.0f}/{height:.0f}">'
            f'<img src="{escape(f"{address}&page={page}")}" alt="{escape(name)}" loading="lazy" decoding="async">'
            f"{marks}"
            f'<figcaption aria-hidden="true">{page}</figcaption></figure>'
        )
    line = _line(drawn, sizes)
    return (
        f'<div class="yj-pages" data-line="{line:.4f}" role="region" tabindex="0" '
        f'aria-label="{escape(words.view_pages)}">'
        f'<div class="yj-sheets">{"".join(figures)}</div></div>'
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


def _mark(box: Box, active: int, said: str, words: Words) -> str:
    kind = "yj-quote" if box.number == active else "yj-quote-other"
    left, top = max(0.0, box.left - _ROOM), max(0.0, box.top - _ROOM)
    width, height = min(1.0, box.right + _ROOM) - left, min(1.0, box.bottom + _ROOM) - top
    place = f"left:{left:.3%};top:{top:.3%};width:{width:.3%};height:{height:.3%}"
    unseen = words.cited_here.format(number=box.number, quote=said) if said else ""
    spoken = f'<span class="yj-unseen">{escape(unseen)}</span>' if said else ""
    return f'<mark class="yj-box {kind}" data-span="{box.number}" style="{place}">{spoken}</mark>'
