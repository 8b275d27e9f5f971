"""Tables of pages, from the printed lines in their cells to lines of text with names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corpus.cleaning.assembly import Part
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.lines import joint
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced, concat
from corpus.documents import Place
from corpus.pages.model import PageLine

__all__ = ["Row", "rows_as_parts"]

Row = Sequence[Sequence[PageLine]]
"""The cells of a row from the left, each with its printed lines from the top; an empty cell has none."""


def rows_as_parts(
    rows: Sequence[Row],
    place: Callable[[PageLine], Place],
    spans: dict[tuple[int, int], tuple[int, int]] | None = None,
) -> list[Part]:
    """The lines of a table; ``spans`` has the (rows, columns) of cells that span more than one, by (row, column).

    Rows of unequal length don't say which column a value is in: they are read without names.
    """
    cells = [
        GridCell(i, j, _content(lines, place), *(spans or {}).get((i, j), (1, 1)))
        for i, row in enumerate(rows)
        for j, lines in enumerate(row)
    ]
    if len({len(row) for row in rows}) > 1 and not spans:
        return [part for i in range(len(rows)) for part in table_parts(Grid.of(_alone(cells, i)))]
    return table_parts(Grid.of(cells))


def _alone(cells: Sequence[GridCell], row: int) -> list[GridCell]:
    return [GridCell(0, cell.column, cell.content) for cell in cells if cell.row == row]


def _content(lines: Sequence[PageLine], place: Callable[[PageLine], Place]) -> Traced:
    pieces: list[Traced | str] = []
    for i, line in enumerate(lines):
        if i:
            pieces.append(joint(lines[i - 1].text, line.text))
        pieces.append(Traced.at(line.text, place(line)))
    return concat(pieces)
