"""How likely each way is the right one for a question: multinomial logistic regression over what is known of it.

Known are the encoder's vector of the question, which the search made anyway, and what its words were read to ask for.
``choosing.safetensors`` holds the weights, written by ``benchmarks/train_routes.py``; docs/routes.md tells from what
questions and how well.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import get_args

import numpy as np
from safetensors import safe_open

from corpus.language.script import has_han
from embeddings.encoders.protocol import Vectors
from rag.answers import Route
from rag.question.figures import Figure
from rag.question.kinds import Kind
from rag.question.question import Question

__all__ = ["PARTS", "ROUTES", "Classifier", "classifier", "parts_of"]

ROUTES: tuple[Route, ...] = get_args(Route)
"""The ways, in the order of the rows of the weights."""

PARTS = (
    *(f"kind {kind.value}" for kind in Kind if kind is not Kind.OTHER),
    *(f"figure {figure.value}" for figure in Figure),
    "details",
    *(f"{how}{named}" for how in ("", "several ") for named in ("years", "numbers", "identifiers", "places")),
    "length",
    "Chinese",
)
"""What ``parts_of`` gives, in its order."""

_WEIGHTS = "choosing.safetensors"


@dataclass(frozen=True, slots=True)
class Classifier:
    """The weights, of shape (ways, dimensions + parts), with a bias a way.

    ``encoder`` names the model whose vectors they were fitted to. From ``sure`` (0 to 1) on the likeliest way was
    the right one of 19 questions in 20.
    """

    weights: Vectors
    bias: Vectors
    encoder: str
    sure: float

    def __call__(self, vector: Vectors, question: Question) -> Vectors:
        """How likely each of ``ROUTES`` is (0 to 1, together 1). ``vector`` is the encoder's of the question."""
        scores = self.weights @ np.concatenate([vector, parts_of(question)]) + self.bias
        likely: Vectors = np.exp(scores - scores.max())
        return np.asarray(likely / likely.sum(), dtype=np.float32)


@cache
def classifier() -> Classifier:
    """The one that is shipped."""
    with (
        resources.as_file(resources.files("rag.routes").joinpath(_WEIGHTS)) as file,
        safe_open(file, framework="numpy") as kept,
    ):
        told = json.loads(kept.metadata()["told"])
        return Classifier(kept.get_tensor("weights"), kept.get_tensor("bias"), told["encoder"], told["sure"])


def parts_of(question: Question) -> Vectors:
    """What the question's words were read to ask for, float32 in the order of ``PARTS``: most are 0 or 1."""
    named = (question.years, question.numbers, question.identifiers, question.places)
    values = [
        *(float(question.kind is kind) for kind in Kind if kind is not Kind.OTHER),
        *(float(question.figure is figure) for figure in Figure),
        float(bool(question.details)),
        *(float(len(one) > least) for least in (0, 1) for one in named),
        math.log1p(len(question.folded)) / math.log(100),
        float(has_han(question.text)),
    ]
    return np.array(values, dtype=np.float32)
