"""Pictures of pages: scans and photographs, read by recognition."""

from __future__ import annotations

import time
from collections.abc import Iterator

from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["MOST_SECONDS", "SUFFIXES", "read"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")
MOST_SECONDS = 1500.0


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The document in the bytes of a picture; each frame of a TIFF is a page.

    Raises:
        UnreadableDocument: the bytes are no picture, are damaged, have too many pixels or frames, take too long to
            read, or no text is found in them.
    """
    from corpus.pages.compose import document_of
    from corpus.pages.ocr import recognize
    from corpus.pages.pictures import frames_of

    began = time.monotonic()
    count, frames = frames_of(data, document_id, limits)
    pages = []
    for number, frame in enumerate(frames, 1):
        if time.monotonic() - began > MOST_SECONDS:
            raise UnreadableDocument(
                DocumentMessage.PICTURE_TOO_SLOW, file=document_id, done=number - 1, pages=count, seconds=MOST_SECONDS
            )
        pages.append(recognize(frame, number))
    if not any(page.lines for page in pages):
        raise UnreadableDocument(DocumentMessage.EMPTY_PICTURE, file=document_id)
    yield document_of(pages, document_id)
