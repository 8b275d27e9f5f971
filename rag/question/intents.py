"""What a follow-up is after, told by the encoder's vectors: more of the same, another value, a correction, ...

A logistic regression over the vector of the question alone, and over what the question changes in the vector of the
one before it. Its weights (``intents.npz``) were learned by ``benchmarks/train_followups.py`` for the bundled encoder's
vectors, and tell nothing of another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from embeddings import DEFAULT_MODEL, Encoder
from embeddings.encoders.protocol import Vectors

__all__ = ["Sense", "Weights", "features_of", "sense_of"]

_LIKELY = 0.2
_CLOSENESS_STEP = 0.03


@dataclass(frozen=True)
class Sense:
    """What vectors tell of a question: its likeliest intents, and the earlier question it is nearest to (from 1).

    ``closeness`` is how near it is to the one just before, in steps.
    """

    intents: tuple[str, ...]
    nearest: int
    closeness: int


@dataclass(frozen=True)
class Weights:
    """Of each intent the weights of the features, and its bias."""

    intents: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def likely(self, features: Vectors) -> tuple[str, ...]:
        """The likeliest intent, and others that are likely too."""
        scores = self.weights @ features + self.bias
        odds = np.exp(scores - scores.max())
        odds /= odds.sum()
        order = [int(at) for at in np.argsort(-odds)]
        return tuple(self.intents[at] for at in order[:2] if at == order[0] or odds[at] >= _LIKELY)


def features_of(question: str, before: Sequence[str], encoder: Encoder) -> tuple[Vectors, Vectors]:
    """The features of a question, and the vectors of the questions before it, the latest of which comes first."""
    vectors = encoder.encode([question, f"{before[0]} {question}", *before], "query")
    return np.concatenate([vectors[0], vectors[1] - vectors[2]]), vectors[2:]


def sense_of(
    question: str, before: Sequence[str], encoder: Encoder | None, weights: Weights | None = None
) -> Sense | None:
    """What the vectors tell, None without an encoder whose vectors were learned from."""
    if encoder is None or encoder.name != DEFAULT_MODEL or not before:
        return None
    features, earlier = features_of(question, before, encoder)
    alike = earlier @ features[: earlier.shape[1]]
    closeness = int((float(alike[0]) - 0.7) / _CLOSENESS_STEP)
    return Sense((weights or _learned()).likely(features), int(alike.argmax()) + 1, max(0, min(closeness, 9)))


@cache
def _learned() -> Weights:
    with resources.as_file(resources.files("rag.question").joinpath("intents.npz")) as path, np.load(path) as kept:
        return Weights(
            tuple(kept["intents"].tolist()), kept["weights"].astype(np.float32), kept["bias"].astype(np.float32)
        )
