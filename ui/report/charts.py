"""Curves and histograms as inline SVG, coloured by the page's style sheet: no script, nothing loaded."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

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


@dataclass(frozen=True, slots=True)
class _Axes:
    """Values to places in the picture."""

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
    ) -> str:
        """Grid lines, the figures beside them, and what the x axis is."""
        parts = []
        for value in y_ticks:
            y = self.y(value)
            parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>')
            parts.append(f'<text class="tick" text-anchor="end" x="{_LEFT - 8}" y="{y + 4}">{tell[1](value)}</text>')
        bottom = _HEIGHT - _BOTTOM
        for value in x_ticks:
            x = self.x(value)
            parts.append(f'<line class="axis" x1="{x}" x2="{x}" y1="{bottom}" y2="{bottom + 4}"/>')
            parts.append(f'<text class="tick" text-anchor="middle" x="{x}" y="{bottom + 18}">{tell[0](value)}</text>')
        parts.append(f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{bottom}" y2="{bottom}"/>')
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(
            f'<text class="label" text-anchor="middle" x="{middle}" y="{_HEIGHT - 6}">{escape(x_label)}</text>'
        )
        return "".join(parts)


def line_chart(
    title: str,
    lines: Sequence[Line],
    *,
    x_ticks: Sequence[float],
    x_label: str,
    lowest: float = 0.0,
    logarithmic: bool = False,
    diagonal: bool = False,
) -> str:
    """Curves of shares (0 to 1) over x, from the first to the last of ``x_ticks``; y begins at ``lowest``."""
    axes = _Axes((x_ticks[0], x_ticks[-1]), (lowest, 1.0), logarithmic)
    step = 0.25 if lowest == 0 else (1 - lowest) / 4
    y_ticks = [lowest + i * step for i in range(5)]
    parts = [axes.frame(x_ticks, y_ticks, x_label, (_number if logarithmic else _share, _share))]
    if diagonal:
        parts.append(f'<line class="chance" x1="{axes.x(0)}" y1="{axes.y(0)}" x2="{axes.x(1)}" y2="{axes.y(1)}"/>')
    for line in lines:
        path = " ".join(f"{axes.x(x)},{axes.y(y)}" for x, y in line.points)
        parts.append(f'<polyline class="line {line.style}" points="{path}"/>')
        radius = 3 if len(line.points) > 1 else 5
        if line.dots:
            parts += [
                f'<circle class="dot {line.style}" cx="{axes.x(x)}" cy="{axes.y(y)}" r="{radius}">'
                f"<title>{escape(line.label)}, {escape(x_label)} {_number(x)}: {y:.3f}</title></circle>"
                for x, y in line.points
            ]
    for i, line in enumerate(reversed(lines)):
        y = _HEIGHT - _BOTTOM - 14 - 18 * i
        right = _WIDTH - 166
        if len(line.points) == 1:
            parts.append(f'<circle class="dot {line.style}" cx="{right - 12}" cy="{y - 4}" r="5"/>')
        else:
            parts.append(f'<line class="line {line.style}" x1="{right - 24}" x2="{right}" y1="{y - 4}" y2="{y - 4}"/>')
        parts.append(f'<text class="label" x="{right + 8}" y="{y}">{escape(line.label)}</text>')
    return _svg(title, parts)


def histogram(title: str, values: Sequence[float], *, x_label: str, marks: Sequence[tuple[str, float]]) -> str:
    """How many values (0 or more) fall into each of 30 bins; the last takes what is far above the highest mark."""
    top = _round_up(max(1.2 * max((value for _, value in marks), default=0.0), 1e-9))
    bins = 30
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / top * bins))] += 1
    highest = max(counts)
    axes = _Axes((0.0, top), (0.0, float(highest)))
    parts = [axes.frame([top * i / 4 for i in range(5)], [0, highest], x_label, (_number, _number))]
    for i, count in enumerate(counts):
        beyond = " and more" if i == bins - 1 else ""
        told = f"{_number(top * i / bins)} to {_number(top * (i + 1) / bins)}{beyond}: {count}"
        parts.append(_bar(axes, (top * i / bins, top * (i + 1) / bins), (0, count), "bar", told))
    for i, (label, value) in enumerate(marks):
        x, y = axes.x(value), _TOP + 10 + 15 * i
        parts.append(f'<line class="mark" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>')
        side, anchor = (-5, "end") if x > _WIDTH - 130 else (5, "start")
        parts.append(f'<text class="label" text-anchor="{anchor}" x="{x + side}" y="{y}">{escape(label)}</text>')
    return _svg(title, parts)


def mirrored_histogram(
    title: str, above: tuple[str, Sequence[float]], below: tuple[str, Sequence[float]], *, x_label: str, mark: float
) -> str:
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
    axes = _Axes((0.0, 1.0), (lowest, highest))
    parts = [
        axes.frame(
            [0, 0.25, 0.5, 0.75, 1], sorted({lowest, 0.0, highest}), x_label, (_share, lambda y: f"{abs(y):.0%}")
        )
    ]
    for sign, style, group, (label, _) in ((1, "bar main", groups[0], above), (-1, "bar quiet", groups[1], below)):
        for i, share in enumerate(group):
            told = f"{label}, {i / bins:.2f} to {(i + 1) / bins:.2f}: {share:.1%}"
            up = (0.0, share) if sign > 0 else (-share, 0.0)
            parts.append(_bar(axes, (i / bins, (i + 1) / bins), up, style, told))
    x = axes.x(mark)
    parts.append(f'<line class="mark" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>')
    parts.append(f'<text class="label" x="{_LEFT + 6}" y="{_TOP + 12}">{escape(above[0])}</text>')
    right, bottom = _WIDTH - _RIGHT - 6, _HEIGHT - _BOTTOM - 8
    if below[1]:
        parts.append(f'<text class="label" text-anchor="end" x="{right}" y="{bottom}">{escape(below[0])}</text>')
    return _svg(title, parts)


def _bar(axes: _Axes, across: Point, up: Point, style: str, told: str) -> str:
    (left, right), (low, high) = across, up
    if low == high:
        return ""
    x, y = axes.x(left) + 0.5, axes.y(high)
    width, height = axes.x(right) - x - 0.5, axes.y(low) - y
    return (
        f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(told)}</title></rect>"
    )


def _svg(title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def _share(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1) if 0 < value < 1 else f"{value:.0f}"


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value * (1 - 1e-9))
