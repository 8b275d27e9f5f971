"""Trains the choice of the way that a question is answered: ``rag/routes/choosing.safetensors``.

    python benchmarks/train_routes.py [--cache FOLDER] [--office FOLDER] [--check]

Learns from ``benchmarks/training/routes.jsonl.gz``: multinomial logistic regression over the bundled encoder's vector
of a question and what its words were read to ask for. A tenth of the questions, by a hash, is never learned from;
printed is how that tenth is sorted. The border from which on a way is sure comes of three folds of the rest. A question
that two ways answer counts for both, more for the first.

``--office`` names a folder with questions_dev.jsonl, and prints how its kinds are sorted: nothing is learned from it.
``--check`` writes nothing, and measures the weights that are shipped.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from kept_vectors import KeptVectors
from kinds import WAYS
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from corpus.language.script import simplified
from embeddings import Encoder, load_encoder
from rag.evaluation.questionnaire import read_questionnaire
from rag.question.question import Question
from rag.routes.classifier import PARTS, ROUTES, Classifier, classifier, parts_of

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

WEIGHTS = Path(__file__).parent.parent / "rag" / "routes" / "choosing.safetensors"
SPREAD = 7.0  # the encoder's vectors are near each other: about this much less apart than the other parts
C = 1.0
FIRST = 0.6  # the weight of the first of two ways
RIGHT = 0.95  # of the questions whose way is sure
BORDERS = np.arange(0.5, 0.96, 0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    parser.add_argument("--office", type=Path, help="a folder with questions_dev.jsonl, to measure by too")
    parser.add_argument("--check", action="store_true", help="measure the shipped weights, write nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
        rows = list(check.rows("routes.jsonl.gz"))
        known = known_of(encoder, [row["q"] for row in rows])
        held = np.array([check.is_held_out(row["q"]) for row in rows])
        learned = [row for row, out in zip(rows, held, strict=True) if not out]
        if given.check:
            chosen = classifier()
        else:
            chosen = trained(known[~held], learned, encoder.name)
            save(chosen)
        kept = [row for row, out in zip(rows, held, strict=True) if out]
        print(f"{len(learned)} questions learned from, {len(kept)} held out; sure from {chosen.sure:.2f} on\n")
        report(likely(chosen, known[held]), kept, chosen.sure)
        if given.office:
            office(chosen, encoder, given.office / "questions_dev.jsonl")


def known_of(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """What is known of questions: their vectors, then their parts."""
    vectors = encoder.encode([simplified(text) for text in texts], "query")
    return np.concatenate([vectors, np.stack([parts_of(Question(text)) for text in texts])], axis=1)


def trained(known: np.ndarray, rows: Sequence[dict[str, Any]], encoder: str) -> Classifier:
    """The weights learned from questions, with the border that three folds of them give."""
    first = np.array([ROUTES.index(row["route"]) for row in rows])
    out_of_fold = np.zeros((len(rows), len(ROUTES)))
    for learned, asked in StratifiedKFold(3, shuffle=True, random_state=0).split(known, first):
        fold = fitted(known[learned], [rows[i] for i in learned])
        out_of_fold[asked] = likely(Classifier(*fold, encoder, 1.0), known[asked])
    right = rights(out_of_fold, rows)
    best = out_of_fold.max(axis=1)
    sure = next((border for border in BORDERS if right[best >= border].mean() >= RIGHT), BORDERS[-1])
    return Classifier(*fitted(known, rows), encoder, round(float(sure), 2))


def fitted(known: np.ndarray, rows: Sequence[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """The weights (ways, dimensions + parts) and the bias of each way."""
    examples, ways, weights = [], [], []
    for i, row in enumerate(rows):
        also = row.get("also", [])
        for way, weight in [(row["route"], FIRST if also else 1.0), *((one, (1 - FIRST) / len(also)) for one in also)]:
            examples.append(i)
            ways.append(ROUTES.index(way))
            weights.append(weight)
    dimensions = known.shape[1] - len(PARTS)
    middle = np.concatenate([known[:, :dimensions].mean(axis=0), np.zeros(len(PARTS))])
    scale = np.concatenate([np.full(dimensions, SPREAD), np.ones(len(PARTS))])
    model = LogisticRegression(C=C, max_iter=1000)
    model.fit(((known - middle) * scale)[examples], ways, sample_weight=weights)
    coefficients = model.coef_ * scale
    bias = model.intercept_ - coefficients @ middle
    return coefficients.astype(np.float32), bias.astype(np.float32)


def save(chosen: Classifier) -> None:
    """Writes the weights as the classifier reads them."""
    told = {
        "encoder": chosen.encoder,
        "sure": chosen.sure,
        "routes": ROUTES,
        "parts": PARTS,
    }
    weights = np.ascontiguousarray(chosen.weights)  # what lies otherwise is written as it lies
    save_file({"weights": weights, "bias": chosen.bias}, WEIGHTS, metadata={"told": json.dumps(told)})
    WEIGHTS.chmod(0o644)


def likely(chosen: Classifier, known: np.ndarray) -> np.ndarray:
    """How likely each way is for each question (questions, ways)."""
    scores = known @ chosen.weights.T + chosen.bias
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def rights(found: np.ndarray, rows: Sequence[dict[str, Any]], place: int = 0) -> np.ndarray:
    """Whether the way at a place, the likeliest at 0, answers each question."""
    ways = np.argsort(-found, axis=1)[:, place]
    return np.array([ROUTES[way] in (row["route"], *row.get("also", ())) for way, row in zip(ways, rows, strict=True)])


def report(found: np.ndarray, rows: Sequence[dict[str, Any]], sure: float) -> None:
    """Prints how questions are sorted."""
    right, second = rights(found, rows), rights(found, rows, 1)
    certain = found.max(axis=1) >= sure
    facts = np.array([row["route"] == "fact" for row in rows])
    table([row["route"] for row in rows], found.argmax(axis=1), list(ROUTES))
    print(f"\nright {right.mean():.3f}, one of the two likeliest {(right | second).mean():.3f}")
    print(f"sure {certain.mean():.3f}, of them right {right[certain].mean():.3f}")
    print(f"of facts: sure {certain[facts].mean():.3f}, right {right[facts].mean():.3f}")
    print(f"of others: right {right[~facts].mean():.3f}, sure and wrong {(certain & ~right)[~facts].mean():.3f}")
    for language, count in Counter(row["lang"] for row in rows).most_common():
        of = np.array([row["lang"] == language for row in rows])
        print(f"{language}: {count}, right {right[of].mean():.3f}")


def table(wanted: Sequence[str], found: np.ndarray, names: Sequence[str]) -> None:
    """Prints how often each name was taken for each way."""
    print("| wanted | " + " | ".join(ROUTES) + " |\n" + "|---" * (len(ROUTES) + 1) + "|")
    for name in names:
        taken = Counter(int(way) for way, one in zip(found, wanted, strict=True) if one == name)
        print(f"| {name} | " + " | ".join(str(taken[i]) for i in range(len(ROUTES))) + " |")


def office(chosen: Classifier, encoder: Encoder, file: Path) -> None:
    """Prints how the kinds of a questionnaire are sorted; questions that lean on others are left out."""
    items = [item for item in read_questionnaire(file).questions if not item.history]
    found = likely(chosen, known_of(encoder, [item.text for item in items]))
    kinds = [item.kind or "any" for item in items]
    print(f"\n{file.name}:")
    table(kinds, found.argmax(axis=1), sorted(set(kinds)))
    rows = [{"route": WAYS.get(kind, "fact")} for kind in kinds]
    right, certain = rights(found, rows), found.max(axis=1) >= chosen.sure
    print(f"right {right.mean():.3f}; sure {certain.mean():.3f}, of them right {right[certain].mean():.3f}")


if __name__ == "__main__":
    main()
