"""Hard wraps: the lines of a column joined into the paragraphs they were cut from.

Text that came out of a typeset page breaks wherever its column ended, often with an empty line after every line. The
width of the column is what tells a cut sentence from a finished one, so lines are first gathered into runs of one
column, then joined within each.
"""

from __future__ import annotations

import itertools
import re
from statistics import median_high

from corpus.cleaning.lines import Block, Kind, Line
from corpus.cleaning.metadata import is_byline

__all__ = ["join_wraps"]

_HANGING = 2.5  # a line may be this much wider than its column: punctuation is set tight at its end
_FULL = 2.5  # a line this much narrower than its column was not filled
_INDENT = 1.6  # the first line of a paragraph lacks the two characters of its indent, less some tight punctuation
_COLUMN_LINES = 60  # tell a column's width; to look at all lines again for each would take their square
_SHORTEST_RUN = 3  # fewer lines tell no column
_CLAUSE = re.compile(r"[，。；：、！？,;!?]")


def join_wraps(lines: list[Line]) -> list[Block]:
    """Paragraphs and headings, in the order of the lines. Each line goes into exactly one block."""
    blocks: list[Block] = []
    for run in _runs(lines):
        blocks += _join_run(run) if _is_wrapped(run) else [_single(line) for line in run]
    return blocks


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
    if is_byline(line.text) or is_byline(last.text):
        return False
    if len(run) < _SHORTEST_RUN:
        return not last.ends_sentence and abs(line.width - column) <= 4 and not _opens_list(line)
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


def _opens_list(line: Line) -> bool:
    return bool(
        re.match(
            r"[•·●○■◆\-*]\s|\d{1,3}[.、)]|[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、", line.text
        )
    )
