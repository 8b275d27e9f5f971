"""Tables as lines: each row one, or several that each begin with what names it, and each value with its names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.cleaning.assembly import Drawn, Mark, Part
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.structure import Structure, structure_of
from corpus.cleaning.traced import Traced, concat
from corpus.tables import BETWEEN_CELLS

__all__ = ["table_parts"]

_LONGEST_LINE = 240
_LONGEST_KEY = 120


def table_parts(grid: Grid) -> list[Part]:
    """The lines of a table, or of the tables that stand side by side in it.

    "区：江北区 | 街道：白塔街道 | 常住人口（人） 男：18012" below names, without names "江北区 | 白塔街道"; empty cells
    are left out. A row of many characters is several lines, each of which begins with what names the row. Names are
    traced to the cells that say them, values to their own.
    """
    return [part for drawn in _side_by_side(grid) for part in _lines(drawn)]


def _side_by_side(grid: Grid) -> Iterator[Drawn]:
    """The tables in a grid, parted by an empty column, or by names that come again."""
    top = grid.captions
    empty = [
        column
        for column in range(grid.width)
        if not any(
            grid.content(row, column) and (cell := grid.at[row][column]) is not None and cell.columns < grid.width
            for row in range(top, grid.height)
        )
    ]
    edges = [-1, *empty, grid.width]
    pieces = [(left + 1, right) for left, right in pairwise(edges) if right - left > 1]
    tables = [grid.part(0, grid.height, left, right) for left, right in pieces]
    if len(tables) > 1 and all(table.width > 1 and structure_of(table).header_rows for table in tables):
        yield from (_drawn(_own_rows(table, i)) for i, table in enumerate(tables))
        return
    half = grid.width // 2
    structure = structure_of(grid)
    if grid.width >= 4 and grid.width % 2 == 0 and structure.header_rows == 1 and not empty:
        names = [grid.content(structure.captions, column).text for column in range(grid.width)]
        same = [column for column in range(half) if names[column] == names[column + half]]
        left, right = grid.part(0, grid.height, 0, half), grid.part(0, grid.height, half, grid.width)
        if same and all(
            set(left.kinds(column, structure.body)) & set(right.kinds(column, structure.body)) for column in range(half)
        ):
            yield _drawn(left)
            yield _drawn(_own_rows(right, 1))
            return
    yield Drawn(grid, structure)


def _drawn(grid: Grid) -> Drawn:
    return Drawn(grid, structure_of(grid))


def _own_rows(grid: Grid, number: int) -> Grid:
    """A table beside another without its empty rows; a line over both is the first one's."""
    rows = [row for row in grid.at if any(cell is not None and cell.content for cell in row)]
    if number:
        rows = [row for row in rows if not all(cell is row[0] for cell in row) or len(row) == 1]
    return Grid(rows)


class _Line:
    """A line that is being written, with the places of the cells in it."""

    def __init__(self) -> None:
        self.pieces: list[Traced | str] = []
        self.marks: list[Mark] = []
        self.length = 0

    def put(self, text: Traced | str) -> None:
        self.pieces.append(text)
        self.length += len(text if isinstance(text, str) else text.text)

    def cell(self, cell: GridCell) -> None:
        start = self.length
        self.put(cell.content)
        self.marks.append(Mark(cell, start, self.length))

    def item(self, item: Sequence[GridCell | str]) -> None:
        """A value with its names."""
        if self.pieces:
            self.put(BETWEEN_CELLS)
        for piece in item:
            if isinstance(piece, str):
                self.put(piece)
            else:
                self.cell(piece)

    def part(self, drawn: Drawn, *, caption: bool = False) -> Part:
        return Part(concat(self.pieces), 0, drawn, tuple(self.marks), caption)


_Item = list[GridCell | str]


