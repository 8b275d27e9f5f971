"""How a document is laid out: its lines, and the sentences, lists, tables and printed questions that they make."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from corpus import Document, sentence_spans
from corpus.language.lists import is_of_code, mark_of
from corpus.language.numerals import numeral

__all__ = ["Layout", "LineKind", "Series", "Span", "joined_sentence"]

Span = tuple[int, int]
"""The (start, end) of a stretch of a document's text."""

_LONGEST_QUESTION = 80  # characters of a printed question
_LONGEST_LABEL = 16  # characters before the colon of "退款：……"
_LONGEST_SENTENCE = 160  # characters of clauses between full stops that are quoted together
_LINES_BETWEEN = 6  # of an item's own, before the next item
_ANSWER_LINES = 12
_QUESTION = re.compile(r"(?:问|問|[Qq])\s*\d{0,3}\s*[：:、.．]")
_ANSWER = re.compile(r"(?:答|[Aa])\s*\d{0,3}\s*[：:]")
_BRACKETED = re.compile(r"【[^【】]{1,30}】")
_LABEL = re.compile(rf"(?P<label>[^\s，。；！？：:|、（(][^，。；！？：:|]{{0,{_LONGEST_LABEL}}}?)(?:：|:\s)\s*(?=\S)")
_NUMBER = re.compile(r"\d+")
_CLAUSE = re.compile(r"[；;][”’」』）》)\]}\"']{0,8}$")
_SALUTATION = re.compile(r"(?:各位|尊敬的|亲爱的|親愛的|致[^，。]{0,20}|[Dd]ear\b)")


class LineKind(Enum):
    """What a line is."""

    HEADING = "heading"
    QUESTION = "question"
    ITEM = "item"
    ROW = "row"
    LABELLED = "labelled"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Series:
    """What makes a list: items of one kind in order, the sentence that leads them in, and the heading over them."""

    kind: LineKind
    items: tuple[Span, ...]
    lead: Span | None = None
    heading: Span | None = None

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.lead[0] if self.lead else self.items[0][0]


