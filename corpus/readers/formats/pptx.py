"""Presentations: each slide a page with its title as heading, its texts in their order, tables, charts and notes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.facts import ends_of, stated_facts
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced
from corpus.documents import Document, Skipped, not_read
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage, Unread
from corpus.readers.properties import core_properties
from corpus.readers.slides import chart_parts, reading_order
from corpus.readers.zipped import check_xml, open_zip

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".pptx", ".pptm")

_DEEPEST_GROUP = 16
_LONGEST_HEADING = 80


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in a .pptx file, and what in it was not read.

    Places have the slide as their page and the shape's name as their part. Hidden slides are left out.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    import pptx

    with open_zip(data, document_id, limits) as archive:
        check_xml(archive, document_id)
        properties = core_properties(archive, document_id)
    file = pptx.Presentation(io.BytesIO(data))
    if len(file.slides) > limits.pages:
        raise UnreadableDocument(
            DocumentMessage.SLIDES_TOO_MANY, file=document_id, slides=len(file.slides), most=limits.pages
        )
    parts: list[Part] = []
    told: Counter[Unread] = Counter()
    for page, slide in enumerate(file.slides, 1):
        if slide._element.get("show") == "0":  # noqa: SLF001 - python-pptx has no name for it
            told[Unread.HIDDEN_SLIDES] += 1
            continue
        heading = slide.shapes.title
        if heading is not None:
            parts += _texts(heading, page, heading=True)
        shapes = [
            shape for shape in _shapes(slide.shapes, told) if shape.shape_id != getattr(heading, "shape_id", None)
        ]
        for shape in reading_order(shapes):
            if getattr(shape, "has_chart", False):
                parts += chart_parts(shape, page, told)
            else:
                parts += _table(shape, page) if shape.has_table else _texts(shape, page)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = Traced.of(slide.notes_slide.notes_text_frame.text, 0, page=page, part="notes")
            parts += map(Part, _lines(notes))
    if not parts:
        raise UnreadableDocument(DocumentMessage.EMPTY_SLIDES, file=document_id)
    text, origin, headings, tables = assemble(parts)
    facts = stated_facts(ends_of(text)).or_else(properties)
    title = facts.title or next((part.content.text for part in parts if part.level), PurePath(document_id).stem)
    yield Document(
        id=document_id,
        text=text,
        title=title,
        origin=origin,
        tables=tables,
        headings=tuple(heading for heading in headings if text[heading.start : heading.end] != title),
        source=facts.source,
        author=facts.author,
        published=facts.published,
        number=facts.number,
    )
    for kind, count in told.items():
        yield not_read(document_id, kind, count)


def _shapes(shapes: Any, told: Counter[Unread], depth: int = 0) -> Iterator[Any]:
    """The shapes that hold something to read; pictures and drawings are counted in ``told``."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST_GROUP:
                yield from _shapes(shape.shapes, told, depth + 1)
        elif shape.has_text_frame or getattr(shape, "has_table", False) or getattr(shape, "has_chart", False):
            yield shape
        elif hasattr(shape, "image"):
            told[Unread.PICTURES] += 1
        elif "diagram" in (getattr(shape._element, "graphicData_uri", None) or ""):  # noqa: SLF001
            told[Unread.DIAGRAMS] += 1


def _lines(text: Traced) -> Iterator[Traced]:
    """The lines; PowerPoint writes a vertical tab for a line end inside a paragraph."""
    yield from Traced(text.text.replace("\v", "\n"), text.segments).lines()


def _texts(shape: Any, page: int, *, heading: bool = False) -> list[Part]:
    lines = list(_lines(Traced.of(shape.text_frame.text, 0, page=page, part=shape.name)))
    as_heading = heading and len(lines) == 1 and len(lines[0].text) <= _LONGEST_HEADING
    return [Part(line, 1 if as_heading else 0) for line in lines]


def _table(shape: Any, page: int) -> list[Part]:
    cells = []
    for i, row in enumerate(shape.table.rows):
        for j, cell in enumerate(row.cells):
            if cell.is_spanned:
                continue
            text = " ".join(cell.text.split())
            content = Traced.of(text, 0, page=page, part=f"{shape.name}, row {i + 1}, cell {j + 1}")
            rows, columns = (cell.span_height, cell.span_width) if cell.is_merge_origin else (1, 1)
            cells.append(GridCell(i, j, content, rows, columns))
    return table_parts(Grid.of(cells))
