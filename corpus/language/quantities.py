"""Quantities in Chinese and English text: figures, percentages, money, measures, dates and numbered things.

``quantities_of("三千余项，39.63万元，百分之四十，二〇二四年")`` gives "3000 项" (over), "396300 元", "40 %" and "2024",
each with its place in the text. Either script, any width, Chinese and Arabic numerals are read alike. Words that only
look like numbers are left out: names and idioms (三亚, 十分, 一条龙) by jieba's dictionary and its parts of speech,
guesses (三五个, 几十) because they have no value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import Enum
from functools import cache, lru_cache
from importlib import resources
from math import prod
from typing import Literal

from corpus.language.clock import CLOCK, clock_time
from corpus.language.dates import DATE, FOUR_DIGITS, iso_date
from corpus.language.numerals import ARABIC, CHINESE, ENGLISH, EXACT, MOST_DIGITS, numeral
from corpus.language.ordinals import ORDINAL, rank_of
from corpus.language.script import HAN, fold, has_han
from corpus.language.units import CURRENCIES, UNIT, unit_of

__all__ = ["CLOCK_HOUR", "Bound", "Quantity", "QuantityKind", "quantities_of"]

CLOCK_HOUR = "点"
"""The unit of a time of day that may be before or after noon: 两点."""

Bound = Literal["", "over", "under", "about"]
"""What is said of an amount besides: "余", "超" (over); "近", "不足" (under); "约" (about)."""


class QuantityKind(Enum):
    """What kind of thing a quantity is."""

    NUMBER = "number"  # 3,000
    AMOUNT = "amount"  # 39名, 5 km, 三年
    MONEY = "money"  # 2亿元, $3
    PERCENT = "percent"  # 40.8%, 四成, 三分之二
    DATE = "date"  # 2024-04-24, 4月, 二〇二四年
    TIME = "time"  # 14:30, 下午两点半
    ORDINAL = "ordinal"  # 第三十二条, 5th, 一等奖, 三季度


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at ``text[start:end]``.

    ``value`` is its number, None for a date or a time, whose ISO 8601 form is ``iso``: "2024-04-24", "2024-04", "2024",
    "--04-24" and "---24" without a year or month, "198X" for a decade, "19XX" for a century, "14:30". A percentage has
    its number per hundred. ``unit`` is the unit's one name ("km" for 公里), "" where none is given, and that of a time
    which leaves the half of the day open is ``CLOCK_HOUR``. ``indefinite`` are words that are often only an article:
    一个, "one", "first".
    """

    start: int
    end: int
    kind: QuantityKind
    value: Decimal | None = None
    unit: str = ""
    iso: str = ""
    bound: Bound = ""
    indefinite: bool = False

    @property
    def canonical(self) -> str:
        """One spelling for all ways of writing it: "396300 元", "40.8 %", "第32 条", "2024-04-24"."""
        if self.value is None:
            return self.iso
        ordinal = "第" if self.kind is QuantityKind.ORDINAL else ""
        return f"{ordinal}{_plain(self.value)} {self.unit}".strip()


_S = r"\s{0,2}"
_TO_TEN = "一二三四五六七八九十"


_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_PREFIX = r"(?:rmb\s?¥|us\$|hk\$|nt\$|[¥$€£])"
_MORE = r"(?:余|多|来|几)"

