"""Word documents: paragraphs and tables in their order, traced to "paragraph 12" or "table 1, row 2, cell 3"."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced
from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.readers.properties import core_properties
from corpus.readers.zipped import check_xml, open_zip

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".docx",)

_HEADING_STYLE = re.compile(r"(?:heading|标题|標題|überschrift|titre)\s*([1-9])", re.IGNORECASE)
_TITLE_STYLES = frozenset(("title", "标题", "標題"))
_BLANK = re.compile(r"[ \t\xa0\u3000]*\n[ \t\xa0\u3000]*")


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The document in a .docx file.

    Places name the paragraph (counted from 1 through the body) with offsets in its text. Numbers that Word counts by
    itself are not in the file and so not in the text.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    import docx
    from docx.table import Table

    with open_zip(data, document_id, limits) as archive:
        check_xml(archive, document_id)
        facts = core_properties(archive, document_id)
    file = docx.Document(io.BytesIO(data))
    title: str | None = None
    parts: list[Part] = []
    paragraphs = number = 0
    for block in file.iter_inner_content():
        if isinstance(block, Table):
            number += 1
            parts += _table(block, number)
            continue
        paragraphs += 1
        level = _level(block)
        lines = list(Traced.of(block.text, 0, part=f"paragraph {paragraphs}").lines())
        if level == 0 and lines and title is None:
            title = lines[0].text
        parts += [Part(line, (level or 0) if len(lines) == 1 else 0) for line in lines]
    if not parts:
        raise UnreadableDocument(f"{document_id} is empty: it holds no text.")
    title = title or (facts.title or "") or next((part.content.text for part in parts[:3] if part.level), None)
    text, origin, headings, tables = assemble(_ranked(parts, title))
    yield Document(
        id=document_id,
        text=text,
        title=title or PurePath(document_id).stem,
        origin=origin,
        headings=headings,
        tables=tables,
        author=facts.author,
        published=facts.date,
    )


def _ranked(parts: list[Part], title: str | None) -> list[Part]:
    """Levels from 1 without gaps; the title is no heading of its own document."""
    used = sorted({part.level for part in parts if part.level and part.content.text != title})
    return [
        replace(part, level=used.index(part.level) + 1 if part.level in used and part.content.text != title else 0)
        for part in parts
    ]


def _level(paragraph: Any) -> int | None:
    """1 to 9 for a heading, 0 for the title, None for the rest."""
    style = paragraph.style
    while style is not None:
        name = (style.name or "").strip().lower()
        match = _HEADING_STYLE.match(name)
        if match:
            return int(match[1])
        if name in _TITLE_STYLES:
            return 0
        style = style.base_style
    properties = paragraph._p.pPr  # noqa: SLF001 - python-docx has no other way to the outline level
    levels = properties.xpath("./w:outlineLvl/@w:val") if properties is not None else []
    return int(levels[0]) + 1 if levels and levels[0].isdigit() and int(levels[0]) < 9 else None


def _table(table: Any, number: int) -> list[Part]:
    """The lines of a table; a cell that goes on from the row above (vMerge) is a part of the cell there."""
    cells: list[GridCell] = []
    above: dict[int, int] = {}  # by column: the index of the cell that a row below may go on with
    rows = table._tbl.tr_lst  # noqa: SLF001 - rows with cells left out before them have no other way in python-docx
    for i, row in enumerate(rows):
        column = row.grid_before
        named = bool(row.xpath("./w:trPr/w:tblHeader[not(@w:val='0' or @w:val='false')]")) and i < len(rows) - 1
        for j, tc in enumerate(row.tc_lst, 1):
            going_on = above.get(column) if tc.vMerge == "continue" else None
            if going_on is not None:
                first = cells[going_on]
                cells[going_on] = replace(first, rows=i - first.row + 1)
            else:
                text = _BLANK.sub(" ", "\n".join(_texts(tc)).strip())
                content = Traced.of(text, 0, part=f"table {number}, row {i + 1}, cell {j}")
                above[column] = len(cells)
                cells.append(GridCell(i, column, content, columns=tc.grid_span, header=named, strong=_is_strong(tc)))
            column += tc.grid_span
    return table_parts(Grid.of(cells))


def _texts(tc: Any) -> list[str]:
    return [paragraph.text for paragraph in tc.p_lst]


def _is_strong(tc: Any) -> bool:
    """Whether all its characters are bold, or it has a ground of its own."""
    runs = tc.xpath("./w:p/w:r[w:t[normalize-space()]]")
    bold = tc.xpath("./w:p/w:r[w:t[normalize-space()] and w:rPr/w:b[not(@w:val='0' or @w:val='false')]]")
    shaded = tc.xpath("./w:tcPr/w:shd[@w:fill and @w:fill!='auto' and @w:fill!='FFFFFF' and @w:fill!='ffffff']")
    return bool(runs) and (len(bold) == len(runs) or bool(shaded))
