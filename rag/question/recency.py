"""What a question says of time as seen from today: last year, this month, now, the latest."""

from __future__ import annotations

import re
from datetime import date, datetime

__all__ = ["now", "relative_years", "wants_newest"]

_YEARS = {
    -2: r"前年|\bthe year before last\b",
    -1: r"去年|上一?年度?(?!.)|上年度?|上一年|\blast year",
    1: r"明年|下一年|\bnext year",
}
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
    return frozenset(str(today.year + away) for away, words in _YEARS.items() if re.search(words, folded))


def wants_newest(folded: str) -> bool:
    """Whether a folded question asks how things are now, or for the last there was."""
    return _NEWEST.search(folded) is not None
