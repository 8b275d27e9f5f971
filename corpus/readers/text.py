"""Plain text: what was typed, what was copied out of a web page, and what came out of a typeset one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from corpus.cleaning.furniture import strip_furniture
from corpus.cleaning.lines import Kind, compose, lines_of
from corpus.cleaning.newspaper import arrange
from corpus.cleaning.wraps import join_wraps
from corpus.documents import Document
from corpus.errors import UnreadableDocument

__all__ = ["SUFFIXES", "clean_text", "read"]

SUFFIXES = (".txt", ".text", ".md", ".markdown")


def read(data: bytes, document_id: str) -> Iterator[Document]:
    """The document in the bytes of a UTF-8 text file.

    Raises:
        UnreadableDocument: the bytes are not UTF-8, or hold no text.
    """
    try:
        raw = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise UnreadableDocument(
            f"{document_id} is not UTF-8 text (byte {exc.start} is {data[exc.start]:#04x}). "
            "Save it as UTF-8 and add it again."
        ) from exc
    if "\0" in raw:
        raise UnreadableDocument(f"{document_id} is not text: it holds NUL characters. Only text files can be read.")
    yield clean_text(raw, document_id)


def clean_text(raw: str, document_id: str) -> Document:
    """The document in decoded text, with every character traced to its place in ``raw``."""
    article = strip_furniture(lines_of(raw))
    blocks, byline = arrange(join_wraps(article.lines))
    if not blocks:
        raise UnreadableDocument(f"{document_id} is empty: it holds no text.")
    text, origin, headings = compose(blocks)
    metadata = article.metadata.or_else(byline)
    first_heading = next((block.text for block in blocks[:2] if block.kind in (Kind.TITLE, Kind.HEADING)), None)
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
