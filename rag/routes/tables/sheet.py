"""A table as records with named columns, either way round, for looking things up in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from corpus import Document
from corpus.language.script import fold
from corpus.tables import Cell, Table
from rag.routes.tables.figures import Figure, Unit, figure_of

__all__ = ["Column", "Record", "Sheet", "row_around", "sheets_of", "squeeze", "ways_of"]

_BRACKETS = re.compile(r"[（(【\[]([^（()）】\]]*)[）)】\]]")
_PARTS = re.compile(r"[、,，;；/]\s*|\s+和\s+")
_TOTALS = frozenset({"合计", "总计", "小计", "共计", "总和", "total", "sum", "grand total", "subtotal"})
_EMPTY = frozenset({"", "无", "-", "—", "/", "–", "n/a", "none"})
_SPACE = re.compile(r"\s+")
_MOST_RECORDS = 5000
_MOST_TURNED = 60


def squeeze(text: str) -> str:
    """The text folded and without white space."""
    return _SPACE.sub("", fold(text))


def row_around(document: Document, place: int) -> tuple[int, int]:
    """The line of a document's text around a place."""
    start = document.text.rfind("\n", 0, place) + 1
    end = document.text.find("\n", place)
    return start, len(document.text) if end < 0 else end


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the names over it from the outermost, and the unit that they or the table state."""

    index: int
    names: tuple[str, ...]
    unit: Unit

    @property
    def name(self) -> str:
        """The names as the document's text has them."""
        return " ".join(self.names)


@dataclass(frozen=True, slots=True)
class Record:
    """A row below the names; ``group`` is the name that it stands under."""

    number: int
    cells: tuple[Cell | None, ...]
    group: str = ""
    total: bool = False


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table of a document as records. ``keys`` are the columns that name the records.

    ``turned`` where the table's rows are taken for the columns: "营业收入" of 2023年, 2024年 and 2025年.
    """

    document: Document
    table: Table
    columns: tuple[Column, ...]
    records: tuple[Record, ...]
    keys: tuple[int, ...]
    turned: bool = False
    _figures: dict[tuple[int, int], Figure | None] = field(default_factory=dict, repr=False)

    @cached_property
    def over(self) -> str:
        """What stands over the table: its captions and headings, and the document's title."""
        captions = [self.document.text[start:end] for start, end in self.table.captions]
        return "\n".join([*captions, *self.document.heading_path(self.table.start), self.document.title])

    @cached_property
    def body(self) -> tuple[Record, ...]:
        """The records that are no totals."""
        return tuple(record for record in self.records if not record.total)

    @cached_property
    def total(self) -> Record | None:
        """The record of the totals, where there is just one."""
        totals = [record for record in self.records if record.total]
        return totals[0] if len(totals) == 1 else None

    def text(self, record: Record, column: int) -> str:
        """What a cell says, "" where there is none."""
        cell = record.cells[column]
        return cell.text if cell is not None else ""

    def figure(self, record: Record, column: int) -> Figure | None:
        """The figure of a cell."""
        place = (record.number, column)
        if place not in self._figures:
            unit = self.columns[column].unit
            self._figures[place] = figure_of(self.text(record, column), unit)
        return self._figures[place]

    def label(self, record: Record) -> str:
        """What a record is called: its keys but for a running number, and the name that it stands under."""
        texts = [self.text(record, column) for column in self.keys if column not in self._running]
        return " ".join(dict.fromkeys(filter(None, [record.group, *texts])))

    @cached_property
    def _running(self) -> frozenset[int]:
        """The key columns that only number the records, where there are others."""
        counted = {
            column
            for column in self.keys
            if [self.text(record, column) for record in self.body] == [str(i) for i in range(1, len(self.body) + 1)]
        }
        return frozenset(counted) if len(counted) < len(self.keys) else frozenset()

    @cached_property
    def numeric(self) -> frozenset[int]:
        """The columns that hold mostly figures (no dates), the keys aside unless there are no others."""
        return self._mostly(time=False)

    @cached_property
    def timed(self) -> frozenset[int]:
        """The columns that hold mostly dates or times."""
        return self._mostly(time=True)

    def _mostly(self, *, time: bool) -> frozenset[int]:
        found = set()
        for column in range(len(self.columns)):
            texts = [record for record in self.body[:200] if fold(self.text(record, column)) not in _EMPTY]
            figures = [self.figure(record, column) for record in texts]
            if figures and 2 * sum(one is not None and one.time == time for one in figures) > len(figures):
                found.add(column)
        return frozenset(found)

    @cached_property
    def ways(self) -> dict[str, list[tuple[int, int]]]:
        """Every way that a cell of words can be said, with the records (their number) and columns it stands in."""
        found: dict[str, list[tuple[int, int]]] = {}
        for record in self.records:
            for column, cell in enumerate(record.cells):
                if cell is None or (column in self.numeric and column not in self.keys):
                    continue
                for way in ways_of(cell.text):
                    found.setdefault(way, []).append((record.number, column))
            if record.group:
                for way in ways_of(record.group):
                    found.setdefault(way, []).append((record.number, -1))
        return found

    @cached_property
    def by_number(self) -> dict[int, Record]:
        """The records by their numbers."""
        return {record.number: record for record in self.records}


