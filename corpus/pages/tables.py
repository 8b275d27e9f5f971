"""Tables of pages, from the printed lines in their cells to lines of text with names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from corpus.cleaning.assembly import Part
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.lines import joint
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced, concat
from corpus.documents import Place
from corpus.pages.blocks import Row, TableCell
from corpus.pages.model import PageLine
from corpus.pages.paragraphs import Paragraph

__all__ = ["tables_as_parts"]

_MOST_HEADERS = 3  # rows that come again at the head of the next page


def tables_as_parts(rows: Sequence[Paragraph], place: Callable[[PageLine], Place]) -> list[Part]:
    """The lines of the tables that these rows are of; one that goes on over a page is one table."""
    tables = [list(group) for _, group in groupby(rows, key=lambda row: (row.lines[0].page, row.table))]
    parts: list[Part] = []
    whole: list[Paragraph] = []
    for table in tables:
        if whole and _goes_on(whole[-1], table[0]):
            whole += _below(whole, table)
            continue
        parts += _parts([row.row for row in whole], place)
        whole = table
    return parts + _parts([row.row for row in whole], place)


def _goes_on(last: Paragraph, first: Paragraph) -> bool:
    """Whether a table at the head of a page has the columns of the one at the end of the page before."""
    if last.table is None or first.table is None or first.lines[0].page != last.lines[0].page + 1:
        return False
    slack = 2 * max(last.size, first.size)
    apart = abs(last.table.left - first.table.left), abs(last.table.right - first.table.right)
    return min(apart) <= slack and _columns(last.row) == _columns(first.row)


def _columns(row: Row) -> int:
    return max(cell.column + cell.columns for cell in row)


def _below(whole: list[Paragraph], table: list[Paragraph]) -> list[Paragraph]:
    """The rows of the next page, counted on; names that are printed again are left out."""
    again = 0
    for above, row in zip(whole[:_MOST_HEADERS], table, strict=False):
        if _texts(above) != _texts(row):
            break
        again += 1
    kept = table[again:] or table
    down = max(cell.row + cell.rows for row in whole for cell in row.row) - kept[0].row[0].row
    return [replace(row, row=tuple(replace(cell, row=cell.row + down) for cell in row.row)) for row in kept]


def _texts(row: Paragraph) -> list[tuple[int, list[str]]]:
    return [(cell.column, [line.text for line in cell.lines]) for cell in row.row]


def _parts(rows: Sequence[Row], place: Callable[[PageLine], Place]) -> list[Part]:
    if not rows:
        return []
    return table_parts(
        Grid.of(
            [
                GridCell(cell.row, cell.column, _content(cell, place), cell.rows, cell.columns)
                for row in rows
                for cell in row
            ]
        )
    )


def _content(cell: TableCell, place: Callable[[PageLine], Place]) -> Traced:
    pieces: list[Traced | str] = []
    for i, line in enumerate(cell.lines):
        if i:
            pieces.append(joint(cell.lines[i - 1].text, line.text))
        pieces.append(Traced.at(line.text, place(line)))
    return concat(pieces)
