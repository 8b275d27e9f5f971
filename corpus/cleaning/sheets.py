"""Rows of a sheet as lines: titles above a table as they are, the table's rows with the names of their columns."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.cleaning.rows import has_header, row_lines
from corpus.cleaning.traced import Part, Traced

__all__ = ["sheet_parts"]


def sheet_parts(rows: Sequence[Sequence[Traced]]) -> list[Part]:
    """The lines of a sheet; an empty row ends a table, and the next may have a header of its own."""
    parts: list[Part] = []
    table: list[Sequence[Traced]] = []
    for row in [*rows, ()]:
        filled = sum(bool(cell) for cell in row)
        if filled > 1 or (filled == 1 and table):
            table.append(row)
            continue
        parts += _table(table)
        table = []
        if filled:
            parts.append(Part(next(cell for cell in row if cell)))
    return parts


def _table(rows: Sequence[Sequence[Traced]]) -> list[Part]:
    if not rows:
        return []
    # A table may begin in any column.
    left = min(next(i for i, cell in enumerate(row) if cell) for row in rows)
    shifted = [row[left:] for row in rows]
    return [Part(line) for line in row_lines(shifted, header=has_header(shifted))]
