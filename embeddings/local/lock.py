"""One writer at a time: who holds an index."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.errors import IndexBusy

__all__ = ["held"]


@contextmanager
def held(index_dir: Path) -> Iterator[None]:
    """Holds the index for writing. The system lets go of the lock when the process ends, in whatever way.

    Raises:
        IndexBusy: another process or thread holds it; the message says which and since when.
        OSError: the folder can't be written.
    """
    owner = index_dir / ".rebuild.owner"
    try:
        with FileLock(index_dir / ".rebuild.lock", timeout=0):
            values = {
                "process": os.getpid(),
                "host": socket.gethostname(),
                "since": datetime.now().astimezone().isoformat(timespec="seconds"),
            }
            owner.write_text(json.dumps(values), encoding="utf-8")
            try:
                yield
            finally:
                owner.unlink(missing_ok=True)
    except Timeout as exc:
        raise IndexBusy(
            f"Another rebuild of {index_dir} is running{_described(owner)}. Wait for it to end, then try again."
        ) from exc


def _described(owner: Path) -> str:
    try:
        values = json.loads(owner.read_text(encoding="utf-8"))
        return f" (process {values['process']} on {values['host']}, since {values['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # it has only just begun, or ended
