"""The text of a file's bytes, or one clear error."""

from __future__ import annotations

from corpus.cleaning.charset import Decoded, NotText, decode
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["decode_document"]


def decode_document(data: bytes, document_id: str, limits: Limits, declared: str | None = None) -> Decoded:
    """The decoded text of a document; see ``corpus.cleaning.charset.decode``.

    Raises:
        UnreadableDocument: the bytes are not text, or longer than ``limits.text_chars``.
    """
    try:
        decoded = decode(data, declared)
    except NotText as exc:
        raise UnreadableDocument(DocumentMessage.NOT_TEXT, file=document_id, reason=exc) from exc
    if len(decoded.text) > limits.text_chars:
        raise UnreadableDocument(
            DocumentMessage.TEXT_TOO_LONG, file=document_id, characters=len(decoded.text), most=limits.text_chars
        )
    return decoded
