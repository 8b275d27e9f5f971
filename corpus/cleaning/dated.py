"""Dates that documents bear: one in a line, and lines that are a date and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.language.dates import DATE, iso_date

__all__ = ["dates_in", "edition_of", "is_dated"]

_DATE = re.compile(DATE, re.VERBOSE | re.IGNORECASE)
_DOING = ("更新", "发布", "發布", "印发", "公布", "发表", "修订", "修改", "签发", "发文", "制定", "修正")
_WHEN = tuple(before + doing for before in ("", "最后", "最近") for doing in _DOING)
_BESIDE = frozenset(word + after for word in _WHEN for after in ("", "于", "版", "稿")) | frozenset(
    ("版", "于", "on", "updated", "last", "published", "revised", "issued", "printed", "version", "edition")
)
_BRACKETS = " \t\u3000()（）[]【】,，"
_LONGEST = 40


def dates_in(text: str) -> Iterator[str]:
    """The dates of a text that name a year, as ISO 8601."""
    for match in _DATE.finditer(text.lower()):
        iso = iso_date(match)
        if iso and len(iso) in (4, 7, 10) and iso[:4].isdigit():
            yield iso


def is_dated(text: str) -> str | None:
    """The date of a line that is one, with its month at least: "二〇二五年三月一日", "2025-10-09 更新"."""
    text = text.strip(_BRACKETS)
    if len(text) > _LONGEST:
        return None
    folded = text.lower()
    match = _DATE.search(folded)
    if match is None or not all(map(_is_beside, (folded[: match.start()], folded[match.end() :]))):
        return None
    iso = iso_date(match)
    return iso if iso and len(iso) in (7, 10) and iso[:4].isdigit() else None


def edition_of(text: str) -> str | None:
    """The year or month of an edition: 2025版, 2026年版, 2026年7月版."""
    text = "".join(text.strip(_BRACKETS).split())
    if not text.endswith("版"):
        return None
    year = text.removesuffix("版").removesuffix("修订").removesuffix("年")
    if len(year) == 4 and year.isascii() and year.isdigit() and year[:2] in ("19", "20"):
        return year
    return is_dated(text)


def _is_beside(text: str) -> bool:
    """Whether words beside a date say only that something was issued then, or the day of the week and the time."""
    return all(
        word in _BESIDE
        or (word[:2] in ("星期", "礼拜") and len(word) == 3)
        or (word[0] == "周" and len(word) == 2)
        or all(char.isdigit() or char in ":：." for char in word)
        for word in text.replace("(", " ").replace(")", " ").replace("（", " ").replace("）", " ").split()
    )
