"""What an encoder is to those who use it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Encoder", "Role", "Vectors"]

Vectors = npt.NDArray[np.float32]
"""Rows of unit length, shape (texts, dimensions)."""

Role = Literal["query", "document"]


class Encoder(Protocol):
    """What turns texts into vectors. ``name`` is what the index remembers as the model that made it.

    One that has a ``fingerprint`` tells its weights from others of the same name by it.
    """

    @property
    def name(self) -> str:
        """The model, as the settings name it."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        """The vectors of the texts, float32 of shape (texts, dimensions), each of unit length.

        ``progress`` is called with the number of texts done since the last call.
        """
        ...
