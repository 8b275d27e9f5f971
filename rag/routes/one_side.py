"""The question of a comparison for one of its sides alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from corpus.language.dates import years_in
from corpus.language.script import fold
from rag.question.recency import years_said

__all__ = ["JOINS", "Span", "alone", "said_as", "year_of"]

Span = tuple[int, int]

JOINS = frozenset(
    [
        "和",
        "与",
        "跟",
        "同",
        "及",
        "以及",
        "或",
        "或者",
        "还是",
        "比",
        "较",
        "对比",
        "相比",
        "/",
        "、",
        "&",
        "vs",
        "versus",
        "and",
        "or",
        "than",
    ]
)
"""What joins the sides of a comparison, folded."""

_JOINED_TO = re.compile(r"(?:[比较和与跟同、]|\b(?:than|and|or|vs|versus)\b)\s*(?:\bthe\b)?\s*$")
_COMPARING = re.compile(
    r"相?差(?=多少|几)|[多少](?:了|出)?(?=多少)|分别|各自|各(?=是|有|多少|几)|都(?=是|差|多少)|(?<=[^哪])(?:哪个|哪家|哪边|谁)更?比?较?(?=.)"
    r"|相比|对比$"
)


def said_as(label: str, today: date) -> str:
    """A side as its own question has it: the year that 今年 is."""
    year = year_of(fold(label), today)
    return f"{year}年" if year and not any(map(str.isdigit, label)) else label


def alone(written: str, kept: Sequence[tuple[Sequence[Span], str]]) -> str:
    """The question for one side and topic alone: each run of spans gives way to what is kept of it."""
    pieces: list[str] = []
    at = 0
    cuts: list[tuple[int, int, str]] = []
    for spans, kept_text in kept:
        for run in _runs(spans, written):
            start = run[0]
            if not kept_text:
                joined = _JOINED_TO.search(written, 0, start)
                start = joined.start() if joined else start
            cuts.append((start, run[1], kept_text))
            kept_text = ""
    for start, end, kept_text in sorted(cuts):
        pieces += [written[at:start], kept_text]
        at = end
    pieces.append(written[at:])
    return _of_one("".join(pieces))


def _of_one(asked: str) -> str:
    """The question without the words that compare, which say nothing of one side alone."""
    folded = fold(asked)
    if len(folded) != len(asked):
        return asked
    kept = asked
    for match in reversed(list(_COMPARING.finditer(folded))):
        kept = kept[: match.start()] + kept[match.end() :]
    return kept


def _runs(spans: Sequence[Span], written: str) -> list[Span]:
    """The spans, those with only joining words between them as one."""
    runs: list[Span] = []
    for span in sorted(spans):
        between = fold(written[runs[-1][1] : span[0]]).strip(" ,，") if runs else "."
        if not between or between in JOINS or between.removesuffix(" the") in JOINS:
            runs[-1] = runs[-1][0], span[1]
        else:
            runs.append(span)
    return runs


def year_of(folded: str, today: date) -> str:
    """The year that a side is, "" for none."""
    said = next(years_said(folded), None)
    if said is not None and said[:2] == (0, len(folded)):
        return str(today.year + said[2])
    years = years_in(folded)
    return years[0] if len(years) == 1 else ""
