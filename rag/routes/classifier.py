"""What a question is after, told from the question alone by the shared layers with adapters.

The way that answers it; the operation that it asks for where a table answers; whether it wants a yes or a no, which
makes it a polar question (Huddleston and Pullum, 2002). ``rag/reading/classifier.safetensors`` holds the adapters,
trained by ``benchmarks/train_classifier.py``; docs/routes.md tells from what questions and how well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args
from weakref import WeakKeyDictionary

import numpy as np

from embeddings import Encoder
from embeddings.encoders.protocol import Vectors
from rag.answers import Route
from rag.reading.adapters import adapted, log_chances
from rag.reading.layers import ReadingLayers
from rag.reading.questions import token_ids

__all__ = ["OPERATIONS", "OUTPUTS", "POLAR", "ROUTES", "SURE", "Classifier", "Operation"]

Operation = Literal[
    "look_up",
    "filter",
    "superlative_max",
    "superlative_min",
    "count",
    "sum",
    "difference",
    "average",
    "percentage",
    "product",
]
"""What is done with the cells of a table: a cell, the records that meet a condition or reach furthest, how many, and
the arithmetic; a product is of a cell and the number of times that the question names."""

ROUTES: tuple[Route, ...] = get_args(Route)
"""The ways, in the order of the first outputs."""

OPERATIONS: tuple[Operation, ...] = get_args(Operation)
"""The operations, in the order of the outputs after those."""

POLAR = len(ROUTES) + len(OPERATIONS)
"""The output that is above 0 for a question that wants a yes or a no."""

OUTPUTS = POLAR + 1

SURE = 0.9
"""From this on (0 to 1) a way is gone alone: ``train_classifier.py`` prints how often it was right."""

_WEIGHTS = "classifier.safetensors"
_KEPT = 64  # questions


class Classifier:
    """Tells what questions are after, each looked at once. Safe to use from several threads."""

    def __init__(self, shared: ReadingLayers) -> None:
        """A classifier on shared layers."""
        self._adapted = adapted(shared, _WEIGHTS)
        self._outputs = lru_cache(_KEPT)(self._told)

    @classmethod
    def beside(cls, encoder: Encoder) -> Classifier | None:
        """The classifier where the encoder is the bundled one, whose weights it needs; else None."""
        shared = ReadingLayers.beside(encoder)
        if shared is None:
            return None
        if shared not in _made:
            _made[shared] = cls(shared)
        return _made[shared]

    def routes(self, questions: Sequence[str]) -> Vectors:
        """How likely each of ``ROUTES`` is for each question (0 to 1, together 1), shape (questions, ways)."""
        return np.stack([_likely(self._outputs(question)[: len(ROUTES)]) for question in questions])

    def operations(self, question: str) -> dict[Operation, float]:
        """How likely the question asks for each operation (0 to 1); they add up to 1."""
        return dict(zip(OPERATIONS, _likely(self._outputs(question)[len(ROUTES) : POLAR]).tolist(), strict=True))

    def is_polar(self, question: str) -> bool:
        """Whether the question wants a yes or a no."""
        return bool(self._outputs(question)[POLAR] > 0)

    def _told(self, question: str) -> Vectors:
        ids = self._adapted.thread.run(lambda: token_ids(self._adapted.tokenizer, question))
        outputs: Vectors = self._adapted.logits([ids])[0]
        return outputs


_made: WeakKeyDictionary[ReadingLayers, Classifier] = WeakKeyDictionary()


def _likely(logits: Vectors) -> Vectors:
    chances: Vectors = np.exp(log_chances(logits))
    return chances
