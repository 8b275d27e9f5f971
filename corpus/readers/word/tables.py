"""The grid of a table in Word: where each cell stands, whatever is merged or missing in its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.readers.word.package import W, attribute, is_on, local_name

__all__ = ["Cell", "Row", "rows_of"]

_MOST_COLUMNS = 1_000


@dataclass(slots=True)
class Cell:
    """A cell from grid column ``column`` on, ``columns`` wide; ``goes_on`` where it is part of the one above."""

    element: Any
    column: int
    columns: int
    goes_on: bool


@dataclass(slots=True)
class Row:
    """A row; ``repeats`` says that it is named as a heading of the table, shown again on each page."""

    cells: list[Cell]
    repeats: bool


def rows_of(table: Any) -> Iterator[Row]:
    """The rows that are seen, those in content controls included and deleted ones not."""
    for row in _within(table, "tr"):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        column = _number(properties, "gridBefore") if properties is not None else 0
        cells = []
        for cell in _within(row, "tc"):
            own = cell.find(f"{W}tcPr")
            columns = max(1, _number(own, "gridSpan")) if own is not None else 1
            merged = own.find(f"{W}vMerge") if own is not None else None
            deleted = own is not None and own.find(f"{W}cellDel") is not None
            if not deleted:
                goes_on = merged is not None and (attribute(merged, "val") or "continue") == "continue"
                cells.append(Cell(cell, column, columns, goes_on))
            column += columns
        yield Row(cells, properties is not None and is_on(properties.find(f"{W}tblHeader")))


def _within(element: Any, name: str) -> Iterator[Any]:
    """The children of a name, also those in content controls and marks of insertion."""
    for child in element:
        own = local_name(child)
        if own == name:
            yield child
        elif own in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _within(child, name)


def _number(properties: Any, name: str) -> int:
    value = attribute(properties.find(W + name), "val") or "0"
    return min(int(value), _MOST_COLUMNS) if value.isdigit() else 0
