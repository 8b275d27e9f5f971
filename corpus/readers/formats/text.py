"""Plain text: what was typed, what was copied out of a web page, and what came out of a typeset one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from corpus.cleaning.decoding import decode_document
from corpus.cleaning.furniture import strip_furniture
from corpus.cleaning.lines import Kind, compose, lines_of
from corpus.cleaning.newspaper import arrange
from corpus.cleaning.outline import outlined
from corpus.cleaning.wraps import join_wraps
from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.formats.markdown import clean_markdown, looks_like_markdown

__all__ = ["SUFFIXES", "clean_text", "read"]

SUFFIXES = (".txt", ".text")


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The document in the bytes of a text file, whatever its encoding.

    Raises:
        UnreadableDocument: the bytes are not text, or hold none.
    """
    decoded = decode_document(data, document_id, limits)
    clean = clean_markdown if looks_like_markdown(decoded.text) else clean_text
    yield replace(clean(decoded.text, document_id), damaged_bytes=decoded.damaged_bytes)


def clean_text(raw: str, document_id: str) -> Document:
    """The document in decoded text, with every character traced to its place in ``raw``."""
    article = strip_furniture(lines_of(raw))
    blocks, byline = arrange(join_wraps(article.lines))
    if not blocks:
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    first_heading = next((block.text for block in blocks[:2] if block.kind in (Kind.TITLE, Kind.HEADING)), None)
    text, origin, headings = compose(outlined(blocks))
    metadata = article.metadata.or_else(byline)
    title = metadata.title or first_heading or PurePath(document_id).stem
    return Document(
        id=document_id,
        text=text,
        title=title,
        origin=origin,
        headings=tuple(heading for heading in headings if text[heading.start : heading.end] != title),
        source=metadata.source,
        author=metadata.author,
        published=metadata.published,
        url=metadata.url,
    )
