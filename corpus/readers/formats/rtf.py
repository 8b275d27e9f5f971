"""Rich text: its paragraphs, as striprtf reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.formats.text import clean_text

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".rtf",)


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in a file of rich text; places are characters of its text without the formatting.

    Raises:
        UnreadableDocument: the bytes are no rich text, hold none, or too much of it.
    """
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip()[:5].lower().startswith(b"{\\rtf"):
        raise UnreadableDocument(DocumentMessage.RICH_TEXT_BROKEN, file=document_id)
    source = data.decode("latin-1")
    text = str(rtf_to_text(source, errors="replace")).replace("\0", "")  # type: ignore[no-untyped-call]
    if len(text) > limits.text_chars:
        raise UnreadableDocument(
            DocumentMessage.TEXT_TOO_LONG, file=document_id, characters=len(text), most=limits.text_chars
        )
    document = clean_text(text, document_id)
    yield replace(document, damaged_bytes=text.count("\ufffd"))
