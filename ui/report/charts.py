"""Curves and histograms as inline SVG, coloured by the page's style sheet: no script, nothing loaded."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

__all__ = ["Line", "histogram", "line_chart", "mirrored_histogram"]

_WIDTH, _HEIGHT = 440, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 20, 18, 44

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve with its label; ``style`` is a class of the style sheet. ``dots`` tell each point's values."""

    label: str
    points: Sequence[Point]
    style: str = "main"
    dots: bool = True


class _Drawing:
    """An SVG picture in the making; ElementTree escapes what is written into it."""

    def __init__(self, title: str) -> None:
        self._root = ET.Element("svg", {"viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "role": "img", "aria-label": title})
        ET.SubElement(self._root, "title").text = title

    def add(self, name: str, told: str, attributes: dict[str, str | float]) -> None:
        """A shape, with what is ``told`` when it is pointed at."""
        shape = ET.SubElement(self._root, name, {key: str(value) for key, value in attributes.items()})
        if told:
            ET.SubElement(shape, "title").text = told

    def line(self, style: str, start: Point, end: Point) -> None:
        self.add("line", "", {"class": style, "x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]})

    def dot(self, style: str, at: Point, radius: float, told: str = "") -> None:
        self.add("circle", told, {"class": f"dot {style}", "cx": at[0], "cy": at[1], "r": radius})

    def text(self, style: str, text: str, at: Point, anchor: str = "start") -> None:
        attributes = {"class": style, "text-anchor": anchor, "x": str(at[0]), "y": str(at[1])}
        ET.SubElement(self._root, "text", attributes).text = text

    def svg(self) -> Markup:
        return Markup(ET.tostring(self._root, encoding="unicode"))


@dataclass(frozen=True, slots=True)
class _Axes:
    """Values to places in the picture."""

    drawing: _Drawing
    x_range: Point
    y_range: Point
    logarithmic: bool = False

    def x(self, value: float) -> float:
        low, high = self.x_range
        if self.logarithmic:
            value, low, high = math.log(value), math.log(low), math.log(high)
        return round(_LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return round(_HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM), 1)

    def frame(
        self,
        x_ticks: Sequence[float],
        y_ticks: Sequence[float],
        x_label: str,
        tell: tuple[Callable[[float], str], Callable[[float], str]],
    ) -> None:
        """Draws grid lines, the figures beside them, and what the x axis is."""
        drawing = self.drawing
        for value in y_ticks:
            y = self.y(value)
            drawing.line("grid", (_LEFT, y), (_WIDTH - _RIGHT, y))
            drawing.text("tick", tell[1](value), (_LEFT - 8, y + 4), "end")
        bottom = _HEIGHT - _BOTTOM
        for value in x_ticks:
            x = self.x(value)
            drawing.line("axis", (x, bottom), (x, bottom + 4))
            drawing.text("tick", tell[0](value), (x, bottom + 18), "middle")
        drawing.line("axis", (_LEFT, bottom), (_WIDTH - _RIGHT, bottom))
        drawing.text("label", x_label, ((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6), "middle")

    def bar(self, across: Point, up: Point, style: str, told: str) -> None:
        """Draws a bar over these ranges of values, none if it has no height."""
        (left, right), (low, high) = across, up
        if low == high:
            return
        x, y = self.x(left) + 0.5, self.y(high)
        width, height = self.x(right) - x - 0.5, self.y(low) - y
        self.drawing.add(
            "rect",
            told,
            {"class": style, "x": round(x, 1), "y": y, "width": round(width, 1), "height": round(height, 1)},
        )


def line_chart(
    title: str,
    lines: Sequence[Line],
    *,
    x_ticks: Sequence[float],
    x_label: str,
    lowest: float = 0.0,
    logarithmic: bool = False,
    diagonal: bool = False,
) -> Markup:
    """Curves of shares (0 to 1) over x, from the first to the last of ``x_ticks``; y begins at ``lowest``."""
    drawing = _Drawing(title)
    axes = _Axes(drawing, (x_ticks[0], x_ticks[-1]), (lowest, 1.0), logarithmic)
    step = 0.25 if lowest == 0 else (1 - lowest) / 4
    y_ticks = [lowest + i * step for i in range(5)]
    axes.frame(x_ticks, y_ticks, x_label, (_number if logarithmic else _share, _share))
    if diagonal:
        drawing.line("chance", (axes.x(0), axes.y(0)), (axes.x(1), axes.y(1)))
    for line in lines:
        path = " ".join(f"{axes.x(x)},{axes.y(y)}" for x, y in line.points)
        drawing.add("polyline", "", {"class": f"line {line.style}", "points": path})
        radius = 3 if len(line.points) > 1 else 5
        for x, y in line.points if line.dots else ():
            told = f"{line.label}, {x_label} {_number(x)}: {y:.3f}"
            drawing.dot(line.style, (axes.x(x), axes.y(y)), radius, told)
    for i, line in enumerate(reversed(lines)):
        y = _HEIGHT - _BOTTOM - 14 - 18 * i
        right = _WIDTH - 166
        if len(line.points) == 1:
            drawing.dot(line.style, (right - 12, y - 4), 5)
        else:
            drawing.line(f"line {line.style}", (right - 24, y - 4), (right, y - 4))
        drawing.text("label", line.label, (right + 8, y))
    return drawing.svg()


def histogram(title: str, values: Sequence[float], *, x_label: str, marks: Sequence[tuple[str, float]]) -> Markup:
    """How many values (0 or more) fall into each of 30 bins; the last takes what is far above the highest mark."""
    top = _round_up(max(1.2 * max((value for _, value in marks), default=0.0), 1e-9))
    bins = 30
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / top * bins))] += 1
    highest = max(counts)
    drawing = _Drawing(title)
    axes = _Axes(drawing, (0.0, top), (0.0, float(highest)))
    axes.frame([top * i / 4 for i in range(5)], [0, highest], x_label, (_number, _number))
    for i, count in enumerate(counts):
        beyond = " and more" if i == bins - 1 else ""
        told = f"{_number(top * i / bins)} to {_number(top * (i + 1) / bins)}{beyond}: {count}"
        axes.bar((top * i / bins, top * (i + 1) / bins), (0, count), "bar", told)
    for i, (label, value) in enumerate(marks):
        x, y = axes.x(value), _TOP + 10 + 15 * i
        drawing.line("mark", (x, _TOP), (x, _HEIGHT - _BOTTOM))
        side, anchor = (-5, "end") if x > _WIDTH - 130 else (5, "start")
        drawing.text("label", label, (x + side, y), anchor)
    return drawing.svg()


def mirrored_histogram(
    title: str, above: tuple[str, Sequence[float]], below: tuple[str, Sequence[float]], *, x_label: str, mark: float
) -> Markup:
    """Shares (0 to 1) of two groups in 20 bins, one group upwards and the other downwards, each as part of its own."""
    bins = 20
    groups = []
    for _, values in (above, below):
        counts = [0] * bins
        for value in values:
            counts[min(bins - 1, int(value * bins))] += 1
        groups.append([count / max(1, len(values)) for count in counts])
    highest = max(0.1, *groups[0], *groups[1])
    lowest = -highest if below[1] else 0.0
    drawing = _Drawing(title)
    axes = _Axes(drawing, (0.0, 1.0), (lowest, highest))
    axes.frame([0, 0.25, 0.5, 0.75, 1], sorted({lowest, 0.0, highest}), x_label, (_share, lambda y: f"{abs(y):.0%}"))
    for sign, style, group, (label, _) in ((1, "bar main", groups[0], above), (-1, "bar quiet", groups[1], below)):
        for i, share in enumerate(group):
            told = f"{label}, {i / bins:.2f} to {(i + 1) / bins:.2f}: {share:.1%}"
            up = (0.0, share) if sign > 0 else (-share, 0.0)
            axes.bar((i / bins, (i + 1) / bins), up, style, told)
    x = axes.x(mark)
    drawing.line("mark", (x, _TOP), (x, _HEIGHT - _BOTTOM))
    drawing.text("label", above[0], (_LEFT + 6, _TOP + 12))
    if below[1]:
        drawing.text("label", below[0], (_WIDTH - _RIGHT - 6, _HEIGHT - _BOTTOM - 8), "end")
    return drawing.svg()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def _share(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1) if 0 < value < 1 else f"{value:.0f}"


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value * (1 - 1e-9))
