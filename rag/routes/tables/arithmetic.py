"""Arithmetic over the cells of a sheet, exactly: sums, averages, differences, percentages, products."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from corpus.language.quantities import QuantityKind
from corpus.language.script import fold
from corpus.language.units import CURRENCIES, is_counter
from rag.routes.classifier import Operation
from rag.routes.tables import pairs
from rag.routes.tables.figures import Figure, Unit, written
from rag.routes.tables.sheet import Record
from rag.routes.tables.situation import Outcome, Place, Situation

__all__ = ["average", "difference", "percentage", "product", "total"]

_COUNTING = (QuantityKind.AMOUNT, QuantityKind.NUMBER)
_WHOLE = re.compile(r"占|全部|总|所有|整个|total|overall|share|all|whole")
_GROWTH = re.compile(
    r"增长|增加|涨|增幅|下降|降|减少|同比|环比|grew|growth|grow|increase|rose|rise|decline|drop|fell|decrease"
)
_THAN = re.compile("(?<![占分同环])[比较](?![例重率])|than")


def _terms(of: Situation) -> tuple[list[Place], float, bool] | None:
    """The cells of a sum or an average, how sure their column is, and whether they are all of the column."""
    records = [one for one in of.within if not one.total]
    headers = of.headers
    if len(records) == 1 and of.named and len(headers) >= 2:
        columns = [min(one.columns & of.sheet.numeric) for one in headers]
        return [Place(records[0], i) for i in columns], 0.9, False
    if len(records) < 2:
        return None
    among = of.countable_columns()
    column = of.columns.best(among)
    if column is None:
        return None
    places = [Place(one, column) for one in records if of.sheet.figure(one, column) is not None]
    whole = not of.named and not of.conditions
    return (places, of.columns.sureness(column, among), whole) if len(places) > 1 else None


def total(of: Situation) -> Outcome | None:
    """The sum of the cells asked for; the sheet's own total where it has one and all are."""
    terms = _terms(of)
    if terms is None:
        return None
    places, sureness, whole = terms
    if whole and of.sheet.total is not None and of.sheet.figure(of.sheet.total, places[0].column) is not None:
        return Outcome("sum", (Place(of.sheet.total, places[0].column),), sureness, whole=True)
    return _added_up("sum", of, places, sureness, whole=whole)


def _added_up(
    operation: Operation, of: Situation, places: Sequence[Place], sureness: float, *, whole: bool
) -> Outcome | None:
    """The sum of cells, each as many times as the question says: two adults and a child."""
    figures = of.figures(places)
    if figures is None:
        return None
    times = [_times(of, place.record) for place in places]
    total = sum((one.value * number for one, number in zip(figures, times, strict=True)), Decimal(0))
    terms = [
        f"{written(n, 8)} × {_plain(one)}" if n != 1 else _plain(one) for one, n in zip(figures, times, strict=True)
    ]
    return Outcome(operation, tuple(places), sureness, _said(total, figures[0]), " + ".join(terms), whole=whole)


def _times(of: Situation, record: Record) -> Decimal:
    """How many of a record the question counts, right before or behind its name; else 1."""
    names = [one for one in of.selection.used if one.records == {record.number} and not one.number]
    for one in of.wording.quantities:
        if one.value is None or one.value <= 0 or one.kind not in _COUNTING or not is_counter(one.unit):
            continue
        if any(one.end == name.start or name.end == one.start for name in names):
            return one.value
    return Decimal(1)


def average(of: Situation) -> Outcome | None:
    """The mean of the cells asked for."""
    terms = _terms(of)
    if terms is None:
        return None
    places, sureness, whole = terms
    figures = of.figures(places)
    if figures is None:
        return None
    total = sum((one.value for one in figures), Decimal(0))
    formula = f"({' + '.join(map(_plain, figures))}) ÷ {len(figures)}"
    return Outcome("average", tuple(places), sureness, _said(total / len(figures), figures[0]), formula, whole=whole)


