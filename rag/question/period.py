"""The stretch of time that a question narrows documents down to: 2024年的, 去年, since May 2025, before 2026."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.language.quantities import Quantity, QuantityKind, quantities_of

__all__ = ["Period", "period_of"]

_SINCE = re.compile(r"\s*(?:年|月|日)?\s*(?:(?:以来|以后|之后|往后|起|开始|至今|到现在)|后(?!的?(?:面|来)))")
_BEFORE = re.compile(r"\s*(?:(?:以前|之前|往前)|前(?![面几三两]))")
_SINCE_AHEAD = re.compile(r"(?:\b(?:since|starting|as of)|自从?|从)\s*(?:the\s)?$")
_AFTER_AHEAD = re.compile(r"\b(?:after|later than|newer than)\s*$")
_BEFORE_AHEAD = re.compile(r"\b(?:before|until|prior to|earlier than|older than)\s*$")
_BETWEEN = re.compile(r"\s*(?:[-–—~～]|到|至|和|与|to|and|until|through)\s*")
_ISO = re.compile(r"(?:\d{4}(?:-\d{2}){0,2}|--\d{2})")
_QUARTER = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})年?|(?P<said>今年|去年|前年))\s*(?:第?(?P<quarter>[一二三四1-4])季度|q(?P<q>[1-4])|(?P<half>[上下])半年)"
)
_LAST_DAYS = re.compile(
    r"(?:最近|近|过去|\b(?:in |within |over )?the (?:last|past))\s*"
    r"(?P<count>\d{1,3}|[一两二三四五六七八九十半]|a|one|two|three|six)?"
    r"\s*个?\s*(?P<unit>天|日|周|星期|月|年|days?|weeks?|months?|years?)(?:以?内|之内|里|来)?"
)
_COUNTS = {"半": 0.5, "两": 2, "十": 10, "a": 1, "one": 1, "two": 2, "three": 3, "six": 6} | {
    character: number for number, character in enumerate("一二三四五六七八九", 1)
}
_DAYS = {"天": 1, "日": 1, "d": 1, "周": 7, "星": 7, "w": 7, "月": 30, "m": 30, "年": 365, "y": 365}
_NEVER = "9999"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included: ISO 8601 dates or beginnings of one ("2024", "2024-05"), "" for open.

    ``month`` is a month of any year ("03") where no year is said, else "".
    """

    first: str = ""
    last: str = ""
    month: str = ""

    def holds(self, published: str) -> bool:
        """Whether a date, or as much of one as is known, lies within; what may lie outside does not."""
        if self.month:
            return published[5:7] == self.month
        if len(published) < max(len(self.first), len(self.last)) and not self._certain(published):
            return False
        return self.first <= published and published[: len(self.last)] <= (self.last or _NEVER)

    def _certain(self, published: str) -> bool:
        """Whether a rougher date than the bounds lies within as a whole."""
        return (
            bool(published)
            and f"{published}-01-01"[:10] >= self.first
            and f"{published}-12-31"[:10] <= (self.last or _NEVER)
        )

    @property
    def year(self) -> str:
        """The year, where the period is one, else ""."""
        return self.first if self.first == self.last and len(self.first) == 4 else ""

    def __str__(self) -> str:
        """As it is shown: "2024", "2024-05 – …"."""
        if self.month:
            return f"--{self.month}"
        return self.first if self.first == self.last else f"{self.first or '…'} – {self.last or '…'}"


def period_of(folded: str, today: date) -> tuple[Period | None, str]:
    """The period that a folded question names, None for none, and the question with those words blanked."""
    for read in (_quarter, _relative, _last_days):
        found = read(folded, today)
        if found is not None:
            period, (start, end) = found
            return period, _blanked(folded, start, end)
    dates = [one for one in quantities_of(folded) if one.kind is QuantityKind.DATE and _ISO.fullmatch(one.iso)]
    if not dates:
        return None, folded
    one = dates[0]
    if len(dates) > 1 and _BETWEEN.fullmatch(folded[one.end : dates[1].start]):
        last = dates[1]
        second = f"{one.iso[:4]}-{last.iso[2:]}" if last.iso.startswith("--") else last.iso
        ahead = re.search(r"(?:between|from|从|自)\s*$", folded[: one.start])
        return Period(one.iso, second), _blanked(folded, ahead.start() if ahead else one.start, last.end)
    return _related(folded, one)


