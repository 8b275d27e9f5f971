"""The cells of a table as a format gives them, and what they tell of its order: names above, names beside, forms.

Everything is told from the kinds of the cells (figures, dates, codes, words), from their spans and from what the format
marks (th, bold); there are no lists of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from corpus.cleaning.traced import EMPTY, Traced
from corpus.language.dates import read_date

__all__ = ["Grid", "GridCell", "Kind", "Structure", "kind_of", "structure_of"]

_MOST_POSITIONS = 6_000_000
_LONGEST_NAME = 40
_LONGEST_LABEL = 16
_MOST_HEADER_ROWS = 5
_MOST_HEADER_COLUMNS = 3
_LONGEST_FORM = 40
_SAMPLE = 500
_NUMBER = re.compile(
    r"[(（<>≤≥约±~～+\-−–—]{0,3}\s*[$€£¥￥]?\s*[-+−]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?\s*[)）]?"
    r"(?:\s*[-–—~～至/×*:：]\s*\d+(?:\.\d+)?)*\s*[^\s\d，。；、,;]{0,4}"
)
_BLANK_SIGN = re.compile(r"[-–—－/\\*.…·]+|N/?A|n/?a")
_DATE = re.compile(
    r"(?:\d{2,4}\s*年度?)?(?:\s*\d{1,2}\s*月份?)?(?:\s*\d{1,2}\s*[日号])?(?:\s*第?[一二三四1-4]\s*季度|[上下]半年)?"
    r"|(?:FY|H[12]|Q[1-4])?\s*'?\d{4}(?:\s*[-/]?\s*(?:H[12]|Q[1-4]))?|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[ T]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
)
_YEAR = re.compile(r"(?:1[89]|20|21)\d\d")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9._#/+-]*")


class Kind(Enum):
    """What a cell holds."""

    EMPTY = auto()
    NUMBER = auto()
    DATE = auto()
    CODE = auto()
    TEXT = auto()


def kind_of(text: str) -> Kind:
    """The kind of a cell with this text."""
    if not text or _BLANK_SIGN.fullmatch(text):
        return Kind.EMPTY
    if len(text) <= 30:
        if _YEAR.fullmatch(text) or _DATE.fullmatch(text) or (read_date(text) is not None and not text.isdigit()):
            return Kind.DATE
        if _NUMBER.fullmatch(text):
            return Kind.NUMBER
        if _CODE.fullmatch(text):
            return Kind.CODE
    return Kind.TEXT


@dataclass(frozen=True, slots=True, eq=False)
class GridCell:
    """A cell: its upper left corner (from 0), its spans, and what the format marks it as.

    ``header``: the format says that it names others. ``strong``: it is set in bold or on a ground of its own.
    """

    row: int
    column: int
    content: Traced
    rows: int = 1
    columns: int = 1
    header: bool = False
    strong: bool = False

    @property
    def text(self) -> str:
        """Its characters."""
        return self.content.text

    @property
    def kind(self) -> Kind:
        """See ``Kind``."""
        return kind_of(self.content.text)


@dataclass(slots=True)
class Grid:
    """Cells by row and column; one that spans several stands in each of them."""

    at: list[list[GridCell | None]] = field(default_factory=list)

    @classmethod
    def of(cls, cells: Iterable[GridCell]) -> Grid:
        """The grid of these cells; spans over others give way to them."""
        cells = list(cells)
        if not cells:
            return cls()
        height = max(cell.row for cell in cells) + 1
        width = max(cell.column for cell in cells) + 1
        # Spans reach as far as one of them is alone in reaching, but not beyond what was drawn.
        width = max(width, min(max(cell.column + cell.columns for cell in cells), width + 64))
        height = max(height, min(max(cell.row + cell.rows for cell in cells), height + 64))
        at: list[list[GridCell | None]] = [[None] * width for _ in range(height)]
        budget = _MOST_POSITIONS
        for cell in cells:
            for row in range(cell.row, min(height, cell.row + max(1, cell.rows))):
                for column in range(cell.column, min(width, cell.column + max(1, cell.columns))):
                    budget -= 1
                    if at[row][column] is None or (row, column) == (cell.row, cell.column):
                        at[row][column] = cell
            if budget < 0:
                break
        return cls(at)

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Traced]], *, header_rows: int = 0) -> Grid:
        """The grid of rows without spans; the first ``header_rows`` are marked as names."""
        return cls.of(
            GridCell(i, j, content, header=i < header_rows)
            for i, row in enumerate(rows)
            for j, content in enumerate(row)
        )

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.at)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.at[0]) if self.at else 0

    def content(self, row: int, column: int) -> Traced:
        """What stands there; nothing where there is no cell."""
        cell = self.at[row][column]
        return cell.content if cell is not None else EMPTY

    def filled(self, row: int) -> list[GridCell]:
        """The cells of a row that hold something, each once."""
        return list(dict.fromkeys(cell for cell in self.at[row] if cell is not None and cell.content))

    def anchors(self, row: int) -> list[GridCell | None]:
        """The cells of a row, each once; None where there is none."""
        found: list[GridCell | None] = []
        for cell in self.at[row]:
            if cell is None or cell not in found:
                found.append(cell)
        return found

    def part(self, top: int, bottom: int, left: int, right: int) -> Grid:
        """The rows and columns from the first numbers up to the second."""
        return Grid([row[left:right] for row in self.at[top:bottom]])

    def kinds(self, column: int, top: int) -> list[Kind]:
        """The kinds of the cells of a column from a row on that hold something."""
        seen: dict[GridCell, Kind] = {}
        for row in self.at[top : top + _SAMPLE]:
            cell = row[column]
            if cell is not None and cell.content and cell not in seen:
                seen[cell] = cell.kind
        return [kind for kind in seen.values() if kind is not Kind.EMPTY]


@dataclass(frozen=True, slots=True)
class Structure:
    """How a grid reads: lines over it, rows and columns that name, rows that name groups, rows that are notes."""

    captions: int = 0
    header_rows: int = 0
    header_columns: int = 0
    form: bool = False
    groups: frozenset[int] = frozenset()
    notes: frozenset[int] = frozenset()
    repeated: frozenset[int] = frozenset()

    @property
    def body(self) -> int:
        """The first row below the names."""
        return self.captions + self.header_rows


def structure_of(grid: Grid) -> Structure:
    """How a grid reads."""
    captions = 0
    while captions < grid.height - 1 and grid.width > 1 and len(grid.filled(captions)) <= 1:
        captions += 1
    if grid.width > 1 and _is_form(grid, captions):
        return Structure(captions=captions, form=True)
    depth = _marked(grid, captions) or _guessed(grid, captions)
    body = captions + depth
    repeated = _repeated(grid, captions, depth)
    groups, notes = _groups_and_notes(grid, body, repeated, named=depth > 0)
    columns = _header_columns(grid, body, groups | notes | repeated)
    return Structure(captions, depth, columns, False, groups, notes, repeated)


def _marked(grid: Grid, top: int) -> int:
    """The number of rows that the format marks as names, and those their spans reach into."""
    depth = 0
    for row in range(top, grid.height - 1):
        cells = grid.filled(row)
        if not cells or not all(cell.header for cell in cells) or (len(cells) < 2 <= grid.width and depth == 0):
            break
        depth += 1
    if depth == grid.height - top - 1 > 1 and all(cell.header for cell in grid.filled(grid.height - 1)):
        return 0  # everything is marked: nothing is
    return _with_spans(grid, top, depth) if depth else 0


def _with_spans(grid: Grid, top: int, depth: int) -> int:
    """The depth of the names with the rows that divide a name over several columns, or that a name reaches into."""
    while top + depth < grid.height - 1 and depth < _MOST_HEADER_ROWS:
        last = top + depth - 1
        cells = grid.filled(last)
        below = top + depth
        reaching = [cell for cell in cells if cell.row + cell.rows > below]
        wide = [cell for cell in cells if 1 < cell.columns < grid.width and cell.row + cell.rows == below]
        under = [
            grid.at[below][column] for cell in wide for column in range(grid.width) if grid.at[last][column] is cell
        ]
        names = [cell for cell in under if cell is not None and cell.content]
        divided = bool(names) and all(
            cell.kind in (Kind.TEXT, Kind.DATE, Kind.CODE) and len(cell.text) <= _LONGEST_NAME for cell in names
        )
        beside = [
            cell
            for column, cell in enumerate(grid.at[below])
            if cell is not None and cell.content and cell.row == below and grid.at[last][column] not in wide
        ]
        if (wide and divided and not any(cell.kind is Kind.NUMBER for cell in beside)) or (
            reaching and not any(cell.kind is Kind.NUMBER for cell in grid.filled(below) if cell.row == below)
        ):
            depth += 1
            continue
        break
    return depth


def _guessed(grid: Grid, top: int) -> int:
    return _with_spans(grid, top, 1) if _names_columns(grid, top) else 0


def _names_columns(grid: Grid, top: int) -> bool:
    """Whether a row names the columns: words over figures, periods over figures, different words over words."""
    if grid.height - top < 2 or grid.width < 2:
        return False
    cells = grid.filled(top)
    used = [column for column in range(grid.width) if grid.kinds(column, top + 1)]
    named = [column for column in used if grid.content(top, column)]
    if len(cells) < 2 or (
        3 * len(named) < 2 * len(used) and not (len(used) - len(named) <= 1 and used[0] not in named)
    ):
        return False
    if any(len(cell.text) > _LONGEST_NAME or cell.kind in (Kind.NUMBER, Kind.EMPTY) for cell in cells):
        return False
    wide = any(cell.columns > 1 for cell in cells)
    body = {column: grid.kinds(column, top + 1) for column in named}
    contrast = 0
    for column, kinds in body.items():
        kind = kind_of(grid.content(top, column).text)
        same = sum(other is kind for other in kinds) / len(kinds)
        if kind is not Kind.TEXT and same > 0.5 and column != named[0]:
            return False  # a date over dates is one of them
        contrast += same < 0.5
    if contrast:
        return True
    if wide:
        return True
    return _different_words(grid, top, cells, named)


def _different_words(grid: Grid, top: int, cells: Sequence[GridCell], named: Sequence[int]) -> bool:
    """Of a table of words only: whether the first row differs from all that is below it."""
    below = {column: {grid.content(row, column).text for row in range(top + 1, grid.height)} for column in named}
    if any(grid.content(top, column).text in below[column] for column in named):
        return False
    if len({cell.text for cell in cells}) < len(cells):
        return False
    strong_row = all(cell.strong for cell in cells)
    beside = [cell for row in range(top + 1, grid.height) if (cell := grid.at[row][0]) is not None and cell.content]
    strong_column = bool(beside) and all(cell.strong for cell in beside)
    return strong_row or not strong_column


def _is_form(grid: Grid, top: int) -> bool:
    """Whether names and values alternate in every row."""
    rows = [[cell for cell in grid.anchors(row)] for row in range(top, grid.height)]
    if not rows or len(rows) > _LONGEST_FORM or any(len(row) % 2 for row in rows if len(row) > 1):
        return False
    rows = [row for row in rows if len(row) > 1]
    labels = [cell for row in rows for cell in row[::2]]
    values = [cell for row in rows for cell in row[1::2] if cell is not None and cell.content]
    filled = [cell for cell in labels if cell is not None and cell.content]
    missing = sum(
        1
        for row in rows
        for label, value in zip(row[::2], row[1::2], strict=True)
        if (label is None or not label.content) and value is not None and value.content
    )
    if not filled or missing or not values:
        return False
    if any(cell.kind not in (Kind.TEXT,) or len(cell.text) > _LONGEST_LABEL for cell in filled):
        return False
    if len({cell.text for cell in filled}) < len(filled):
        return False
    if all(cell.text.endswith((":", "：")) for cell in filled):
        return True
    first_values = [cell for cell in rows[0][1::2] if cell is not None and cell.content]
    if any(cell.header for cell in first_values):
        return False
    if len(rows) > 1 and all(cell.header for cell in filled) and not any(cell.header for cell in values):
        return True
    if all(cell.strong for cell in filled) and not any(cell.strong for cell in values):
        return len(rows) > 1 or grid.width > 2
    if len(rows) < 2 or any(cell.strong for cell in first_values) or any(cell.header for cell in filled):
        return False
    if any(cell.rows > 1 for cell in (*filled, *values)):
        return False
    if len({len(row) for row in rows}) > 1 and len(rows[0]) == max(map(len, rows)) and grid.width > 2:
        # A value that spans names and values of other rows.
        return True
    return _mixed_values(grid, top)


def _mixed_values(grid: Grid, top: int) -> bool:
    """Whether the columns of values hold words as well as figures, so that the first row can't name them."""
    mixed = 0
    for column in range(1, grid.width, 2):
        kinds = grid.kinds(column, top + 1)
        first = grid.content(top, column).text
        plain = sum(kind is Kind.TEXT for kind in kinds)
        if kind_of(first) is Kind.TEXT and kinds and plain == 0:
            return False
        # What a name spans is longer than it; a name of a column is no longer than that of the one beside it.
        longer = len(first) > len(grid.content(top, column - 1).text) or kind_of(first) is not Kind.TEXT
        mixed += longer and (0 < plain < len(kinds) or kind_of(first) is not Kind.TEXT)
    return mixed > 0


