"""Hard wraps: the lines of a column joined into the paragraphs they were cut from.

Text that came out of a typeset page breaks wherever its column ended, often with an empty line after every line. The
width of the column is what tells a cut sentence from a finished one, so lines are first gathered into runs of one
column, then joined within each.
"""

from __future__ import annotations

import itertools
import re
from statistics import median_high

from corpus.cleaning.bylines import is_byline
from corpus.cleaning.labels import is_metadata_line
from corpus.cleaning.lines import Block, Kind, Line, begins_alike, opens_list
from corpus.cleaning.numbers import is_document_number
from corpus.cleaning.outline import is_article_of_law

__all__ = ["join_wraps"]

_HANGING = 2.5  # a line may be this much wider than its column: punctuation is set tight at its end
_FULL = 2.5  # a line this much narrower than its column was not filled
_INDENT = 1.6  # the first line of a paragraph lacks the two characters of its indent, less some tight punctuation
_COLUMN_LINES = 60  # tell a column's width; to look at all lines again for each would take their square
_SHORTEST_PAGE = 8
_NARROWEST_PAGE, _WIDEST_PAGE = 8.0, 60.0
_WIDEST_SHARE = 0.985  # a few lines may be wider: a heading set apart, an address
_TIGHT = 1.5
_FIRST_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\d][^\s\u2e80-\u9fff\uff00-\uffef]*")
_SHORTEST_RUN = 3  # fewer lines tell no column
_CLAUSE = re.compile(r"[，。；：、！？,;!?]")


def join_wraps(lines: list[Line]) -> list[Block]:
    """Paragraphs and headings, in the order of the lines. Each line goes into exactly one block."""
    column = _page_column(lines)
    if column is not None:
        return _join_page(lines, column)
    blocks: list[Block] = []
    for run in _runs(lines):
        blocks += _join_run(run) if _is_wrapped(run) else [_single(line) for line in run]
    return blocks


def _page_column(lines: list[Line]) -> float | None:
    """The one width that all of a text was wrapped at, in full-width characters; None if there is no such width."""
    if len(lines) < _SHORTEST_PAGE:
        return None
    column = sorted(line.width for line in lines)[int(_WIDEST_SHARE * (len(lines) - 1))]
    if not _NARROWEST_PAGE <= column <= _WIDEST_PAGE:
        return None
    full = [line for line, following in itertools.pairwise(lines) if _is_full(line, following, column)]
    cut = sum(not line.ends_sentence for line in full)
    marks = sum(len(_CLAUSE.findall(line.text)) for line in lines)
    is_page = len(full) >= max(4, 0.2 * len(lines)) and cut >= 0.6 * len(full) and marks >= 0.4 * len(lines)
    return column if is_page else None


def _is_full(line: Line, following: Line, column: float) -> bool:
    """Whether the first word of the next line, or its first Chinese character, had no room on this one."""
    match = _FIRST_WORD.match(following.text)
    word = len(match[0]) / 2 + 0.5 if match else 1.0
    # Two characters before a line are an indent of full-width spaces, four of half-width ones.
    indent = 0.0 if line.indent == following.indent else min(2.0, float(line.indent))
    # A finished sentence is taken for the end of its paragraph unless the line has no room at all.
    return indent + line.width + word > column - (0 if line.ends_sentence else _TIGHT)


def _join_page(lines: list[Line], column: float) -> list[Block]:
    gaps = [line.blank_before for line in lines[1:]]
    blank_after_each = sum(gaps) > 0.9 * len(gaps)
    indented = sum(line.indent >= 2 for line in lines) >= 0.05 * len(lines)
    paragraphs: list[list[Line]] = [[lines[0]]]
    for before, line in itertools.pairwise(lines):
        new = (
            not _is_full(before, line, column)
            or (line.blank_before and not blank_after_each)
            or (line.indent >= 2 and before.indent == 0)
            or opens_list(line.text)
            or begins_alike(before.text, line.text)
            or is_byline(before.text)
            or is_byline(line.text)
            or is_metadata_line(before.text)
            or is_metadata_line(line.text)
            # A paragraph may end in a full line. Where paragraphs are indented the next one would show it.
            or (before.ends_sentence and not indented and is_article_of_law(line.text))
        )
        if new:
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return [_single(group[0]) if len(group) == 1 else Block(Kind.PARAGRAPH, tuple(group)) for group in paragraphs]


def _runs(lines: list[Line]) -> list[list[Line]]:
    """Consecutive lines that fit one column."""
    runs: list[list[Line]] = []
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else None
        if runs and _fits(runs[-1], line, following):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _fits(run: list[Line], line: Line, following: Line | None) -> bool:
    column = _column(run[-_COLUMN_LINES:])
    last = run[-1]
    if any(is_byline(text) or is_metadata_line(text) or is_document_number(text) for text in (line.text, last.text)):
        return False
    if begins_alike(last.text, line.text):
        return False
    if len(run) < _SHORTEST_RUN:
        return not last.ends_sentence and abs(line.width - column) <= 4 and not opens_list(line.text)
    if line.width > column + _HANGING:
        return False
    if not last.ends_sentence or last.width > column - _FULL:
        return True
    # After a finished paragraph: a line that neither fills the column nor ends a sentence belongs to something else.
    return line.ends_sentence or line.width > column - _FULL - _INDENT or following is None


def _column(run: list[Line]) -> float:
    return median_high([line.width for line in run if not line.ends_sentence] or [line.width for line in run])


def _is_wrapped(run: list[Line]) -> bool:
    if len(run) < _SHORTEST_RUN:
        return False
    column = _column(run)
    cut = sum(not line.ends_sentence and line.width > column - _FULL for line in run[:-1])
    return column >= 6 and cut >= 0.5 * (len(run) - 1)


def _join_run(run: list[Line]) -> list[Block]:
    column = _column(run)
    blank_after_each = sum(line.blank_before for line in run[1:]) > 0.6 * (len(run) - 1)
    paragraphs: list[list[Line]] = [[run[0]]]
    for before, line in itertools.pairwise(run):
        if _begins_paragraph(before, line, column, line.blank_before and not blank_after_each):
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return _with_headings(paragraphs, column)


def _begins_paragraph(before: Line, line: Line, column: float, blank: bool) -> bool:
    if line.indent >= 2 and before.indent == 0:
        return True
    if not before.ends_sentence:
        # Full-stop-less and yet not full: a heading, a row of a list.
        return before.width < column - _FULL - _INDENT
    if blank or before.width <= column - _FULL:
        return True
    return line.width <= column - _INDENT and not line.ends_sentence


def _with_headings(paragraphs: list[list[Line]], column: float) -> list[Block]:
    """Headings are lines without clauses between paragraphs, set flush where the paragraphs are indented."""
    blocks: list[Block] = []
    indented = sum(lines[0].width <= column - _INDENT for lines in paragraphs) > len(paragraphs) / 2
    for lines in paragraphs:
        while len(lines) > 1 and indented and lines[0].width > column - _INDENT and not _CLAUSE.search(lines[0].text):
            blocks.append(Block(Kind.HEADING, (lines[0],)))
            lines = lines[1:]
        blocks.append(_single(lines[0]) if len(lines) == 1 else Block(Kind.PARAGRAPH, tuple(lines)))
    return blocks


def _single(line: Line) -> Block:
    heading = line.width <= 30 and not line.ends_sentence and not _CLAUSE.search(line.text[-1])
    return Block(Kind.HEADING if heading else Kind.PARAGRAPH, (line,))
