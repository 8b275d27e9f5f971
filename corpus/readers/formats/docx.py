"""Word documents: paragraphs and tables in their order, traced to "paragraph 12" or "table 1, row 2, cell 3"."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from corpus.cleaning.rows import has_header, row_lines
from corpus.cleaning.traced import Part, Traced, assemble
from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
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
    file = docx.Document(io.BytesIO(data))
    title: str | None = None
    parts: list[Part] = []
    paragraphs = tables = 0
    for block in file.iter_inner_content():
        if isinstance(block, Table):
            tables += 1
            parts += _table(block, tables)
            continue
        paragraphs += 1
        level = _level(block)
        lines = list(Traced.of(block.text, 0, part=f"paragraph {paragraphs}").lines())
        if level == 0 and lines and title is None:
            title = lines[0].text
        parts += [Part(line, (level or 0) if len(lines) == 1 else 0) for line in lines]
    if not parts:
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    facts = file.core_properties
    title = title or (facts.title or "").strip() or next((part.content.text for part in parts[:3] if part.level), None)
    text, origin, headings = assemble(_ranked(parts, title))
    published = facts.modified or facts.created
    yield Document(
        id=document_id,
        text=text,
        title=title or PurePath(document_id).stem,
        origin=origin,
        headings=headings,
        author=(facts.author or "").strip() or None,
        published=published.date().isoformat() if published is not None else None,
    )


def _ranked(parts: list[Part], title: str | None) -> list[Part]:
    """Levels from 1 without gaps; the title is no heading of its own document."""
    used = sorted({part.level for part in parts if part.level and part.content.text != title})
    return [
        Part(part.content, used.index(part.level) + 1 if part.level in used and part.content.text != title else 0)
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
    rows: list[list[Traced]] = []
    for i, row in enumerate(table.rows, 1):
        cells: list[Traced] = []
        seen = set()
        for j, cell in enumerate(row.cells, 1):
            if cell._tc in seen:  # noqa: SLF001 - a merged cell comes once for each column it spans
                continue
            seen.add(cell._tc)  # noqa: SLF001
            text = _BLANK.sub(" ", cell.text.strip())
            cells.append(Traced.of(text, 0, part=f"table {number}, row {i}, cell {j}"))
        rows.append(cells)
    return [Part(line) for line in row_lines(rows, header=has_header(rows))]