def _lines(drawn: Drawn) -> list[Part]:
    grid, structure = drawn.grid, drawn.structure
    if not grid.height:
        return []
    parts = [_of_cells(drawn, grid.filled(row), caption=True) for row in range(structure.captions)]
    if structure.form:
        return parts + [part for row in range(structure.captions, grid.height) for part in _form_row(drawn, row)]
    header = {cell for row in range(structure.captions, structure.body) for cell in grid.filled(row)}
    body: list[Part] = []
    group: list[GridCell] = []
    for row in range(structure.body, grid.height):
        if row in structure.repeated:
            continue
        if row in structure.groups or row in structure.notes:
            group = grid.filled(row) if row in structure.groups else group
            body.append(_of_cells(drawn, grid.filled(row)))
            continue
        body += _row(drawn, row, group)
    shown = {mark.cell for part in body for mark in part.marks}
    if header - shown:
        # A name over nothing is said once.
        parts += [_of_cells(drawn, grid.filled(row)) for row in range(structure.captions, structure.body)]
    return [part for part in parts + body if part.content]


def _of_cells(drawn: Drawn, cells: Sequence[GridCell], *, caption: bool = False) -> Part:
    line = _Line()
    for cell in cells:
        line.item([cell])
    return line.part(drawn, caption=caption)


def _row(drawn: Drawn, row: int, group: Sequence[GridCell]) -> Iterator[Part]:
    """The lines of one row."""
    grid, structure = drawn.grid, drawn.structure
    keys: list[_Item] = [[cell] for cell in group]
    values: list[_Item] = []
    seen: set[GridCell] = set()
    for column, cell in enumerate(grid.at[row]):
        if cell is None or not cell.content or cell in seen:
            continue
        seen.add(cell)
        item = [*_names(grid, structure, column, cell), cell]
        (keys if column < structure.header_columns else values).append(item)
    yield from _wrapped(drawn, keys, values)


def _wrapped(drawn: Drawn, keys: Sequence[_Item], values: Sequence[_Item]) -> Iterator[Part]:
    """Keys and values on a line, or on several that each begin with the keys."""
    line = _Line()
    for key in keys:
        line.item(key)
    repeated = list(keys) if line.length <= _LONGEST_KEY else []
    begun = line.length
    for item in values:
        length = sum(len(piece if isinstance(piece, str) else piece.text) for piece in item)
        if line.length > begun and line.length + len(BETWEEN_CELLS) + length > _LONGEST_LINE:
            yield line.part(drawn)
            line = _Line()
            for key in repeated:
                line.item(key)
            begun = line.length
        line.item(item)
    if line.pieces:
        yield line.part(drawn)


def _names(grid: Grid, structure: Structure, column: int, cell: GridCell) -> _Item:
    """The names over a value, the outermost first, and what parts them from it."""
    names: list[GridCell] = []
    for row in range(structure.captions, structure.body):
        name = grid.at[row][column]
        if name is None or not name.content or name in names:
            continue
        if not names or name.text != names[-1].text:
            names.append(name)
    item: _Item = []
    for name in names:
        item += [" ", name] if item else [name]
    text = "".join(piece if isinstance(piece, str) else piece.text for piece in item)
    if not item or text == cell.text:
        return []
    return [*item, *_colon(text)]


def _colon(name: str) -> list[str]:
    if name.endswith(("：", ":")):
        return [] if name.endswith("：") else [" "]
    return [": " if name.isascii() else "："]


def _form_row(drawn: Drawn, row: int) -> Iterator[Part]:
    grid = drawn.grid
    cells = grid.anchors(row)
    if len(cells) < 2:
        yield _of_cells(drawn, grid.filled(row))
        return
    items: list[_Item] = []
    for name, value in zip(cells[::2], cells[1::2], strict=False):
        item: _Item = []
        if name is not None and name.content:
            item = [name, *_colon(name.text)] if value is not None and value.content else [name]
        if value is not None and value.content:
            item.append(value)
        if item:
            items.append(item)
    yield from _wrapped(drawn, [], items)
