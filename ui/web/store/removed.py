"""Documents that were removed and can be put back: kept beside the library, in the home, for a while."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

from corpus import DocumentError, Library
from corpus.messages import DocumentMessage
from ui.messages import PageMessage

__all__ = ["Removed"]

_KEPT_DAYS = 30


class Removed:
    """The removed documents of a library, the last removed first to come back. Safe to use from several threads.

    Each lies in a folder named by the nanosecond it was removed at, under its own id, so that a restart finds it. What
    has lain there for 30 days is deleted when the page starts.
    """

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._folder = folder
        self._lock = threading.Lock()
        for old in self._moments():
            if int(old.name) < time.time_ns() - _KEPT_DAYS * 86_400 * 10**9:
                shutil.rmtree(old, ignore_errors=True)

    @property
    def last(self) -> str | None:
        """The id of the document that ``restore`` would put back."""
        found = self._newest()
        return found[1] if found else None

    def remove(self, document_id: str) -> None:
        """Takes a file out of the library; raises ``UnknownDocument`` or ``DocumentError``."""
        path = self._library.path_of(document_id)
        kept = self._folder / str(time.time_ns()) / document_id
        with self._lock:
            try:
                kept.parent.mkdir(parents=True)
                shutil.move(path, kept)
            except OSError as exc:
                raise DocumentError(DocumentMessage.FILE_NOT_REMOVED, file=path, reason=exc.strerror or exc) from exc

    def restore(self) -> None:
        """Puts the last one back, unless another has taken its place; raises ``DocumentError``."""
        with self._lock:
            found = self._newest()
            if found is None:
                return
            moment, document_id = found
            target = self._library.folder / document_id
            try:
                if not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(moment / document_id, target)
                shutil.rmtree(moment)
            except OSError as exc:
                raise DocumentError(
                    PageMessage.DOCUMENT_NOT_RESTORED, document=document_id, reason=exc.strerror or exc
                ) from exc

    def _newest(self) -> tuple[Path, str] | None:
        for moment in self._moments():
            for path in moment.rglob("*"):
                if path.is_file():
                    return moment, path.relative_to(moment).as_posix()
        return None

    def _moments(self) -> list[Path]:
        """The folders of removals, the newest first."""
        if not self._folder.is_dir():
            return []
        found = (path for path in self._folder.iterdir() if path.name.isdecimal() and path.is_dir())
        return sorted(found, key=lambda path: int(path.name), reverse=True)
