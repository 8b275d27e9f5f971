"""Trains what tells yes/no questions from others: ``rag/question/polar.npz``.

    python benchmarks/train_polar.py [--cache FOLDER]

Learns from ``benchmarks/training/questions.jsonl.gz``, where answers to yes/no questions carry their polarity: logistic
regression over the bundled encoder's vectors. The border is the lowest with which three of four that are told to be
polar carry a polarity, on three folds (most of the others are polar too, and were not marked so). Printed is how the
questions of the passages held out are told.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from kept_vectors import KeptVectors
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import cross_val_predict

from corpus.language.script import simplified
from embeddings import load_encoder

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

WEIGHTS = Path(__file__).parent.parent / "rag" / "question" / "polar.npz"
PRECISION = 0.75
OTHERS = 3  # of other questions, for one that is polar


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    chance = np.random.default_rng(1)
    asked: dict[bool, list[tuple[str, bool]]] = {True: [], False: []}
    for record in check.rows("questions.jsonl.gz"):
        held = check.is_held_out(record["id"])
        # A near miss has no polarity, whether it is polar or not.
        asked[held] += [(one["q"], "polarity" in one) for one in record["questions"] if one["answer"] is not None]
    for held, rows in asked.items():
        polar = [row for row in rows if row[1]]
        others = [row for row in rows if not row[1]]
        few = chance.choice(len(others), min(len(others), OTHERS * len(polar)), replace=False)
        asked[held] = polar + [others[int(i)] for i in few]
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
        vectors = {held: encoder.encode([simplified(q) for q, _ in rows], "query") for held, rows in asked.items()}
    wanted = {held: np.array([polar for _, polar in rows]) for held, rows in asked.items()}
    mean, spread = vectors[False].mean(0), vectors[False].std(0)
    vectors[False] = (vectors[False] - mean) / spread
    model = LogisticRegression(C=0.03, max_iter=10_000)
    crossed = cross_val_predict(model, vectors[False], wanted[False], cv=3, method="decision_function")
    precision, recall, borders = precision_recall_curve(wanted[False], crossed)
    enough = int(np.argmax(precision[:-1] >= PRECISION))
    print(f"in folds: of those told, {precision[enough]:.3f} are; told are {recall[enough]:.3f} of all")
    model.fit(vectors[False], wanted[False])
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - borders[enough] - mean @ weights)
    np.savez_compressed(WEIGHTS, weights=weights.astype(np.float32), bias=np.float32(bias))
    told = vectors[True] @ weights + bias > 0
    right = wanted[True]
    print(f"held out: of those told, {right[told].mean():.3f} are; told are {told[right].mean():.3f} of {right.sum()}")


if __name__ == "__main__":
    main()
