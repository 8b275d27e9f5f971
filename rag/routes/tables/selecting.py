"""The records of a sheet that a question is about: those it names, and those that meet its conditions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from corpus.language.quantities import Quantity, QuantityKind
from corpus.language.script import fold
from rag.routes.tables.columns import Columns
from rag.routes.tables.figures import Figure, Unit
from rag.routes.tables.linking import Mention, Wording, pairs_of
from rag.routes.tables.sheet import Record, Sheet

__all__ = ["Condition", "Selection", "conditions_of", "select"]

_LEAST_ROOM = 0.6  # of the best record's words that the next may share
_LEAST_LEAD = 0.012  # of the best record's likeness before the next
_MOST_FUZZY = 3
_UNDER = re.compile(
    r"低于|少于|小于|不足|不够|不到|未达到?|没达到?|没到|低過|below|under|lessthan|fewerthan|lowerthan|short of"
)
_OVER = re.compile(r"高于|多于|大于|超过|超出|高过|超|比|above|over|exceed(?:s|ed)?|morethan|higherthan|greaterthan")
_LESS = re.compile(r"的?(?:要|还)?[少低小短慢差]")
_EQUAL = re.compile(r"等于|相等|一样|equal(?:s|to)?|sameas")
_INCLUSIVE = re.compile(
    r"以上|以下|以内|至少|至多|最多|不超过|不低于|不少于|不高于|起|atleast|atmost|upto|ormore|orless"
)
_OVER_BEHIND = re.compile(r"块?钱?(?:以上|往上|起)")
_UNDER_BEHIND = re.compile(r"块?钱?(?:以下|以内|之内|往下)")
_OVER_BEFORE = re.compile(r"(?:超过|上|高于|大于|多于|over|above|morethan)$")
_UNDER_BEFORE = re.compile(r"(?:不到|低于|小于|少于|不足|不超过|under|below|lessthan)$")
_IS = re.compile(r"(?:[为是=]|等于)?")
_AFTER = re.compile(r"以后|之后|后|以来|起")
_BEFORE = re.compile(r"(?:年底|月底|底)?(?:以前|之前|前)")
_SINCE = re.compile(r"(?:after|since)$")
_UNTIL = re.compile(r"(?:before|until|by)$")


@dataclass(frozen=True, slots=True)
class Selection:
    """Records with the mentions that chose them; ``strength`` is how plainly they are named (0 to 1)."""

    records: tuple[Record, ...]
    used: tuple[Mention, ...] = ()
    strength: float = 0.0


@dataclass(frozen=True)
class Condition:
    """What figures in ``column`` are held against: a ``limit``, or the figures of column ``other``."""

    column: int
    holds: Callable[[Decimal, Decimal], bool]
    limit: Figure | None = None
    other: int | None = None

    def met(self, sheet: Sheet, record: Record) -> bool:
        """Whether a record meets it; not where a figure is missing."""
        figure = sheet.figure(record, self.column)
        against = self.limit if self.other is None else sheet.figure(record, self.other)
        return figure is not None and against is not None and self.holds(_value(figure), _value(against))


def select(
    wording: Wording, sheet: Sheet, mentions: Sequence[Mention], likeness: Mapping[int, float], *, numbers: bool = True
) -> Selection:
    """The records that the question names; else those that share its rare words, or that are most like it.

    Values of one column add up, those of several must meet in a record. ``likeness`` is that of the records' lines to
    the question, by their numbers, where they are known.
    """
    values = [one for one in mentions if one.records and (numbers or not one.number)]
    chosen: frozenset[int] | None = None
    used: list[Mention] = []
    by_column: dict[int, list[Mention]] = {}
    for one in values:
        by_column.setdefault(one.column, []).append(one)
    for column in sorted(by_column, key=lambda column: -sum(one.length for one in by_column[column])):
        here = frozenset().union(*(one.records for one in by_column[column]))
        both = here if chosen is None else chosen & here
        if both:
            chosen = both
            used += by_column[column]
    if chosen:
        return Selection(_records(sheet, chosen), tuple(used), 1.0)
    taken = {place for one in mentions if one.columns for place in range(one.start, one.end)}
    shared = _sharing(wording, sheet, taken)
    if shared:
        return Selection(_records(sheet, shared), (), 0.6)
    alike = sorted(((value, number) for number, value in likeness.items() if number in sheet.by_number), reverse=True)
    if len(alike) > 1 and alike[0][0] - alike[1][0] >= _LEAST_LEAD:
        return Selection(_records(sheet, {alike[0][1]}), (), 0.3)
    return Selection(())


def conditions_of(wording: Wording, sheet: Sheet, mentions: Sequence[Mention], columns: Columns) -> list[Condition]:
    """The conditions on figures that the question sets."""
    figures = [i for i in sorted(sheet.numeric) if i not in sheet.keys or sheet.turned]
    compared = _compared(wording, sheet, mentions, columns, figures)
    if compared is not None:
        return [compared]
    found: list[Condition] = []
    for quantity in wording.quantities:
        bound = _bound(wording, quantity)
        if quantity.value is None or not bound:
            continue
        money = wording.plain[quantity.end : quantity.end + 1] == "块"
        unit = Unit("元", "元") if money else Unit(quantity.unit, quantity.unit)
        limit = Figure(quantity.value, unit)
        among = [i for i in figures if _alike(sheet, i, limit)]
        before = [one for one in mentions if one.columns and one.end <= quantity.start]
        near = [i for i in among if before and i in before[-1].columns]
        if bound == "equal":
            near = near if before and _IS.fullmatch(wording.plain[before[-1].end : quantity.start]) else []
            among = []
        column = columns.best(near or among)
        if column is not None:
            around = wording.plain[max(0, quantity.start - 6) : quantity.end + 4]
            inclusive = bool(_INCLUSIVE.search(around))
            holds = (lambda a, b: a == b) if bound == "equal" else _holds(bound == "over", inclusive)
            found.append(Condition(column, holds, limit))
    found += _dated(wording, sheet, columns)
    return found


def _bound(wording: Wording, quantity: Quantity) -> str:
    """What is asked of a figure: "over", "under", or "equal" where nothing is said of it."""
    if quantity.bound in ("over", "under"):
        return quantity.bound
    if quantity.bound or quantity.kind in (QuantityKind.DATE, QuantityKind.TIME, QuantityKind.ORDINAL):
        return ""
    before, behind = wording.plain[: quantity.start], wording.plain[quantity.end :]
    if _OVER_BEHIND.match(behind) or _OVER_BEFORE.search(before):
        return "over"
    return "under" if _UNDER_BEHIND.match(behind) or _UNDER_BEFORE.search(before) else "equal"


def _alike(sheet: Sheet, column: int, limit: Figure) -> bool:
    sample = next((figure for record in sheet.body if (figure := sheet.figure(record, column)) is not None), None)
    return sample is not None and sample.like(limit) and (limit.unit.name != "%" or sample.unit.name == "%")


def _compared(
    wording: Wording, sheet: Sheet, mentions: Sequence[Mention], columns: Columns, figures: Sequence[int]
) -> Condition | None:
    """A column held against another: what is below the safety stock."""
    headers = [one for one in mentions if one.columns & frozenset(figures)]
    for over, pattern in ((False, _UNDER), (True, _OVER), (None, _EQUAL)):
        for match in pattern.finditer(wording.plain):
            behind = [one for one in headers if 0 <= one.start - match.end() <= 3]
            before = [one for one in headers if one.end <= match.start()]
            if over is None and len(before) > 1 and not behind:
                behind, before = before[-1:], before[:-1]
            if not behind:
                continue
            if over and _LESS.match(wording.plain[behind[0].end :]):
                over = False
            other = next(iter(behind[0].columns & frozenset(figures)))
            left = sorted(before[-1].columns & frozenset(figures)) if before else []
            if not left:
                left = [i for i in figures if i != other and not any(i in one.columns for one in headers)]
                totals = [
                    i
                    for i in left
                    if any(fold(name).startswith(("合计", "总", "total")) for name in sheet.columns[i].names)
                ]
                left = totals or left
            column = columns.best([i for i in left if i != other])
            if column is not None:
                holds = (lambda a, b: a == b) if over is None else _holds(over, False)
                return Condition(column, holds, other=other)
    return None


def _dated(wording: Wording, sheet: Sheet, columns: Columns) -> list[Condition]:
    found = []
    for start, end, iso in wording.periods:
        digits = iso.replace("-", "").ljust(8, "0")
        behind, before = wording.plain[end : end + 5], wording.plain[max(0, start - 8) : start]
        after = _AFTER.match(behind) or _SINCE.search(before)
        until = _BEFORE.match(behind) or _UNTIL.search(before)
        column = columns.best(sorted(sheet.timed)) if after or until else None
        if column is None or not iso[:4].isdigit():
            continue
        late = digits.rstrip("0").ljust(8, "9") if (until and until[0].startswith(("年底", "月底", "底"))) else digits
        limit = Figure(Decimal(late if until else digits), time=True)
        found.append(Condition(column, _holds(bool(after), bool(after)), limit))
    return found


def _holds(over: bool, inclusive: bool) -> Callable[[Decimal, Decimal], bool]:
    if over:
        return (lambda a, b: a >= b) if inclusive else (lambda a, b: a > b)
    return (lambda a, b: a <= b) if inclusive else (lambda a, b: a < b)


def _value(figure: Figure) -> Decimal:
    return figure.value if figure.time else figure.base


def _records(sheet: Sheet, numbers: frozenset[int] | set[int]) -> tuple[Record, ...]:
    return tuple(record for record in sheet.records if record.number in numbers)


def _sharing(wording: Wording, sheet: Sheet, taken: set[int]) -> set[int]:
    """The records that share the question's rare pairs of characters, where a few stand out."""
    asked = wording.pairs
    if taken and wording.pairs:
        plain = wording.plain
        asked = asked - {plain[i : i + 2] for i in taken if i + 1 in taken}
    held: dict[int, frozenset[str]] = {}
    for record in sheet.body[:2000]:
        words = [sheet.text(record, i) for i in range(len(sheet.columns)) if i not in sheet.numeric or i in sheet.keys]
        held[record.number] = pairs_of(fold("\n".join([record.group, *words]))) & asked
    counts = Counter(pair for pairs in held.values() for pair in pairs)
    scores = {
        number: sum(math.log(1 + len(held) / counts[pair]) for pair in pairs if 2 * counts[pair] <= len(held))
        for number, pairs in held.items()
    }
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return set()
    near = {number for number, score in scores.items() if score > _LEAST_ROOM * best}
    return near if len(near) <= _MOST_FUZZY else set()
