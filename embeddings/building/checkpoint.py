"""The texts a rebuild has to encode, and the vectors it has made of them so far.

They are kept in a file beside the index until the next generation is whole, so that a rebuild that is broken off,
however roughly, loses the encoding of its last moments only. A text is known by itself and the model: the same
sentence in a thousand documents is encoded once.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.building.pace import work_of
from embeddings.encoders.fingerprint import fingerprint_of
from embeddings.local.lock import held

__all__ = ["Checkpoint", "identity", "keep_vectors"]

_FILE = "encoded.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, length INTEGER NOT NULL, text TEXT, vector BLOB
);
CREATE INDEX IF NOT EXISTS to_do ON texts (length DESC) WHERE vector IS NULL;
DELETE FROM texts WHERE vector IS NULL;
"""

_log = logging.getLogger(__name__)


class Checkpoint:
    """The file ``encoded.sqlite`` of an index folder. Safe to use from several threads of one process."""

    def __init__(self, index_dir: Path, model: str, *, afresh: bool = False) -> None:
        """``afresh`` forgets what was kept. Raises OSError or sqlite3.Error where the file can't be written."""
        self._path = index_dir / _FILE
        self._model = model
        self._lock = threading.Lock()
        self.to_do = self.work_to_do = 0
        self.done = self.work_done = 0
        if afresh:
            self._delete()
        try:
            self._connection = self._connect()
        except sqlite3.DatabaseError as exc:
            if isinstance(exc, sqlite3.OperationalError):
                raise  # the disk, not the file
            _log.warning("The kept vectors in %s are damaged and are made anew.", self._path)
            self._delete()
            self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False)
        try:
            # A killed process loses nothing that was committed; a machine that loses power, the last commits at most.
            connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {_SCHEMA}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def need(self, texts: Sequence[str]) -> list[int]:
        """The ids of texts whose vectors are needed; those without one are to do now."""
        ids = []
        with self._lock:
            for text in texts:
                name = hashlib.blake2b(f"{self._model}\0{text}".encode(errors="surrogatepass"), digest_size=16).digest()
                found = self._connection.execute("SELECT id FROM texts WHERE hash = ?", (name,)).fetchone()
                if found is None:
                    cursor = self._connection.execute(
                        "INSERT INTO texts (hash, length, text) VALUES (?, ?, ?)", (name, len(text), text)
                    )
                    ids.append(int(cursor.lastrowid or 0))
                    self.to_do += 1
                    self.work_to_do += work_of(len(text))
                else:
                    ids.append(found[0])
        return ids

    def longest(self, count: int) -> list[tuple[int, str]]:
        """The longest texts to do, with their ids: texts of like length are encoded together."""
        with self._lock:
            return self._connection.execute(
                "SELECT id, text FROM texts WHERE vector IS NULL ORDER BY length DESC LIMIT ?", (count,)
            ).fetchall()

    def keep(self, ids: Sequence[int], vectors: npt.NDArray[np.float32], work: int = 0) -> None:
        """Keeps the vectors (texts, dimensions) of these texts, as float16; they survive the process from here on.

        ``work`` is what encoding them took, as ``work_of`` counts it.
        """
        rows = [(vector.tobytes(), number) for vector, number in zip(vectors.astype(np.float16), ids, strict=True)]
        with self._lock:
            self._connection.executemany("UPDATE texts SET vector = ?, text = NULL WHERE id = ?", rows)
            self._connection.commit()
            self.done += len(rows)
            self.work_done += work

    def vectors(self, ids: Sequence[int], dimensions: int) -> npt.NDArray[np.float16]:
        """The kept vectors of these texts, shape (texts, dimensions).

        Raises:
            ValueError: one is missing or of another length.
        """
        unique = sorted(set(ids))
        marks = ",".join(map(str, unique))  # our own numbers
        with self._lock:
            found = self._connection.execute(f"SELECT vector FROM texts WHERE id IN ({marks}) ORDER BY id").fetchall()
        data = b"".join(vector for (vector,) in found)
        kept = np.frombuffer(data, dtype=np.float16).reshape(-1, dimensions)
        if len(kept) != len(unique):
            raise ValueError(f"{len(unique)} texts have {len(kept)} vectors of {dimensions} dimensions")
        return kept[np.searchsorted(unique, ids)]

    def close(self) -> None:
        """Closes the file; what is kept stays for the next rebuild."""
        with self._lock:
            self._connection.commit()
            self._connection.close()

    def discard(self) -> None:
        """Closes the file and deletes it: its vectors are in the index now, or are not wanted."""
        with self._lock:
            self._connection.close()
        self._delete()

    def _delete(self) -> None:
        self.forget(self._path.parent)

    @staticmethod
    def forget(index_dir: Path) -> None:
        """Deletes what is kept for an index folder, if anything is; raises OSError where that can't be."""
        for suffix in ("", "-wal", "-shm"):
            (index_dir / f"{_FILE}{suffix}").unlink(missing_ok=True)


def identity(model: str, fingerprint: str) -> str:
    """What kept vectors are known by beside their text: the model and its weights."""
    return f"{model}@{fingerprint}"


def keep_vectors(
    index_dir: str | Path, model: str, texts: Sequence[str], vectors: npt.NDArray[np.floating[npt.NBitBase]]
) -> None:
    """Keeps vectors that were made elsewhere, shape (texts, dimensions), for the next rebuild of this index.

    ``model`` is the encoder's name, as the rebuild will give it. Vectors that no passage needs go with the rebuild.

    Raises:
        IndexBusy: a rebuild is at work on this index.
        OSError, sqlite3.Error: the folder can't be written.
        ValueError: there are not as many vectors as texts.
    """
    index_dir = Path(index_dir)
    index_dir.mkdir(parents=True, exist_ok=True)
    with held(index_dir):
        checkpoint = Checkpoint(index_dir, identity(model, fingerprint_of(model)))
        try:
            checkpoint.keep(checkpoint.need(texts), np.asarray(vectors, dtype=np.float32))
        finally:
            checkpoint.close()
