"""What a question wants done with the cells of a table, told by its vector and its characters.

A softmax over both (``operations.safetensors``), learned by ``benchmarks/train_operations.py`` from questions written
for it (``benchmarks/training/operations.jsonl.gz``).
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib import resources
from typing import Literal, get_args

import numpy as np

from corpus.language.script import fold
from embeddings.encoders.protocol import Vectors

__all__ = ["BUCKETS", "OPERATIONS", "Operation", "features_of", "operations_of"]

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
"""What is done: a cell, the records that meet a condition or reach furthest, how many, and the arithmetic; a product
is of a cell and the number of times that the question names."""

OPERATIONS: tuple[Operation, ...] = get_args(Operation)
BUCKETS = 4096
"""Runs of characters are told apart by their sums modulo this."""

_LONGEST_RUN = 3
_VECTOR_WEIGHT = 2.0


def features_of(question: str, vector: Vectors) -> Vectors:
    """The vector and the runs of up to three characters of a question, shape (dimensions + BUCKETS,)."""
    text = f" {fold(question).strip(' ?？。.')} "
    runs = np.zeros(BUCKETS, dtype=np.float32)
    for length in range(1, _LONGEST_RUN + 1):
        for i in range(len(text) - length + 1):
            runs[zlib.crc32(text[i : i + length].encode()) % BUCKETS] += 1
    runs = np.log1p(runs)
    runs /= max(1e-6, float(np.linalg.norm(runs)))
    return np.concatenate([_VECTOR_WEIGHT * vector, runs]).astype(np.float32)


def operations_of(question: str, vector: Vectors) -> dict[Operation, float]:
    """How likely the question asks for each operation (0 to 1); they add up to 1."""
    weights, bias = _learned()
    logits = features_of(question, vector) @ weights + bias
    shares = np.exp(logits - logits.max())
    return dict(zip(OPERATIONS, (shares / shares.sum()).tolist(), strict=True))


@cache
def _learned() -> tuple[Vectors, Vectors]:
    from safetensors.numpy import load_file

    with resources.as_file(resources.files("rag.routes.tables").joinpath("operations.safetensors")) as path:
        tensors = load_file(str(path))
    return tensors["weights"].astype(np.float32), tensors["bias"].astype(np.float32)
