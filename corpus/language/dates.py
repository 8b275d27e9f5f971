"""Dates in Chinese and English text, as far as they are given, in ISO 8601's forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.language.numerals import numeral

__all__ = [
    "DATE",
    "FOUR_DIGITS",
    "WRITTEN_DATE",
    "calendar_dates",
    "has_date",
    "iso_date",
    "parts_of",
    "read_date",
    "years_in",
]

_MONTH_NAMES = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

_S = r"\s{0,2}"
_CHARACTERS = "〇零○一二三四五六七八九"
_YEAR = rf"(?:(?<!\d)\d{{4}}|[{_CHARACTERS}]{{4}})"
_PART = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_ONE = "[一二三四五六七八九]"
_DAY = rf"(?<![\d.一二三四五六七八九十百千万])(?:3[01]|[12]\d|0?[1-9]|三十一?|(?:二?十|廿){_ONE}?|{_ONE})"

FOUR_DIGITS = re.compile(r"[12]\d{3}")
"""A year, where it is known to be one."""

DATE = rf"""
      (?P<republic>民国{_S}(?P<republic_year>元|\d{{1,3}}|[一二三四五六七八九十百]{{1,5}}){_S}年
          (?:{_S}(?P<republic_month>{_PART}){_S}月(?:{_S}(?P<republic_day>{_PART}){_S}[日号])?)?)
    | (?P<bc>(?:公元前{_S}(?P<bc_year>\d{{1,4}}|[{_CHARACTERS}十百]{{1,5}})|前(?P<bc_bare>\d{{3}})){_S}年(?![前间内以]))
    | (?P<decade>(?:(?P<decade_century>\d\d)?(?P<decade_tens>\d)0|(?P<decade_words>[二三四五六七八九])十
          |(?P<decade_digits>[一二][{_CHARACTERS}]{{2}}[零〇○])){_S}年代)
    | (?P<century>(?P<century_bc>公元前)?(?:公元)?(?P<century_number>{_PART}){_S}世纪)
    | (?P<chinese_date>(?P<year>{_YEAR}){_S}年度?
          (?:{_S}(?P<month>{_PART}){_S}月份?(?:{_S}(?P<day>{_PART}){_S}[日号])?)?)
    | (?P<month_day>(?<![\d.])(?P<md_month>{_PART}){_S}月(?:份|{_S}(?P<md_day>{_PART}){_S}[日号])?(?!{_S}球))
    | (?P<day_alone>(?P<alone_day>{_DAY}){_S}日(?!以[上下内]|[内元间夜]))
    | (?P<iso>(?<![\d.])(?P<iso_year>(?:1\d|20|21)\d\d)(?P<iso_separator>[-/.])(?P<iso_month>0?[1-9]|1[0-2])
          (?:(?P=iso_separator)(?P<iso_day>0?[1-9]|[12]\d|3[01])(?!\d|[-/.]\d)|(?<=[-/]\d\d)(?![\d./-])))
    | (?P<english_date>\b(?:
          (?P<em1>{_MONTH})\b\.?\s(?:the\s)?(?P<ed1>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<ey1>\d{{4}})\b)?
        | (?P<ed2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<em2>{_MONTH})\b(?:\.?,?\s(?P<ey2>\d{{4}})\b)?
        | (?P<em3>{_MONTH})\b\.?,?\s(?:of\s)?(?P<ey3>\d{{4}})\b))
    | (?P<english_decade>\b(?P<ed_century>\d\d)?(?P<ed_tens>\d)0['’]?s\b)
    | (?P<english_century>\b(?P<ec_number>\d{{1,2}})(?:st|nd|rd|th)[\s-]century\b)
"""
"""A verbose pattern of dates in folded text, for ``iso_date`` to read."""


WRITTEN_DATE = (
    r"\d{2,4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?|\d{1,2}\s?月\s?\d{1,2}\s?[日号]"
    r"|(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d)"
)
"""A pattern of dates in figures as they are written, of two parts or more: what a line or a sentence must not part."""

_CALENDAR = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?:\s*年\s*|\s*[-/.]\s*)(?P<month>1[0-2]|0?[1-9])(?!\d)(?:(?:\s*月\s*|\s*[-/.]\s*)"
    r"(?P<day>[12]\d|3[01]|0?[1-9])(?!\d))?"
)
_TYPED = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?|年)?")
_PARTS = re.compile(r"(?:(-?\d{4})|-)(?:-(\d{2})|-)?(?:-(\d{2}))?")
_RECENT_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DATED = re.compile(r"\d{2,4}\s*[年/.-]|\d{1,2}\s*[月日]|世纪|世紀|年代|\b(?:1\d|20)\d{2}\b")


def calendar_dates(text: str) -> Iterator[str]:
    """The days and months of the 20th and 21st century in a text: "2024-04-24", or "2024-04" for a month."""
    for match in _CALENDAR.finditer(text):
        month = f"{match['year']}-{int(match['month']):02}"
        yield f"{month}-{int(match['day']):02}" if match["day"] else month


def years_in(text: str) -> list[str]:
    """The years of the 20th and 21st century in a text, as they stand in figures."""
    return _RECENT_YEAR.findall(text)


def read_date(text: str) -> str | None:
    """A day, month or year as somebody types it, as ISO 8601: "2024年4月", "2024.4" and "2024-04" are "2024-04"."""
    match = _TYPED.fullmatch("".join(text.split()))
    year, month, day = match.groups() if match else (None, None, None)
    if year is None or not 1 <= int(month or 1) <= 12 or not 1 <= int(day or 1) <= 31:
        return None
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def has_date(text: str) -> bool:
    """Whether a text seems to tell when something was, however roughly."""
    return _DATED.search(text) is not None


def iso_date(match: re.Match[str]) -> str | None:
    """The date that a pattern with ``DATE`` in it found, None if it found something else.

    "2024-04-24", "2024-04", "2024"; "--04-24" and "---24" where the year or month is not said; "198X" for a decade,
    "19XX" for a century, "-0221" before Christ; "" for a date that there is not, such as 13月.
    """
    readers = (_republic, _before_christ, _decade_or_century, _chinese, _english)
    return next((iso for read in readers if (iso := read(match)) is not None), None)


def parts_of(iso: str) -> tuple[str | None, str | None, str | None]:
    """Year, month and day of what ``iso_date`` found, None for what is not said; a decade is a year as it is."""
    match = _PARTS.fullmatch(iso)
    return (match[1], match[2], match[3]) if match else (iso, None, None)


def _republic(match: re.Match[str]) -> str | None:
    if not match["republic"]:
        return None
    year = 1 if match["republic_year"] == "元" else _number(match["republic_year"])
    return _iso(str(1911 + year), match["republic_month"], match["republic_day"]) if year else ""


def _before_christ(match: re.Match[str]) -> str | None:
    if not match["bc"]:
        return None
    year = _number(match["bc_year"] or match["bc_bare"])
    return f"-{year:04d}" if year else ""


def _decade_or_century(match: re.Match[str]) -> str | None:
    if match["decade_digits"]:
        return f"{_number(match['decade_digits']) // 10}X"
    if match["decade"]:
        tens = match["decade_tens"] or _number(match["decade_words"])
        return f"{match['decade_century'] or 19}{tens}X"
    if match["english_decade"]:
        return f"{match['ed_century'] or 19}{match['ed_tens']}X"
    if match["century"] or match["english_century"]:
        century = _number(match["century_number"] or match["ec_number"])
        return f"{'-' if match['century_bc'] else ''}{century - 1:02d}XX" if 1 <= century <= 30 else ""
    return None


def _chinese(match: re.Match[str]) -> str | None:
    if match["month_day"]:
        return _iso("", match["md_month"], match["md_day"])
    if match["day_alone"]:
        return _iso("", None, match["alone_day"])
    if match["iso"]:
        return _iso(match["iso_year"], match["iso_month"], match["iso_day"])
    if match["chinese_date"]:
        year = _number(match["year"])
        return _iso(str(year), match["month"], match["day"]) if 1000 <= year < 2200 else ""
    return None


def _english(match: re.Match[str]) -> str | None:
    if not match["english_date"]:
        return None
    month = next(match[group] for group in ("em1", "em2", "em3") if match[group])
    day, year = match["ed1"] or match["ed2"], match["ey1"] or match["ey2"] or match["ey3"]
    return _iso(year or "", str(_MONTHS[month]), day)


def _number(written: str) -> int:
    return int(numeral(written) or 0)


def _iso(year: str, month: str | None, day: str | None) -> str:
    months, days = (_number(part) if part else None for part in (month, day))
    if (months is not None and not 1 <= months <= 12) or (days is not None and not 1 <= days <= 31):
        return ""
    parts = [year or "-", "" if months is None else f"{months:02d}", "" if days is None else f"{days:02d}"]
    return "-".join(parts).rstrip("-") if year else "-".join(parts).removesuffix("-")
