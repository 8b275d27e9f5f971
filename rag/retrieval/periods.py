"""When documents are from, and what period each of a series is about.

A yearly report, a weekly one, the minutes of a month, a price list: the next is no edition of the one before, which
stays true of its own period. An edition says of itself that it is one (修订, 第二版, V2.0, 0501版).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Document
from corpus.language.dates import calendar_dates
from corpus.language.numerals import chinese_numeral
from corpus.language.script import fold, squashed

__all__ = ["Period", "date_of", "period_of", "periods_in", "series_of"]

_HEAD_CHARS = 400
_N = r"[一二三四五六七八九十\d]{1,3}"
_EDITION = re.compile(
    rf"(?:(?:19|20)\d\d年?|\d{{4}})?(?:\d{{1,2}}月)?(?:第?{_N}次)?(?:修订|修正|修改|增订)[版本稿]?"
    rf"|(?:(?:19|20)\d\d年?|\d{{4}}|第{_N}|[新旧])[版稿]|(?<![a-z\d])v\s?\d+(?:\.\d+)*|(?:最新|暂行|试行|征求意见)[版本稿]"
)
_PERIOD = re.compile(
    rf"(?P<year>(?<!\d)(?:19|20)\d\d)\s*(?:年度?|学年|财年)?|(?P<month>(?<!\d){_N})\s*月(?!\d)份?|第?(?P<quarter>[一二三四1-4])\s*季度?"
    rf"|(?P<half>[上下])半年|第\s*(?P<issue>{_N})\s*[期号次周届]|(?P<term>[春夏秋冬])季?学期|[(（](?P<stamp>\d{{4}}|\d{{8}})[)）]"
)


def date_of(document: Document) -> tuple[int, ...]:
    """The year, month and day that a document is from, as far as it tells; () where it does not."""
    if document.published:
        return tuple(int(part) for part in document.published.split("-"))
    first = next(calendar_dates(fold(document.text[:_HEAD_CHARS])), None)
    if first:
        return tuple(int(part) for part in first.split("-"))
    year = next((match["year"] for match in _PERIOD.finditer(fold(document.title)) if match["year"]), None)
    return (int(year),) if year else ()


@dataclass(frozen=True, slots=True)
class Period:
    """A period at ``folded[start:end]``: ("year", "2024"), ("month", "3"), ("quarter", "1"), ("issue", "4")."""

    kind: str
    value: str
    start: int
    end: int


def periods_in(folded: str) -> Iterator[Period]:
    """The periods that a folded text names, in order."""
    for match in _PERIOD.finditer(folded):
        kind = match.lastgroup or ""
        yield Period(kind, _number(match[kind]), *match.span())


def period_of(title: str) -> frozenset[tuple[str, str]]:
    """What a title says of the period its document is about, as kinds and values; empty where it says nothing."""
    return frozenset((one.kind, one.value) for one in periods_in(_EDITION.sub(" ", fold(title))))


def series_of(title: str) -> str:
    """A title without period and edition: what the documents of a series share."""
    return squashed(_PERIOD.sub(" ", _EDITION.sub(" ", fold(title)))).replace("的", "")


def _number(written: str) -> str:
    value = chinese_numeral(written)
    return written if value is None else f"{value:f}"
