"""A sheet as lines: what stands alone as it is, and its tables, told apart by what is empty between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpus.cleaning.assembly import Part
from corpus.cleaning.grid import Grid, GridCell, Kind
from corpus.cleaning.rows import table_parts
from corpus.cleaning.structure import structure_of
from corpus.cleaning.traced import Traced
from corpus.documents import Place

__all__ = ["book_parts", "sheet_parts"]


def book_parts(sheets: Iterable[tuple[str, Iterable[GridCell]]], *, several: bool) -> list[Part]:
    """The lines of a workbook's sheets, given with their names; where there are ``several`` these are headings."""
    parts: list[Part] = []
    for name, cells in sheets:
        found = sheet_parts(cells)
        if found and several:
            parts.append(Part(Traced.at(name, Place(part=name)), 1))
        parts += found
    return parts


def sheet_parts(cells: Iterable[GridCell]) -> list[Part]:
    """The lines of a sheet.

    An empty row ends a table, unless what follows goes on with it: the same columns, the same kinds of values, and no
    names of its own.
    """
    parts: list[Part] = []
    waiting: Grid | None = None
    for band in _bands(Grid.of(cells)):
        if waiting is not None and _goes_on(waiting, band):
            waiting = Grid(waiting.at + band.at)
            continue
        if waiting is not None:
            parts += table_parts(_trimmed(waiting))
        waiting = None
        if all(len(band.filled(row)) <= 1 for row in range(band.height)):
            parts += [Part(cell.content) for row in range(band.height) for cell in band.filled(row)]
        else:
            waiting = band
    if waiting is not None:
        parts += table_parts(_trimmed(waiting))
    return parts


def _bands(grid: Grid) -> list[Grid]:
    bands: list[Grid] = []
    open_rows: list[list[GridCell | None]] = []
    for row in [*grid.at, []]:
        if any(cell is not None and cell.content for cell in row):
            open_rows.append(row)
        elif open_rows:
            bands.append(Grid(open_rows))
            open_rows = []
    return bands


def _trimmed(grid: Grid) -> Grid:
    """Without empty columns at both sides."""
    used = [column for column in range(grid.width) if any(grid.content(row, column) for row in range(grid.height))]
    return grid.part(0, grid.height, used[0], used[-1] + 1) if used else grid


def _columns(grid: Grid, top: int = 0) -> set[int]:
    return {column for column in range(grid.width) if any(grid.content(row, column) for row in range(top, grid.height))}


def _goes_on(above: Grid, band: Grid) -> bool:
    if len(band.filled(0)) < 2 or not _columns(band) <= _columns(above):
        return False
    structure = structure_of(_trimmed(above))
    if not structure.header_rows:
        return False
    usual: dict[int, Kind] = {}
    for column in _columns(above):
        kinds = Counter(above.kinds(column, structure.body))
        if kinds:
            usual[column] = kinds.most_common(1)[0][0]
    first = {column: cell.kind for column, cell in enumerate(band.at[0]) if cell is not None and cell.content}
    figures = [column for column, kind in usual.items() if kind is not Kind.TEXT and column in first]
    if figures:
        return all(first[column] is not Kind.TEXT for column in figures)
    return not structure_of(_trimmed(band)).header_rows