_QUANTITY = re.compile(
    rf"""
      {DATE}
    | {CLOCK}
    | (?P<fraction>(?P<below>百|千|万|{_NUMBER}){_S}分之{_S}(?P<above>{_NUMBER}))
    | {ORDINAL}
    | (?P<tenths>(?P<tenths_number>\d(?:\.\d)?|[{_TO_TEN}两](?:点[{_TO_TEN}])?)(?P<tenths_more>多)?成
          (?P<hundredths>[{_TO_TEN}])?(?![立为功就员果本人熟长品都语套]))
    | (?P<half>半(?:年|个月|个?小时|天|个世纪)|(?<!\w)half\b)
    | (?P<amount>(?P<sign>(?:(?<![\w.)）])|(?<=[增长幅率速达到为是约降]))[-−]|零下)?(?P<currency>{_PREFIX}\s?)?
          (?P<number>{ENGLISH}|{ARABIC}|{CHINESE})
          (?(currency)(?:(?P<short>m|bn|k)(?![a-z\d]))?)
          {_S}(?:(?P<percent>%|percent\b|per\scent\b|个?百分点|percentage\spoints?\b)|(?P<permille>‰)
             |(?P<more>{_MORE}(?=[^\d]|$))?(?P<scale>[万亿](?={_S}(?:{UNIT})|\W|$))?{_S}
              (?:(?P<half_before>个半(?=小时|月|钟头|世纪))?(?P<unit>{UNIT}))?(?P<half_behind>(?<=[年月天时倍])半)?))
    """,
    re.VERBOSE,
)
_NOT = r"不(?:[得能可应会]|允许)?"
_OVER = re.compile(
    rf"(?:(?<!不)(?<!不[得能可应会])(?<!不允许)(?:超过|超出|超|逾|突破|高于|多于|大于)|{_NOT}(?:少于|低于|小于)"
    r"|(?:至少|最少|最低|起码|下限)[^\d，。；,;]{0,6}|(?:more|greater) than|over|above|at least)\s?(?:了)?$"
)
_UNDER = re.compile(
    rf"(?:(?<![附临就])近|将近|接近|不足|不到|(?<!不)(?<!不[得能可应会])(?<!不允许)(?:少于|低于|小于)"
    rf"|{_NOT}(?:超过|超出|高于|多于|大于)"
    r"|(?:至多|最多|最高|最长|顶多|上限|封顶)[^\d，。；,;]{0,6}|[未不]满"
    r"|(?:less|fewer) than|nearly|almost|under|below|up to)\s?$"
)
_ABOUT = re.compile(r"(?:大约|大概|约|左右|about|around|approximately|some|roughly)\s?$")
_OVER_BEHIND = re.compile(r"\s?(?:以上|之多|有余|or more)")
_UNDER_BEHIND = re.compile(r"\s?(?:以下|以内|or less)")
_ABOUT_BEHIND = re.compile(r"\s?(?:左右|上下)")
_YEAR_CONTEXT = re.compile(
    r"(?:^|\b(?:in|since|by|during|until|till|from|to|of|year|between|and|after|before|for|early|late|mid|spring|summer"
    r"|autumn|winter|fiscal|about|than)\s|mid-|[(（,，])$"
)
_RANGE = re.compile(r"\s?(?:[-–—~～]{1,2}|至|到|to)\s?$")
# Characters that make one word with the numeral behind them: 统一, 星期三, 张三. 周 is a weekday before one numeral.
_JOINED = re.compile(r"(?:[统唯单同专逐划归万不之初张李王礼周]|星期|礼拜|好几|若干|数|几|无|独|合|定于|[a-z])$")
_GUESS = re.compile(r"(?:[数几好成]|(?<!以)上)\s?$")
_NUMBER_CLASSES = frozenset({"m", "mq", "q", "t"})  # jieba's parts of speech: numbers, measures, times
_NAMES = frozenset({"ns", "nz", "nt", "nr", "i", "l"})  # places, other names, organisations, people, idioms
_LONGEST_WORD = 8
_NO_AMOUNTS = {"十分", "四周", "四面", "三军", "四处", "两面", "一分"}
_CAPITALS = frozenset("vwa")  # unit symbols that are capitals
_SCALES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "k": 1000, "m": 10**6, "bn": 10**9}
_SCALE_CHARACTERS = "百千万亿佰仟"
_WHOLES = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10000)}
_GLUED = re.compile(r"[a-wyz_+]$|(?<!\d)x$|\d[.,:/]$|[a-z]-$")
_NUMERAL_CHARACTERS = "零〇一二三四五六七八九十百千万亿两"


def quantities_of(text: str) -> list[Quantity]:
    """The quantities of a text in order; spans don't overlap."""
    return list(_quantities(text))


