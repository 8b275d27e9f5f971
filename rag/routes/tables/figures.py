"""What a cell or a stretch of a sentence says as a figure: an exact number with its unit, or a date that sorts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from corpus.language.dates import parts_of
from corpus.language.numerals import EXACT, rounded
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold, squashed
from corpus.language.units import unit_of

__all__ = ["Figure", "Unit", "figure_in", "figure_of", "written"]

_NUMERIC = frozenset({QuantityKind.NUMBER, QuantityKind.AMOUNT, QuantityKind.MONEY, QuantityKind.PERCENT})
_SCALES = {"百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_SCALED = re.compile("(百万|千万|[百千万亿])(.*)")
_PLAIN = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d{1,40})(?:\.\d{1,40})?")
_DECIMALS = 2  # of a quotient


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a table states it ("万元/月"): its one name, what it is counted by, and its scale."""

    written: str = ""
    name: str = ""
    scale: Decimal = Decimal(1)

    @classmethod
    def of(cls, text: str) -> Unit:
        """The unit that a text is; what stands behind a stroke ("/晚") says what it is for."""
        plain = fold(text).strip()
        head = re.split("[/·]", plain)[0].strip()
        scaled = _SCALED.fullmatch(head)
        if scaled and not unit_of(head):
            return cls(text, unit_of(scaled[2]) or scaled[2], Decimal(_SCALES[scaled[1]]))
        return cls(text, unit_of(head) or head)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in its unit. A ``time`` has a value that only sorts: 20240424 for a day, 640 for 06:40."""

    value: Decimal
    unit: Unit = Unit()
    time: bool = False

    @property
    def base(self) -> Decimal:
        """The value without the scale of its unit: 50000 of 5 万元."""
        with localcontext(EXACT):
            return self.value * self.unit.scale

    def like(self, other: Figure) -> bool:
        """Whether the two can be set against each other."""
        return self.time == other.time and (
            not self.unit.name or not other.unit.name or self.unit.name == other.unit.name
        )


@lru_cache(maxsize=65536)
def figure_of(text: str, unit: Unit = Unit()) -> Figure | None:
    """The figure that a cell is, in the unit of its column where it has none; None for words and for ranges."""
    plain = text.strip()
    if not plain or len(plain) > 60 or not re.search(r"[\d一二三四五六七八九十]", plain):
        return None
    if _PLAIN.fullmatch(plain):  # never a year: a column of four digits may be anything
        return Figure(Decimal(plain.replace(",", "").replace("−", "-")), unit)
    found = [one for one in quantities_of(plain) if not one.indefinite]
    if len(found) != 1:
        return None
    one = found[0]
    around = plain[: one.start] + plain[one.end :]
    if re.search(r"\d", around) or len(squashed(around)) > 4:
        return None
    return figure_in(plain, one, unit)


def figure_in(text: str, quantity: Quantity, unit: Unit = Unit()) -> Figure | None:
    """The figure of a quantity of a text, as it is written there: 3.26 亿元, not 326000000 元."""
    if quantity.kind in (QuantityKind.DATE, QuantityKind.TIME):
        digits = _sorting(quantity.iso)
        return Figure(Decimal(digits), time=True) if digits else None
    if quantity.kind not in _NUMERIC or quantity.value is None:
        return None
    if quantity.kind is QuantityKind.PERCENT:
        return Figure(quantity.value, Unit(quantity.unit or "%", quantity.unit or "%"))
    if not quantity.unit:
        return Figure(quantity.value, unit)
    spelled = re.sub(r"^[^\d]*[\d.,\s]+", "", text[quantity.start : quantity.end]).strip()
    scaled = Unit.of(spelled) if spelled else Unit()
    if scaled.name == quantity.unit and scaled.scale != 1:
        with localcontext(EXACT):
            return Figure(quantity.value / scaled.scale, scaled)
    return Figure(quantity.value, Unit(spelled if scaled.name == quantity.unit else quantity.unit, quantity.unit))


def _sorting(iso: str) -> str:
    if ":" in iso:
        return iso.replace(":", "")[:4]
    year, month, day = parts_of(iso)
    if year is None:
        return f"{month}{day or '00'}" if month else ""
    return f"{year}{month or '00'}{day or '00'}" if year.isdigit() else ""


def written(value: Decimal, decimals: int = _DECIMALS) -> str:
    """A number as it is read, without an exponent or trailing zeros."""
    text = f"{rounded(value, decimals):f}" if value.as_tuple().exponent not in ("n", "N", "F") else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
