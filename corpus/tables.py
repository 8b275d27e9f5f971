"""What a table says: its cells with their spans and places, and which of them name the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["BETWEEN_CELLS", "Cell", "Table", "Value"]

BETWEEN_CELLS = " | "
"""What stands between the cells of a row in a document's text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; ``row`` and ``column`` count from 0 and are those of its upper left corner.

    ``Document.text[start:end] == text``; through ``Document.origin`` this is its place in the file. A cell that holds
    nothing has neither start nor end.
    """

    row: int
    column: int
    text: str
    start: int | None = None
    end: int | None = None
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Value:
    """A cell of the body, the names of its row and those of its column, the outermost first."""

    cell: Cell
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a document; ``Document.text[start:end]`` are its rows as they read.

    The first ``header_rows`` rows name the columns, the first ``header_columns`` columns name the rows; a row of
    ``group_rows`` is the name of those below it up to the next. In a ``form`` each cell of an even place in its row
    names the one behind it. ``captions`` are the (start, end) of lines that belong to the table, ``unit`` is what they
    state of its figures ("万元"). What stands in no cell is empty.
    """

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    start: int
    end: int
    header_rows: int = 0
    header_columns: int = 0
    group_rows: tuple[int, ...] = ()
    form: bool = False
    captions: tuple[tuple[int, int], ...] = ()
    unit: str | None = None

    def grid(self) -> list[list[Cell | None]]:
        """The cells by row and column; one that spans several stands in each of them."""
        grid: list[list[Cell | None]] = [[None] * self.column_count for _ in range(self.row_count)]
        for cell in self.cells:
            for row in range(cell.row, min(self.row_count, cell.row + cell.rows)):
                for column in range(cell.column, min(self.column_count, cell.column + cell.columns)):
                    grid[row][column] = cell
        return grid

    def values(self) -> Iterator[Value]:
        """The cells below the names that say something, row by row, each with its names."""
        grid = self.grid()
        if self.form:
            yield from _pairs(grid)
            return
        group: tuple[str, ...] = ()
        for row in range(self.header_rows, self.row_count):
            cells = grid[row]
            if row in self.group_rows:
                group = _distinct(cells)
                continue
            seen: set[int] = set()
            for column, cell in enumerate(cells):
                if cell is not None and cell.text and id(cell) not in seen:
                    seen.add(id(cell))
                    names = (*group, *_distinct(cells[: min(column, self.header_columns)]))
                    yield Value(cell, names, _distinct([grid[above][column] for above in range(self.header_rows)]))

    def to_list(self) -> list[Any]:
        """Plain values for JSON; ``Table.from_list`` reads them back."""
        return [
            [self.row_count, self.column_count, self.start, self.end, self.header_rows, self.header_columns],
            list(self.group_rows),
            self.form,
            [list(caption) for caption in self.captions],
            self.unit,
            [
                [cell.row, cell.column, cell.start, cell.end, *((cell.rows, cell.columns) if _spans(cell) else ())]
                for cell in self.cells
                if cell.start is not None
            ],
        ]

    @classmethod
    def from_list(cls, values: list[Any], text: str) -> Table:
        """The table that ``to_list`` wrote, of a document with this text."""
        (row_count, column_count, start, end, header_rows, header_columns), groups, form, captions, unit, cells = values
        return cls(
            cells=tuple(Cell(cell[0], cell[1], text[cell[2] : cell[3]], *cell[2:]) for cell in cells),
            row_count=row_count,
            column_count=column_count,
            start=start,
            end=end,
            header_rows=header_rows,
            header_columns=header_columns,
            group_rows=tuple(groups),
            form=form,
            captions=tuple((left, right) for left, right in captions),
            unit=unit,
        )


def _spans(cell: Cell) -> bool:
    return cell.rows > 1 or cell.columns > 1


def _distinct(cells: list[Cell | None]) -> tuple[str, ...]:
    """The texts of cells, each cell once."""
    seen = {id(cell): cell.text for cell in cells if cell is not None and cell.text}
    return tuple(seen.values())


def _pairs(grid: list[list[Cell | None]]) -> Iterator[Value]:
    for row in grid:
        cells = list({id(cell) if cell is not None else -column: cell for column, cell in enumerate(row, 1)}.values())
        for name, cell in zip(cells[::2], cells[1::2], strict=False):
            if name is not None and cell is not None and cell.text:
                yield Value(cell, (name.text,), ())
