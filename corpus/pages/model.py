"""What a page is made of before it is read: boxes and the lines of text in them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.documents import Place

__all__ = ["Box", "Grid", "GridCell", "Page", "PageLine", "body_size", "union"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points (PDF) or pixels (scans), from the upper left corner of the upright page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def center(self) -> tuple[float, float]:
        """The point in the middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def beside(self, other: Box) -> float:
        """How far the two run alongside each other from top to bottom; negative is the gap between them."""
        return min(self.bottom, other.bottom) - max(self.top, other.top)

    def over(self, other: Box) -> float:
        """How far the two stand over each other from left to right; negative is the gap between them."""
        return min(self.right, other.right) - max(self.left, other.left)

    def turned(self, degrees: float, x: float, y: float) -> Box:
        """The box around this one after a turn about the point, against the clock."""
        angle = math.radians(degrees)
        dx, dy = self.center[0] - x, self.center[1] - y
        cx, cy = x + dx * math.cos(angle) + dy * math.sin(angle), y - dx * math.sin(angle) + dy * math.cos(angle)
        wide = self.width * abs(math.cos(angle)) + self.height * abs(math.sin(angle))
        high = self.width * abs(math.sin(angle)) + self.height * abs(math.cos(angle))
        return Box(cx - wide / 2, cy - high / 2, cx + wide / 2, cy + high / 2)

    def holds(self, other: Box, slack: float = 1.0) -> bool:
        """Whether the other lies inside, give or take ``slack``."""
        return (
            other.left >= self.left - slack
            and other.right <= self.right + slack
            and other.top >= self.top - slack
            and other.bottom <= self.bottom + slack
        )


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around at least one box."""
    lefts, tops, rights, bottoms = zip(*((box.left, box.top, box.right, box.bottom) for box in boxes), strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, slots=True)
class PageLine:
    """Characters that stand in one row without a wide gap, or in one column if they are ``vertical``.

    ``size`` is the em in the unit of the box; ``pale`` ones let the paper through, or are hardly darker than it.
    """

    text: str
    box: Box
    size: float
    page: int
    font: str = ""
    bold: bool = False
    pale: bool = False
    vertical: bool = False

    @property
    def ends_sentence(self) -> bool:
        """Whether its last mark, closing quotes aside, ends a sentence."""
        return self.text.rstrip("”’」』】）》)]\"'").endswith(tuple("。！？!?…．.；："))


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell that is drawn: its first row and column, both from 0, and how many of each it spans."""

    row: int
    column: int
    rows: int
    columns: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells that share their lines, from the upper left; no two of them overlap."""

    cells: tuple[GridCell, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was found, before anything is left out or put in order.

    ``number`` counts from 1. ``turn`` quarter turns clockwise bring the page as it is shown to the one the boxes are
    measured on, on which most of the text is upright; ``skew`` are the degrees by which it is turned on against the
    clock to level its lines. ``rules`` are thin straight lines, ``frames`` the rectangles drawn around or behind text,
    ``grids`` the cells that lines make. ``scanned`` tells that sizes and boxes were measured in a picture,
    ``is_blank`` that nothing at all is drawn on the page.
    """

    number: int
    width: float
    height: float
    lines: tuple[PageLine, ...]
    pictures: tuple[Box, ...] = ()
    rules: tuple[Box, ...] = ()
    frames: tuple[Box, ...] = ()
    grids: tuple[Grid, ...] = ()
    turn: int = 0
    scanned: bool = False
    is_blank: bool = False
    skew: float = 0.0

    def place(self, box: Box) -> Place:
        """The box on the page as it is shown, in fractions of its width and height."""
        if self.skew:
            box = box.turned(-self.skew, self.width / 2, self.height / 2)
        left, right = sorted(min(1.0, max(0.0, x / self.width)) for x in (box.left, box.right))
        top, bottom = sorted(min(1.0, max(0.0, y / self.height)) for y in (box.top, box.bottom))
        shown = {
            0: (left, top, right, bottom),
            1: (top, 1 - right, bottom, 1 - left),
            2: (1 - right, 1 - bottom, 1 - left, 1 - top),
            3: (1 - bottom, left, 1 - top, right),
        }[self.turn]
        x0, y0, x1, y1 = (round(edge, 5) for edge in shown)
        return Place(page=self.number, box=(x0, y0, x1, y1))


def body_size(lines: Iterable[PageLine]) -> float:
    """The size most characters are set in, sizes within some 4% counted together; 0 if there is no line."""
    counts: Counter[int] = Counter()
    sums: dict[int, float] = {}
    for line in lines:
        step = round(math.log(max(line.size, 0.1)) / 0.04)
        counts[step] += len(line.text)
        sums[step] = sums.get(step, 0.0) + len(line.text) * line.size
    if not counts:
        return 0.0
    best = max(counts, key=lambda step: counts[step - 1] + counts[step] + counts[step + 1])
    near = [step for step in (best - 1, best, best + 1) if counts[step]]
    return sum(sums[step] for step in near) / sum(counts[step] for step in near)
