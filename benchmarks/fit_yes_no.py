"""Fits which questions want yes or no: ``rag/extractive/yes_no.npy``.

    python benchmarks/fit_yes_no.py

A logistic regression over the encoder's vectors of the training questions that have an answer, whose style tells; the
passages held out are what is measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

from corpus.language.script import simplified
from embeddings import load_encoder

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

WEIGHTS = Path(__file__).parent.parent / "rag" / "extractive" / "yes_no.npy"


def main() -> None:
    rows = [
        (simplified(question["q"]), question["style"] == "yesno", check.is_held_out(row["id"]))
        for row in check.rows("questions.jsonl.gz")
        for question in row["questions"]
        if question["answer"] is not None
    ]
    vectors = load_encoder().encode([text for text, _, _ in rows], "query")
    wanted, held = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    model = LogisticRegression(max_iter=3000, C=30)
    model.fit(vectors[~held], wanted[~held])
    weights = np.concatenate([model.coef_[0], model.intercept_]).astype(np.float16)
    np.save(WEIGHTS, weights)
    told = vectors[held] @ weights[:-1].astype(np.float32) + float(weights[-1]) > 0
    table = confusion_matrix(wanted[held], told).tolist()
    print(json.dumps({"held out": int(held.sum()), "others, yes/no by what they are taken for": table}))


if __name__ == "__main__":
    main()
