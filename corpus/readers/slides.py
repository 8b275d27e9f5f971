"""The order in which the shapes of a slide are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["reading_order"]

_NARROW = 0.6  # of the width of the column to the right: names beside what they name
_MOST_SHAPES = 200


def reading_order(shapes: Sequence[Any]) -> list[Any]:
    """The shapes from the top, columns one after another; what has no column goes by its height.

    Names in a narrow column beside values are read row by row.
    """
    shapes = sorted(shapes, key=_corner)
    if not 2 < len(shapes) <= _MOST_SHAPES:
        return shapes
    ordered: list[Any] = []
    waiting: list[Any] = []
    for band in _bands(shapes, _down):
        if waiting and len(_bands([*waiting, *band], _across)) < 2:
            ordered += _columns(waiting)
            waiting = []
        waiting += band
    return ordered + _columns(waiting)


def _columns(shapes: list[Any]) -> list[Any]:
    columns = _bands(shapes, _across)
    if len(columns) < 2 or any(len(column) < 2 for column in columns) or _are_names(columns[0], columns[1]):
        return sorted(shapes, key=_corner)
    return [shape for column in columns for shape in sorted(column, key=_corner)]


def _are_names(left: list[Any], right: list[Any]) -> bool:
    return len(left) == len(right) and max(map(_width, left)) < _NARROW * max(map(_width, right))


def _bands(shapes: Sequence[Any], side: Any) -> list[list[Any]]:
    """The shapes in groups between which there is white all along."""
    bands: list[list[Any]] = []
    end = 0
    for shape in sorted(shapes, key=lambda shape: side(shape)[0]):
        start, stop = side(shape)
        if bands and start < end:
            bands[-1].append(shape)
        else:
            bands.append([shape])
        end = max(end, stop)
    return bands


def _corner(shape: Any) -> tuple[int, int]:
    return shape.top or 0, shape.left or 0


def _width(shape: Any) -> int:
    return shape.width or 0


def _across(shape: Any) -> tuple[int, int]:
    return shape.left or 0, (shape.left or 0) + (shape.width or 0)


def _down(shape: Any) -> tuple[int, int]:
    return shape.top or 0, (shape.top or 0) + (shape.height or 0)
