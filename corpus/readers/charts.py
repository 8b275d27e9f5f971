"""Charts of office files as tables of the figures saved with them: a row a category, a column a series."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from math import isfinite
from typing import Any

from corpus.cleaning.assembly import Part
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.number_format import shown
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import EMPTY, Traced

__all__ = ["chart_parts"]

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MOST_CELLS = 100_000
_GENERAL = "General"

_Points = dict[int, str]
_Levels = tuple[tuple[tuple[int, str], ...], ...]


def chart_parts(root: Any, placed: Callable[[str], Traced]) -> list[Part]:
    """The titles of a chart and of its axes, and its figures; nothing for a chart that has saved none.

    ``root`` is the root element of its part, and ``placed`` gives a text its place. Series over other categories than
    those before them are a table of their own.
    """
    series = list(root.iter(f"{_C}ser"))
    tables: list[Part] = []
    for levels, group in groupby(series, key=_categories):
        grid = _grid(levels, list(group), placed)
        if grid is None:
            return []
        tables += table_parts(grid)
    titles = (" ".join("".join(part.text or "" for part in _texts(title)).split()) for title in root.iter(f"{_C}title"))
    return [*(Part(placed(title)) for title in titles if title), *tables] if tables else []


def _texts(title: Any) -> Iterator[Any]:
    """What a title says, in its own words or those of a cell."""
    yield from title.iter(f"{_A}t")
    yield from title.iter(f"{_C}v")


def _grid(levels: _Levels, series: list[Any], placed: Callable[[str], Traced]) -> Grid | None:
    """The table of series over the same categories; None if there are none, no figures, or too many."""
    rows = sorted({index for level in levels for index, _ in level})
    values = [_points(one, "val") or _points(one, "yVal") for one in series]
    if not rows or not any(values) or len(rows) * len(series) > _MOST_CELLS:
        return None
    at = {index: row for row, index in enumerate(rows, 1)}
    cells: list[GridCell] = []
    for column, level in enumerate(levels):
        ends = [*(at[index] for index, _ in level[1:]), len(rows) + 1]
        for (index, text), end in zip(level, ends, strict=False):
            cells.append(GridCell(at[index], column, placed(text), rows=end - at[index], header=True))
    for column, (one, points) in enumerate(zip(series, values, strict=True), len(levels)):
        cells.append(GridCell(0, column, placed(_name(one)) if _name(one) else EMPTY, header=True))
        cells += [GridCell(at[index], column, placed(text)) for index, text in points.items() if index in at and text]
    return Grid.of(cells)


def _categories(series: Any) -> _Levels:
    """What the values of a series stand over, the outermost level first."""
    nested = series.find(f"{_C}cat/{_C}multiLvlStrRef/{_C}multiLvlStrCache")
    if nested is not None:
        levels = [dict(_cached(level)) for level in reversed(nested.findall(f"{_C}lvl"))]
    else:
        levels = [_points(series, "cat") or _points(series, "xVal")]
    return tuple(tuple(sorted(level.items())) for level in levels if level)


def _points(series: Any, name: str) -> _Points:
    """The texts or figures that a series has saved under a name, by their number."""
    element = series.find(_C + name)
    if element is None:
        return {}
    for kind in ("numRef/{0}numCache", "strRef/{0}strCache", "numLit", "strLit"):
        cache = element.find(_C + kind.format(_C))
        if cache is not None:
            return dict(_cached(cache))
    return {}


def _cached(cache: Any) -> Iterator[tuple[int, str]]:
    numeric = cache.tag in (f"{_C}numCache", f"{_C}numLit")
    general = cache.findtext(f"{_C}formatCode") or _GENERAL
    for point in cache.iterfind(f"{_C}pt"):
        index, text = point.get("idx") or "", " ".join((point.findtext(f"{_C}v") or "").split())
        if index.isdecimal():
            yield int(index), _shown(text, point.get("formatCode") or general) if numeric else text


def _shown(figure: str, number_format: str) -> str:
    """A figure as its format shows it, a day by its number too; what is no figure as it is written."""
    from openpyxl.styles.numbers import is_date_format
    from openpyxl.utils.datetime import from_excel

    try:
        value = float(figure)
        if not isfinite(value):
            return figure
        return shown(from_excel(value) if is_date_format(number_format) else value, number_format)
    except (ValueError, OverflowError):
        return figure


def _name(series: Any) -> str:
    name = series.find(f"{_C}tx")
    return " ".join(" ".join(part.text or "" for part in name.iter(f"{_C}v")).split()) if name is not None else ""
