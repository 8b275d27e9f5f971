"""Files inside files: read by the reader of their own format, one level of archive deeper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.reading import read_bytes

__all__ = ["read_inner"]

_CONTAINERS = frozenset((".zip", ".eml", ".mht", ".mhtml"))


def read_inner(data: bytes, name: str, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The documents in a file that came out of another.

    Raises:
        UnsupportedFormat: no reader knows the suffix.
        UnreadableDocument: the bytes can't be read, or are an archive deeper than ``limits.archive_depth``.
    """
    if PurePosixPath(name).suffix.lower() in _CONTAINERS:
        if limits.archive_depth <= 1:
            raise UnreadableDocument(DocumentMessage.ARCHIVE_TOO_DEEP, file=document_id)
        limits = replace(limits, archive_depth=limits.archive_depth - 1)
    yield from read_bytes(data, name, document_id, limits)
