"""Mail and pages saved as mail (MHTML): the body as a document, attachments as documents of their own."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import PurePath

from corpus.cleaning.charset import Decoded, NotText, declared_encoding, decode
from corpus.cleaning.decoding import decode_document
from corpus.cleaning.traced import Traced, through
from corpus.documents import Document, Skipped
from corpus.errors import DocumentError, Problem, UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.formats.html import clean_page
from corpus.readers.formats.text import clean_text

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".eml", ".mht", ".mhtml")

_PAGES = (".mht", ".mhtml")
_MOST_PARTS = 2_000
_HEADER = re.compile(rb"^[\x21-\x39\x3b-\x7e]{1,80}:", re.MULTILINE)
_MBOX_LINE = re.compile(rb"\A>?From [^\r\n]*\r?\n")
_HALVES = re.compile("[\udc80-\udcff]")
_SAVED_BY = re.compile(r"saved by|windows internet explorer|blink", re.IGNORECASE)


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The documents in a mail. Places in the body name their part ("text/plain"), with offsets in its decoded text.

    Raises:
        UnreadableDocument: the bytes are no mail, or nothing in them can be read.
    """
    data = _MBOX_LINE.sub(b"", data.lstrip().removeprefix(b"\xef\xbb\xbf"), count=1)
    if not _HEADER.match(data[:200]):
        raise UnreadableDocument(DocumentMessage.MAIL_WITHOUT_HEADER, file=document_id)
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise UnreadableDocument(DocumentMessage.MAIL_BROKEN, file=document_id)
    bodies, attachments = _parts(message)
    is_page = PurePath(document_id).suffix.lower() in _PAGES
    found = 0
    problem = Problem.of(DocumentMessage.EMPTY_TEXT, file=document_id)
    if is_page:
        bodies, attachments = [part for part in bodies if part.get_content_type() != "text/plain"] or bodies, []
    for part in sorted(bodies, key=lambda part: part.get_content_type() != "text/plain"):
        try:
            yield _body(message, part, document_id, limits)
            found = 1
            break
        except UnreadableDocument as exc:
            problem = exc.problem
    for document in _attached(attachments, document_id, limits):
        found += isinstance(document, Document)
        yield document
    if not found:
        raise UnreadableDocument(problem)


def _parts(message: EmailMessage) -> tuple[list[EmailMessage], list[EmailMessage]]:
    """The bodies (one text in several forms) and the attached files."""
    bodies: list[EmailMessage] = []
    attachments: list[EmailMessage] = []
    waiting: list[EmailMessage] = [message]
    seen = 0
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        if part.get_content_type() == "message/rfc822":
            attachments.append(part)
        elif part.is_multipart():
            waiting = [inner for inner in part.get_payload() if isinstance(inner, EmailMessage)] + waiting
        elif part.get_filename() or part.get_content_disposition() == "attachment":
            attachments.append(part)
        elif part.get_content_type() in ("text/plain", "text/html", "application/xhtml+xml"):
            bodies.append(part)
    return bodies, attachments


def _body(message: EmailMessage, part: EmailMessage, document_id: str, limits: Limits) -> Document:
    name = part.get_content_type()
    decoded = _decoded(part, document_id, limits)
    if name == "text/plain":
        document = clean_text(decoded.text, document_id)
        named = Traced.of(decoded.text, 0, part=name)
        document = replace(document, origin=through(document.origin, named))
    else:
        location = _header(message, "Snapshot-Content-Location") or _header(part, "Content-Location")
        url = location if location and location.startswith("http") else None
        document = clean_page(decoded.text, document_id, url=url, part=name)
    saved_page = bool(_SAVED_BY.search(_header(message, "From") or "")) or (
        PurePath(document_id).suffix.lower() in _PAGES
    )
    subject = _header(message, "Subject")
    sender, address = parseaddr(_header(message, "From") or "")
    return replace(
        document,
        title=document.title if saved_page and document.title else subject or document.title,
        author=document.author if saved_page else sender or address or None,
        published=document.published if saved_page else _date(message),
        damaged_bytes=decoded.damaged_bytes,
    )


def _decoded(part: EmailMessage, document_id: str, limits: Limits) -> Decoded:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise UnreadableDocument(DocumentMessage.MAIL_PART_BROKEN, file=document_id)
    try:
        declared = part.get_content_charset()
    except (LookupError, ValueError):
        declared = None
    if part.get_content_type() != "text/plain":
        declared = declared or declared_encoding(payload)
    return decode_document(payload, document_id, limits, declared)


def _attached(parts: list[EmailMessage], document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    from corpus.readers.members import read_inner

    for number, part in enumerate(parts, 1):
        name = PurePath((part.get_filename() or f"{number}.eml").replace("\\", "/")).name
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            payload: object = first.as_bytes() if isinstance(first, EmailMessage) else None
            name = name if name.endswith(".eml") else f"{number}.eml"
        else:
            payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            try:
                yield from read_inner(payload, name, f"{document_id}/{name}", limits)
            except DocumentError as exc:
                yield Skipped(f"{document_id}/{name}", exc.problem)


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message[name]
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        # The parser of structured headers fails on some that are not.
        return None
    raw = next((text for key, text in message.raw_items() if key.lower() == name.lower()), None)
    if isinstance(raw, str) and _HALVES.search(raw):
        # Bytes that no header may hold, but that mailers of old wrote: in the encoding of the text, as a rule.
        value = _as_written(raw.encode("ascii", "surrogateescape"), message)
    return " ".join(str(value).split()) or None if value is not None else None


def _as_written(raw: bytes, message: EmailMessage) -> str:
    charsets = (part.get_content_charset() for part in message.walk() if not part.is_multipart())
    try:
        return decode(raw, next(filter(None, charsets), None)).text
    except (NotText, LookupError, ValueError):
        return raw.decode("ascii", "replace")


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date") or "").date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None