def _related(folded: str, one: Quantity) -> tuple[Period, str]:
    """The period of one date by what is said before and behind it."""
    before = folded[: one.start]
    if one.iso.startswith("--"):
        return Period(month=one.iso[2:4]), _blanked(folded, one.start, one.end)
    for ahead, period in (
        (_SINCE_AHEAD.search(before), Period(first=one.iso)),
        (_AFTER_AHEAD.search(before), Period(first=_next(one.iso))),
        (_BEFORE_AHEAD.search(before), Period(last=_previous(one.iso))),
    ):
        if ahead is not None:
            behind = _SINCE.match(folded, one.end)
            return period, _blanked(folded, ahead.start(), behind.end() if behind else one.end)
    since, until = _SINCE.match(folded, one.end), _BEFORE.match(folded, one.end)
    if since is not None:
        return Period(first=one.iso), _blanked(folded, one.start, since.end())
    if until is not None:
        return Period(last=_previous(one.iso)), _blanked(folded, one.start, until.end())
    return Period(one.iso, one.iso), _blanked(folded, one.start, one.end)


_Found = tuple[Period, tuple[int, int]]


def _quarter(folded: str, today: date) -> _Found | None:
    match = _QUARTER.search(folded)
    if match is None:
        return None
    if match["half"]:
        first, last = (1, 6) if match["half"] == "上" else (7, 12)
    else:
        said = match["quarter"] or match["q"]
        number = "一二三四".index(said) + 1 if said in "一二三四" else int(said)
        first, last = 3 * number - 2, 3 * number
    year = match["year"] or today.year - ("今年", "去年", "前年").index(match["said"])
    return Period(f"{year}-{first:02}", f"{year}-{last:02}"), match.span()


def _month_before(today: date) -> str:
    return (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]


_RELATIVE: tuple[tuple[re.Pattern[str], Callable[[date], Period]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"今年|本年度?|\bthis year\b", lambda today: Period(str(today.year), str(today.year))),
        (r"去年|上一?年|\blast year\b", lambda today: Period(str(today.year - 1), str(today.year - 1))),
        (r"前年", lambda today: Period(str(today.year - 2), str(today.year - 2))),
        (r"本月|这个月|当月|\bthis month\b", lambda today: Period(today.isoformat()[:7], today.isoformat()[:7])),
        (r"上个?月|\blast month\b", lambda today: Period(_month_before(today), _month_before(today))),
        (r"今天|\btoday\b", lambda today: Period(today.isoformat(), today.isoformat())),
        (
            r"本周|这周|这个?星期|\bthis week\b",
            lambda today: Period((today - timedelta(days=today.weekday())).isoformat(), today.isoformat()),
        ),
        (
            r"上周|上个?星期|\blast week\b",
            lambda today: Period(
                (today - timedelta(days=today.weekday() + 7)).isoformat(),
                (today - timedelta(days=today.weekday() + 1)).isoformat(),
            ),
        ),
    )
)


def _relative(folded: str, today: date) -> _Found | None:
    for pattern, make in _RELATIVE:
        match = pattern.search(folded)
        if match is None:
            continue
        period = make(today)
        since, until = _SINCE.match(folded, match.end()), _BEFORE.match(folded, match.end())
        if since is not None or _SINCE_AHEAD.search(folded[: match.start()]):
            period = Period(first=period.first)
        elif until is not None or _BEFORE_AHEAD.search(folded[: match.start()]):
            period = Period(last=_previous(period.first))
        end = (since or until or match).end()
        return period, (match.start(), end)
    return None


def _last_days(folded: str, today: date) -> _Found | None:
    match = _LAST_DAYS.search(folded)
    if match is None:
        return None
    said = match["count"] or "one"
    count = float(said) if said.isdigit() else _COUNTS[said]
    days = round(count * _DAYS[match["unit"][0]])
    return Period((today - timedelta(days=days)).isoformat(), today.isoformat()), match.span()


def _previous(iso: str) -> str:
    """The day, month or year before."""
    if len(iso) == 4:
        return str(int(iso) - 1)
    if len(iso) == 7:
        return _month_before(date.fromisoformat(f"{iso}-01"))
    return (date.fromisoformat(iso) - timedelta(days=1)).isoformat()


def _next(iso: str) -> str:
    """The day, month or year after."""
    if len(iso) == 4:
        return str(int(iso) + 1)
    if len(iso) == 7:
        return (date.fromisoformat(f"{iso}-28") + timedelta(days=4)).isoformat()[:7]
    return (date.fromisoformat(iso) + timedelta(days=1)).isoformat()


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
