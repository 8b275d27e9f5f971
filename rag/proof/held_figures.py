"""Whether the figures of a sentence stand in its evidence: by value, unit, bound and date, however they are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from corpus.language.dates import parts_of
from corpus.language.numerals import rounded
from corpus.language.quantities import CLOCK_HOUR, Quantity, QuantityKind, quantities_of
from corpus.language.script import fold
from corpus.language.units import is_counter, measured_alike
from rag.proof.evidence import Evidence, stated_quantities

__all__ = [
    "are_comparable",
    "are_equal",
    "missing_digits",
    "missing_quantities",
    "of_same_unit",
    "unbound",
    "written_alike",
]

_ROUNDING = Decimal("0.05")  # 近40万 may stand for 39.63万
_SAME_COUNTER = tuple(
    frozenset(group.split())
    for group in (
        "个 家 企业 公司 所 户 学校 大学 医院 学院",
        "个 项 件 条 种 款 类 种类 项目 份",
        "次 起 场 回 届 轮 例",
        "座 栋 幢 楼 间 处 套 个 站 平台 基地",
        "辆 台 部 架 艘 列",
        "篇 本 册 部 卷 份 集 首 版",
        "人 人次 成员 学生 代 个 口",
        "个 省 市 县 国 州 镇 乡 村",
        "个 队 队伍 支",
    )
)
_DIGITS = re.compile(r"[\d][\d.,:/%-]*")
_ENDS = ("over", "under")
_NUMERIC = {QuantityKind.NUMBER, QuantityKind.AMOUNT, QuantityKind.MONEY, QuantityKind.PERCENT, QuantityKind.ORDINAL}


def missing_quantities(text: str, evidence: Evidence) -> list[Quantity]:
    """The quantities of a sentence that its evidence does not hold.

    One without a unit is not held by what the sentence tells with its unit already: of 30天 and 30%, 30天 and 30.
    """
    quantities = [quantity for quantity in quantities_of(text) if not quantity.indefinite]
    stated = set(stated_quantities(text))
    numbered = replace(evidence, quantities=tuple(quantities_of(evidence.text)))  # an item's number, by another's
    bare = [quantity for quantity in quantities if quantity.kind is QuantityKind.NUMBER and not quantity.unit]
    left = _without(evidence, {one.canonical for one in quantities if one.unit}) if bare else evidence
    return [
        one
        for one in quantities
        if not _stands(text, one, numbered if one not in stated else left if one in bare else evidence)
    ]


def _stands(text: str, quantity: Quantity, evidence: Evidence) -> bool:
    written = text[quantity.start : quantity.end]
    return _is_held(quantity, evidence) or _stands_literally(written, evidence.folded)


def _without(evidence: Evidence, told: Collection[str]) -> Evidence:
    """The evidence without these quantities (``Quantity.canonical``)."""
    text, left = evidence.text, []
    for quantity in reversed(evidence.quantities):
        if quantity.canonical in told:
            text = text[: quantity.start] + " " + text[quantity.end :]
        else:
            left.append(quantity)
    return replace(evidence, folded=fold(text), quantities=tuple(reversed(left)))


def unbound(text: str, evidence: Evidence) -> Iterator[Quantity]:
    """Quantities that the evidence holds with another bound only: 500家, or 不到500家, for 超过500家.

    Both ends of a range may be told without their bounds.
    """
    quantities = quantities_of(text)
    ends = {(other.value, other.unit) for other in evidence.quantities if other.bound in _ENDS}
    for quantity in quantities:
        same = [other for other in evidence.quantities if are_equal(quantity, other)]
        if not same or not all(other.bound in _ENDS and other.bound != quantity.bound for other in same):
            continue
        if quantity.bound in _ENDS or (
            not quantity.bound and sum((one.value, same[0].unit) in ends for one in quantities) < 2
        ):
            yield quantity


def written_alike(text: str, evidence: Evidence) -> str:
    """The text with each figure that the evidence holds written as it is there: 三千余项 as 3000余项."""
    for quantity in reversed(quantities_of(text)):
        written = text[quantity.start : quantity.end]
        same = next((other for other in evidence.quantities if _is_same(quantity, other)), None)
        if same is not None and not _stands_literally(written, evidence.folded):
            text = text[: quantity.start] + evidence.text[same.start : same.end] + text[quantity.end :]
    return text


def _is_same(quantity: Quantity, other: Quantity) -> bool:
    if quantity.kind is QuantityKind.DATE:
        return other.kind is QuantityKind.DATE and quantity.iso == other.iso
    return _agree(quantity, other)


def missing_digits(text: str, evidence: Evidence) -> Iterator[str]:
    """Digits that are part of no quantity, such as those of names and numbers of things, and stand nowhere there."""
    around = evidence.folded + "\n" + evidence.leans_on
    for figure in _unread_digits(text):
        if not _stands_literally(figure, around):
            yield figure


def _is_held(quantity: Quantity, evidence: Evidence) -> bool:
    if quantity.kind is QuantityKind.DATE:
        if any(other.value is not None and _agree(other, quantity) for other in evidence.quantities):
            return True
        return _is_dated(quantity.iso, [*evidence.quantities, *_lent(evidence)])
    return any(_agree(quantity, other) for other in evidence.quantities)


def _lent(evidence: Evidence) -> Iterator[Quantity]:
    """What the evidence leans on may give it: a year only if it names none, a day or month only if it names none."""
    own = [parts_of(other.iso) for other in evidence.quantities if other.kind is QuantityKind.DATE]
    if any((year or "")[:4].isdigit() for year, _, _ in own):
        return
    has_days = any(month or day for _, month, day in own)
    for date in evidence.dates:
        year = parts_of(date.iso)[0]
        if not has_days:
            yield date
        elif year is not None:
            yield replace(date, iso=year)


def _is_dated(iso: str, held: Sequence[Quantity]) -> bool:
    dates = {other.iso for other in held if other.kind is QuantityKind.DATE}
    dates |= {str(other.value) for other in held if other.kind is QuantityKind.NUMBER}  # 2020 without a 年
    if iso in dates:
        return True
    if iso.endswith("X"):
        return any(date.startswith(iso.rstrip("X")) for date in dates)
    wanted = parts_of(iso)
    parts = [parts_of(date) for date in dates]
    if any(all(mine in {None, its} for mine, its in zip(wanted, part, strict=True)) for part in parts):
        return True
    # 2020年4月24日 of a text that says the year in one place and the day in another.
    year_held = wanted[0] is None or any(part[0] == wanted[0] for part in parts)
    rest_held = any(part[0] in {None, wanted[0]} and part[1:] == wanted[1:] for part in parts)
    return year_held and rest_held


def _agree(quantity: Quantity, other: Quantity) -> bool:
    """Whether two quantities say the same, or one rounds the other and says so."""
    if quantity.kind is QuantityKind.TIME or other.kind is QuantityKind.TIME:
        return quantity.kind == other.kind and _is_one_time(quantity, other)
    if quantity.kind not in _NUMERIC or quantity.value is None:
        return False
    if other.value is None:
        is_year = other.iso == str(quantity.value) and quantity.unit in {"", "年"}
        return is_year or (quantity.unit == "天" and other.iso == f"---{quantity.value:0>2f}")  # 30日内
    return are_equal(quantity, other) or (are_comparable(quantity, other) and _rounds(quantity, other))


def _is_one_time(quantity: Quantity, other: Quantity) -> bool:
    """Whether two times of day are the same, or may be where one leaves the half of the day open."""
    hours = 12 if CLOCK_HOUR in (quantity.unit, other.unit) else 24
    mine, its = ((int(one.iso[:2]) % hours, one.iso[2:]) for one in (quantity, other))
    return mine == its


def are_equal(quantity: Quantity, other: Quantity) -> bool:
    """Whether two quantities are one amount, whatever their bounds: 1.5小时 and 90分钟."""
    if quantity.value is None or other.value is None or not are_comparable(quantity, other):
        return False
    (mine, _), (its, _) = measured_alike(quantity.value, quantity.unit), measured_alike(other.value, other.unit)
    if not quantity.unit or not other.unit:
        mine, its = quantity.value, other.value
    return rounded(mine, 6) == rounded(its, 6)


def are_comparable(quantity: Quantity, other: Quantity) -> bool:
    """Whether two quantities are of one kind, and of units that may stand for each other."""
    return _kinds_agree(quantity, other) and _units_agree(quantity.unit, other.unit)


def _rounds(quantity: Quantity, exactly: Quantity) -> bool:
    assert quantity.value is not None
    assert exactly.value is not None
    (value, _), (exact, _) = (
        measured_alike(quantity.value, quantity.unit),
        measured_alike(exactly.value, exactly.unit),
    )
    if not quantity.bound or exact == 0 or abs(value - exact) > abs(exact) * _ROUNDING:
        return False
    if _significant_digits(quantity.value) >= _significant_digits(exactly.value):
        return False
    return {"over": value <= exact, "under": value >= exact, "about": True}[quantity.bound]


def _significant_digits(value: Decimal) -> int:
    return len(f"{value:f}".replace(".", "").strip("0-"))


def _kinds_agree(quantity: Quantity, other: Quantity) -> bool:
    percent = QuantityKind.PERCENT
    if percent in {quantity.kind, other.kind}:
        return quantity.kind is other.kind
    ordinal = QuantityKind.ORDINAL
    if ordinal in {quantity.kind, other.kind} and quantity.kind is not other.kind:
        return bool(quantity.unit) and quantity.unit == other.unit  # 十八届 is 第十八届
    return True


def _units_agree(unit: str, other: str) -> bool:
    if not unit or not other or measured_alike(Decimal(1), unit)[1] == measured_alike(Decimal(1), other)[1]:
        return True
    if not (is_counter(unit) and is_counter(other)):
        return False
    return any(unit in group and other in group for group in _SAME_COUNTER)


def of_same_unit(quantity: Quantity, held: Sequence[Quantity]) -> Quantity | None:
    """The one quantity of the evidence that the sentence's may have been meant to be, if there is just one."""
    if quantity.kind is QuantityKind.DATE:
        near = [other for other in held if other.kind is QuantityKind.DATE and len(other.iso) == len(quantity.iso)]
    else:
        same_unit = [other for other in held if other.unit == quantity.unit and other.kind is quantity.kind]
        near = same_unit or [other for other in held if other.value == quantity.value]
    return near[0] if len(near) == 1 else None


def _unread_digits(text: str) -> Iterator[str]:
    """Digits that are part of no quantity, such as those of names and numbers of things."""
    read = {place for quantity in quantities_of(text) for place in range(quantity.start, quantity.end)}
    for match in _DIGITS.finditer(text):
        if any(text[place].isdigit() and place not in read for place in range(*match.span())):
            yield match[0].strip(".,:/-")


def _stands_literally(figure: str, text: str) -> bool:
    pattern = r"\s*".join(map(re.escape, fold(figure).split()))
    return re.search(rf"(?<![\d.]){pattern}(?![\d%]|\.\d)", text) is not None and re.search(r"\d", figure) is not None
