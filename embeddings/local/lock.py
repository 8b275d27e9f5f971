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

from corpus import Problem
from embeddings.errors import IndexBusy
from embeddings.messages import IndexMessage

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
        raise IndexBusy(IndexMessage.INDEX_BUSY, folder=index_dir, owner=_described(owner)) from exc


def _described(owner: Path) -> Problem:
    try:
        values = json.loads(owner.read_text(encoding="utf-8"))
        return Problem.of(
            IndexMessage.INDEX_OWNER, process=values["process"], host=values["host"], since=values["since"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Problem("")  # it has only just begun, or ended
