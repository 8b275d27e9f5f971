"""Numerals to numbers: 396,300, 39.63万, 三千五百, 二〇二四, two hundred and six.

Arabic digits may stand among Chinese scales (3亿5000万). The rules are those of spoken Chinese: a scale multiplies what
stands before it up to the last greater one, and a single digit behind a scale counts its tenths (三千五 is 3,500). Text
is expected folded as ``embeddings.index.tokens.fold`` does: half width, lower case, Simplified.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal

__all__ = [
    "ARABIC",
    "CHINESE",
    "ENGLISH",
    "EXACT",
    "MOST_DIGITS",
    "chinese_numeral",
    "english_numeral",
    "numeral",
    "rounded",
]

MOST_DIGITS = 64
"""Longer runs of digits are names of things, such as keys, and no numbers."""

EXACT = Context(prec=4 * MOST_DIGITS)
"""In which products of such numbers are exact: Python's own context rounds at 28 digits."""

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)),
    "〇": 0,
    "○": 0,
    "两": 2,
    "幺": 1,
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GREAT = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_TENS = {"廿": 20, "卅": 30}

_MEASURE = r"(?![瓦米克卡伏赫帕]|公里|公顷)"  # 千瓦 is a unit, not a thousand 瓦
_SCALE = rf"(?:[十百万亿兆拾佰]|[千仟]{_MEASURE})"
_CHARACTER = rf"(?:[{''.join(_DIGITS)}{''.join(_TENS)}]|{_SCALE})"
# Atomic groups, not "++" behind a group: Python before 3.11.5 backtracks wrongly within one (gh-106052).
_FIGURES = r"(?:\d{1,3}(?>(?:,\d{3})+)(?!\d|,\d)|\d++)(?:\.\d++)?"

ARABIC = rf"{_FIGURES}(?:\s?(?>{_SCALE}+)(?:{_FIGURES}(?={_SCALE}|[^\d.,%/:-]|$))?)*"
"""A pattern of numbers in digits, with Chinese scales behind or between them."""

CHINESE = rf"(?>{_CHARACTER}+)(?:点[{''.join(_DIGITS)}]+{_SCALE}*)?"
"""A pattern of runs of Chinese numeral characters; ``chinese_numeral`` says whether they make a number."""

_WORDS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_WORD = "|".join(sorted([*_WORDS, *_ENGLISH_SCALES], key=len, reverse=True))

ENGLISH = (
    rf"\b(?:(?:a|{_FIGURES})\s(?=(?:{'|'.join(_ENGLISH_SCALES)})\b))?(?:{_WORD})(?:(?:-|\s|\sand\s)(?:{_WORD})\b)*\b"
)
"""A pattern of English numbers in words: "thirty-nine", "a hundred and six", "1.2 million"."""

_TOKEN = re.compile(rf"(?P<figures>{_FIGURES})|(?P<character>\S)")


def rounded(value: Decimal, decimals: int) -> Decimal:
    """The value with at most so many decimals, halves away from 0; ``round`` fails beyond 28 digits."""
    if value.adjusted() > MOST_DIGITS:
        return value
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EXACT)


def numeral(text: str) -> Decimal | None:
    """The value of a numeral of any of the three kinds, None if it is none (三五, which is "three to five")."""
    return english_numeral(text) if re.search("[a-z]", text) else chinese_numeral(text)


def english_numeral(text: str) -> Decimal | None:
    """The value of a number in English words, figures before a scale included; None if it is none."""
    total, section = Decimal(0), Decimal(0)
    for word in re.findall(rf"{_FIGURES}|[a-z]+", text):
        if word in {"and", "a"}:
            section += int(word == "a")
        elif word == "hundred":
            section = (section or Decimal(1)) * 100
        elif word in _ENGLISH_SCALES:
            total += (section or Decimal(1)) * _ENGLISH_SCALES[word]
            section = Decimal(0)
        elif word in _WORDS:
            section += _WORDS[word]
        elif word[0].isdigit():
            section += Decimal(word.replace(",", ""))
        else:
            return None
    return total + section


def chinese_numeral(text: str) -> Decimal | None:
    """The value of digits, Chinese numeral characters, or both; None if they make no number."""
    whole, point, decimals = text.partition("点")
    if point:
        scales = decimals.lstrip("".join(_DIGITS))
        digits = decimals[: len(decimals) - len(scales)]
        before = chinese_numeral(whole)
        if before is None:
            return None
        value = before + Decimal(f"0.{''.join(str(_DIGITS[digit]) for digit in digits)}")
        for scale in scales:
            value *= Decimal(_SMALL.get(scale) or _GREAT[scale])
        return value
    if all(character in _DIGITS for character in text):
        # Digits one after another: 二〇二四. Two neighbours are a guess: 三五个.
        return None if len(text) == 2 and not set(text) & set("零〇○") else Decimal(_digits(text))
    return _scaled(text)


def _digits(text: str) -> str:
    return "".join(str(_DIGITS[character]) for character in text)


def _scaled(text: str) -> Decimal | None:
    total, section, number = Decimal(0), Decimal(0), None
    great, last = 0, 0  # the least great scale so far, and the scale right before
    after_zero = False
    for match in _TOKEN.finditer(text):
        character = match["character"]
        if match["figures"] or character in _DIGITS:
            if number is not None and (number != 0 or match["figures"]):
                return None  # 二三十
            number = Decimal(match["figures"].replace(",", "") if match["figures"] else _DIGITS[character])
            after_zero = after_zero or number == 0
        elif character in _TENS:
            if number is not None:
                return None
            section, last = section + _TENS[character], 10
        elif character in _SMALL:
            scale = _SMALL[character]
            section += (1 if number is None or (number == 0 and scale == 10) else number) * scale
            number, last, after_zero = None, scale, False
        elif character in _GREAT:
            scale = _GREAT[character]
            section += number if number is not None else (section == 0 and total == 0)
            # 三万万 multiplies all before it, as 三万亿 does; 三亿五万 adds.
            larger = great and (scale > great or (scale == great and not section))
            total = (total + section) * scale if larger else total + section * scale
            section, number, great, last, after_zero = Decimal(0), None, scale, scale, False
        else:
            return None
    if number is not None:
        colloquial = last > 10 and not after_zero and text[-1] in _DIGITS and text[-2] in "百佰千仟万亿"
        section += number * (last // 10) if colloquial else number
    return total + section
