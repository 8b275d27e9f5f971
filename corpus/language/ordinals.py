"""Places in an order, in Chinese and English text: 第三十二条, 5th, 一等奖, 三季度, session 4."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from corpus.language.numerals import ARABIC, CHINESE, chinese_numeral, numeral
from corpus.language.units import UNIT, unit_of

__all__ = ["ORDINAL", "Rank", "rank_of"]

_ENGLISH = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "twentieth": 20,
}
_NUMBERED = {
    "article": "条",
    "articles": "条",
    "chapter": "章",
    "section": "节",
    "paragraph": "款",
    "volume": "卷",
    "page": "页",
    "grade": "级",
    "session": "届",
    "round": "轮",
    "phase": "期",
    "day": "天",
    "no.": "",
    "number": "",
}

_S = r"\s{0,2}"

ORDINAL = rf"""
      (?P<quarter>(?:第{_S})?(?P<nth_quarter>[一二三四1-4]){_S}季度|\bq(?P<quarter_number>[1-4])\b
          |\b(?P<quarter_word>first|second|third|fourth)\squarter\b)
    | (?P<ordinal>第{_S}(?P<rank>(?:{ARABIC}|{CHINESE})){_S}(?P<ranked>{UNIT})?)
    | (?P<prize>(?P<grade>[特一二三四五])等奖)
    | (?P<premiere>首[届次个家批部条])
    | (?P<numbered>\b(?P<thing>{"|".join(map(re.escape, _NUMBERED))})\s?(?P<thing_number>\d{{1,5}})\b)
    | (?P<english_ordinal>\b(?:(?P<nth>\d{{1,4}})(?:st|nd|rd|th)|(?P<nth_word>{"|".join(_ENGLISH)}))\b)
"""
"""A verbose pattern of ordinals in folded text, for ``rank_of`` to read."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in an order, of what (条, 届, 季度; "" where it is not said), and whether it often means nothing."""

    value: Decimal
    unit: str
    indefinite: bool


def rank_of(match: re.Match[str]) -> Rank | None:
    """The rank that a pattern with ``ORDINAL`` in it found, None if it found something else or no value."""
    value, unit, indefinite = None, "", False
    if match["quarter"]:
        spelt = match["nth_quarter"] or match["quarter_number"]
        value = numeral(spelt) if spelt else Decimal(_ENGLISH[match["quarter_word"]])
        unit = "季度"
    elif match["ordinal"]:
        value, unit = chinese_numeral(match["rank"]), unit_of(match["ranked"] or "")
        indefinite = value == 1 and not unit  # 第一 alone is often "first of all"
    elif match["prize"]:
        value, unit = Decimal("特一二三四五".index(match["grade"])), "等奖"
    elif match["premiere"]:
        value, unit, indefinite = Decimal(1), unit_of(match["premiere"][1]), True
    elif match["numbered"]:
        value, unit = Decimal(match["thing_number"]), _NUMBERED[match["thing"]]
    elif match["english_ordinal"]:
        value = Decimal(match["nth"] or _ENGLISH[match["nth_word"]])
        indefinite = bool(match["nth_word"]) and value <= 2
    return None if value is None else Rank(value, unit, indefinite)
