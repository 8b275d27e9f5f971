"""What the cells of a table tell of its order: which rows and columns name the others.

Everything is told from the kinds of the cells (figures, dates, codes, words), from their spans and from what the format
marks (th, bold); there are no lists of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.cleaning.forms import is_form
from corpus.cleaning.grid import SAMPLE, Grid, GridCell, Kind, kind_of

__all__ = ["Structure", "structure_of"]

_LONGEST_NAME = 40
_MOST_HEADER_ROWS = 5
_MOST_HEADER_COLUMNS = 3


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
    captions = grid.captions
    if grid.width > 1 and is_form(grid, captions):
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
        lone = len(cells) < 2 <= grid.width and depth == 0 and not grid.names_one(row)
        if not cells or lone or not all(cell.header for cell in cells):
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
    few = 3 * len(named) < 2 * len(used) and not (len(used) - len(named) <= 1 and used[0] not in named)
    measures = {column for column in named if _is_measure(grid, top, column)}
    may = [_may_name(cell) or (cell.columns == 1 and cell.column in measures) for cell in cells]
    if len(cells) < 2 or few or not all(may) or 2 * len(measures) > len(named):
        return False
    body = {column: grid.kinds(column, top + 1) for column in named}
    contrast = 0
    for column, kinds in body.items():
        kind = Kind.TEXT if column in measures else kind_of(grid.content(top, column).text)
        same = sum(other is kind for other in kinds) / len(kinds)
        if kind is not Kind.TEXT and same > 0.5 and column != named[0]:
            return False  # a date over dates is one of them
        contrast += same < 0.5
    wide = any(cell.columns > 1 for cell in cells)
    return contrast > 0 or wide or _different_words(grid, top, cells, named)


def _is_measure(grid: Grid, top: int, column: int) -> bool:
    """Whether a figure with a unit names what is below it ("5公里" over times), where nothing has that unit."""
    text = grid.content(top, column).text
    unit = _letters(text)
    below = [grid.content(row, column) for row in range(top + 1, grid.height)]
    return (
        kind_of(text) is Kind.NUMBER
        and bool(unit)
        and all(_letters(content.text) != unit for content in below if content)
    )


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def _may_name(cell: GridCell) -> bool:
    kind = cell.kind
    return len(cell.text) <= _LONGEST_NAME and kind is not Kind.NUMBER and (kind is not Kind.EMPTY or cell.column == 0)


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
        kinds = [kind_of(grid.content(row, count).text) for row in rows[:SAMPLE]]
        words = sum(kind in (Kind.TEXT, Kind.DATE) for kind in kinds) > 0.5 * len(kinds)
        if count and not words:
            break
        count += 1
        names = {tuple(grid.content(row, column).text for column in range(count)) for row in rows}
        if words and len(names) == len(rows):
            break
    return max(1, count)
