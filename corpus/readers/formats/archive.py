"""ZIP archives of documents: read in memory, nothing is ever unpacked to disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corpus.documents import Document, Skipped
from corpus.errors import DocumentError, Problem, UnreadableDocument, UnsupportedFormat
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.members import read_inner
from corpus.readers.zipped import member_name, open_zip, read_member

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".zip",)


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The documents in the files of an archive, those of unknown formats and damaged ones skipped.

    Ids are ``<archive id>/<path in the archive>``; what such a path does to climb out ("..", a drive, a leading "/")
    is left out of the id.

    Raises:
        UnreadableDocument: it is no ZIP file, breaks a limit, or nothing in it can be read.
    """
    with open_zip(data, document_id, limits) as archive:
        found = 0
        first_problem: Problem | None = None
        budget = limits.archive_bytes
        for member in archive.infolist():
            name = _safe(member_name(member))
            if member.is_dir() or not name or any(part.startswith((".", "__MACOSX")) for part in name.split("/")):
                continue
            inner_id = f"{document_id}/{name}"
            budget -= member.file_size
            # What all archives within this one unpack to counts together.
            inner_limits = replace(limits, archive_bytes=max(1, budget))
            try:
                for document in read_inner(read_member(archive, member, inner_id), name, inner_id, inner_limits):
                    found += isinstance(document, Document)
                    yield document
            except UnsupportedFormat as exc:
                first_problem = first_problem or exc.problem
                yield Skipped(inner_id, exc.problem)
            except DocumentError as exc:
                first_problem = exc.problem
                yield Skipped(inner_id, exc.problem)
    if not found:
        if first_problem is None:
            raise UnreadableDocument(DocumentMessage.ARCHIVE_EMPTY, file=document_id)
        raise UnreadableDocument(DocumentMessage.ARCHIVE_USELESS, file=document_id, problem=first_problem)


def _safe(name: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(part.replace(":", "_").replace("\0", "") for part in parts)
