"""Tables: rows of cells, told from columns of text by the lines drawn around them or by how little they fill."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise

from corpus.pages.blocks import Row, TableCell, TextBlock
from corpus.pages.model import Grid, Page, PageLine, union
from corpus.pages.ruled import cell_at

__all__ = ["split_tables"]

_MOST_LINES = 4  # in the usual cell of a table of two rows; more are columns of text between rules
_ROWS_OF_TABLE = 3  # with two cells at least, however high
_COLUMNS_OF_LEDGER = 3


def split_tables(page: Page) -> tuple[list[TextBlock], list[PageLine]]:
    """The tables of a page, each a block whose rows are read cell by cell, and the lines outside them."""
    tables: list[TextBlock] = []
    rest = list(page.lines)
    for grid in page.grids:
        cells: dict[int, list[PageLine]] = {}
        for line in rest:
            cell = cell_at(grid, *line.box.center)
            if cell is not None:
                cells.setdefault(cell, []).append(line)
        if _is_table(grid, cells):
            tables.append(replace(_table(_rows(grid, cells)), box=grid.box))
            taken = {id(line) for lines in cells.values() for line in lines}
            rest = [line for line in rest if id(line) not in taken]
    for rows in _ragged(rest):
        tables.append(_table(rows))
        taken = {id(line) for row in rows for cell in row for line in cell.lines}
        rest = [line for line in rest if id(line) not in taken]
    return tables, rest


def _table(rows: list[Row]) -> TextBlock:
    lines = tuple(line for row in rows for cell in row for line in cell.lines)
    sizes = sorted(line.size for line in lines)
    return TextBlock(lines, union(line.box for line in lines), sizes[len(sizes) // 2], tuple(rows))


def _is_table(grid: Grid, cells: dict[int, list[PageLine]]) -> bool:
    """Whether what stands in the cells are those of a table, and no articles with rules between them."""
    filled = [grid.cells[i] for i in cells]
    rows, columns = {cell.row for cell in filled}, {cell.column for cell in filled}
    if len(rows) < 2 or len(columns) < 2:
        return False
    heights = sorted(len(lines) for lines in cells.values())
    full = sum(sum(cell.row == row for cell in filled) >= 2 for row in rows)
    return heights[len(heights) // 2] <= _MOST_LINES or full >= _ROWS_OF_TABLE


def _rows(grid: Grid, cells: dict[int, list[PageLine]]) -> list[Row]:
    """The cells of each row from the left, empty ones too; a cell over several rows stands in its first."""
    rows: dict[int, list[TableCell]] = {}
    for i, cell in enumerate(grid.cells):
        lines = sorted(cells.get(i, ()), key=lambda line: (round(line.box.center[1] / line.size), line.box.left))
        rows.setdefault(cell.row, []).append(TableCell(cell.row, cell.column, tuple(lines), cell.rows, cell.columns))
    return [tuple(row) for _, row in sorted(rows.items()) if any(cell.lines for cell in row)]


def _ragged(lines: list[PageLine]) -> list[list[Row]]:
    """Rows without rules: at least three in a row of as many short cells, each under the one above it."""
    rows: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda line: line.box.center[1]):
        if rows and rows[-1][0].box.beside(line.box) > 0.6 * min(rows[-1][0].box.height, line.box.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.box.left)
    found: list[list[Row]] = []
    run: list[list[PageLine]] = []
    for row in [*rows, []]:
        if run and _continues(run[-1], row):
            run.append(row)
            continue
        if len(run) >= _ROWS_OF_TABLE and _is_tabular(run):
            found.append(_with_shorter(rows, run))
        run = [row] if len(row) >= 2 else []
    return found


def _with_shorter(rows: list[list[PageLine]], run: list[list[PageLine]]) -> list[Row]:
    """A run with the rows above and below that stand in its columns but leave some empty: names, totals."""
    edges = [
        (min(line.box.left for line in column), max(line.box.right for line in column))
        for column in zip(*run, strict=True)
    ]
    between = [(left[1] + right[0]) / 2 for left, right in pairwise(edges)]
    first = next(i for i, row in enumerate(rows) if row is run[0])
    last = first + len(run) - 1
    if len(edges) >= _COLUMNS_OF_LEDGER:
        while first and _stands_in(rows[first - 1], rows[first], edges, between):
            first -= 1
        while last + 1 < len(rows) and _stands_in(rows[last + 1], rows[last], edges, between):
            last += 1
    return [
        tuple(TableCell(i, bisect_right(between, line.box.center[0]), (line,)) for line in row)
        for i, row in enumerate(rows[first : last + 1])
    ]


def _stands_in(
    row: list[PageLine], beside: list[PageLine], edges: list[tuple[float, float]], between: list[float]
) -> bool:
    """Whether each cell of a row next to a table stands in a column of its own and reaches into no other."""
    gap = max(row[0].box.top, beside[0].box.top) - min(row[0].box.bottom, beside[0].box.bottom)
    columns = [bisect_right(between, line.box.center[0]) for line in row]
    within = all(
        (not i or line.box.left > edges[i - 1][1] - line.size / 2)
        and (i == len(between) or line.box.right < edges[i + 1][0] + line.size / 2)
        for i, line in zip(columns, row, strict=True)
    )
    alike = abs(row[0].size - beside[0].size) < 0.15 * beside[0].size
    return len(row) >= 2 and alike and gap <= 2.5 * row[0].size and len(set(columns)) == len(columns) and within


def _continues(above: list[PageLine], row: list[PageLine]) -> bool:
    if len(above) != len(row) or row[0].box.top - above[0].box.bottom > 2.5 * row[0].size:
        return False
    return (
        all(a.box.over(b.box) > 0 or abs(a.box.left - b.box.left) < b.size for a, b in zip(above, row, strict=True))
        and abs(above[0].size - row[0].size) < 0.15 * row[0].size
    )


def _is_tabular(run: list[list[PageLine]]) -> bool:
    """Columns of text fill their width line by line and end sentences; cells do neither."""
    cells = [line for row in run for line in row]
    if sum(line.text.endswith(("。", "，", "；", "、")) for line in cells) > 0.1 * len(cells):
        return False
    columns = list(zip(*run, strict=True))
    filled = 0
    for column in columns:
        right = max(line.box.right for line in column)
        filled += sum(right - line.box.right < 1.5 * line.size and len(line.text) > 9 for line in column)
    return filled < 0.35 * len(cells)
