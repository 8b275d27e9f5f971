"""What is drawn on a PDF page beside its characters: pictures, thin lines, frames, and the edges of cells."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.pages.model import Box, union
from corpus.pages.view import View

__all__ = ["MOST_EXAMINED", "Drawings", "drawings_of"]

MOST_EXAMINED = 20_000  # objects on one page
_MOST_SEGMENTS = 40_000
_THIN = 2.5
_DEEPEST = 6  # form XObjects in one another
_STRAIGHT = 0.6  # points that the ends of a line across may differ in height


@dataclass(slots=True)
class Drawings:
    """Boxes on the page as it is shown.

    ``rules`` are objects that are thin lines, ``frames`` rectangles large enough to stand around text. ``edges`` are
    all straight lines across and down, however they are drawn: as lines, as sides of a rectangle, as thin rectangles
    that are filled, one object each or all of them one path.
    """

    pictures: list[Box] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)
    edges: list[Box] = field(default_factory=list)


def drawings_of(page: Any, view: View, *, size: tuple[float, float]) -> Drawings:
    """What is drawn on a page of PDFium's of this width and height."""
    from pypdfium2 import raw as pdfium

    found = Drawings()
    sheet = Box(0, 0, *size)
    segments = 0
    for i, (item, kind, seen) in enumerate(_objects(page, view)):
        if i >= MOST_EXAMINED:
            break
        box = _bounds(item, seen)
        if box is None:
            continue
        thin = min(box.width, box.height) <= _THIN
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            found.pictures.append(box)
            if thin:
                found.edges.append(box)
            continue
        if thin and max(box.width, box.height) >= 20:
            found.rules.append(box)
        elif min(box.width, box.height) >= 30 and _is_rectangle(item):
            found.frames.append(box)
        segments += pdfium.FPDFPath_CountSegments(item)
        if segments <= _MOST_SEGMENTS:
            found.edges += (edge for edge in _edges(item, seen) if sheet.holds(edge, slack=_THIN))
    return found


def _objects(page: Any, view: View) -> Iterator[tuple[Any, int, View]]:
    """The pictures and paths of a page, those inside form XObjects too, each with its view."""
    from pypdfium2 import raw as pdfium

    def inside(form: Any, seen: View, depth: int) -> Iterator[tuple[Any, int, View]]:
        for i in range(pdfium.FPDFFormObj_CountObjects(form)):
            yield from told(pdfium.FPDFFormObj_GetObject(form, i), seen, depth)

    def told(item: Any, seen: View, depth: int) -> Iterator[tuple[Any, int, View]]:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH}:
            yield item, kind, seen
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            yield from inside(item, _moved(item, seen), depth + 1)

    for i in range(pdfium.FPDFPage_CountObjects(page)):
        yield from told(pdfium.FPDFPage_GetObject(page, i), view, 0)


def _moved(item: Any, view: View) -> View:
    from pypdfium2 import raw as pdfium

    matrix = pdfium.FS_MATRIX()
    return view.after(matrix) if pdfium.FPDFPageObj_GetMatrix(item, matrix) else view


def _bounds(item: Any, view: View) -> Box | None:
    from pypdfium2 import raw as pdfium

    edges = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *edges):
        return None
    return view.box(*(edge.value for edge in edges))


def _is_rectangle(path: Any) -> bool:
    from pypdfium2 import raw as pdfium

    count = pdfium.FPDFPath_CountSegments(path)
    if not 4 <= count <= 6:
        return False
    segments = (pdfium.FPDFPath_GetPathSegment(path, i) for i in range(count))
    return pdfium.FPDF_SEGMENT_BEZIERTO not in {pdfium.FPDFPathSegment_GetType(segment) for segment in segments}


def _edges(path: Any, view: View) -> Iterator[Box]:
    """The straight lines across and down of a path.

    A rectangle that is only filled, without a line around it, has edges if it is as thin as a line: a wide one is the
    colour behind some words.
    """
    from pypdfium2 import raw as pdfium

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    if not fill.value and not stroke.value:
        return
    for lines in _outlines(path, _moved(path, view)):
        straight = [line for line in lines if min(line.width, line.height) <= _STRAIGHT]
        if not straight:
            continue
        around = union(lines)
        if stroke.value or min(around.width, around.height) <= _THIN:
            yield from straight


def _outlines(path: Any, view: View) -> Iterator[list[Box]]:
    """The boxes around the lines of each connected part of a path; curves are left out."""
    from pypdfium2 import raw as pdfium

    x, y = ctypes.c_float(), ctypes.c_float()
    lines: list[Box] = []
    start = before = (0.0, 0.0)
    for i in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = view.point(x.value, y.value)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if lines:
                yield lines
            lines, start = [], here
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            lines.append(_between(before, here))
        before = here
        if pdfium.FPDFPathSegment_GetClose(segment):
            lines.append(_between(here, start))
            before = start
    if lines:
        yield lines


def _between(a: tuple[float, float], b: tuple[float, float]) -> Box:
    return Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