class Layout:
    """The lines of a document that hold something, numbered from 0."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.lines: list[Span] = []
        start = 0
        for line in self.text.split("\n"):
            if line.strip():
                left = start + len(line) - len(line.lstrip())
                self.lines.append((left, start + len(line.rstrip())))
            start += len(line) + 1
        self._starts = [left for left, _ in self.lines]
        self._kinds: dict[int, LineKind] = {}

    @cached_property
    def _headings(self) -> frozenset[int]:
        return frozenset(heading.start for heading in self.document.headings)

    def line_at(self, offset: int) -> int:
        """The number of the line at an offset, or of the last one before it."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def said(self, span: Span) -> str:
        """The text of a span."""
        return self.text[slice(*span)]

    def is_row(self, offset: int) -> bool:
        """Whether the line that a character stands in is a row of a table."""
        return self.kind(self.line_at(offset)) is LineKind.ROW

    def kind(self, line: int) -> LineKind:
        """What a line is."""
        if line not in self._kinds:
            self._kinds[line] = self._kind(self.lines[line])
        return self._kinds[line]

    def _kind(self, span: Span) -> LineKind:
        line = self.said(span)
        if self.table_at(span[0]) is not None:
            return LineKind.ROW
        if len(line) <= _LONGEST_QUESTION and (line.endswith(("？", "?")) or _QUESTION.match(line)):
            return LineKind.QUESTION
        if span[0] in self._headings or _BRACKETED.fullmatch(line):
            return LineKind.HEADING
        if mark_of(line):
            return LineKind.ITEM
        return LineKind.LABELLED if _LABEL.match(line) and not _ANSWER.match(line) else LineKind.TEXT

    def table_at(self, offset: int) -> int | None:
        """The number of the table that stands at an offset, from 0."""
        tables = self.document.tables
        i = bisect_right(tables, offset, key=lambda table: table.start) - 1
        return i if i >= 0 and offset < tables[i].end else None

    def heading_over(self, line: int) -> int | None:
        """The number of the nearest heading above a line, or of the printed question that it answers."""
        above = (i for i in range(line - 1, -1, -1) if self.kind(i) in (LineKind.HEADING, LineKind.QUESTION))
        return next(above, None)

    def section_at(self, line: int) -> range:
        """The lines under the same heading or printed question as a line, without it."""
        over = self.heading_over(line + 1)
        first = 0 if over is None else over + 1
        last = first
        while last < len(self.lines) and self.kind(last) not in (LineKind.HEADING, LineKind.QUESTION):
            last += 1
        return range(first, last)

    def answer_under(self, line: int) -> tuple[Span, ...]:
        """The lines that answer the printed question of a line; none where it is none, or another follows at once."""
        if self.kind(line) is not LineKind.QUESTION:
            return ()
        section = self.section_at(line)
        return tuple(self.without_mark(self.lines[i]) for i in section[:_ANSWER_LINES])

    def without_mark(self, span: Span) -> Span:
        """A line without the "答：" that it begins with."""
        mark = _ANSWER.match(self.text, *span)
        return (mark.end(), span[1]) if mark and mark.end() < span[1] else span

    def label_of(self, line: int) -> str | None:
        """What stands before the colon of a labelled line."""
        match = _LABEL.match(self.said(self.lines[line])) if self.kind(line) is LineKind.LABELLED else None
        return match["label"] if match else None

    def is_of_code(self, line: int) -> bool:
        """Whether a line says what a code means: "E02：主机悬空。"."""
        return self.kind(line) is LineKind.LABELLED and is_of_code(self.said(self.lines[line]))

    def sentence_at(self, start: int, end: int) -> Span:
        """The whole sentence that ``text[start:end]`` is of, clauses together; rows and codes' lines whole."""
        line = self.line_at(start)
        span = self.lines[line]
        if end > span[1]:
            return start, end
        if self.kind(line) is LineKind.ROW or (self.is_of_code(line) and span[1] - span[0] <= _LONGEST_SENTENCE):
            return span
        return joined_sentence(self.text, self.without_mark(span), (start, end))

    def series_at(self, offset: int) -> Series | None:
        """The list that the line at an offset is an item of, or leads in."""
        line = self.line_at(offset)
        style = self._style(line)
        if style is None:
            follows = line + 1
            if follows >= len(self.lines) or self._lead(follows) is None:
                return None
            line, style = follows, self._style(follows)
            if style is None:
                return None
        first = line
        while (before := self._before(first, style)) is not None:
            first = before
        starts = [first]
        while (after := self._after(starts[-1], style)) is not None:
            starts.append(after)
        if len(starts) < 2:
            return None
        ends = [*(self.lines[i - 1][1] for i in starts[1:]), self._end_of_last(starts[-1], style)]
        items = tuple((self.lines[i][0], end) for i, end in zip(starts, ends, strict=True))
        over = self.heading_over(first)
        heading = self.lines[over] if over is not None else None
        return Series(self.kind(first), items, self._lead(first), heading)

    def _style(self, line: int) -> str | None:
        """What the items of one list share; None for a line that is no item."""
        kind, span = self.kind(line), self.lines[line]
        if kind is LineKind.ROW:
            return f"row {self.table_at(span[0])}"
        if kind is LineKind.ITEM:
            mark = mark_of(self.said(span))
            return f"item {mark[0]}" if mark else None
        label = self.label_of(line)
        if label is None:
            return None
        return f"code {_NUMBER.sub('#', label)}" if self.is_of_code(line) else "label"

    def _before(self, line: int, style: str) -> int | None:
        return self._next(range(line - 1, max(-1, line - 1 - _LINES_BETWEEN), -1), line, style, -1)

    def _after(self, line: int, style: str) -> int | None:
        return self._next(range(line + 1, min(len(self.lines), line + 1 + _LINES_BETWEEN)), line, style, 1)

    def _next(self, lines: range, line: int, style: str, step: int) -> int | None:
        """The item next to one: the line beside it, or past an item's further lines the one with the next number."""
        number = self._number(line)
        for i in lines:
            if self.kind(i) in (LineKind.HEADING, LineKind.QUESTION, LineKind.ROW) and self._style(i) != style:
                return None
            if self._style(i) == style:
                beside = abs(i - line) == 1
                found = self._number(i)
                if number is None or found is None:
                    return i if beside else None
                return i if found == number + step or (beside and found != number) else None
            if number is None:
                return None
        return None

    def _number(self, line: int) -> int | None:
        """The number of an item, None for one that has none."""
        mark = mark_of(self.said(self.lines[line])) if self.kind(line) is LineKind.ITEM else None
        if mark is None or not mark[1]:
            return None
        if "①" <= mark[1] <= "⑳":
            return ord(mark[1]) - ord("①") + 1
        value = numeral(mark[1])
        return int(value) if value is not None else None

    def _end_of_last(self, line: int, style: str) -> int:
        """Where the last item ends: with the items of another list that stand right under it."""
        if self.kind(line) is not LineKind.ITEM:
            return self.lines[line][1]
        last = line
        while last + 1 < len(self.lines) and self.kind(last + 1) is LineKind.ITEM and self._style(last + 1) != style:
            last += 1
        return self.lines[last][1]

    def _lead(self, first: int) -> Span | None:
        """The sentence over a list that leads it in."""
        if first == 0 or self.kind(first - 1) in (LineKind.HEADING, LineKind.QUESTION, LineKind.ROW):
            return None
        span = self.lines[first - 1]
        if self.text[span[1] - 1] not in "：:" or _SALUTATION.match(self.text, *span):
            return None
        return sentence_spans(self.text, *span)[-1]


def joined_sentence(text: str, line: Span, inner: Span) -> Span:
    """The clauses of a line from one full stop to the next around ``inner``: they share a subject and a year.

    Where all are too long together, those up to it; where these are, it alone.
    """
    spans = sentence_spans(text, *line)
    at = next((i for i, (_, end) in enumerate(spans) if end > inner[0]), None)
    if at is None:
        return inner
    first, last = at, at
    while first > 0 and _CLAUSE.search(text, *spans[first - 1]):
        first -= 1
    while last + 1 < len(spans) and _CLAUSE.search(text, *spans[last]):
        last += 1
    start, stop = spans[first][0], max(inner[1], spans[at][1])
    if spans[last][1] - start <= _LONGEST_SENTENCE:
        return start, max(stop, spans[last][1])
    return (start, stop) if stop - start <= _LONGEST_SENTENCE else (spans[at][0], stop)
