"""The documents folder watched: whoever changes a file in it need not ask for a rebuild."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

__all__ = ["FolderWatch"]

_log = logging.getLogger(__name__)
_SETTLED_MS = 1600  # for this long changes are gathered: copying many files is one rebuild


class FolderWatch:
    """Calls back when files of a folder have changed; hidden ones, such as those being copied in, do not count."""

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        self._folder = folder
        self._changed = changed
        self._stop: threading.Event | None = None

    @property
    def is_on(self) -> bool:
        """Whether it watches."""
        return self._stop is not None

    def start(self) -> None:
        """Watches from now on, if it does not."""
        if self._stop is None:
            self._stop = threading.Event()
            threading.Thread(target=self._work, args=(self._stop,), name="yinju-watch", daemon=True).start()

    def stop(self) -> None:
        """Watches no longer."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def _work(self, stop: threading.Event) -> None:
        from watchfiles import watch

        try:
            for _ in watch(
                self._folder,
                watch_filter=lambda _, path: self._counts(Path(path)),
                debounce=_SETTLED_MS,
                stop_event=stop,
                raise_interrupt=False,
            ):
                self._changed()
        except OSError as exc:  # the folder is gone, or the system watches no more files
            _log.warning("The documents folder is watched no longer: %s", exc)
            self._stop = None

    def _counts(self, path: Path) -> bool:
        return not any(part.startswith(".") for part in path.relative_to(self._folder).parts)
