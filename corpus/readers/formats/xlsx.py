"""Workbooks: each sheet a section, each row a line with the names of its columns, each value traced to its cell."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from corpus.cleaning.sheets import sheet_parts
from corpus.cleaning.traced import EMPTY, Part, Traced, assemble
from corpus.documents import Document, Place
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.zipped import check_xml, open_zip

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".xlsx", ".xlsm")


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The document in a workbook; places name the cell ("Sheet1!B3") with offsets in its value as shown.

    Formulas read as the values that were saved with them.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    import openpyxl

    with open_zip(data, document_id, limits) as archive:
        check_xml(archive, document_id)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        parts: list[Part] = []
        cells = 0
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            rows: list[list[Traced]] = []
            for row in sheet.iter_rows():
                cells += len(row)
                if cells > limits.table_cells:
                    raise UnreadableDocument(DocumentMessage.CELLS_TOO_MANY, file=document_id, most=limits.table_cells)
                values = [_cell(sheet.title, cell) for cell in row]
                while values and not values[-1]:
                    values.pop()
                rows.append(values)
            found = sheet_parts(rows)
            if found and len(sheets) > 1:
                parts.append(Part(Traced.at(sheet.title, Place(part=sheet.title)), 1))
            parts += found
        facts = book.properties
    finally:
        book.close()
    if not parts:
        raise UnreadableDocument(DocumentMessage.EMPTY_CELLS, file=document_id)
    text, origin, headings = assemble(parts)
    published = facts.modified or facts.created
    yield Document(
        id=document_id,
        text=text,
        title=(facts.title or "").strip() or PurePath(document_id).stem,
        origin=origin,
        headings=headings,
        author=(facts.creator or "").strip() or None,
        published=published.date().isoformat() if published is not None else None,
    )


def _cell(sheet: str, cell: Any) -> Traced:
    if cell.value is None:
        return EMPTY
    text = " ".join(_shown(cell.value, cell.number_format or "").split())
    return Traced.of(text, 0, part=f"{sheet}!{cell.coordinate}")


def _shown(value: object, number_format: str) -> str:
    """The value much as the sheet shows it: 0.125 formatted as "0.0%" is "12.5%"."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | float) and "%" in number_format:
        decimals = len(number_format.split("%", maxsplit=1)[0].partition(".")[2])
        return f"{value * 100:.{min(decimals, 10)}f}%"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return str(value)
