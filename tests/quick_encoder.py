"""An encoder for tests of what an index does with vectors: quick, and always the same."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np

from embeddings.encoders.protocol import Role, Vectors

DIMENSIONS = 32


class QuickEncoder:
    """Adds up a random direction for each pair of characters: texts with much in common are near each other."""

    dimensions = DIMENSIONS

    def __init__(self, name: str = "quick") -> None:
        self.name = name
        self.encoded: list[str] = []
        self._directions = np.random.default_rng(0).standard_normal((4096, DIMENSIONS)).astype(np.float32)

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        self.encoded += texts
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for i, text in enumerate(texts):
            pairs = [zlib.crc32(text[j : j + 2].encode()) % 4096 for j in range(len(text) or 1)]
            vectors[i] = self._directions[pairs].sum(axis=0)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        if progress is not None:
            progress(len(texts))
        return vectors
