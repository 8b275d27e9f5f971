"""What is shown or computed of a sheet for each operation, exactly, with every cell that it rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from corpus.language.numerals import EXACT
from corpus.language.quantities import QuantityKind
from corpus.language.script import fold
from corpus.language.units import CURRENCIES
from rag.routes.tables.columns import Columns
from rag.routes.tables.figures import Figure, Unit, written
from rag.routes.tables.linking import Mention, Via, Wording
from rag.routes.tables.operations import Operation
from rag.routes.tables.selecting import Condition, Selection
from rag.routes.tables.sheet import Record, Sheet

__all__ = ["Outcome", "Place", "Situation", "compute"]

_MOST_LOOKED_UP = 6
_MOST_LISTED = 40
_BESIDE = 0.6  # log-odds: a second column this near the best is asked for as well
_EARLIEST = re.compile(r"长|久|老|资深|oldest|longest|senior")
_PREVIOUS = re.compile(r"去年|上年|上一年|同比|前一年|lastyear|previousyear|yearbefore")
_REMAINING = re.compile(r"还差|还缺|相差|离|距|short|remain|to reach")
_WHOLE = re.compile(r"占|全部|总|所有|整个|total|overall|share|all|whole")
_GROWTH = re.compile(
    r"增长|增加|涨|增幅|下降|降|减少|同比|环比|grew|growth|grow|increase|rose|rise|decline|drop|fell|decrease"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A cell by its record and column."""

    record: Record
    column: int


@dataclass(frozen=True)
class Situation:
    """A question over a sheet, linked: what is named, selected, and set as conditions, and what the columns score."""

    wording: Wording
    sheet: Sheet
    mentions: tuple[Mention, ...]
    selection: Selection
    conditions: tuple[Condition, ...]
    columns: Columns

    @property
    def within(self) -> tuple[Record, ...]:
        """The records selected, all but totals where none are named, that meet the conditions."""
        records = self.named or self.sheet.body
        return tuple(one for one in records if all(each.met(self.sheet, one) for each in self.conditions))

    @property
    def named(self) -> tuple[Record, ...]:
        """The records that the question names, none where they were only guessed at."""
        return self.selection.records if self.selection.used else ()

    @property
    def headers(self) -> list[Mention]:
        """The mentions of columns of figures, in the order of the question, each column once."""
        seen: set[int] = set()
        found = []
        for one in self.mentions:
            fresh = (one.columns & self.sheet.numeric) - seen
            if fresh and not one.via:
                seen |= one.columns
                found.append(one)
        return found

    def value_columns(self) -> list[int]:
        """The columns of figures that can be reckoned with, but for those of conditions by equality."""
        fixed = {one.column for one in self.selection.used}
        found = [i for i in sorted(self.sheet.numeric) if i not in self.sheet.keys and i not in fixed]
        return found or [i for i in sorted(self.sheet.numeric) if i not in self.sheet.keys]

    def figure(self, place: Place) -> Figure | None:
        """The figure of a cell."""
        return self.sheet.figure(place.record, place.column)


@dataclass(frozen=True)
class Outcome:
    """What an operation gives: cells to show, and for arithmetic ``result`` with the ``formula`` it is worked out by.

    ``sureness`` is how likely the column is the one asked for (0 to 1), ``count`` the number counted.
    """

    operation: Operation
    places: tuple[Place, ...]
    sureness: float
    result: str = ""
    formula: str = ""
    count: int | None = None
    whole: bool = False
    vias: tuple[Via, ...] = field(default=())


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


def _terms(of: Situation) -> tuple[list[Place], float, bool] | None:
    """The cells of a sum or an average, how sure their column is, and whether they are all of the column."""
    records = [one for one in of.within if not one.total]
    headers = of.headers
    if len(records) == 1 and of.named and len(headers) >= 2:
        columns = [min(one.columns & of.sheet.numeric) for one in headers]
        return [Place(records[0], i) for i in columns], 0.9, False
    if len(records) < 2:
        return None
    among = [i for i in of.value_columns() if not _percent(of.sheet, i)]
    column = of.columns.best(among)
    if column is None:
        return None
    places = [Place(one, column) for one in records if of.sheet.figure(one, column) is not None]
    whole = not of.named and not of.conditions
    return (places, of.columns.sureness(column, among), whole) if len(places) > 1 else None


def _percent(sheet: Sheet, column: int) -> bool:
    figure = next((one for record in sheet.body if (one := sheet.figure(record, column)) is not None), None)
    return figure is not None and figure.unit.name == "%"


