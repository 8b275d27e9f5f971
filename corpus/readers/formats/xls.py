"""Workbooks of before 2007 (.xls), as xlrd reads them; each value traced to its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from corpus.cleaning.assembly import assemble
from corpus.cleaning.grid import GridCell
from corpus.cleaning.sheets import book_parts
from corpus.cleaning.traced import Traced
from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.zipped import OLE

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".xls", ".xlt")


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in a workbook; places name the cell ("Sheet1!B3") with offsets in its value as shown.

    What is another format under this suffix, as many programs export, is read as what it is.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    import xlrd

    from corpus.readers.formats.older import read_as_it_is

    if not data.startswith(OLE) and not data.startswith(b"\x09"):
        yield from read_as_it_is(data, document_id, limits, ".csv")
        return
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, on_demand=True)
    except xlrd.XLRDError as exc:
        raise UnreadableDocument(DocumentMessage.WORKBOOK_BROKEN, file=document_id, reason=exc) from exc
    parts = book_parts(_sheets(book, document_id, limits), several=book.nsheets > 1)
    if not parts:
        raise UnreadableDocument(DocumentMessage.EMPTY_CELLS, file=document_id)
    text, origin, headings, tables = assemble(parts)
    yield Document(
        id=document_id,
        text=text,
        title=PurePath(document_id).stem,
        origin=origin,
        tables=tables,
        headings=headings,
    )


def _sheets(book: Any, document_id: str, limits: Limits) -> Iterator[tuple[str, list[GridCell]]]:
    """The visible sheets: each one's name and the cells that show something."""
    from xlrd.formula import cellname

    count = 0
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        if sheet.visibility:
            continue
        count += sheet.nrows * sheet.ncols
        if count > limits.table_cells:
            raise UnreadableDocument(DocumentMessage.CELLS_TOO_MANY, file=document_id, most=limits.table_cells)
        shown = ((i, j, _shown(book, cell)) for i in range(sheet.nrows) for j, cell in enumerate(sheet.row(i)))
        yield (
            sheet.name,
            [
                GridCell(i, j, Traced.of(value, 0, part=f"{sheet.name}!{cellname(i, j)}"))
                for i, j, value in shown
                if value
            ],
        )


def _shown(book: Any, cell: Any) -> str:
    """The value much as the sheet shows it."""
    import xlrd

    match cell.ctype:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            shown = ""
        case xlrd.XL_CELL_BOOLEAN:
            shown = "TRUE" if cell.value else "FALSE"
        case xlrd.XL_CELL_ERROR:
            shown = str(xlrd.error_text_from_code.get(cell.value, ""))
        case xlrd.XL_CELL_DATE:
            shown = _moment(cell.value, book.datemode)
        case xlrd.XL_CELL_NUMBER:
            shown = _figure(cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
        case _:
            shown = " ".join(str(cell.value).split())
    return shown


def _moment(value: float, datemode: int) -> str:
    from xlrd.xldate import xldate_as_datetime

    try:
        moment: dt.datetime = xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError):
        return f"{value:.12g}"
    return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(" ", "minutes")


def _figure(value: float, form: str) -> str:
    if "%" in form:
        decimals = len(form.split("%", maxsplit=1)[0].partition(".")[2])
        return f"{value * 100:.{min(decimals, 10)}f}%"
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