@lru_cache(maxsize=4096)  # a sentence is held against many
def _quantities(text: str) -> tuple[Quantity, ...]:
    folded, places = _fold_in_place(text)
    with localcontext(EXACT):
        scanned = list(_within_ranges(folded, list(_scan(folded, text, places))))
    found: list[Quantity] = []
    for quantity in scanned:
        start, end = places[quantity.start], places[quantity.end - 1] + 1
        if not found or found[-1].end <= start:  # one character may be folded to several numbers
            found.append(replace(quantity, start=start, end=end))
    return tuple(found)


def _scan(folded: str, text: str, places: list[int]) -> Iterator[Quantity]:
    position = 0
    while match := _QUANTITY.search(folded, position):
        position = match.end()
        word_end = _word_end(folded, match)
        if word_end:
            position = word_end
            continue
        quantity = _read(folded, match, text, places)
        if quantity is None:
            # The run is no quantity as a whole; go on behind its numeral so that nothing is read out of its middle.
            position = max(match.start() + 1, match.end("number") if match["amount"] else match.start() + 1)
            continue
        yield quantity
        position = max(quantity.end, match.start() + 1)


def _read(folded: str, match: re.Match[str], text: str, places: list[int]) -> Quantity | None:
    iso = iso_date(match)
    if iso is not None:
        return Quantity(*match.span(), QuantityKind.DATE, iso=iso) if iso else None
    time = clock_time(match)
    if time is not None:
        return Quantity(*match.span(), QuantityKind.TIME, unit="" if time.is_known_half else CLOCK_HOUR, iso=time.iso)
    if match["amount"]:
        return _amount(folded, match, text, places)
    rank = rank_of(match)
    if rank is not None:
        return Quantity(*match.span(), QuantityKind.ORDINAL, rank.value, rank.unit, indefinite=rank.indefinite)
    return _part(match)


def _part(match: re.Match[str]) -> Quantity | None:
    bound = _bound(match.string, *match.span(), match["tenths_more"])
    if match["half"]:
        unit = unit_of(match["half"][1:]) or ("月" if "月" in match["half"] else "")
        kind = QuantityKind.AMOUNT if unit else QuantityKind.NUMBER
        return Quantity(*match.span(), kind, Decimal("0.5"), unit, bound=bound, indefinite=not unit)
    value = None
    if match["fraction"]:
        below, above = _WHOLES.get(match["below"]) or numeral(match["below"]), numeral(match["above"])
        value = above * 100 / below if below and above is not None else None
    elif match["tenths_number"]:
        tenths = numeral(match["tenths_number"])
        hundredths = _TO_TEN.index(match["hundredths"]) + 1 if match["hundredths"] else 0
        value = tenths * 10 + hundredths if tenths is not None and tenths <= 10 else None
    return None if value is None else Quantity(*match.span(), QuantityKind.PERCENT, value, "%", bound=bound)


def _amount(folded: str, match: re.Match[str], text: str, places: list[int]) -> Quantity | None:
    value = _value(match)
    if value is None or not _stands_free(folded, match):
        return None
    raw, spelling, end = match["number"], match["unit"] or "", match.end()
    if len(spelling) == 1 and "a" <= spelling <= "z":
        # 5G and 3M are names: a single letter is a unit in its own case only, right behind the figure (220V, 5m).
        # 5A级 is a rank: A is read where no Chinese character goes on.
        at = match.start("unit")
        symbol = text[places[at]]
        is_name = symbol.isupper() != (spelling in _CAPITALS) or (spelling == "a" and has_han(folded[at + 1 : at + 2]))
        if not folded[at - 1].isspace() and is_name:
            return None
        if folded[at - 1].isspace():
            spelling, end = "", match.end("number")
    start = match.start()
    end = start + len(folded[start:end].rstrip())
    bound = _bound(folded, start, end, match["more"])
    kind, unit = _kind(match, spelling)
    bare = not match["more"] and not match["sign"] and FOUR_DIGITS.fullmatch(raw)
    if bare and (unit == "年" or (not unit and _is_year(folded, start, end))):
        return Quantity(start, end, QuantityKind.DATE, iso=raw)
    return Quantity(start, end, kind, value, unit, bound=bound, indefinite=not bound and raw in {"一", "one"})


