"""Lines that stand right under one another, gathered into blocks: a column, a heading, a caption, a footnote.

The nearest-neighbour idea of the document spectrum (O'Gorman, "The document spectrum for page layout analysis", 1993)
in its strictest form: a line joins the block over it only if the two are of one size and close, and if nothing else
stands under that block or over that line. Where a heading or lead spans several columns a block therefore ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from corpus.cleaning.bylines import is_byline
from corpus.language.script import has_han
from corpus.pages.model import Box, PageLine, body_size, union

__all__ = ["Row", "TableCell", "TextBlock", "gather", "with_labels", "with_spread_titles"]

_LABEL = re.compile(
    r"[•·●○■◆▪‣–*-]|\(?\d{1,3}[.)、）]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}(?:\.\d{1,2})+\.?|\[\d{1,3}\]|[a-zA-Z][.)]"
    r"|第[一二三四五六七八九十百零\d]{1,5}[编編章节節条條款部分]{1,2}|[一二三四五六七八九十]{1,3}、"
)
_DOTS = re.compile(r"(?:[.·…] ?){4,}$")
_ENTRY_PAGE = re.compile(r"[\divxlcIVXLC]{1,5}")
_LABEL_GAP = 3.5
_LARGER = 1.15  # times the text's letters: a title's
_SPREAD_GAP = 4.0
_LONGEST_SPREAD = 4
_GAP = 1.3  # of the em: more white space between two lines parts blocks
_SAME_SIZE = 0.06
_SAME_SIZE_SCANNED = 0.28


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table with its lines from the top, none in an empty one; row and column count from 0."""

    row: int
    column: int
    lines: tuple[PageLine, ...]
    rows: int = 1
    columns: int = 1


Row = tuple[TableCell, ...]
"""The cells that begin in a row of a table, from the left."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines from top to bottom that read on from each other. ``rows``: they are the rows of a table."""

    lines: tuple[PageLine, ...]
    box: Box
    size: float
    rows: tuple[Row, ...] = ()

    @property
    def text(self) -> str:
        """The lines, one after another."""
        return "\n".join(line.text for line in self.lines)

    @property
    def chars(self) -> int:
        """The number of characters."""
        return sum(len(line.text) for line in self.lines)


@dataclass(slots=True)
class _Growing:
    lines: list[PageLine] = field(default_factory=list)
    box: Box = field(default_factory=lambda: Box(0, 0, 0, 0))

    def add(self, line: PageLine) -> None:
        self.box = union((self.box, line.box)) if self.lines else line.box
        self.lines.append(line)

    @property
    def size(self) -> float:
        return median(line.size for line in self.lines)

    @property
    def leading(self) -> float:
        """The usual white space between its lines."""
        gaps = [below.box.top - above.box.bottom for above, below in zip(self.lines, self.lines[1:], strict=False)]
        return max(0.0, median(gaps)) if gaps else 0.35 * self.size


def with_labels(lines: Sequence[PageLine], rules: Sequence[Box] = ()) -> list[PageLine]:
    """Numbers and bullets of lists joined to the text that follows them in the same row."""
    joined: list[PageLine] = []
    taken: set[int] = set()
    for label in lines:
        if not _LABEL.fullmatch(label.text):
            continue
        row = [
            line
            for line in lines
            if line.box.left > label.box.left
            and abs(line.box.bottom - label.box.bottom) < 0.3 * label.size
            and line.box.left - label.box.right < _LABEL_GAP * label.size
        ]
        text = min(row, key=lambda line: line.box.left, default=None)
        if text is None or _LABEL.fullmatch(text.text) or id(text) in taken:
            continue
        gap = Box(label.box.right, label.box.top, text.box.left, label.box.bottom)
        if any(rule.height > rule.width and rule.over(gap) >= 0 and rule.beside(gap) > 0 for rule in rules):
            continue
        taken |= {id(label), id(text)}
        joined.append(replace(text, text=f"{label.text} {text.text}", box=union((label.box, text.box))))
    return _with_page_numbers([*(line for line in lines if id(line) not in taken), *joined])


