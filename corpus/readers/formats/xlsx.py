"""Workbooks: each sheet a section, each row a line with the names of its columns, each value traced to its cell."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from corpus.cleaning.assembly import assemble
from corpus.cleaning.facts import ends_of, stated_facts
from corpus.cleaning.grid import GridCell
from corpus.cleaning.number_format import shown
from corpus.cleaning.sheets import book_parts
from corpus.cleaning.traced import Traced, concat
from corpus.documents import Document, Place, Skipped, not_read
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage, Unread
from corpus.readers.properties import core_properties
from corpus.readers.zipped import check_xml, open_zip

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".xlsx", ".xlsm")

_WHOLE_BYTES = 12_000_000
"""Sheets of more XML are read row by row, which knows nothing of merged cells, comments and hidden rows."""


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in a workbook, and what in it was not read.

    Places name the cell ("Sheet1!B3") with offsets in its value as shown.

    Formulas read as the values that were saved with them, else as they are written. Hidden sheets, columns and rows
    are left out, but for rows that a filter hides; a comment stands behind the value it is about.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    with open_zip(data, document_id, limits) as archive:
        check_xml(archive, document_id)
        properties = core_properties(archive, document_id)
        whole = _sheet_bytes(archive) <= _WHOLE_BYTES
    told: Counter[Unread] = Counter()
    sheets = list(_sheets(data, document_id, limits, told, whole=whole))
    parts = book_parts(sheets, several=len(sheets) > 1)
    if not parts:
        raise UnreadableDocument(DocumentMessage.EMPTY_CELLS, file=document_id)
    text, origin, headings, tables = assemble(parts)
    facts = stated_facts(ends_of(text)).or_else(properties)
    yield Document(
        id=document_id,
        text=text,
        title=facts.title or PurePath(document_id).stem,
        origin=origin,
        headings=headings,
        source=facts.source,
        author=facts.author,
        published=facts.published,
        number=facts.number,
        tables=tables,
    )
    for kind, count in (+told).items():
        yield not_read(document_id, kind, count)


def _sheet_bytes(archive: zipfile.ZipFile) -> int:
    return sum(member.file_size for member in archive.infolist() if member.filename.startswith("xl/worksheets/"))


def _sheets(
    data: bytes, document_id: str, limits: Limits, told: Counter[Unread], *, whole: bool
) -> Iterator[tuple[str, list[GridCell]]]:
    """The visible sheets; what is left out of them, or was never saved, is counted in ``told``."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=not whole, data_only=True)
    formulas = None
    count = 0
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                told[Unread.HIDDEN_SHEETS] += 1
                continue
            found: list[GridCell] = []
            skipped_rows, skipped_columns = _hidden(sheet) if whole else (frozenset(), frozenset())
            spans = _spans(sheet) if whole else {}
            left_out: set[tuple[str, int]] = set()
            for cell in _cells(sheet, whole=whole):
                count += 1
                if count > limits.table_cells:
                    raise UnreadableDocument(DocumentMessage.CELLS_TOO_MANY, file=document_id, most=limits.table_cells)
                if cell.row in skipped_rows or cell.column in skipped_columns:
                    if cell.value is not None:
                        left_out.add(("row", cell.row) if cell.row in skipped_rows else ("column", cell.column))
                    continue
                if whole and cell.value is None and cell.coordinate not in spans:
                    # A formula whose program saved no value with it.
                    formulas = formulas or openpyxl.load_workbook(io.BytesIO(data))
                    value = formulas[sheet.title][cell.coordinate].value
                    if not isinstance(value, str) or not value.startswith("="):
                        continue
                    cell.value = value
                    told[Unread.UNSAVED_VALUES] += 1
                content = _content(sheet.title, cell)
                if content:
                    rows, columns = spans.get(cell.coordinate, (1, 1))
                    found.append(
                        GridCell(
                            cell.row - 1, cell.column - 1, content, rows, columns, strong=whole and _is_strong(cell)
                        )
                    )
            told[Unread.HIDDEN_ROWS] += len(left_out)
            yield sheet.title, found
    finally:
        book.close()


def _cells(sheet: Any, *, whole: bool) -> Iterator[Any]:
    if whole:
        # By its own keys: a cell formatted far to the right would otherwise make millions of empty ones.
        cells = sheet._cells  # noqa: SLF001
        for key in sorted(cells):
            cell = cells[key]
            if cell.value is not None or cell.data_type == "f" or cell.comment is not None or cell.data_type == "n":
                yield cell
        return
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                yield cell


def _spans(sheet: Any) -> dict[str, tuple[int, int]]:
    return {area.start_cell.coordinate: (area.size["rows"], area.size["columns"]) for area in sheet.merged_cells.ranges}


def _hidden(sheet: Any) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of rows and columns that somebody has hidden; those a filter hides are data like the rest."""
    filtered = bool(sheet.auto_filter.ref)
    rows = [number for number, row in sheet.row_dimensions.items() if row.hidden and not filtered]
    columns = [
        number
        for column in sheet.column_dimensions.values()
        if column.hidden
        for number in range(column.min or 0, (column.max or -1) + 1)
    ]
    return frozenset(rows), frozenset(columns)


def _is_strong(cell: Any) -> bool:
    return bool(cell.font is not None and cell.font.b) or bool(cell.fill is not None and cell.fill.fill_type == "solid")


def _content(sheet: str, cell: Any) -> Traced:
    part = f"{sheet}!{cell.coordinate}"
    text = " ".join(shown(cell.value, cell.number_format or "").split())
    content = Traced.of(text, 0, part=part)
    comment = getattr(cell, "comment", None)
    if comment is not None and comment.text and comment.text.strip():
        note = Traced.at(" ".join(comment.text.split()), Place(part=part))
        return concat([content, "（批注：", note, "）"]) if content else concat(["批注：", note])
    return content
