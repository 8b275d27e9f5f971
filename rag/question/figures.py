"""Which figure a question asks for: "多少停车费" wants an amount of money, "多少套" things that are counted."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum

from corpus.language.clock import POINTS
from corpus.language.quantities import quantities_of
from corpus.language.script import HAN, fold
from corpus.language.units import CURRENCIES, is_counter, measured_alike, unit_of

__all__ = ["Figure", "figure_asked", "scales_asked", "scales_in"]


class Figure(Enum):
    """What a figure counts or measures."""

    MONEY = "money"
    PERCENT = "percent"
    PEOPLE = "people"
    THINGS = "things"
    MEASURE = "measure"
    CLOCK = "time"
    ANY = "any"


_CHINESE = re.compile(rf"(?:(?P<many>多少)|(?<![第哪好前后十近那这])几)(?P<of>[{HAN}]{{0,6}})")
# Beside what asks for something else, 几 is only "some" and 多少 what is decided: 谁定罚多少.
_OTHER = re.compile(r"[谁哪啥咋]|(?<!任)何|什么|怎[么样]|[吗嘛][?!。]*$|[^,。;]{2}[不没][?!。]*$|(.)[不没]\1")
_NO_UNIT = re.compile("年[轻龄]|.级")
_ENGLISH = re.compile(r"\bhow (?:many|much)\b|\bwhat (?:percentage|percent|share|amount)\b")
_CLOCK = re.compile(
    rf"(?<![哪好这那有第前后十近下以])几点(?!{POINTS})(?:钟|半)?"
    r"|\bwhat time\b"
)
_SCALE = re.compile("[十百千万亿]+")
_LONG = re.compile(r"多久|多长时间|\bhow long\b")
_MANY = re.compile(r"\bhow many (?P<of>[a-z]+)")
_NAMED = re.compile(r"[（(]([^（）()/]{1,4})(?:/[^（）()]{1,4})?[）)][:：]\s*\d")
_TIMES = frozenset({"duration", "calendar", "工作日"})
_LONGEST_UNIT = 4
_RANKS = frozenset("届级期任号版楼层站年月日周")  # 几 before one of them asks for a rank or a date
_OF_MONEY = re.compile("(?:罚款|金额|费用?|款项?|价格?|工资|奖金|补贴|补助|资金|投资)(?:是|为|有|达到?|要|交|约)?$")
_MONEY = re.compile(".{0,3}?(?:钱|费|金额|资金|补贴|补助|奖金|工资)")
_OF_PERCENT = re.compile("(?:比例|比重|占比|百分比|百分之)(?:是|为|有|达到?|约)?$")


def figure_asked(folded: str) -> Figure | None:
    """The kind of figure the words of a question, folded, ask for; None for none, a rank or a date."""
    if _CLOCK.search(folded):
        return Figure.CLOCK
    match = _asking(folded)
    if match is None:
        return Figure.ANY if _ENGLISH.search(folded) else None
    return None if _OTHER.search(folded) else _kind_asked(folded, match)


def _kind_asked(folded: str, match: re.Match[str]) -> Figure | None:
    """The kind of figure that 多少 or 几 asks for."""
    before, of = folded[: match.start()], match["of"]
    if _OF_PERCENT.search(before) or of.startswith("百分"):
        return Figure.PERCENT
    of = _SCALE.sub("", of, count=1)
    unit = _unit_at_head(of)
    if not match["many"] and (not unit or unit in _RANKS):
        return None
    is_money = _MONEY.match(of) and match["many"]  # 处理费 is not counted by 处
    if unit and not is_money and not _NO_UNIT.match(of):
        return _counted_in(unit)
    return Figure.MONEY if _MONEY.match(of) or _OF_MONEY.search(before) else Figure.ANY


def scales_asked(folded: str) -> frozenset[str]:
    """What the figure that a folded question asks for may be measured in: "mass" for 多少公斤, the currencies for
    多少钱, people for 多少人. Nothing where it is only counted, or the question does not say."""
    if _LONG.search(folded):
        return _TIMES
    if figure_asked(folded) is Figure.MONEY:
        return frozenset(CURRENCIES.values())
    match = _asking(folded) or _MANY.search(folded)
    of = _SCALE.sub("", match["of"], count=1) if match else ""
    unit = unit_of(of) if of.isascii() else "" if _NO_UNIT.match(of) else unit_of(_unit_at_head(of))
    if is_counter(unit) and unit != "人":
        return frozenset()
    scale = _scale_of(unit)
    return _TIMES if scale in _TIMES else frozenset({scale})


def scales_in(text: str) -> frozenset[str]:
    """What the figures of a text are measured in, or counted; a column's name may tell it: 保教费（元/月）：1200."""
    named = (unit_of(fold(match[1])) for match in _NAMED.finditer(text))
    said = ("天" if quantity.iso.startswith("---") else quantity.unit for quantity in quantities_of(text))  # 30日内
    return frozenset(_scale_of(unit) for unit in (*named, *said) if unit)


def _asking(folded: str) -> re.Match[str] | None:
    """What asks how many: 多少 rather than 几, which may be "some" (养了几天不想养，能退多少)."""
    found = list(_CHINESE.finditer(folded))
    return next((match for match in found if match["many"]), found[0] if found else None)


def _scale_of(unit: str) -> str:
    return measured_alike(Decimal(1), unit)[1]


def _unit_at_head(words: str) -> str:
    return next((words[:length] for length in range(_LONGEST_UNIT, 0, -1) if unit_of(words[:length])), "")


def _counted_in(spelling: str) -> Figure:
    unit = unit_of(spelling)
    if unit in CURRENCIES.values():
        return Figure.MONEY
    if not is_counter(unit):
        return Figure.PERCENT if unit == "%点" else Figure.MEASURE
    if unit == "人":
        return Figure.PEOPLE
    return Figure.ANY if len(spelling) > 1 or spelling == "个" else Figure.THINGS  # 公司 may be counted by 家
