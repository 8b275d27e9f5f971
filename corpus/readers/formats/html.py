"""Saved web pages: the article without what stands around it, each character at its place in the decoded file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from corpus.cleaning.article import article_lines, article_span
from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.blocks import PageLine, page_lines
from corpus.cleaning.bylines import is_byline
from corpus.cleaning.charset import declared_encoding
from corpus.cleaning.decoding import decode_document
from corpus.cleaning.facts import stated_facts
from corpus.cleaning.markup import parse
from corpus.cleaning.pagefacts import page_facts, structured_body
from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["SUFFIXES", "clean_page", "page_parts", "read"]

SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The article of a web page.

    Raises:
        UnreadableDocument: the bytes are not text, or the page shows none.
    """
    decoded = decode_document(data, document_id, limits, declared_encoding(data))
    yield clean_page(decoded.text, document_id, damaged_bytes=decoded.damaged_bytes)


def clean_page(
    raw: str, document_id: str, *, damaged_bytes: int = 0, url: str | None = None, part: str | None = None
) -> Document:
    """The article in the decoded source of a page, which may be a ``part`` of a file."""
    root = parse(raw)
    lines = page_lines(raw, root, part)
    body = [] if any(len(line.text) >= _SENTENCE for line in lines) else list(structured_body(raw, root, part))
    if not lines and not body:
        raise UnreadableDocument(DocumentMessage.EMPTY_WEB_PAGE, file=document_id)
    first, last = article_span(lines) if lines else (0, 0)
    facts = page_facts(raw, root, lines, first, last)
    title = facts.title or PurePath(document_id).stem
    parts = [Part(line) for line in body] or page_parts(article_lines(lines[first:last]), title)
    text, origin, headings, tables = assemble(parts)
    return Document(
        id=document_id,
        text=text,
        title=title,
        origin=origin,
        headings=headings,
        tables=tables,
        source=facts.source,
        author=facts.author,
        published=facts.published,
        number=stated_facts([line.text for line in lines[max(0, first - _AROUND) : first + _AROUND]]).number,
        url=url or facts.url,
        damaged_bytes=damaged_bytes,
    )


def page_parts(lines: Sequence[PageLine], title: str) -> list[Part]:
    """The lines as paragraphs and headings; a line in bold alone is the lowest heading, the title is none."""
    levels = sorted({line.level for line in lines if line.level and line.text != title})
    ranks = {level: rank for rank, level in enumerate(levels, 1)}
    parts = []
    for line in lines:
        if line.row is not None:
            parts.append(line.row)
            continue
        level = ranks.get(line.level, 0)
        if not level and _is_bold_heading(line):
            level = len(levels) + 1
        parts.append(Part(line.content, 0 if line.text == title or len(line.text) > _LONGEST_HEADING else level))
    return parts


_SENTENCE = 20  # characters: a page without a line so long shows its article by a script only
_AROUND = 16  # lines: where a page has the table of an official document's facts
_LONGEST_HEADING = 80
_LONGEST_BOLD = 40
_BOLD = frozenset(("b", "strong"))


def _is_bold_heading(line: PageLine) -> bool:
    text = line.text
    return (
        2 <= len(text) <= _LONGEST_BOLD
        and any(element.tag in _BOLD for element in line.path)
        and text[-1] not in "。！？；，、.!?;,：:”」)）"
        and not line.bullet
        and not is_byline(text)
    )
