"""Tables as lines: each row one, and each value with the name of its column where the table has a row of names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.cleaning.markup import Element, Run, unescape
from corpus.cleaning.traced import EMPTY, Traced, concat

__all__ = ["has_header", "row_lines", "table_rows"]

_MOST_CELL_CHARS = 500
_BETWEEN = " | "
_LONGEST_NAME = 30
_VALUE = re.compile(r"[\d\s.,:%/\-+()年月日号元$€¥]+$")


def has_header(rows: Sequence[Sequence[Traced]]) -> bool:
    """Whether the first row names the columns: short, all different, none a figure, over as many values."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    names = [cell.text for cell in rows[0]]
    return (
        all(names)
        and len(set(names)) == len(names)
        and all(len(name) <= _LONGEST_NAME and not _VALUE.match(name) for name in names)
        and max(len(row) for row in rows[1:]) <= len(names)
    )


def row_lines(rows: Sequence[Sequence[Traced]], *, header: bool) -> list[Traced]:
    """One line a row: "姓名：张三 | 职务：主任" under a header, "张三 | 主任" without; empty cells are left out.

    The names are traced to the header's cells, the values to their own. A header over nothing is a line of its own.
    """
    names: Sequence[Traced] = rows[0] if header and rows else ()
    body = rows[1:] if header and len(rows) > 1 else rows
    if header and len(rows) == 1:
        names = ()
    lines = []
    for row in body:
        cells: list[Traced | str] = []
        for i, cell in enumerate(row):
            if not cell:
                continue
            if cells:
                cells.append(_BETWEEN)
            name = names[i] if i < len(names) else EMPTY
            if name and name.text != cell.text:
                cells += [name, ": " if name.text.isascii() else "："]
            cells.append(cell)
        if cells:
            lines.append(concat(cells))
    return lines


def table_rows(raw: str, table: Element, part: str | None = None) -> list[tuple[Traced, int]] | None:
    """The rows of a table of data with the number of their characters that lead elsewhere; None for a layout table.

    A table lays out a page if it holds tables, headings, forms or long texts, or has one row or one column only.
    """
    if any(element.tag in _LAYOUT for element in table.elements() if element is not table):
        return None
    rows = [element for element in table.elements() if element.tag == "tr"]
    cells = [[cell for cell in row.children if isinstance(cell, Element) and cell.tag in ("td", "th")] for row in rows]
    cells = [row for row in cells if row]
    if len(cells) < 2 or max(map(len, cells)) < 2:
        return None
    is_header = all(cell.tag == "th" for cell in cells[0]) and len(cells[0]) > 1
    if not is_header and "border" not in table.attributes and not any(c.tag == "th" for row in cells for c in row):
        return None
    texts = [[_cell_text(raw, cell, part) for cell in row] for row in cells]
    if any(len(text.text) > _MOST_CELL_CHARS for row in texts for text in row):
        return None
    plain = all("rowspan" not in cell.attributes and "colspan" not in cell.attributes for row in cells for cell in row)
    lines = row_lines(texts, header=is_header and plain)
    links = sum(
        run.end - run.start for a in table.elements() if a.tag == "a" and "href" in a.attributes for run in a.runs()
    )
    return [(line, links // len(lines)) for line in lines]


_LAYOUT = frozenset(
    [
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "form",
        "input",
        "select",
        "textarea",
        "iframe",
        "script",
        "ul",
        "ol",
        "img",
        "div",
    ]
)


def _cell_text(raw: str, cell: Element, part: str | None) -> Traced:
    pieces: list[Traced | str] = []
    for run in cell.runs():
        for word in _words(raw, run, part):
            if pieces and (raw[run.start].isspace() or not isinstance(pieces[-1], Traced)):
                pieces.append(" ")
            pieces.append(word)
    return concat(pieces).strip()


def _words(raw: str, run: Run, part: str | None) -> list[Traced]:
    words: list[Traced] = []
    start = run.start
    for word in raw[run.start : run.end].split():
        start = raw.index(word, start)
        if words:
            words[-1] = concat([words[-1], " "])
        words.append(unescape(raw, start, start + len(word), part))
        start += len(word)
    return words
