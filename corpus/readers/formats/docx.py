"""Word documents: paragraphs, tables, text boxes and notes in their order, traced to "paragraph 12"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from corpus.cleaning.assembly import assemble
from corpus.cleaning.facts import stated_facts
from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".docx", ".docm", ".dotx", ".dotm")


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in a Word file, and what in it was recognised and not read.

    Places name the paragraph (counted from 1 through the body) with offsets in its text, or the cell, the note, the
    text box, the chart, the picture. The numbers that Word counts by itself stand in the text and come from nowhere in
    the file.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    from corpus.readers.pictures import PictureReader
    from corpus.readers.properties import core_properties
    from corpus.readers.word.blocks import BlockReader
    from corpus.readers.word.outline import outlined_parts, title_lines
    from corpus.readers.word.package import Package

    with Package.opened(data, document_id, limits) as package:
        reader = BlockReader(package, document_id, limits, PictureReader(document_id, limits, len(data)))
        body = reader.body()
        known = {line.content.text for line in body}
        headers, footers = reader.around("header", known), reader.around("footer", known)
        unread = list(reader.told())
        facts = core_properties(package.archive, document_id)
    if not body:
        body, headers = headers, []
    lines = [*body, *headers, *footers]
    if not lines:
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    at = title_lines(body)
    named = "".join(_joined([body[i].content.text for i in at]))
    title = named or facts.title or PurePath(document_id).stem
    text, origin, headings, tables = assemble(outlined_parts(lines, at))
    # A number in the header stands over the text it is printed with.
    stated = stated_facts([line.content.text for line in (*headers, *body, *footers)]).or_else(facts)
    yield Document(
        id=document_id,
        text=text,
        title=title,
        origin=origin,
        headings=headings,
        tables=tables,
        source=stated.source,
        author=stated.author,
        published=stated.published,
        number=stated.number,
    )
    yield from unread


def _joined(lines: list[str]) -> Iterator[str]:
    from corpus.cleaning.lines import joint

    before = ""
    for line in lines:
        yield joint(before, line) + line
        before = line
