"""Arithmetic over the cells of a sheet, exactly: sums, averages, differences, percentages, products."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from corpus.language.quantities import QuantityKind
from corpus.language.script import fold
from corpus.language.units import CURRENCIES
from rag.routes.tables.figures import Figure, Unit, written
from rag.routes.tables.sheet import Record, Sheet
from rag.routes.tables.situation import Outcome, Place, Situation

__all__ = ["average", "difference", "percentage", "product", "total"]

_UNNAMED = 0.5  # how sure it is that a second column is meant that the question doesn't name
_PREVIOUS = re.compile(r"去年|上年|上一年|同比|前一年|lastyear|previousyear|yearbefore")
_REMAINING = re.compile(r"还差|还缺|相差|离|距|short|remain|to reach")
_WHOLE = re.compile(r"占|全部|总|所有|整个|total|overall|share|all|whole")
_GROWTH = re.compile(
    r"增长|增加|涨|增幅|下降|降|减少|同比|环比|grew|growth|grow|increase|rose|rise|decline|drop|fell|decrease"
)


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


def total(of: Situation) -> Outcome | None:
    """The sum of the cells asked for; the sheet's own total where it has one and all are."""
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


def average(of: Situation) -> Outcome | None:
    """The mean of the cells asked for."""
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


def _likeliest_pair(of: Situation) -> tuple[Place, Place, float] | None:
    """Two cells of a record that the question does not name both: those of the likeliest columns of one unit."""
    among = of.value_columns()
    scores = of.columns.scores("figures")
    likely = [i for i in sorted(among, key=lambda i: -scores[i]) if not _percent(of.sheet, i)]
    if not likely or len(of.named) != 1:
        return None
    first = min(of.headers[0].columns & of.sheet.numeric) if of.headers else likely[0]
    for other in likely:
        pair = Place(of.named[0], first), Place(of.named[0], other)
        if other != first and _figures(of, pair) is not None:
            return *pair, _UNNAMED * of.columns.sureness(other, [i for i in among if i != first])
    return None


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


def difference(of: Situation) -> Outcome | None:
    """The difference of two cells: the later less the earlier, else the greater less the smaller."""
    pair = _pair(of) or _likeliest_pair(of)
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


def percentage(of: Situation) -> Outcome | None:
    """A percentage that a cell states, the growth of a period over another, or one figure's share in another."""
    among = [i for i in of.value_columns() if _percent(of.sheet, i)]
    stated = of.columns.best(of.value_columns())
    if stated in among and len(of.selection.records) == 1:
        return Outcome("percentage", (Place(of.selection.records[0], stated),), of.columns.sureness(stated, among))
    pair = _pair(of)
    share = _share(of) if pair is None else None
    pair = pair or _likeliest_pair(of)
    if share is not None or pair is None:
        return share
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


def product(of: Situation) -> Outcome | None:
    """A cell times the counts that the question gives."""
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
