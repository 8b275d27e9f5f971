"""An encoder that another package brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint

import numpy as np

from embeddings.encoders.protocol import Encoder, Role, Vectors
from embeddings.errors import EncoderUnavailable
from embeddings.extensions import extension, failing_as
from embeddings.messages import IndexMessage

__all__ = ["ENTRY_POINTS", "BroughtEncoder"]

ENTRY_POINTS = "yinju.encoders"
"""The group of entry points that encoders are found by."""


@dataclass(frozen=True, eq=False)
class BroughtEncoder:
    """A package's encoder under the name that the settings give it: by that an index knows what built it.

    Whatever the package's code raises becomes ``EncoderUnavailable``; an ``OSError`` of it would else be taken for one
    of the index's folder.
    """

    name: str
    dimensions: int
    fingerprint: str
    encoder: Encoder = field(repr=False)
    point: EntryPoint = field(repr=False)

    @classmethod
    def of(cls, name: str) -> BroughtEncoder | None:
        """The encoder of "<scheme>:<rest>": what the entry point named ``<scheme>`` gives when called with ``<rest>``.

        None if no installed package has such an entry point; raises ``EncoderUnavailable`` if it fails.
        """
        point = extension(ENTRY_POINTS, name)
        if point is None:
            return None
        with failing_as(EncoderUnavailable, IndexMessage.ENCODER_BROUGHT_FAILS, point):
            encoder: Encoder = point.load()(name.partition(":")[2])
            return cls(name, int(encoder.dimensions), str(getattr(encoder, "fingerprint", "")), encoder, point)

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        """See ``Encoder``."""
        with failing_as(EncoderUnavailable, IndexMessage.ENCODER_BROUGHT_FAILS, self.point):
            vectors = np.asarray(self.encoder.encode(texts, role, progress), dtype=np.float32)
            if vectors.shape != (len(texts), self.dimensions):
                raise ValueError(f"vectors of shape {vectors.shape} instead of {(len(texts), self.dimensions)}")
        return vectors
