"""What stands in an encoder's place where everything but encoding is measured."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from embeddings.encoders.protocol import Role, Vectors

__all__ = ["StandIn"]


class StandIn:
    """For each text the sum of two random directions that its bytes choose, after as long as it is told to take."""

    name = "stand-in"

    def __init__(self, dimensions: int = 384, *, seconds_a_text: float = 0.0) -> None:
        self.dimensions = dimensions
        self._seconds = seconds_a_text
        self._directions = np.random.default_rng(0).standard_normal((4096, dimensions)).astype(np.float32)

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:  # noqa: ARG002
        """See ``Encoder``."""
        time.sleep(self._seconds * len(texts))
        sums = [zlib.crc32(text.encode()) for text in texts]
        chosen = np.array([(value & 0xFFF, value >> 20) for value in sums], dtype=np.int64).reshape(-1, 2)
        vectors: Vectors = self._directions[chosen[:, 0]] + self._directions[chosen[:, 1]]
        if progress is not None:
            progress(len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
