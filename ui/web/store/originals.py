"""The files behind the documents: their pages as pictures, their text as it was before it was cleaned."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from corpus import Library, UnreadableDocument
from corpus.cleaning.charset import declared_encoding
from corpus.cleaning.decoding import decode_document
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.pages.previews import page_sizes, render_page
from corpus.readers.formats import csv, html, image, json, markdown, pdf, text
from corpus.workers import Worker, WorkerDied, WorkerOverdue
from ui.messages import PageMessage

__all__ = ["Originals", "View"]

View = Literal["text", "pages", "source", "web"]
"""How a document can be looked at: its cleaned text, its pages, its file's text, its file as a web page."""

_SECONDS = 60.0  # for one page
_SCALE = 2.0
_KEPT_BYTES = 48 * 1024 * 1024
_LIMITS = Limits()
_PAGES = frozenset((*pdf.SUFFIXES, *image.SUFFIXES))
_WEB = frozenset(html.SUFFIXES)
_TEXT = frozenset((*text.SUFFIXES, *markdown.SUFFIXES, *json.SUFFIXES, *csv.SUFFIXES))


class Originals:
    """The files of a library's documents. Safe to use from several threads.

    Pages are drawn by a process of its own: what a damaged or hostile file does to the drawing is done there.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._worker = Worker()
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def path(self, document_id: str) -> Path | None:
        """The file a document was read from; None if it is gone, or if the document was only a part of it."""
        file = self._library.file_of(document_id)
        if file is None or not (file == document_id or document_id.startswith(f"{file}#")):
            return None
        return self._library.path_of(file)

    def view(self, document_id: str) -> View | None:
        """How the original of a document can be shown beside its text; None if only the text can."""
        path = self.path(document_id)
        suffix = path.suffix.lower() if path else ""
        if suffix in _PAGES:
            return "pages"
        if suffix in _WEB:
            return "web"
        return "source" if suffix in _TEXT else None

    def sizes(self, document_id: str) -> list[tuple[float, float]]:
        """Width and height of each page; see ``page_sizes``.

        Raises:
            UnreadableDocument: the file is gone, has no pages, or can't be drawn.
        """
        sizes: list[tuple[float, float]] = self._drawn(page_sizes, self._paged(document_id))
        return sizes

    def picture(self, document_id: str, page: int) -> bytes:
        """A page, from 1, as PNG; raises as ``sizes`` does, and if there is no such page."""
        picture: bytes = self._drawn(render_page, self._paged(document_id), page, _SCALE)
        return picture

    def source(self, document_id: str) -> str:
        """The decoded text of a file, which the places of its documents point into.

        Raises:
            UnreadableDocument: the file is gone, or no text.
        """
        path = self.path(document_id)
        if path is None:
            raise UnreadableDocument(PageMessage.ORIGINAL_GONE, document=document_id)
        try:
            data = path.read_bytes()
        except OSError as exc:
            raise UnreadableDocument(DocumentMessage.FILE_UNREADABLE, file=path, reason=exc.strerror or exc) from exc
        declared = declared_encoding(data) if path.suffix.lower() in _WEB else None
        return decode_document(data, document_id, _LIMITS, declared).text

    def _paged(self, document_id: str) -> Path:
        path = self.path(document_id)
        if path is None or path.suffix.lower() not in _PAGES:
            raise UnreadableDocument(PageMessage.ORIGINAL_WITHOUT_PAGES, document=document_id)
        return path

    def _drawn(self, function: Any, path: Path, *arguments: Any) -> Any:
        with self._lock:
            stat = path.stat()
            key = (function.__name__, path, stat.st_mtime_ns, stat.st_size, *arguments)
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            try:
                drawn = self._worker.run(
                    function, path, *arguments, allotted=replace(Limits().allotted(stat.st_size), seconds=_SECONDS)
                )
            except WorkerOverdue as exc:
                raise UnreadableDocument(PageMessage.ORIGINAL_TOO_SLOW, file=path.name) from exc
            except WorkerDied as exc:
                raise UnreadableDocument(PageMessage.ORIGINAL_CRASHED, file=path.name) from exc
            self._kept[key] = drawn
            while len(self._kept) > 1 and sum(map(_size, self._kept.values())) > _KEPT_BYTES:
                self._kept.popitem(last=False)
            return drawn


def _size(drawn: Any) -> int:
    return len(drawn) if isinstance(drawn, bytes) else 64 * len(drawn)
