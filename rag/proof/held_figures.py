"""Whether the figures of a sentence stand in its evidence: by value, unit, bound and date, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from corpus.language.dates import parts_of
from corpus.language.numerals import rounded
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold
from corpus.language.units import is_counter
from rag.proof.evidence import Evidence

__all__ = ["missing_digits", "missing_quantities", "of_same_unit", "unbound", "written_alike"]

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
_NUMERIC = {QuantityKind.NUMBER, QuantityKind.AMOUNT, QuantityKind.MONEY, QuantityKind.PERCENT, QuantityKind.ORDINAL}


def missing_quantities(text: str, evidence: Evidence) -> list[Quantity]:
    """The quantities of a sentence that its evidence does not hold."""
    return [
        quantity
        for quantity in quantities_of(text)
        if not quantity.indefinite
        and not _is_held(quantity, evidence)
        and not _stands_literally(text[quantity.start : quantity.end], evidence.folded)
    ]


def unbound(text: str, evidence: Evidence) -> Iterator[Quantity]:
    """Quantities that the evidence holds with a bound only, which the sentence drops: 500家 for 超过500家.

    Both ends of a range are none.
    """
    quantities = quantities_of(text)
    ends = {(other.value, other.unit) for other in evidence.quantities if other.bound in ("over", "under")}
    for quantity in quantities:
        same = [other for other in evidence.quantities if other.value == quantity.value and _agree(quantity, other)]
        bounded = bool(same) and all(other.bound in ("over", "under") for other in same)
        if bounded and not quantity.bound and sum((one.value, same[0].unit) in ends for one in quantities) < 2:
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
        # What a text leans on may give it a year only if it names none of its own.
        has_year = any(other.iso[:4].isdigit() for other in evidence.quantities)
        return _is_dated(quantity.iso, [*evidence.quantities, *(() if has_year else evidence.dates)])
    return any(_agree(quantity, other) for other in evidence.quantities)


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
        return quantity.iso == other.iso and quantity.kind == other.kind
    if quantity.kind not in _NUMERIC or quantity.value is None:
        return False
    if other.value is None:
        return other.iso == str(quantity.value) and quantity.unit in {"", "年"}
    if not (_kinds_agree(quantity, other) and _units_agree(quantity.unit, other.unit)):
        return False
    if rounded(quantity.value, 6) == rounded(other.value, 6):
        return {quantity.bound, other.bound} != {"over", "under"}
    return _rounds(quantity, other.value)


def _rounds(quantity: Quantity, exact: Decimal) -> bool:
    assert quantity.value is not None
    if not quantity.bound or exact == 0 or abs(quantity.value - exact) > abs(exact) * _ROUNDING:
        return False
    if _significant_digits(quantity.value) >= _significant_digits(exact):
        return False
    return {"over": quantity.value <= exact, "under": quantity.value >= exact, "about": True}[quantity.bound]


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
    if unit == other or not unit or not other:
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