def _value(match: re.Match[str]) -> Decimal | None:
    value = numeral(match["number"])
    if value is None or value.adjusted() > MOST_DIGITS:
        return None
    value *= _SCALES.get(match["short"] or match["scale"] or "", 1)
    if match["half_before"] or match["half_behind"]:
        value += Decimal("0.5")
    if match["permille"]:
        value /= 10
    return -value if match["sign"] else value


def _kind(match: re.Match[str], spelling: str) -> tuple[QuantityKind, str]:
    if (match["percent"] or "").endswith(("点", "point", "points")):
        return QuantityKind.AMOUNT, "%点"
    if match["percent"] or match["permille"]:
        return QuantityKind.PERCENT, "%"
    unit = CURRENCIES[match["currency"].replace(" ", "")] if match["currency"] else unit_of(spelling)
    if unit in CURRENCIES.values():
        return QuantityKind.MONEY, unit
    return (QuantityKind.AMOUNT if unit else QuantityKind.NUMBER), unit


def _stands_free(folded: str, match: re.Match[str]) -> bool:
    """Whether the numeral is no part of a longer name or word."""
    raw, before = match["number"], folded[max(0, match.start() - 4) : match.start()]
    measured = bool(match["unit"] or match["percent"] or match["permille"] or match["short"])
    if raw[0].isdigit():
        glued = _GLUED.search(before) and not match["currency"] and not match["sign"]
        behind = folded[match.end("number") : match.end("number") + 2]
        return not glued and (measured or not re.match(r"\.\d|,\d|[+a-z_]", behind))
    if raw.isascii():
        return True
    if raw[0] in _SCALE_CHARACTERS:
        # 百家争鸣; but 近百家, 千余人.
        return len(raw) <= 2 and bool(match["more"] or _bound(folded, match.start(), match.end("number"), None))
    money = unit_of(match["unit"] or "") in CURRENCIES.values()
    if (
        (raw[0] in "十百千万亿" and _GUESS.search(before))  # 数十, 几百, 上千: no value
        or (len(raw) == 1 and _JOINED.search(before))
        or (raw + (match["unit"] or "") in _NO_AMOUNTS and not _bound(folded, *match.span(), None))
        or (raw in "壹贰叁肆伍陆柒捌玖" and not money)  # 陆军
    ):
        return False
    return measured or (len(raw) > 1 and (any(scale in raw for scale in "十百千万亿点") or len(raw) > 3))


def _is_year(folded: str, start: int, end: int) -> bool:
    """Whether four digits without a unit are a year: by the words before them, or as one end of a range."""
    if re.match(rf"\s?[{HAN}]", folded[end : end + 2]):
        return False
    ranged = re.match(r"\s?[-–—]\s?\d{4}(?!\d)|$", folded[end : end + 8])
    return bool(ranged or _YEAR_CONTEXT.search(folded[max(0, start - 12) : start]))


def _bound(folded: str, start: int, end: int, more: str | None) -> Bound:
    before, behind = folded[max(0, start - 16) : start], folded[end : end + 10]
    if more or _OVER_BEHIND.match(behind):
        return "over"
    if _UNDER.search(before) or _UNDER_BEHIND.match(behind):
        return "under"
    if _OVER.search(before):
        return "over"
    return "about" if _ABOUT.search(before) or _ABOUT_BEHIND.match(behind) else ""


def _within_ranges(folded: str, found: list[Quantity]) -> Iterator[Quantity]:
    """In 5-10人 and 2019-2023年 the first has the unit of the second; in (1998-2003) the second is a year too.

    In 下午2点到5点 the second is in the afternoon as well.
    """
    for i, quantity in enumerate(found):
        value = quantity.value
        if quantity.kind is QuantityKind.TIME and i and _RANGE.fullmatch(folded, found[i - 1].end, quantity.start):
            found[i] = quantity = _later_that_day(folded, found[i - 1], quantity)
        if quantity.kind is QuantityKind.NUMBER and value is not None:
            is_year = bool(FOUR_DIGITS.fullmatch(str(value)))
            before, behind = found[i - 1] if i else None, found[i + 1] if i + 1 < len(found) else None
            if behind is not None and _RANGE.fullmatch(folded, quantity.end, behind.start):
                if behind.iso and is_year:
                    quantity = replace(quantity, kind=behind.kind, value=None, iso=str(value))
                elif behind.value is not None and behind.unit:
                    value *= _shared_scale(folded, quantity, behind)
                    quantity = replace(quantity, kind=behind.kind, value=value, unit=behind.unit)
            elif before is not None and before.iso and is_year and _RANGE.fullmatch(folded, before.end, quantity.start):
                quantity = replace(quantity, kind=before.kind, value=None, iso=str(value))
        yield quantity


