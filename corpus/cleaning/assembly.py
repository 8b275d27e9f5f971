"""Lines put together to the clean text of a document, its origin, headings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.structure import Structure
from corpus.cleaning.traced import Traced, concat
from corpus.documents import Heading, Origin
from corpus.language.units import UNITS
from corpus.tables import BETWEEN_CELLS, Cell, Table

__all__ = ["Assembled", "Drawn", "Mark", "Part", "assemble"]

_LONGEST_CAPTION = 60
_CAPTION = re.compile(r"(?:附?表|table)\s*[\d一二三四五六七八九十(（]", re.IGNORECASE)
_UNIT = re.compile(r"(?:单位|單位|\bunits?)\s*[:：]\s*(?P<unit>[^\s，。；,;|）)]{1,12})", re.IGNORECASE)
_SCALE = "十百千万亿萬億"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A table whose rows are lines of the text to be."""

    grid: Grid
    structure: Structure


class Mark(NamedTuple):
    """A cell and where its characters stand in a line."""

    cell: GridCell
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the clean text: a paragraph (level 0), a heading (its level from 1), a row.

    A line of a ``table`` has a mark for each cell that stands in it; ``caption`` is true for what stands over the rows.
    """

    content: Traced
    level: int = 0
    table: Drawn | None = None
    marks: tuple[Mark, ...] = ()
    caption: bool = False


class Assembled(NamedTuple):
    """What the lines of a document make."""

    text: str
    origin: Origin
    headings: tuple[Heading, ...]
    tables: tuple[Table, ...] = ()


def assemble(parts: Iterable[Part]) -> Assembled:
    """The clean text of the parts, one a line, where its characters come from, and the headings and tables in it."""
    parts = _captioned([part for part in parts if part.content])
    units = {part.table: unit for part in parts if part.table is not None and (unit := _unit(part)) is not None}
    headings: list[Heading] = []
    pieces: list[Traced | str] = []
    length = 0
    starts: list[int] = []
    for part in parts:
        if pieces:
            pieces.append("\n")
            length += 1
        starts.append(length)
        content = part.content
        if part.level:
            headings.append(Heading(length, length + len(content.text), part.level))
        unit = units.get(part.table) if part.table is not None and part.marks and not part.caption else None
        if unit is not None:
            content = concat([content, BETWEEN_CELLS, unit])
        pieces.append(content)
        length += len(content.text)
    whole = concat(pieces)
    return Assembled(whole.text, Origin(whole.segments), tuple(headings), _tables(whole.text, parts, starts, units))


def _captioned(parts: Sequence[Part]) -> list[Part]:
    """The parts; a line right over a table that numbers it or states its unit is its caption."""
    captioned = list(parts)
    for i, part in enumerate(captioned):
        if part.table is None or (i and captioned[i - 1].table is part.table):
            continue
        for above in (i - 1, i - 2):
            line = captioned[above] if above >= 0 else None
            if line is None or line.table is not None or len(line.content.text) > _LONGEST_CAPTION:
                break
            if not _CAPTION.match(line.content.text) and _unit_in(line.content) is None:
                break
            captioned[above] = replace(line, table=part.table, caption=True)
    return captioned


def _unit(part: Part) -> Traced | None:
    return _unit_in(part.content) if part.caption else None


def _unit_in(line: Traced) -> Traced | None:
    """What a line says of the unit of the figures below it: "单位：万元"; 单位 is also a word for an office."""
    for match in _UNIT.finditer(line.text):
        units = re.split(r"[、/,，和及]", match["unit"])
        if all(unit.strip(_SCALE).lower() in UNITS or unit in ("%", "‰") for unit in units):
            return line.cut(match.start(), match.end())
    return None


def _tables(text: str, parts: Sequence[Part], starts: Sequence[int], units: dict[Drawn, Traced]) -> tuple[Table, ...]:
    lines: dict[Drawn, list[tuple[Part, int]]] = {}
    for part, start in zip(parts, starts, strict=True):
        if part.table is not None:
            lines.setdefault(part.table, []).append((part, start))
    return tuple(
        _table(text, drawn, found, units.get(drawn))
        for drawn, found in lines.items()
        if any(part.marks and not part.caption for part, _ in found)
    )


def _table(text: str, drawn: Drawn, lines: Sequence[tuple[Part, int]], unit: Traced | None) -> Table:
    places: dict[GridCell, tuple[int, int]] = {}
    for part, start in lines:
        for mark in part.marks:
            places.setdefault(mark.cell, (start + mark.start, start + mark.end))
    top = drawn.structure.captions
    rows = [start for part, start in lines if part.marks and not part.caption]
    last = max(rows)
    end = text.find("\n", last)
    cells: dict[GridCell, Cell] = {}
    for i, row in enumerate(drawn.grid.at[top:]):
        for j, cell in enumerate(row):
            if cell is None:
                continue
            known = cells.get(cell)
            if known is None:
                left, right = places.get(cell, (None, None))
                cells[cell] = Cell(i, j, cell.text if left is not None else "", left, right)
            else:
                cells[cell] = replace(known, rows=i - known.row + 1, columns=max(known.columns, j - known.column + 1))
    structure = drawn.structure
    return Table(
        cells=tuple(cells.values()),
        row_count=drawn.grid.height - top,
        column_count=drawn.grid.width,
        start=min(rows),
        end=len(text) if end < 0 else end,
        header_rows=structure.header_rows,
        header_columns=structure.header_columns,
        group_rows=tuple(sorted(row - top for row in structure.groups)),
        form=structure.form,
        captions=tuple((start, start + len(part.content.text)) for part, start in lines if part.caption),
        unit=unit.text.partition("：")[2] or unit.text.partition(":")[2].strip() if unit is not None else None,
    )
