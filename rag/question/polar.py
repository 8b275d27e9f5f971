"""Whether a question wants a yes or a no: a polar question (Huddleston and Pullum, 2002).

A logistic regression over the encoder's vector of the question; its weights (``polar.npz``) were learned by
``benchmarks/train_polar.py`` for the bundled encoder's vectors, and tell nothing of another's.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from embeddings.encoders.protocol import Vectors

__all__ = ["is_polar"]


def is_polar(vector: Vectors) -> bool:
    """Whether the question with this vector, shape (dimensions,), wants a yes or a no."""
    weights, bias = _learned()
    return weights.shape == vector.shape and bool(vector @ weights + bias > 0)


@cache
def _learned() -> tuple[npt.NDArray[np.float32], float]:
    with resources.as_file(resources.files("rag.question").joinpath("polar.npz")) as path, np.load(path) as kept:
        return kept["weights"], float(kept["bias"])
