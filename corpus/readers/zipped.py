"""ZIP containers opened with care: office files and EPUBs are such, as well as archives."""

from __future__ import annotations

import io
import zipfile

from corpus.cleaning.charset import NotText, decode
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["OLE", "check_xml", "member_name", "open_zip", "read_member"]

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How office files of before 2007 begin, and newer ones with a password."""

_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_HEAD_BYTES = 64 * 1024


def open_zip(data: bytes, document_id: str, limits: Limits) -> zipfile.ZipFile:
    """The archive in ``data``, after a look at what it would unpack to.

    Raises:
        UnreadableDocument: it is no ZIP file, is encrypted, or breaks one of the limits.
    """
    if data.startswith(OLE):
        if _ENCRYPTED_STREAM in data:
            raise UnreadableDocument(DocumentMessage.ARCHIVE_LOCKED, file=document_id)
        raise UnreadableDocument(DocumentMessage.OFFICE_OLDER, file=document_id)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as exc:
        raise UnreadableDocument(DocumentMessage.ARCHIVE_BROKEN, file=document_id, reason=exc) from exc
    members = archive.infolist()
    if len(members) > limits.archive_files:
        raise UnreadableDocument(
            DocumentMessage.ARCHIVE_TOO_MANY, file=document_id, files=len(members), most=limits.archive_files
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.archive_bytes:
        raise UnreadableDocument(
            DocumentMessage.ARCHIVE_TOO_LARGE, file=document_id, size=unpacked, most=limits.archive_bytes
        )
    if unpacked > limits.archive_free_bytes and unpacked > limits.archive_ratio * max(1, len(data)):
        raise UnreadableDocument(
            DocumentMessage.ARCHIVE_BOMB,
            file=document_id,
            times=unpacked // max(1, len(data)),
            most=limits.archive_ratio,
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnreadableDocument(DocumentMessage.ARCHIVE_LOCKED, file=document_id)
    return archive


def read_member(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo, document_id: str) -> bytes:
    """The bytes of a file in the archive; never more than its directory says.

    Raises:
        UnreadableDocument: it is missing or damaged.
    """
    try:
        with archive.open(name) as member:
            return member.read()
    except Exception as exc:  # zlib, lzma and bz2 each have errors of their own
        shown = name.filename if isinstance(name, zipfile.ZipInfo) else name
        raise UnreadableDocument(DocumentMessage.PART_BROKEN, file=document_id, part=shown, reason=exc) from exc


def member_name(member: zipfile.ZipInfo) -> str:
    """The name of a file in an archive; Chinese Windows writes GBK where the format means CP437."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return decode(member.filename.encode("cp437")).text
    except (UnicodeEncodeError, NotText):
        return member.filename


def check_xml(archive: zipfile.ZipFile, document_id: str) -> None:
    """Refuses XML parts that declare entities, which office files never do and bombs are made of.

    Raises:
        UnreadableDocument: a part does.
    """
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels", ".opf", ".ncx")):
            try:
                with archive.open(member) as part:
                    head = part.read(_HEAD_BYTES)
            except Exception as exc:
                raise UnreadableDocument(
                    DocumentMessage.PART_BROKEN, file=document_id, part=member.filename, reason=exc
                ) from exc
            if b"<!ENTITY" in head or b"<\0!\0E\0N\0T" in head:
                raise UnreadableDocument(DocumentMessage.XML_ENTITIES, file=document_id)
