"""Office files that no library here reads: by LibreOffice where it is installed, else told what to do with them."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePath

from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.reading import read_bytes

__all__ = ["SUFFIXES", "read", "read_as_it_is"]

_NEWER = {
    ".doc": ".docx", ".dot": ".docx", ".wps": ".docx", ".wpt": ".docx",
    ".et": ".xlsx", ".ett": ".xlsx", ".ods": ".xlsx", ".xlsb": ".xlsx",
    ".ppt": ".pptx", ".pps": ".pptx", ".dps": ".pptx", ".odp": ".pptx", ".ppsx": ".pptx", ".potx": ".pptx",
    ".pages": ".docx", ".numbers": ".xlsx", ".key": ".pptx", ".ofd": ".pdf", ".ceb": ".pdf", ".caj": ".pdf",
}  # fmt: skip
_NOT_BY_LIBREOFFICE = frozenset((".ofd", ".ceb", ".caj"))
SUFFIXES = tuple(_NEWER)

_PROGRAMS = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_SECONDS = 300
_BEGINNINGS = (
    (b"{\\rtf", ".rtf"),
    (b"%pdf", ".pdf"),
    (b"<!doctype html", ".html"),
    (b"<html", ".html"),
    (b"<?xml version", ".html"),
    (b"mime-version:", ".mht"),
)
_HEAD_BYTES = 400


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The documents in an office file of an older kind, or of another house's.

    What is really another format (rich text, a web page, a new file under an old suffix) is read as that.

    Raises:
        UnreadableDocument: there is no LibreOffice here, or it can't read the file; the message names the remedy.
    """
    suffix = PurePath(document_id).suffix.lower()
    newer = _NEWER.get(suffix, ".docx")
    other = _what_it_is(data)
    if other is not None:
        yield from read_bytes(data, f"file{other}", document_id, limits)
        return
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if suffix in _NOT_BY_LIBREOFFICE:
        raise UnreadableDocument(DocumentMessage.FORMAT_NOT_READ, file=document_id, format=suffix, newer=newer)
    if program is None:
        raise UnreadableDocument(DocumentMessage.LIBREOFFICE_MISSING, file=document_id, format=suffix, newer=newer)
    yield from read_bytes(_converted(program, data, document_id, suffix, newer), f"file{newer}", document_id, limits)


def read_as_it_is(data: bytes, document_id: str, limits: Limits, otherwise: str) -> Iterator[Document | Skipped]:
    """The documents in bytes that are not what their suffix says, read as what they begin like."""
    yield from read_bytes(data, f"file{_what_it_is(data) or otherwise}", document_id, limits)


def _what_it_is(data: bytes) -> str | None:
    """The suffix that fits the bytes, None where they may be what they are called."""
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for beginning, suffix in _BEGINNINGS:
        if head.startswith(beginning):
            return suffix
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return None
    for part, suffix in (("word/document.xml", ".docx"), ("xl/workbook.xml", ".xlsx")):
        if part in names:
            return suffix
    return None


def _converted(program: str, data: bytes, document_id: str, suffix: str, newer: str) -> bytes:
    """The bytes of the file as LibreOffice saves it in the newer format.

    Raises:
        UnreadableDocument: it can't, or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="yinju-") as folder:
        given = Path(folder) / f"file{suffix}"
        given.write_bytes(data)
        command = [
            program,
            "--headless",
            "--norestore",
            # A profile of its own: another that is open in a window would take the order and not tell.
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--convert-to",
            newer.removeprefix("."),
            "--outdir",
            folder,
            str(given),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
            return given.with_suffix(newer).read_bytes()
        except (OSError, subprocess.SubprocessError) as exc:
            raise UnreadableDocument(DocumentMessage.FILE_NOT_CONVERTED, file=document_id, newer=newer) from exc
