"""Yes or no: whether that is what a question asks, and what the passage says to it."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import numpy as np

from embeddings.encoders.protocol import Vectors
from rag.extractive.reader import Page, SentenceReader

__all__ = ["Polarity", "asks_yes_or_no", "polarity_of"]

Polarity = Literal["yes", "no"]

_SURE = 0.8  # of the two together; below it nothing is said


def asks_yes_or_no(question: Vectors) -> bool:
    """Whether yes or no would answer the question of this vector, shape (dimensions,), of the bundled encoder.

    A logistic regression that ``benchmarks/fit_yes_no.py`` fits on the training questions.
    """
    weights = _weights()
    return len(question) + 1 == len(weights) and float(question @ weights[:-1] + weights[-1]) > 0


def polarity_of(question: str, page: Page, reader: SentenceReader) -> Polarity | None:
    """What the page says to a yes/no question, None where the reader is not sure."""
    judged = reader.judge(question, [page])[0]
    if judged.supported >= _SURE:
        return "yes"
    return "no" if judged.contradicted >= _SURE else None


@cache
def _weights() -> Vectors:
    with resources.files("rag.extractive").joinpath("yes_no.npy").open("rb") as file:
        weights: Vectors = np.load(file).astype(np.float32)
    return weights
