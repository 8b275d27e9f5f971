"""Fits how likely the likest document is the one that a question means: the weights of ``rag/routes/likeness.py``.

    python benchmarks/fit_likeness.py

The questions that ask for a summary of one document of fifteen small libraries (``training/libraries.jsonl.gz``), each
with its document and without it, when none is right: a logistic regression over the libraries whose number is 1 or 2;
those with a 3 tell how well it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from small_library import is_held_out, shelf, small_libraries

from embeddings import Encoder, load_encoder
from rag.question.question import Question
from rag.retrieval.retriever import Retriever
from rag.routes.likeness import ranked_by_likeness
from rag.routes.room import Asking

Example = tuple[float, bool]
"""The score of the best passage found, and whether the likest document is the one meant."""


def main() -> None:
    encoder = load_encoder()
    told: list[Example] = []
    held: list[Example] = []
    for library in small_libraries():
        (held if is_held_out(library) else told).extend(examples(library, encoder))
    scores, right = columns(told)
    logit = LogisticRegression(C=10.0, max_iter=1000).fit(scores, right)
    print(f"slope {logit.coef_[0][0]:.2f}, bias {logit.intercept_[0]:.2f}")
    for name, some in (("learned from", told), ("held out", held)):
        scores, right = columns(some)
        likely = logit.predict_proba(scores)[:, 1]
        print(
            f"{name}: {len(some)} examples, {right.sum()} right, AUROC {roc_auc_score(right, likely):.3f}, from .5 on "
            f"{(likely[right] >= 0.5).mean():.2f} of the right ones, {(likely[~right] >= 0.5).mean():.2f} of the others"
        )


def columns(examples: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    """The scores, shape (examples, 1), and which are right."""
    return np.array([[score] for score, _ in examples]), np.array([right for _, right in examples])


def examples(library: dict[str, Any], encoder: Encoder) -> Iterator[Example]:
    """Those of a library."""
    with shelf(encoder) as folder:
        retriever = Retriever(folder.holding({**library["documents"], **library["added"]}), encoder)
        for question in library["kinds"]:
            if question["kind"] != "summary" or len(question["documents"]) != 1:
                continue
            asking = Asking(Question.of(question["q"]), retriever, None, None, 8, date(2026, 1, 1))
            for without in (frozenset[str](), frozenset(question["documents"])):
                found, best = ranked_by_likeness(asking, without)
                if found:
                    yield best, found[0] == question["documents"][0]


if __name__ == "__main__":
    main()
