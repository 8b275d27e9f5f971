"""Comma, semicolon and tab separated values, each traced to its characters in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from corpus.cleaning.assembly import assemble
from corpus.cleaning.decoding import decode_document
from corpus.cleaning.grid import GridCell
from corpus.cleaning.sheets import sheet_parts
from corpus.cleaning.traced import EMPTY, Traced, concat
from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".csv", ".tsv")

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20
_STATED = re.compile(r"\ufeff?\"?sep=(?P<delimiter>[^\r\n\"])\"?(?:\r\n|\r|\n)", re.IGNORECASE)
_AS_TEXT = re.compile(r'="([^"]*)"')


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The document in a file of separated values; see ``corpus.cleaning.rows`` for how rows read.

    Raises:
        UnreadableDocument: the bytes are not text, hold nothing, or more than ``limits.table_cells`` values.
    """
    decoded = decode_document(data, document_id, limits)
    raw = decoded.text
    stated = _STATED.match(raw)
    delimiter = stated["delimiter"] if stated else _delimiter(raw)
    cells: list[GridCell] = []
    count = 0
    for number, row in enumerate(_rows(raw, delimiter, stated.end() if stated else 0)):
        count += len(row)
        if count > limits.table_cells:
            raise UnreadableDocument(DocumentMessage.VALUES_TOO_MANY, file=document_id, most=limits.table_cells)
        cells += [GridCell(number, column, _plain(value)) for column, value in enumerate(row) if value]
    text, origin, headings, tables = assemble(sheet_parts(cells))
    if not text:
        raise UnreadableDocument(DocumentMessage.EMPTY_TABLE, file=document_id)
    yield Document(
        id=document_id,
        text=text,
        title=PurePath(document_id).stem,
        origin=origin,
        headings=headings,
        tables=tables,
        damaged_bytes=decoded.damaged_bytes,
    )


def _delimiter(raw: str) -> str:
    """The delimiter that the first lines hold equally often, and often."""
    lines = [line for line in raw[:20_000].splitlines()[:_SAMPLE_LINES] if line.strip()]
    counts = {mark: [re.sub(r'"[^"]*"', "", line).count(mark) for line in lines] for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: (min(counts[mark], default=0), sum(counts[mark])))


def _plain(value: Traced) -> Traced:
    """The value; programs write ="00123" for text that spreadsheets would take for a number."""
    match = _AS_TEXT.fullmatch(value.text)
    return value.cut(*match.span(1)) if match else value


def _rows(raw: str, delimiter: str, position: int) -> Iterator[list[Traced]]:
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    row: list[Traced] = []
    while position < len(raw):
        closing = _closing_quote(raw, position) if raw[position] == '"' else None
        if closing is not None:
            row.append(_quoted(raw, position + 1, closing))
            position = closing + 1
            rest = plain.match(raw, position)
            position = rest.end() if rest else position
        else:
            match = plain.match(raw, position)
            end = match.end() if match else position
            row.append(Traced.of(raw[position:end], position).strip())
            position = end
        if position < len(raw) and raw[position] == delimiter:
            position += 1
            if position == len(raw):
                row.append(EMPTY)
            continue
        yield row
        row = []
        position += 2 if raw.startswith("\r\n", position) else 1
    if row:
        yield row  # a file that ends with a delimiter


def _closing_quote(raw: str, opening: int) -> int | None:
    position = opening + 1
    while True:
        position = raw.find('"', position)
        if position < 0:
            return None
        if not raw.startswith('""', position):
            return position
        position += 2


def _quoted(raw: str, start: int, end: int) -> Traced:
    pieces: list[Traced | str] = []
    last = start
    for match in re.finditer(r'""|[ \t]*[\r\n]+[ \t]*', raw[start:end]):
        left, right = start + match.start(), start + match.end()
        pieces.append(Traced.of(raw[last:left], last))
        if match[0] == '""':
            pieces.append(Traced.at('"', Traced.of('""', left).segments[0].place))
        else:
            pieces.append(" ")
        last = right
    pieces.append(Traced.of(raw[last:end], last))
    return concat(pieces).strip()