def _sum(of: Situation) -> Outcome | None:
    terms = _terms(of)
    if terms is None:
        return None
    places, sureness, whole = terms
    if whole and of.sheet.total is not None and of.sheet.figure(of.sheet.total, places[0].column) is not None:
        return Outcome("sum", (Place(of.sheet.total, places[0].column),), sureness, whole=True)
    figures = _figures(of, places)
    if figures is None:
        return None
    total = sum((one.value for one in figures), Decimal(0))
    return Outcome(
        "sum", tuple(places), sureness, _said(total, figures[0]), " + ".join(map(_plain, figures)), whole=whole
    )


def _average(of: Situation) -> Outcome | None:
    terms = _terms(of)
    if terms is None:
        return None
    places, sureness, whole = terms
    figures = _figures(of, places)
    if figures is None:
        return None
    total = sum((one.value for one in figures), Decimal(0))
    formula = f"({' + '.join(map(_plain, figures))}) ÷ {len(figures)}"
    return Outcome("average", tuple(places), sureness, _said(total / len(figures), figures[0]), formula, whole=whole)


def _figures(of: Situation, places: Sequence[Place]) -> list[Figure] | None:
    """The figures of cells, None where one is missing or they can't be added."""
    found = [figure for place in places if (figure := of.figure(place)) is not None and not figure.time]
    if len(found) != len(places) or not found or len({one.unit.name for one in found}) > 1:
        return None
    return found


def _pair(of: Situation) -> tuple[Place, Place, float] | None:
    """The two cells that a question sets against each other, in the order of the question."""
    sheet, headers = of.sheet, of.headers
    named = [one for one in of.selection.used if one.records]
    alone: list[Record] = []
    for one in named:
        records = [record for record in of.selection.records if record.number in one.records]
        if len(records) == 1 and records[0] not in alone:
            alone.append(records[0])
    among = of.value_columns()
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


def _before(of: Situation, record: Record, among: Sequence[int]) -> tuple[Place, Place, float] | None:
    """A record and the one before it, where the question says "than the year before"."""
    if not _PREVIOUS.search(of.wording.plain) or not set(of.sheet.keys) & of.sheet.timed:
        return None
    earlier = [one for one in of.sheet.body if one.number < record.number]
    column = of.columns.best(among)
    if not earlier or column is None:
        return None
    return Place(record, column), Place(earlier[-1], column), of.columns.sureness(column, among)


def _timed_pair(of: Situation, first: Place, second: Place) -> bool:
    """Whether the two cells are of two periods."""
    sheet = of.sheet
    if first.column != second.column:
        names = [sheet.columns[place.column].names for place in (first, second)]
        return all(any(re.search(r"\d\s*[年月]|季度|\d{4}", name) for name in each) for each in names)
    return bool(set(sheet.keys) & sheet.timed)


def _chronological(first: Place, second: Place) -> tuple[Place, Place]:
    """The later of two periods first."""
    later = (first.column, first.record.number) >= (second.column, second.record.number)
    return (first, second) if later else (second, first)


def _difference(of: Situation) -> Outcome | None:
    pair = _pair(of)
    if pair is None:
        return None
    first, second, sureness = pair
    figures = _figures(of, (first, second))
    if figures is None:
        return None
    if _timed_pair(of, first, second):
        first, second = _chronological(first, second)
    elif figures[0].value < figures[1].value:
        first, second = second, first
    figures = _figures(of, (first, second)) or figures
    minuend, subtrahend = figures
    value = minuend.value - subtrahend.value
    unit = Unit("%点", "%点") if minuend.unit.name == "%" else minuend.unit
    said = f"{written(value, 8)}{'个百分点' if unit.name == '%点' else _spelled(unit)}"
    return Outcome("difference", (first, second), sureness, said, f"{_plain(minuend)} − {_plain(subtrahend)}")


