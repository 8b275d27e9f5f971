"""Which two cells of a sheet a question sets against each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.routes.tables.sheet import Record
from rag.routes.tables.situation import Place, Situation

__all__ = ["Pair", "are_of_two_periods", "furthest", "later_first", "likeliest", "named"]

_UNNAMED = 0.5  # how sure it is that a second column is meant that the question doesn't name
_PREVIOUS = re.compile(r"去年|上年|上一年|同比|前一年|lastyear|previousyear|yearbefore")
_REMAINING = re.compile(r"还差|还缺|相差|离|距|short|remain|to reach")
_FURTHEST = re.compile(
    r"最|(?:high|low|larg|small|bigg|great|long|short|cheap|dear|old|young|b|wor)(?:e?st)|most|least|top|bottom"
)

Pair = tuple[Place, Place, float]
"""Two cells, and how likely their columns are those asked for (0 to 1)."""


def named(of: Situation) -> Pair | None:
    """The two cells that a question sets against each other, in the order of the question."""
    sheet, headers = of.sheet, of.headers
    named = [one for one in of.selection.used if one.records]
    alone: list[Record] = []
    for one in named:
        records = [record for record in of.selection.records if record.number in one.records]
        if len(records) == 1 and records[0] not in alone:
            alone.append(records[0])
    among = of.value_columns()
    if not alone and of.named and len(of.within) == 2:
        alone = list(of.within)
    if len(alone) == 2 and len(of.selection.records) == 2:
        column = of.columns.best(among)
        return (
            (Place(alone[0], column), Place(alone[1], column), of.columns.sureness(column, among))
            if column is not None
            else None
        )
    if len(of.selection.records) != 1:
        return None
    record = of.selection.records[0]
    columns = [min(one.columns & sheet.numeric) for one in headers]
    if len(columns) >= 2:
        return Place(record, columns[0]), Place(record, columns[1]), 0.9
    if _PREVIOUS.search(of.wording.plain) and columns and columns[0] - 1 in sheet.numeric:
        return Place(record, columns[0]), Place(record, columns[0] - 1), 0.8
    if len(columns) == 1 and _REMAINING.search(of.wording.plain):
        other = of.columns.best([i for i in among if i != columns[0]])
        if other is not None:
            return Place(record, columns[0]), Place(record, other), 0.6
    return _before(of, record, among)


def likeliest(of: Situation) -> Pair | None:
    """Two cells of a record that the question does not name both: those of the likeliest columns of one unit."""
    among = of.value_columns()
    scores = of.columns.scores("figures")
    likely = sorted(of.countable_columns(), key=lambda i: -scores[i])
    if not likely or len(of.named) != 1:
        return None
    first = min(of.headers[0].columns & of.sheet.numeric) if of.headers else likely[0]
    for other in likely:
        pair = Place(of.named[0], first), Place(of.named[0], other)
        if other != first and of.figures(pair) is not None:
            return *pair, _UNNAMED * of.columns.sureness(other, [i for i in among if i != first])
    return None


def furthest(of: Situation) -> Pair | None:
    """The greatest and the least figure of a column, where the question sets two such against each other."""
    if len(_FURTHEST.findall(of.wording.plain)) < 2:
        return None
    among = of.countable_columns()
    column = of.columns.best(among)
    if column is None:
        return None
    held = [
        (figure.value, Place(one, column))
        for one in of.within
        if (figure := of.sheet.figure(one, column)) and not one.total
    ]
    values = [value for value, _ in held]
    if len(held) < 2 or values.count(max(values)) > 1 or values.count(min(values)) > 1:
        return None
    most, least = (next(place for value, place in held if value == end(values)) for end in (max, min))
    return most, least, of.columns.sureness(column, among)


def _before(of: Situation, record: Record, among: Sequence[int]) -> Pair | None:
    """A record and the one before it, where the question says "than the year before"."""
    if not _PREVIOUS.search(of.wording.plain) or not set(of.sheet.keys) & of.sheet.timed:
        return None
    earlier = [one for one in of.sheet.body if one.number < record.number]
    column = of.columns.best(among)
    if not earlier or column is None:
        return None
    return Place(record, column), Place(earlier[-1], column), of.columns.sureness(column, among)


def are_of_two_periods(of: Situation, first: Place, second: Place) -> bool:
    """Whether the two cells are of two periods."""
    sheet = of.sheet
    if first.column != second.column:
        names = [sheet.columns[place.column].names for place in (first, second)]
        return all(any(re.search(r"\d\s*[年月]|季度|\d{4}", name) for name in each) for each in names)
    return bool(set(sheet.keys) & sheet.timed)


def later_first(first: Place, second: Place) -> tuple[Place, Place]:
    """The later of two periods first."""
    later = (first.column, first.record.number) >= (second.column, second.record.number)
    return (first, second) if later else (second, first)
