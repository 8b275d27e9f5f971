"""A file's bytes given to the reader of its format, within limits, and what comes back completed and kept honest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from corpus.cleaning.facts import ends_of, stated_facts
from corpus.documents import Document, Skipped
from corpus.errors import DocumentError, UnreadableDocument, UnsupportedFormat
from corpus.language.tags import language_of
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.registry import Reader, readers, unloadable

__all__ = ["read_bytes", "reader_for"]

_SURROGATES = re.compile("[\ud800-\udfff]")


def reader_for(name: str) -> Reader:
    """The reader of a file of this name.

    Raises:
        UnsupportedFormat: no reader knows the suffix.
    """
    suffix = PurePosixPath(name).suffix
    reader = readers().get(suffix.lower())
    if reader is None:
        kind = suffix or "(no suffix)"
        failed = next(iter(unloadable().items()), None)
        if failed is None:
            known = " ".join(sorted(readers()))
            raise UnsupportedFormat(DocumentMessage.FORMAT_UNKNOWN, file=name, format=kind, known=known)
        package, reason = failed
        raise UnsupportedFormat(
            DocumentMessage.READER_BROUGHT_FAILS, file=name, format=kind, package=package, reason=reason
        )
    return reader


def read_bytes(data: bytes, name: str, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The documents in the bytes of a file called ``name``, each with its language, and those in it that can't be read.

    Raises:
        UnsupportedFormat: no reader knows the suffix.
        UnreadableDocument: the bytes are over a limit or not what the suffix says.
    """
    reader = reader_for(name)
    if len(data) > limits.file_bytes:
        raise UnreadableDocument(
            DocumentMessage.FILE_TOO_LARGE, file=document_id, size=len(data), most=limits.file_bytes
        )
    try:
        for document in reader(data, document_id, limits):
            if isinstance(document, Document):
                document = _with_facts(_whole(document))
                if document.language == "und":
                    document = replace(document, language=language_of(document.text))
            yield document
    except DocumentError:
        raise
    except MemoryError as exc:
        raise UnreadableDocument(DocumentMessage.MEMORY_SHORT, file=document_id) from exc
    except Exception as exc:
        reason = [line for line in str(exc).strip().splitlines() if not line.startswith("Traceback")]
        raise UnreadableDocument(
            DocumentMessage.FORMAT_BROKEN,
            file=document_id,
            format=PurePosixPath(name).suffix,
            reason=reason[0][:200] if reason else repr(exc),
        ) from exc


def _with_facts(document: Document) -> Document:
    """The document with what it says of itself in its own lines, where its reader has not found it."""
    known = (document.source, document.author, document.published, document.number)
    if all(known):
        return document
    facts = stated_facts(ends_of(document.text))
    return replace(
        document,
        source=document.source or facts.source,
        author=document.author or facts.author,
        published=document.published or facts.published,
        number=document.number or facts.number,
    )


def _whole(document: Document) -> Document:
    """The document with U+FFFD for halves of characters (lone surrogates), which no file can be written with."""
    changed: dict[str, Any] = {
        name: _SURROGATES.sub("\ufffd", value)
        for name in ("text", "title", "source", "published", "url", "author", "number")
        if isinstance(value := getattr(document, name, None), str) and not value.isascii() and _SURROGATES.search(value)
    }
    return replace(document, **changed) if changed else document
