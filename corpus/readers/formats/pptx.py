"""Presentations: each slide a page with its title as heading, its texts from top to bottom, tables and notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.facts import ends_of, stated_facts
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced
from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.properties import core_properties
from corpus.readers.zipped import check_xml, open_zip

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".pptx", ".pptm")

_DEEPEST_GROUP = 16
_LONGEST_HEADING = 80


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The document in a .pptx file; places have the slide as their page and the shape's name as their part.

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
    for page, slide in enumerate(file.slides, 1):
        heading = slide.shapes.title
        shapes = sorted(_shapes(slide.shapes), key=lambda shape: (shape.top or 0, shape.left or 0))
        if heading is not None:
            parts += _texts(heading, page, heading=True)
        for shape in shapes:
            if heading is None or shape.shape_id != heading.shape_id:
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


def _shapes(shapes: Any, depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST_GROUP:
                yield from _shapes(shape.shapes, depth + 1)
        elif shape.has_text_frame or getattr(shape, "has_table", False):
            yield shape


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