def ways_of(text: str) -> frozenset[str]:
    """How a name may be said, squeezed: whole, without what stands in brackets, and each of its parts."""
    if len(text) > 200:
        return frozenset()
    plain = _BRACKETS.sub("", text)
    parts = [text, plain, *_PARTS.split(plain)]
    ways = {squeeze(part).strip("：:。.") for part in parts}
    ways |= {way.removesuffix("系列") for way in ways if len(way) > 3}
    return frozenset(way for way in ways if way not in _EMPTY and (len(way) > 1 or way.isdigit()))


def sheets_of(document: Document) -> Iterator[Sheet]:
    """The tables of a document, and those that can be read both ways the other way round as well."""
    for table in document.tables:
        sheet = _form(document, table) if table.form else _upright(document, table)
        if sheet is None:
            continue
        yield sheet
        turned = _turned(sheet)
        if turned is not None:
            yield turned


def _upright(document: Document, table: Table) -> Sheet | None:
    grid = table.grid()
    if table.row_count > _MOST_RECORDS or not table.header_rows:
        return None
    columns = tuple(_column(column, _distinct(grid, table, column), table.unit) for column in range(table.column_count))
    keys = tuple(range(max(1, table.header_columns)))
    records: list[Record] = []
    group = ""
    for row in range(table.header_rows, table.row_count):
        cells = tuple(grid[row])
        distinct = {id(cell): cell for cell in cells if cell is not None and cell.text}
        if row in table.group_rows:
            group = " ".join(cell.text for cell in distinct.values())
            continue
        if not distinct or (len(distinct) == 1 and table.column_count > 1):
            continue  # a note
        total = any(squeeze(cell.text) in _TOTALS for cell in cells[: max(2, len(keys))] if cell is not None)
        records.append(Record(row, cells, group, total))
    return Sheet(document, table, columns, tuple(records), keys) if records else None


def _distinct(grid: list[list[Cell | None]], table: Table, column: int) -> tuple[str, ...]:
    cells = [grid[row][column] for row in range(table.header_rows)]
    return tuple(dict.fromkeys(cell.text for cell in cells if cell is not None and cell.text))


def _column(index: int, names: tuple[str, ...], stated: str | None) -> Column:
    inside = [found for name in reversed(names) for found in _BRACKETS.findall(name)]
    return Column(index, names, Unit.of(inside[0]) if inside else Unit.of(stated) if stated else Unit())


def _form(document: Document, table: Table) -> Sheet | None:
    """A form is one record, each of whose columns has the name before it."""
    values = list(table.values())
    if not values:
        return None
    columns = tuple(_column(i, value.row_names, table.unit) for i, value in enumerate(values))
    return Sheet(document, table, columns, (Record(0, tuple(value.cell for value in values)),), ())


def _turned(sheet: Sheet) -> Sheet | None:
    """The sheet with its rows as columns, where its columns are of one kind and one column names the rows."""
    if len(sheet.keys) != 1 or not 2 <= len(sheet.records) <= _MOST_TURNED:
        return None
    first = sheet.keys[0]
    used = _alike(sheet)
    if len(used) < 2:
        return None
    names = [Cell(0, column, sheet.columns[column].name) for column in used]
    columns = [Column(0, sheet.columns[first].names, Unit())]
    for i, record in enumerate(sheet.records, 1):
        named = _column(i, tuple(filter(None, (record.group, sheet.text(record, first)))), sheet.table.unit)
        unit = named.unit if named.unit.name else sheet.columns[used[0]].unit if used else Unit()
        columns.append(Column(i, named.names, unit))
    records = [
        Record(number, (name, *(record.cells[column] for record in sheet.records)), total=squeeze(name.text) in _TOTALS)
        for number, (column, name) in enumerate(zip(used, names, strict=True))
    ]
    return Sheet(sheet.document, sheet.table, tuple(columns), tuple(records), (0,), turned=True)


def _alike(sheet: Sheet) -> list[int]:
    """The columns that say the like of different things: under one name, of periods, or in one unit."""
    others = [column for column in range(len(sheet.columns)) if column not in sheet.keys]
    under: dict[str, list[int]] = {}
    for column in others:
        if len(sheet.columns[column].names) > 1:
            under.setdefault(sheet.columns[column].names[0], []).append(column)
    together = max(under.values(), key=len, default=[])
    if len(together) > 1:
        return together
    periods = [i for i in others if (one := figure_of(sheet.columns[i].name)) is not None and one.time]
    if len(periods) > 1:
        return periods
    units = {sheet.columns[column].unit for column in others}
    figures = sheet.numeric & set(others)
    in_rows = all(_BRACKETS.search(sheet.text(record, sheet.keys[0])) for record in sheet.body)
    if in_rows and len(figures) > 1:
        return sorted(figures)
    stated = len(units) == 1 and bool(next(iter(units)).name) and not sheet.table.unit
    return others if stated and len(figures) == len(others) else [] if figures else others
