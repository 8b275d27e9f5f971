"""Trains what tells from a question which operation over a table it asks for (rag/routes/tables/operations.py).

    python benchmarks/train_operations.py [--cache FOLDER]

Softmax regression over questions written for it, ``training/operations.jsonl.gz``: a row is a table (``title``,
``columns``, ``rows``) with ``questions``: ``q``, ``operation``, ``column`` (that the answer or the figures stand in, null
where it takes several) and ``answer`` (its strings). The questions of the row without a title are about no table. The
figure told is over six parts by table, each held out in turn.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from kept_vectors import KeptVectors
from measured import keep
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

import rag.routes.tables.operations
from corpus.language.script import simplified
from embeddings import load_encoder
from rag.routes.tables.operations import OPERATIONS, features_of

QUESTIONS = Path(__file__).parent / "training" / "operations.jsonl.gz"
WEIGHTS = Path(rag.routes.tables.operations.__file__).with_suffix(".safetensors")
PARTS = 6
STRENGTH = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
        asked, groups = questions()
        texts = [question["q"] for question in asked]
        vectors = encoder.encode([simplified(text) for text in texts], "query")
    features = np.stack([features_of(text, vector) for text, vector in zip(texts, vectors, strict=True)])
    labels = np.array([OPERATIONS.index(question["operation"]) for question in asked])
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    told = cross_val_predict(model, features, labels, groups=groups, cv=GroupKFold(PARTS))
    by_operation = {
        name: round(float((told == i)[labels == i].mean()), 3) for i, name in enumerate(OPERATIONS) if (labels == i).any()
    }
    figures = {"questions": len(labels), "accuracy": round(float((told == labels).mean()), 3), "by": by_operation}
    print(json.dumps(figures, indent=1))
    keep("operations", figures)
    model.fit(features, labels)
    save_file(
        {"weights": model.coef_.T.astype(np.float16).copy(), "bias": model.intercept_.astype(np.float16)}, str(WEIGHTS)
    )


def questions() -> tuple[list[dict[str, Any]], list[int]]:
    """The questions, and what part each belongs to: those over one table stay together."""
    asked: list[dict[str, Any]] = []
    groups: list[int] = []
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            for i, question in enumerate(row["questions"]):
                asked.append(question)
                groups.append(number if row["title"] else -1 - i % PARTS)
    return asked, groups


if __name__ == "__main__":
    main()
