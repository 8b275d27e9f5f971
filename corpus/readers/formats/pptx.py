"""Presentations: each slide a page with its title as heading, its texts, tables, charts and pictures, and notes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import PurePath
from typing import Any

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.facts import ends_of, stated_facts
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced
from corpus.documents import Document, Place, Skipped, not_read
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage, Unread
from corpus.readers.charts import chart_parts
from corpus.readers.diagrams import diagram_lines
from corpus.readers.pictures import PictureReader
from corpus.readers.properties import core_properties
from corpus.readers.slides import reading_order
from corpus.readers.zipped import check_xml, open_zip

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".pptx", ".pptm")

_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"
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
    pictures = PictureReader(document_id, limits, len(data))
    for page, slide in enumerate(file.slides, 1):
        if slide._element.get("show") == "0":  # noqa: SLF001 - python-pptx has no name for it
            told[Unread.HIDDEN_SLIDES] += 1
            continue
        heading = slide.shapes.title
        if heading is not None:
            parts += _texts(heading, page, heading=True)
        found = [
            (shape, _parts(shape, page, told, pictures))
            for shape in _shapes(slide.shapes)
            if shape.shape_id != getattr(heading, "shape_id", None)
        ]
        lines = {id(shape): own for shape, own in found if own}
        for shape in reading_order([shape for shape, _ in found if id(shape) in lines]):
            parts += lines[id(shape)]
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
    for kind, count in (+told).items():
        yield not_read(document_id, kind, count)


def _shapes(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """The shapes of a slide and of the groups in it."""
    for shape in shapes:
        if not hasattr(shape, "shapes"):
            yield shape
        elif depth < _DEEPEST_GROUP:
            yield from _shapes(shape.shapes, depth + 1)


def _parts(shape: Any, page: int, told: Counter[Unread], pictures: PictureReader) -> list[Part]:
    """The lines and rows of a shape; what it shows and can't be read is counted in ``told``."""
    if shape.has_text_frame:
        return _texts(shape, page)
    if getattr(shape, "has_table", False):
        return _table(shape, page)
    kind = _kind(shape)
    if kind is None:
        return []
    try:
        found = _drawn(shape, kind, page, pictures)
    except (AttributeError, KeyError, SyntaxError, ValueError):  # what it refers to is not there, or broken
        found = None
    told[kind] += found is None
    return found or []


def _kind(shape: Any) -> Unread | None:
    if getattr(shape, "has_chart", False):
        return Unread.CHARTS
    if hasattr(type(shape), "image"):
        return Unread.PICTURES
    return Unread.DIAGRAMS if "diagram" in (getattr(shape._element, "graphicData_uri", None) or "") else None  # noqa: SLF001


def _drawn(shape: Any, kind: Unread, page: int, pictures: PictureReader) -> list[Part] | None:
    """What a chart, a picture or a drawing says; None if it can't be read."""
    from pptx.oxml import parse_xml

    if kind is Unread.PICTURES:
        return pictures.parts(shape.image.blob, Place(page=page, part=shape.name))
    placed = partial(Traced.of, start=0, page=page, part=shape.name)
    if kind is Unread.CHARTS:
        return chart_parts(shape.chart._chartSpace, placed) or None  # noqa: SLF001 - python-pptx reads fewer kinds
    relation = next(shape._element.iter("{*}relIds")).get(_DATA)  # noqa: SLF001
    return [Part(placed(line)) for line in diagram_lines(parse_xml(shape.part.related_part(relation).blob))] or None


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