def _repeated(grid: Grid, top: int, depth: int) -> frozenset[int]:
    """Rows below that say what the rows of names say, as on the next page of a long table."""
    if not depth:
        return frozenset()
    names = {tuple(grid.content(row, column).text for column in range(grid.width)) for row in range(top, top + depth)}
    found = set()
    for row in range(top + depth, grid.height):
        texts = tuple(cell.content.text if cell is not None else "" for cell in grid.at[row])
        if texts in names and len(set(texts)) > 1:
            found.add(row)
    return frozenset(found)


def _groups_and_notes(
    grid: Grid, body: int, repeated: frozenset[int], *, named: bool
) -> tuple[frozenset[int], frozenset[int]]:
    """Rows of one cell: the name of a group over others, or a note."""
    if grid.width < 2:
        return frozenset(), frozenset()
    lone = {row: cells[0] for row in range(body, grid.height) if len(cells := grid.filled(row)) == 1}
    lone = {row: cell for row, cell in lone.items() if cell.row == row}
    first_is_lone = body in lone and grid.height > body + 1
    groups, notes = set(), set()
    for row, cell in lone.items():
        if row in repeated:
            continue
        whole = cell.columns >= grid.width
        left = cell.column == 0
        last = all(below in lone for below in range(row, grid.height))
        short = len(cell.text) <= _LONGEST_NAME
        if named and not whole and not left:
            continue  # a value whose neighbours are empty
        if short and not last and left and (whole or cell.strong or first_is_lone):
            groups.add(row)
        elif whole or not named or not short or any(mark in cell.text for mark in ":：。") or first_is_lone:
            notes.add(row)
    return frozenset(groups), frozenset(notes)


def _header_columns(grid: Grid, body: int, apart: frozenset[int]) -> int:
    """The number of columns on the left that tell one row from another."""
    rows = [row for row in range(body, grid.height) if row not in apart]
    if not rows or grid.width < 2:
        return 0
    marked = 0
    for column in range(min(grid.width - 1, _MOST_HEADER_COLUMNS + 1)):
        cells = [cell for row in rows if (cell := grid.at[row][column]) is not None and cell.content]
        if not cells or not all(cell.header for cell in cells):
            break
        marked = column + 1
    if marked:
        return marked
    count = 0
    while count < min(grid.width - 1, _MOST_HEADER_COLUMNS):
        kinds = [kind_of(grid.content(row, count).text) for row in rows[:_SAMPLE]]
        words = sum(kind in (Kind.TEXT, Kind.DATE) for kind in kinds) > 0.5 * len(kinds)
        if count and not words:
            break
        count += 1
        names = {tuple(grid.content(row, column).text for column in range(count)) for row in rows}
        if words and len(names) == len(rows):
            break
    return max(1, count)
