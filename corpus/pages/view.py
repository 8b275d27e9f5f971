"""From the coordinates of a PDF page to those of the page as it is shown."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from corpus.pages.model import Box

__all__ = ["View", "view_of"]

_UNIT = 1_000_000


@dataclass(frozen=True, slots=True)
class View:
    """An affine map; what it gives is in points from the upper left corner, downwards."""

    xx: float
    xy: float
    yx: float
    yy: float
    x: float
    y: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page is shown."""
        return self.xx * x + self.xy * y + self.x, self.yx * x + self.yy * y + self.y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Where a rectangle of the page is shown, if it is turned by quarters."""
        x0, y0 = self.point(left, bottom)
        x1, y1 = self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def after(self, matrix: Any) -> View:
        """The view of what is drawn through PDFium's ``FS_MATRIX`` first, as form XObjects and paths are."""
        return View(
            self.xx * matrix.a + self.xy * matrix.b,
            self.xx * matrix.c + self.xy * matrix.d,
            self.yx * matrix.a + self.yy * matrix.b,
            self.yx * matrix.c + self.yy * matrix.d,
            *self.point(matrix.e, matrix.f),
        )


def view_of(page: Any, width: float, height: float) -> View:
    """The view of a page of PDFium's that is shown this wide and high."""
    from pypdfium2 import raw as pdfium

    def shown(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, _UNIT, _UNIT, 0, x, y, across, down)
        return across.value * width / _UNIT, down.value * height / _UNIT

    (x, y), (ax, ay), (bx, by) = shown(0, 0), shown(100, 0), shown(0, 100)
    return View((ax - x) / 100, (bx - x) / 100, (ay - y) / 100, (by - y) / 100, x, y)