def _later_that_day(folded: str, first: Quantity, second: Quantity) -> Quantity:
    """The end of a time as long as one half of the day that its beginning names."""
    half_is_said = not first.unit and not folded[first.start].isdigit()
    is_open = bool(second.unit) or folded[second.start].isdigit()
    hour, minutes = int(second.iso[:2]), second.iso[2:]
    if first.kind is not QuantityKind.TIME or not half_is_said or not is_open or hour > 12:
        return second
    later = next((one % 24 for one in (hour, hour + 12) if one > int(first.iso[:2])), hour)  # 晚上10点到6点: next day
    return replace(second, unit="", iso=f"{later:02}{minutes}")


def _shared_scale(folded: str, quantity: Quantity, behind: Quantity) -> int:
    """In 3-5万元 the scale belongs to both."""
    first, second = folded[quantity.start : quantity.end], folded[behind.start : behind.end]
    scale = re.match(r"[\d.]+([百千万亿]+)", second)
    if not scale or re.search(r"[百千万亿]", first):
        return 1
    return prod(_SCALES[character] for character in scale[1])


def _word_end(folded: str, match: re.Match[str]) -> int:
    """Where a name or idiom ends that begins with the numeral and goes on behind its unit, 0 if there is none."""
    if not (match["amount"] or match["tenths"]):
        return 0
    start = match.start()
    if folded[start] not in _NUMERAL_CHARACTERS:
        return 0
    words = _words()
    for end in range(min(start + _LONGEST_WORD, len(folded)), match.end("number") if match["amount"] else start, -1):
        kind = words.get(folded[start:end])
        if kind is not None:
            # 三级, 五年计划, 六万人 and 二十四小 are words too, but amounts; 三国 is a name, 一次性 no amount.
            if not match["unit"]:
                is_amount = False
            elif kind not in _NAMES:
                is_amount = end <= match.end("unit") or match["number"] not in "一二百千万"
            else:
                is_amount = end < match.end("unit") or (end == match.end("unit") and len(match["number"]) > 1)
            return 0 if is_amount else end
    return 0


@cache
def _words() -> dict[str, str]:
    """jieba's words that begin with a numeral and are no numbers, with their parts of speech."""
    with resources.files("jieba").joinpath("dict.txt").open(encoding="utf-8") as lines:
        entries = (line.split() for line in lines if line[0] in _NUMERAL_CHARACTERS)
        return {
            word: kind
            for word, _, kind in entries
            if kind not in _NUMBER_CLASSES and word[-1] not in _NUMERAL_CHARACTERS
        }


def _fold_in_place(text: str) -> tuple[str, list[int]]:
    """The text folded, and for each folded character (and the end) its offset in the text."""
    normal: list[str] = []
    places: list[int] = []
    for offset, character in enumerate(text):
        normalized = unicodedata.normalize("NFKC", character)
        for part in character if "⁄" in normalized else normalized.lower():  # 1½ is not 11⁄2
            normal.append(part)
            places.append(offset)
    places.append(len(text))
    joined = "".join(normal)
    folded = fold(joined)
    if len(folded) != len(joined):  # characters that only compose together
        folded = "".join(one if len(one := fold(character)) == 1 else character for character in joined)
    return folded, places


def _plain(value: Decimal) -> str:
    """Without an exponent or trailing zeros; at most eight decimals."""
    text = f"{value:f}" if value == value.to_integral_value() else f"{value:.8f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
