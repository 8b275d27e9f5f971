"""How likely each way is the right one for a question, told by the reader's layers with adapters.

``rag/reading/routes.safetensors`` holds them, trained by ``benchmarks/train_routes.py``; docs/routes.md tells from what
questions and how well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from embeddings.encoders.protocol import Vectors
from rag.answers import Route
from rag.reading.adapters import adapted
from rag.reading.questions import token_ids
from rag.reading.reader import Reader

__all__ = ["ROUTES", "SURE", "Classifier"]

ROUTES: tuple[Route, ...] = get_args(Route)
"""The ways, in the order of a question's numbers."""

SURE = 0.9
"""From this on (0 to 1) a way is gone alone: ``train_routes.py`` prints that it was right of 19 questions in 20."""

_WEIGHTS = "routes.safetensors"


class Classifier:
    """Tells the ways of questions. Safe to use from several threads."""

    def __init__(self, reader: Reader) -> None:
        """A classifier on the layers of a reader."""
        self._adapted = adapted(reader, _WEIGHTS)

    def __call__(self, questions: Sequence[str]) -> Vectors:
        """How likely each of ``ROUTES`` is for each question (0 to 1, together 1), shape (questions, ways)."""
        tokenizer = self._adapted.tokenizer
        ids = self._adapted.thread.run(lambda: [token_ids(tokenizer, question) for question in questions])
        return np.exp(self._adapted.log_chances(ids))
