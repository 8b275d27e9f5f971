"""What a question says of time as seen from today: last year, this month, now, the latest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

__all__ = ["now", "relative_years", "wants_newest", "years_said"]

_YEARS = {
    "今年": 0,
    "本年": 0,
    "本年度": 0,
    "去年": -1,
    "上年": -1,
    "上年度": -1,
    "上一年": -1,
    "前年": -2,
    "明年": 1,
    "下一年": 1,
    "this year": 0,
    "last year": -1,
    "the year before last": -2,
    "next year": 1,
}
_YEAR = re.compile(f"(?:{'|'.join(sorted(_YEARS, key=len, reverse=True))})(?![纪轻])")  # 上年纪, 去年轻人
_NEWEST = re.compile(
    r"还[在能给用算归][^，。？]{0,16}[吗么不没]|仍然?|依然|依旧|如今|\bstill\b|现在|现行|目前|当前|眼下|这会儿|最近|最新|近期|今年|本年|这一?年度?(?=[的,，])|本月|这个月|上个?月|本周|这周|上周|上个星期"
    r"|\b(?:now|currently|current|at present|nowadays|latest|newest|most recent|recent(?:ly)?|this (?:year|month|week)"
    r"|last (?:month|week))\b"
)


def now() -> date:
    """Today, where this machine is."""
    return datetime.now().astimezone().date()


def relative_years(folded: str, today: date) -> frozenset[str]:
    """The years that a folded question names by their distance from today, but for this year, in four digits."""
    return frozenset(str(today.year + away) for _, _, away in years_said(folded) if away)


def years_said(folded: str) -> Iterator[tuple[int, int, int]]:
    """The (start, end, years away) of the words in a folded text that name a year by its distance from this one."""
    for match in _YEAR.finditer(folded):
        yield match.start(), match.end(), _YEARS[match[0]]


def wants_newest(folded: str) -> bool:
    """Whether a folded question asks how things are now, or for the last there was."""
    return _NEWEST.search(folded) is not None
