"""What is shown or computed of a sheet for each operation, exactly, with every cell that it rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import localcontext

from corpus.language.numerals import EXACT
from rag.routes.classifier import Operation
from rag.routes.tables.arithmetic import average, difference, percentage, product, total
from rag.routes.tables.sheet import Sheet
from rag.routes.tables.situation import Outcome, Place, Situation

__all__ = ["compute"]

_MOST_LOOKED_UP = 6
_MOST_LISTED = 40
_BESIDE = 0.6  # log-odds: a second column this near the best is asked for as well
_EARLIEST = re.compile(r"长|久|老|资深|oldest|longest|senior")


def compute(operation: Operation, of: Situation) -> Outcome | None:
    """The outcome of an operation, None where the sheet does not have what it needs."""
    with localcontext(EXACT):
        return _WAYS[operation](of)


def _look_up(of: Situation) -> Outcome | None:
    records = of.within if of.named or of.conditions else of.selection.records or of.sheet.body
    if not of.selection.records and not (len(of.sheet.records) == 1 and len(records) == 1):
        return None
    if not 0 < len(records) <= _MOST_LOOKED_UP:
        return None
    fixed = {one.column for one in of.selection.used}
    among = [i for i in range(len(of.sheet.columns)) if i not in fixed]
    label = _label(of.sheet)
    among = [i for i in among if i != label or fixed] or among
    best = of.columns.best(among, "cell")
    if best is None:
        return None
    scores = of.columns.scores("cell")
    wanted = [i for i in among if scores[i] >= scores[best] - _BESIDE and of.columns.features[i][0]]
    wanted = wanted if best in wanted and len(wanted) <= 2 else [best]
    places = tuple(Place(record, i) for record in records for i in wanted if of.sheet.text(record, i))
    return Outcome("look_up", places, of.columns.sureness(best, among, "cell")) if places else None


def _label(sheet: Sheet) -> int:
    return sheet.keys[-1] if sheet.keys else -1


def _filter(of: Situation) -> Outcome | None:
    records = of.within
    if not of.conditions and not of.selection.used:
        return None
    if not 0 < len(records) <= _MOST_LISTED or (not of.conditions and len(records) == 1):
        return None
    column = of.conditions[0].column if of.conditions else None
    if column is None:
        fixed = {one.column for one in of.selection.used}
        column = of.columns.best([i for i in range(len(of.sheet.columns)) if i not in fixed], "cell")
    if column is None:
        return None
    columns = [column, *(one.other for one in of.conditions if one.other is not None)]
    return Outcome("filter", tuple(Place(record, i) for record in records for i in columns), 0.7)


def _count(of: Situation) -> Outcome | None:
    records = tuple(one for one in of.within if not one.total)
    if not records:
        return None
    unkeyed = all(one.column not in of.sheet.keys for one in of.selection.used)
    if len(records) == 1 and not of.conditions and not unkeyed:
        return None
    column = of.conditions[0].column if of.conditions else _label(of.sheet)
    column = of.selection.used[0].column if of.selection.used and column == _label(of.sheet) else column
    places = tuple(Place(record, max(0, column)) for record in records)
    return Outcome("count", places, 0.6, count=len(records), whole=not of.conditions and not of.selection.used)


def _superlative(of: Situation, *, most: bool) -> Outcome | None:
    records = [one for one in of.within if not one.total]
    fixed = {one.column for one in of.selection.used}
    label = _label(of.sheet)
    among = [
        i for i in sorted(of.sheet.numeric | of.sheet.timed) if i not in fixed and i != label and i not in of.sheet.keys
    ]
    column = of.columns.best(among)
    if column is None:
        return None
    figures = [(one, of.sheet.figure(one, column)) for one in records]
    held = [(one, figure) for one, figure in figures if figure is not None]
    if len(held) < 2:
        return None
    if column in of.sheet.timed and most and _EARLIEST.search(of.wording.plain):
        most = False
    values = [figure.base if not figure.time else figure.value for _, figure in held]
    furthest = max(values) if most else min(values)
    places = tuple(Place(one, column) for (one, _), value in zip(held, values, strict=True) if value == furthest)
    operation: Operation = "superlative_max" if most else "superlative_min"
    return Outcome(operation, places, of.columns.sureness(column, among)) if len(places) < len(held) else None


_WAYS: Mapping[Operation, Callable[[Situation], Outcome | None]] = {
    "look_up": _look_up,
    "filter": _filter,
    "superlative_max": lambda of: _superlative(of, most=True),
    "superlative_min": lambda of: _superlative(of, most=False),
    "count": _count,
    "sum": total,
    "difference": difference,
    "average": average,
    "percentage": percentage,
    "product": product,
}
