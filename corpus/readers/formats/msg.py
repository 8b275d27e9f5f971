"""Mail as Outlook saves it (.msg): the same mail as the standard has it, read as such."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.formats.mail import read as read_mail
from corpus.readers.zipped import OLE

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".msg",)


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The documents in a mail: its text, and the files attached to it.

    Raises:
        UnreadableDocument: the bytes are no mail of Outlook, or nothing in them can be read.
    """
    from oxmsg import Message

    if not data.startswith(OLE):
        raise UnreadableDocument(DocumentMessage.OUTLOOK_BROKEN, file=document_id)
    given = Message.load(io.BytesIO(data))
    mail = EmailMessage()
    mail["Subject"] = " ".join((given.subject or "").split())
    if given.sender:
        mail["From"] = formataddr(("", " ".join(given.sender.split()))) if "@" not in given.sender else given.sender
    if given.sent_date is not None:
        mail["Date"] = format_datetime(given.sent_date)
    mail.set_content(given.body or "")
    if given.html_body:
        if (given.body or "").strip():
            mail.add_alternative(given.html_body, subtype="html")
        else:
            mail.set_content(given.html_body, subtype="html")
    for attachment in given.attachments:
        content = attachment.file_bytes
        if content is not None:
            mail.add_attachment(
                content,
                maintype="application",
                subtype="octet-stream",
                filename=attachment.file_name or "attachment",
            )
    yield from read_mail(mail.as_bytes(), document_id, limits)
