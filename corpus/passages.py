"""Documents split into passages at the ends of sentences; paragraphs and articles of a law stay whole if they fit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from corpus.cleaning.outline import is_article_of_law
from corpus.documents import Document, Heading, Passage
from corpus.language.sentences import clause_spans, sentence_spans, token_around
from corpus.tables import BETWEEN_CELLS, Table

__all__ = ["split"]

_SMALLEST = 40
_LONGEST_NAME = 60
_LONGEST_NAMES = 120

Span = tuple[int, int]


def split(document: Document, *, max_chars: int = 400) -> list[Passage]:
    """The passages of a document, in order: each at most ``max_chars`` characters and made of whole sentences.

    A passage never runs on past a heading, and a heading stands at the top of the passage it belongs to. An article of
    a law (第十二条, with its items), else a line (paragraph, list item, row of a table), is kept whole where it fits.
    An article that does not fit shares no passage with another, and the line it begins with is the last of the
    ``headings`` of its further passages. The title stands in the passage of what follows it. Sections are divided
    evenly rather than filled up, so that none ends in a scrap. A sentence longer than a passage
    is divided at commas, then anywhere but inside a number, a date or a Latin word. Every character but white space is
    in exactly one passage. What stands over a table (its caption, its unit), and what names a row that is divided, are
    the last of the ``headings`` of its passages.

    Raises:
        ValueError: ``max_chars`` is under 40.
    """
    if max_chars < _SMALLEST:
        raise ValueError(f"max_chars must be at least {_SMALLEST}, not {max_chars}")
    text = document.text
    edges = [0, *(heading.start for heading in _first_of_each_group(document)), len(text)]
    if len(edges) > 2 and text[: edges[1]].strip() == document.title:
        del edges[1]
    paths = _Paths(document)
    tables = _Tables(document)
    passages = []
    for start, end in pairwise(edges):
        for stem, pieces in _sections(text, start, end, max_chars):
            for left, right in _pack(pieces, max_chars):
                over = (text[slice(*stem)][:_LONGEST_NAMES],) if stem and stem[1] <= left else tables.over(left, right)
                passages.append(
                    Passage(
                        document_id=document.id,
                        start=left,
                        end=right,
                        text=text[left:right],
                        title=document.title,
                        headings=(*paths.over(right - 1), *over),
                        page=document.origin.page_at(left),
                    )
                )
    return passages


class _Paths:
    """Heading paths for offsets asked for in ascending order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.next = 0
        self.open: list[Heading] = []

    def over(self, offset: int) -> tuple[str, ...]:
        headings = self.document.headings
        while self.next < len(headings) and headings[self.next].start <= offset:
            heading = headings[self.next]
            while self.open and self.open[-1].level >= heading.level:
                self.open.pop()
            self.open.append(heading)
            self.next += 1
        return tuple(self.document.text[heading.start : heading.end] for heading in self.open)


class _Tables:
    """What is said of a table outside of a passage with some of its rows."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.tables = document.tables
        self.starts = [table.start for table in document.tables]

    def over(self, start: int, end: int) -> tuple[str, ...]:
        i = bisect_left(self.starts, end) - 1
        if i < 0 or self.tables[i].end <= start:
            return ()
        table = self.tables[i]
        over = [self.text[left:right] for left, right in table.captions if not start <= left < right <= end]
        return (*over, *self._names_of_row(table, start))

    def _names_of_row(self, table: Table, start: int) -> tuple[str, ...]:
        """The names that stand at the head of a row, and over the value, in which a passage begins."""
        head = self.text.rfind("\n", 0, start) + 1
        before = self.text[head:start]
        if head < table.start or not before.strip():
            return ()
        items = before.split(BETWEEN_CELLS)
        names = items[: max(1, table.header_columns) + bool(table.group_rows)]
        if len(items) > len(names) and "：" in items[-1][:_LONGEST_NAME]:
            names.append(items[-1].partition("：")[0])
        return (BETWEEN_CELLS.join(names)[:_LONGEST_NAMES],)


def _first_of_each_group(document: Document) -> list[Heading]:
    """Headings that stand right under another belong to the same passage as it."""
    return [
        heading
        for i, heading in enumerate(document.headings)
        if i == 0 or document.text[document.headings[i - 1].end : heading.start].strip()
    ]


def _sections(text: str, start: int, end: int, max_chars: int) -> Iterator[tuple[Span | None, list[Span]]]:
    """What is packed by itself: an article of a law that does not fit, with the line it begins with, and all between.

    Each is given as pieces that are not to be divided: articles, lines, sentences, clauses, whichever is the largest
    that fits.
    """
    between: list[Span] = []
    for lines in _articles(text, start, end):
        first, last = lines[0][0], lines[-1][1]
        if last - first <= max_chars:
            between.append((first, last))
            continue
        pieces = [piece for line in lines for piece in _of_line(text, *line, max_chars)]
        if not _opens(text, lines[0]) or len(lines) == 1:
            between += pieces
            continue
        if any(_opens(text, piece) for piece in between):
            yield None, between
            between = []
        yield lines[0], [*between, *pieces]  # a heading stays over the article
        between = []
    if between:
        yield None, between


def _of_line(text: str, start: int, end: int, max_chars: int) -> Iterator[Span]:
    if end - start <= max_chars:
        yield start, end
        return
    for span in sentence_spans(text, start, end):
        yield from _fitting(text, *span, max_chars)


def _articles(text: str, start: int, end: int) -> Iterator[list[Span]]:
    """The lines of a section, those of one article of a law together."""
    group: list[Span] = []
    for line in _lines(text, start, end):
        if group and not (is_article_of_law(text[group[0][0] : group[0][0] + 12]) and not _opens(text, line)):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _opens(text: str, line: Span) -> bool:
    return is_article_of_law(text[line[0] : line[0] + 12])


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = text[start:stop]
        stripped = line.strip()
        if stripped:
            left = start + line.index(stripped)
            yield left, left + len(stripped)
        start = stop + 1


def _fitting(text: str, start: int, end: int, max_chars: int) -> list[Span]:
    """The sentence as it is, or in parts that fit."""
    if end - start <= max_chars:
        return [(start, end)]
    return [part for clause in clause_spans(text, start, end) for part in _cut(text, *clause, max_chars)]


def _cut(text: str, start: int, end: int, max_chars: int) -> Iterator[Span]:
    while end - start > max_chars:
        cut = start + max_chars
        token = token_around(text, cut)
        if token is not None and token[0] > start:
            cut = token[0]
        yield start, cut
        start = cut
    yield start, end


def _pack(pieces: list[Span], max_chars: int) -> list[Span]:
    """Neighbouring pieces joined to passages of about equal size."""
    if not pieces:
        return []
    total = pieces[-1][1] - pieces[0][0]
    target = total / -(-total // max_chars)
    packed = [pieces[0]]
    for start, end in pieces[1:]:
        first = packed[-1][0]
        if end - first <= max_chars and (start + end) / 2 - first <= target:
            packed[-1] = (first, end)
        else:
            packed.append((start, end))
    if len(packed) > 1 and packed[-1][1] - packed[-2][0] <= max_chars:
        packed[-2:] = [(packed[-2][0], packed[-1][1])]
    return packed