def _percentage(of: Situation) -> Outcome | None:
    among = [i for i in of.value_columns() if _percent(of.sheet, i)]
    stated = of.columns.best(of.value_columns())
    if stated in among and len(of.selection.records) == 1:
        return Outcome("percentage", (Place(of.selection.records[0], stated),), of.columns.sureness(stated, among))
    pair = _pair(of)
    if pair is None:
        return _share(of)
    first, second, sureness = pair
    if _figures(of, (first, second)) is None:
        return None
    growth = _timed_pair(of, first, second) or (_GROWTH.search(of.wording.plain) and first.column == second.column)
    if growth:
        first, second = _chronological(first, second)
    figures = _figures(of, (first, second)) or []
    if not growth and first.column != second.column and figures[0].value > figures[1].value:
        first, second, figures = second, first, figures[::-1]
    part, whole = figures
    if not whole.value:
        return None
    if growth:
        value = (part.value - whole.value) / whole.value * 100
        return Outcome(
            "percentage",
            (first, second),
            sureness,
            f"{written(value)}%",
            f"({_plain(part)} − {_plain(whole)}) ÷ {_plain(whole)}",
        )
    return Outcome(
        "percentage",
        (first, second),
        sureness,
        f"{written(part.value / whole.value * 100)}%",
        f"{_plain(part)} ÷ {_plain(whole)}",
    )


def _share(of: Situation) -> Outcome | None:
    """The share of the records named in the whole of their column."""
    among = [i for i in of.value_columns() if not _percent(of.sheet, i)]
    column = of.columns.best(among)
    if column is None or not of.selection.used or not _WHOLE.search(of.wording.plain):
        return None
    parts = [Place(one, column) for one in of.selection.records if not one.total]
    rest = [Place(one, column) for one in of.sheet.body]
    total = of.sheet.total
    wholes = [Place(total, column)] if total is not None and of.sheet.figure(total, column) is not None else rest
    part, whole = _figures(of, parts), _figures(of, wholes)
    if not part or not whole or not sum(one.value for one in whole) or len(parts) >= len(rest):
        return None
    share = sum(one.value for one in part) / sum(one.value for one in whole) * 100
    formula = f"{_added(part)} ÷ {_added(whole)}"
    places = tuple(dict.fromkeys([*parts, *wholes]))
    return Outcome("percentage", places, of.columns.sureness(column, among), f"{written(Decimal(share))}%", formula)


def _added(figures: Sequence[Figure]) -> str:
    text = " + ".join(map(_plain, figures))
    return f"({text})" if len(figures) > 1 else text


def _product(of: Situation) -> Outcome | None:
    records = of.selection.records
    taken = [(one.start, one.end) for one in of.mentions if not one.number]
    counts: list[tuple[Decimal, str]] = []
    among = [i for i in of.value_columns() if not _percent(of.sheet, i)]
    column = of.columns.best(among)
    if len(records) != 1 or not of.selection.records or column is None:
        return None
    figure = of.sheet.figure(records[0], column)
    per = fold(" ".join(of.sheet.columns[column].names) + of.sheet.label(records[0]))
    for one in of.wording.quantities:
        if one.value is None or one.value <= 0 or any(start < one.end and one.start < end for start, end in taken):
            continue
        if one.kind not in (QuantityKind.AMOUNT, QuantityKind.NUMBER) or one.unit in CURRENCIES.values() or one.bound:
            continue
        if one.indefinite and len(of.wording.quantities) > 1:
            continue
        months = one.unit == "年" and "月" in per
        counts.append((one.value * 12 if months else one.value, ""))
    counts = [one for one in counts if one[0] != 1]
    if figure is None or figure.time or not counts:
        return None
    value = figure.value
    for number, _ in counts:
        value *= number
    formula = " × ".join([_plain(figure), *(written(number, 8) for number, _ in counts)])
    return Outcome(
        "product", (Place(records[0], column),), of.columns.sureness(column, among), _said(value, figure), formula
    )


def _plain(figure: Figure) -> str:
    sign = "%" if figure.unit.name == "%" else ""
    text = written(figure.value, 8) + sign
    return f"({text})" if figure.value < 0 else text


def _spelled(unit: Unit) -> str:
    """The unit of a result: what the unit of the terms is counted by ("元" of "元/晚"), as it is written."""
    head = re.split("[/·]", unit.written)[0].strip()
    return head if len(head) <= 6 else ""


def _said(value: Decimal, figure: Figure) -> str:
    spelled = _spelled(figure.unit)
    return f"{written(value)}{' ' if spelled[:1].isascii() and spelled[:1].isalpha() else ''}{spelled}"


_WAYS: Mapping[Operation, Callable[[Situation], Outcome | None]] = {
    "look_up": _look_up,
    "filter": _filter,
    "superlative_max": lambda of: _superlative(of, most=True),
    "superlative_min": lambda of: _superlative(of, most=False),
    "count": _count,
    "sum": _sum,
    "difference": _difference,
    "average": _average,
    "percentage": _percentage,
    "product": _product,
}