def difference(of: Situation) -> Outcome | None:
    """The difference of two cells: the later less the earlier, else the greater less the smaller."""
    pair = pairs.named(of) or pairs.likeliest(of) or pairs.furthest(of)
    if pair is None:
        return None
    first, second, sureness = pair
    figures = of.figures((first, second))
    if figures is None:
        return None
    if pairs.are_of_two_periods(of, first, second):
        first, second = pairs.later_first(first, second)
    elif figures[0].value < figures[1].value:
        first, second = second, first
    figures = of.figures((first, second)) or figures
    minuend, subtrahend = figures
    value = minuend.value - subtrahend.value
    unit = Unit("%点", "%点") if minuend.unit.name == "%" else minuend.unit
    said = f"{written(value, 8)}{'个百分点' if unit.name == '%点' else _spelled(unit)}"
    return Outcome("difference", (first, second), sureness, said, f"{_plain(minuend)} − {_plain(subtrahend)}")


def percentage(of: Situation) -> Outcome | None:
    """A percentage that a cell states, the growth of a period over another, or one figure's share in another."""
    countable = of.countable_columns()
    among = [i for i in of.value_columns() if i not in countable]
    stated = of.columns.best(of.value_columns())
    if stated in among and len(of.selection.records) == 1:
        return Outcome("percentage", (Place(of.selection.records[0], stated),), of.columns.sureness(stated, among))
    pair = pairs.named(of)
    share = _share(of) if pair is None else None
    pair = pair or pairs.likeliest(of)
    if share is not None or pair is None:
        return share
    first, second, sureness = pair
    if of.figures((first, second)) is None:
        return None
    growth = pairs.are_of_two_periods(of, first, second) or (
        _GROWTH.search(of.wording.plain) and first.column == second.column
    )
    if growth:
        first, second = pairs.later_first(first, second)
    figures = of.figures((first, second)) or []
    than = _THAN.search(of.wording.plain) is not None
    if not growth and not than and first.column != second.column and figures[0].value > figures[1].value:
        first, second, figures = second, first, figures[::-1]
    part, whole = figures
    if not whole.value:
        return None
    value, formula = part.value / whole.value * 100, f"{_plain(part)} ÷ {_plain(whole)}"
    if growth:
        value, formula = value - 100, f"({_plain(part)} − {_plain(whole)}) ÷ {_plain(whole)}"
    elif than:
        more, less = sorted(figures, key=lambda one: -one.value)
        value, formula = abs(value - 100), f"({_plain(more)} − {_plain(less)}) ÷ {_plain(whole)}"
    return Outcome("percentage", (first, second), sureness, f"{written(value)}%", formula)


def _share(of: Situation) -> Outcome | None:
    """The share of the records named in the whole of their column."""
    among = of.countable_columns()
    column = of.columns.best(among)
    if column is None or not of.selection.used or not _WHOLE.search(of.wording.plain):
        return None
    parts = [Place(one, column) for one in of.selection.records if not one.total]
    rest = [Place(one, column) for one in of.sheet.body]
    total = of.sheet.total
    wholes = [Place(total, column)] if total is not None and of.sheet.figure(total, column) is not None else rest
    part, whole = of.figures(parts), of.figures(wholes)
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
    names = [one for one in of.mentions if not one.number]
    counts: list[Decimal] = []
    among = of.countable_columns()
    column = of.columns.best(among)
    if column is None:
        return None
    if len(records) > 1 and of.named:
        added = _added_up(
            "product", of, [Place(one, column) for one in records], of.columns.sureness(column, among), whole=False
        )
        return added if added is not None and "×" in added.formula else None
    if len(records) != 1:
        return None
    figure = of.sheet.figure(records[0], column)
    per = fold(" ".join(of.sheet.columns[column].names) + of.sheet.label(records[0]))
    for one in of.wording.quantities:
        if one.value is None or one.value <= 0 or any(name.overlaps(one) for name in names):
            continue
        if one.kind not in _COUNTING or one.unit in CURRENCIES.values() or one.bound:
            continue
        if one.indefinite and len(of.wording.quantities) > 1:
            continue
        months = one.unit == "年" and "月" in per
        counts.append(one.value * 12 if months else one.value)
    counts = [one for one in counts if one != 1]
    if figure is None or figure.time or not counts:
        return None
    value = figure.value
    for number in counts:
        value *= number
    formula = " × ".join([_plain(figure), *(written(number, 8) for number in counts)])
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