def with_spread_titles(lines: Sequence[PageLine]) -> list[PageLine]:
    """Titles of a few Chinese characters that are spread over a row (目　　录), each as one line."""
    body = body_size(lines)
    single = [line for line in lines if len(line.text) == 1 and has_han(line.text) and line.size > _LARGER * body]
    joined: dict[int, PageLine | None] = {}
    for first in sorted(single, key=lambda line: line.box.left):
        row = [line for line in lines if line.box.beside(first.box) > 0.5 * first.size]
        row.sort(key=lambda line: line.box.left)
        gaps = [right.box.left - left.box.right for left, right in pairwise(row)]
        alone = all(any(line is one for one in single) for line in row)
        if id(first) in joined or not alone or not 1 < len(row) <= _LONGEST_SPREAD:
            continue
        if max(gaps) <= _SPREAD_GAP * first.size and max(gaps) - min(gaps) <= first.size:
            joined |= dict.fromkeys(map(id, row))
            title = "".join(line.text for line in row)
            joined[id(first)] = replace(first, text=title, box=union(line.box for line in row))
    return [line for line in (joined.get(id(line), line) for line in lines) if line is not None]


def _with_page_numbers(lines: list[PageLine]) -> list[PageLine]:
    """The entries of a table of contents with the number at the end of their dots."""
    numbers = [line for line in lines if _ENTRY_PAGE.fullmatch(line.text)]
    entries = [line for line in lines if _DOTS.search(line.text)] if numbers else []
    whole: dict[int, PageLine] = {}
    for entry in entries:
        right = [n for n in numbers if n.box.left > entry.box.center[0] and n.box.beside(entry.box) > 0.5 * entry.size]
        if right:
            number = min(right, key=lambda line: line.box.left)
            numbers.remove(number)
            text = f"{entry.text.rstrip()} {number.text}"
            whole |= {
                id(entry): replace(entry, text=text, box=union((entry.box, number.box))),
                id(number): number,
            }
    return [whole.get(id(line), line) for line in lines if whole.get(id(line)) is not line]


def gather(lines: Sequence[PageLine], rules: Sequence[Box] = (), *, scanned: bool = False) -> list[TextBlock]:
    """The blocks of a page, from top to bottom; each line is in exactly one."""
    ordered = sorted(lines, key=lambda line: (line.box.top, line.box.left))
    across = [rule for rule in rules if rule.width > rule.height]
    growing: list[_Growing] = []
    open_blocks: list[_Growing] = []
    for line in ordered:
        open_blocks = [block for block in open_blocks if line.box.top - block.box.bottom < 4 * block.size]
        above = _above(line, open_blocks)
        block = above if above is not None and _joins(above, line, ordered, across, scanned) else None
        if block is None:
            block = _Growing()
            growing.append(block)
            open_blocks.append(block)
        block.add(line)
    return [TextBlock(tuple(block.lines), block.box, block.size) for block in growing]


def _above(line: PageLine, blocks: list[_Growing]) -> _Growing | None:
    """The only block right above the line; None if there is none, or several side by side."""
    over = [
        block
        for block in blocks
        if block.box.over(line.box) > 0.3 * line.size and block.lines[-1].box.top < line.box.top - 0.3 * line.size
    ]
    if not over:
        return None
    lowest = max(over, key=lambda block: block.box.bottom)
    rivals = [
        block
        for block in over
        if block is not lowest and block.box.beside(Box(0, lowest.lines[-1].box.top, 0, lowest.box.bottom)) > 0
    ]
    return None if rivals else lowest


def _joins(block: _Growing, line: PageLine, lines: list[PageLine], rules: list[Box], scanned: bool) -> bool:
    last = block.lines[-1]
    em = max(block.size, line.size)
    if abs(block.size - line.size) > (_SAME_SIZE_SCANNED if scanned else _SAME_SIZE) * em:
        return False
    if is_byline(line.text) or is_byline(last.text):
        return False
    gap = line.box.top - last.box.bottom
    if gap > max(_GAP * min(block.size, line.size), 1.6 * block.leading) or gap < -0.6 * em:
        return False
    between = Box(
        max(block.box.left, line.box.left), last.box.bottom - 0.3 * em, min(block.box.right, line.box.right), 0
    )
    if any(
        rule.over(between) > 0.3 * between.width and between.top < rule.center[1] < line.box.top + 0.3 * em
        for rule in rules
    ):
        return False
    return not any(
        other is not line
        and other.box.beside(line.box) > 0.5 * min(other.box.height, line.box.height)
        and other.box.over(block.box) > 0.5 * line.size
        and other not in block.lines
        for other in lines
    )
