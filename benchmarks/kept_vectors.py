"""An encoder that keeps what it has encoded, by text, so that a benchmark run again encodes only what is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from embeddings import Encoder
from embeddings.encoders.protocol import Role, Vectors
from embeddings.encoders.transformer import SentenceTransformerEncoder


class KeptVectors(SentenceTransformerEncoder):
    """The encoder, with its vectors kept in a file."""

    def __init__(self, encoder: Encoder, file: Path) -> None:
        assert isinstance(encoder, SentenceTransformerEncoder)
        vars(self).update(vars(encoder))  # its model, which others share
        self._vectors = sqlite3.connect(file)
        self._vectors.execute("CREATE TABLE IF NOT EXISTS vectors (role, text, vector, PRIMARY KEY (role, text))")

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        """See ``Encoder``."""
        kept: dict[str, bytes] = {}
        for text in set(texts):
            row = self._vectors.execute(
                "SELECT vector FROM vectors WHERE role = ? AND text = ?", (role, text)
            ).fetchone()
            if row is not None:
                kept[text] = row[0]
        new = sorted({text for text in texts if text not in kept}, key=len, reverse=True)
        for first in range(0, len(new), 256):
            batch = new[first : first + 256]
            vectors = super().encode(batch, role)
            kept.update((text, vector.tobytes()) for text, vector in zip(batch, vectors, strict=True))
            with self._vectors:
                self._vectors.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", ((role, text, kept[text]) for text in batch)
                )
        if progress is not None:
            progress(len(texts))
        return np.stack([np.frombuffer(kept[text], dtype=np.float32) for text in texts])
