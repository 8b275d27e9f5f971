"""Text in the pictures that stand in office files, read by recognition where it is installed."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import TYPE_CHECKING

from corpus.cleaning.assembly import Part
from corpus.documents import Place
from corpus.errors import UnreadableDocument
from corpus.language.plausible import is_language
from corpus.limits import Limits

if TYPE_CHECKING:
    from corpus.pages.model import Page

__all__ = ["MOST_PICTURES", "PictureReader"]

MOST_PICTURES = 100  # of a file, that look like print
_LEAST_LETTERS = 12
_MOSTLY = 0.5  # of the characters are letters
_SHARE = 0.5  # of the processor's time that a file may take, after which no other picture is begun


class PictureReader:
    """Reads the pictures of one file: at most ``MOST_PICTURES``, as long as half of the file's time is left."""

    def __init__(self, document_id: str, limits: Limits, file_bytes: int) -> None:
        """Begins the file's time; ``file_bytes`` is its size."""
        self._document_id = document_id
        self._limits = limits
        allotted = limits.allotted(file_bytes).processor_seconds or limits.processor_seconds
        self._until = time.process_time() + _SHARE * allotted
        self._known: dict[bytes, bool] = {}
        self._tried = 0

    def parts(self, data: bytes, place: Place) -> list[Part] | None:
        """The lines and rows in a picture, all of which come from ``place``; none for one that was read before.

        None: it is not read. It is no print on paper, no text is recognised in it, it is damaged or over a limit, or
        recognition is not installed.
        """
        digest = sha256(data).digest()
        if digest in self._known:
            return [] if self._known[digest] else None
        try:
            parts = self._read(data, place)
        except (UnreadableDocument, MemoryError):
            parts = None
        self._known[digest] = parts is not None
        return parts

    def _read(self, data: bytes, place: Place) -> list[Part] | None:
        from corpus.pages.compose import parts_of
        from corpus.pages.insets import looks_printed
        from corpus.pages.ocr import recognize
        from corpus.pages.pictures import frames_of

        if self._tried >= MOST_PICTURES or time.process_time() > self._until:
            return None
        _, frames = frames_of(data, self._document_id, self._limits)
        image = next(frames, None)
        if image is None or not looks_printed(image):
            return None
        self._tried += 1
        page = recognize(image, 1)
        return parts_of(page, place) if _is_text(page) else None


def _is_text(page: Page) -> bool:
    """Whether what is recognised is a text or a table that is drawn, and not what stands at the axes of a plot."""
    text = "\n".join(line.text for line in page.lines)
    letters, inked = sum(map(str.isalpha, text)), len("".join(text.split()))
    return letters >= _LEAST_LETTERS and (letters >= _MOSTLY * inked or bool(page.grids)) and is_language(text)
