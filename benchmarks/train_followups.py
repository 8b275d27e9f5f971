"""Learns which completion of a question that leans on others is the right one.

    python benchmarks/train_followups.py --cache FILE [--all] [--also FILE]

From training/conversations.jsonl.gz; one conversation in ten is held out and measured, or learned from too with
``--all``. A log-linear model over the signs of all completions of a question; which of those that hold what they must
is the right one is told by their likeness to a person's wording. The questions before are completed by the
model of the round before. Writes rag/question/followups.json.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import hashlib
import json
import random
from array import array
from pathlib import Path
from typing import Any

import numpy as np
from followups import holds_all
from kept_vectors import KeptVectors
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from embeddings import Encoder, load_encoder
from rag.question.completions import Before, Leaning, completions_of
from rag.question.followups import ranked
from rag.question.intents import Weights, features_of
from rag.question.signs import Part, Signs

HERE = Path(__file__).parent
DATA = HERE / "training" / "conversations.jsonl.gz"
WEIGHTS = HERE.parent / "rag" / "question" / "followups.json"
ROUNDS = 2
PENALTY = 1.0
STEPS = 60
OF_WORDS = 0.35
FOLDS = 6
INTENTS_C = 0.005
INTENTS = {"long_chain": "fragment", "wh_word_kept": "exchange", "slot_value": "exchange", "two_slots": "exchange"}
"""Kinds of conversations whose last questions are after the same."""
SWITCHED = 0.15  # of the conversations, with a whole question of another subject
LIKE = 0.04  # how much less like a person's wording a completion may be than the best, and still be right
LEAST = 0.02  # weights below are left out


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", action="store_true", help="learns from those held out too, after they are measured")
    parser.add_argument("--also", type=Path, help="conversations that are measured too")
    parser.add_argument("--cache", type=Path, required=True, help="a file that keeps vectors between runs")
    given = parser.parse_args()
    encoder = KeptVectors(load_encoder(), given.cache)
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    also = [json.loads(line) for line in given.also.read_text("utf-8").splitlines()] if given.also else []
    held_out = [row for row in rows if is_held_out(row)]
    learned = rows if given.all else [row for row in rows if not is_held_out(row)]
    intents = Intents(learned, encoder)
    weights: dict[str, float] = {}
    for number in range(ROUNDS):
        told = [intents.leaning(row, weights) for row in learned]
        varying = varied(learned)
        told += [leaning_of(row, weights, None, None) for row in varying]
        weights = fitted(told, [*learned, *varying])
        print(f"round {number + 1}: {len(weights)} signs", flush=True)
        for name, those in (("held out", held_out), ("also", also)):
            for one in (encoder, None):
                print(name, share(those, weights, one, intents.weights), flush=True)
    WEIGHTS.write_text(json.dumps(weights, ensure_ascii=False, sort_keys=True, separators=(",\n", ":")), "utf-8")
    intents.save()


class Intents:
    """The model of intents, learned from some rows; each of these is judged by one that did not learn from it."""

    def __init__(self, rows: list[dict[str, Any]], encoder: Encoder) -> None:
        self.encoder = encoder
        features = np.array([features_of(row["question"], [row["history"][-2]["content"]], encoder)[0] for row in rows])
        labels = np.array([INTENTS.get(row["kind"], row["kind"]) for row in rows])
        fold = np.arange(len(rows)) % FOLDS
        self._apart = [_regression(features[fold != one], labels[fold != one]) for one in range(FOLDS)]
        self._fold = {row["id"]: int(one) for row, one in zip(rows, fold, strict=True)}
        right = [
            self._apart[one].likely(feature)[0] == label
            for one, feature, label in zip(fold, features, labels, strict=True)
        ]
        print(f"intents told rightly: {np.mean(right):.3f}", flush=True)
        self.weights = _regression(features, labels)

    def leaning(self, row: dict[str, Any], weights: dict[str, float]) -> Leaning:
        """A row that was learned from, its intents told by the model that did not see it."""
        return leaning_of(row, weights, self.encoder, self._apart[self._fold[row["id"]]])

    def save(self) -> None:
        """Writes what was learned from all rows."""
        kept = self.weights
        np.savez(
            WEIGHTS.with_name("intents.npz"),
            intents=np.array(kept.intents),
            weights=kept.weights.astype(np.float16),
            bias=kept.bias.astype(np.float16),
        )


def _regression(features: np.ndarray, labels: np.ndarray) -> Weights:
    """A logistic regression over standardised features, its weights told for them as they are."""
    mean, deviation = features.mean(0), features.std(0) + 1e-6
    model = LogisticRegression(max_iter=3000, C=INTENTS_C).fit((features - mean) / deviation, labels)
    weights = model.coef_ / deviation
    return Weights(tuple(map(str, model.classes_)), weights.astype(np.float32), model.intercept_ - weights @ mean)


def is_held_out(row: dict[str, Any]) -> bool:
    """Whether a conversation is of the tenth that is only measured."""
    return tenth_of(row) == 0


def tenth_of(row: dict[str, Any]) -> int:
    """Which tenth of the conversations one is of (0 to 9), by a hash of its first question."""
    return hashlib.sha256(row["history"][0]["content"].encode()).digest()[0] * 10 // 256


def varied(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """More conversations of the same: with another subject before, and with a whole question of another subject."""
    more = []
    chance = random.Random(1)
    for row in rows:
        other = chance.choice(rows)
        if row["kind"] != "back_to_earlier":
            more.append({**row, "history": [*other["history"][:2], *row["history"]]})
        whole = chance.choice(other["standalone"])
        if chance.random() < SWITCHED and not set(whole) & set(row["history"][-2]["content"]) - set(
            "的是多少几哪什么？"
        ):
            more.append({**row, "question": whole, "standalone": [whole], "must": [whole], "must_not": []})
    return more


def leaning_of(
    row: dict[str, Any], weights: dict[str, float], encoder: Encoder | None, intents: Weights | None
) -> Leaning:
    """A row's question with its history, whose questions are completed by these weights where there are some."""
    turns = [turn["content"] for turn in row["history"]]
    before: list[Before] = []
    for asked, answer in zip(turns[::2], turns[1::2], strict=True):
        alone = asked
        if weights and before:
            alone = ranked(Leaning.of(asked, before, encoder, intents), weights)[0][1].text
        before.append((alone, answer, alone != asked))
    return Leaning.of(row["question"], before, encoder, intents)


def share(rows: list[dict[str, Any]], weights: dict[str, float], encoder: Encoder | None, intents: Weights) -> str:
    """How many are completed rightly."""
    right = [holds_all(ranked(leaning_of(row, weights, encoder, intents), weights)[0][1].text, row) for row in rows]
    return f"{sum(right)} of {len(right)}, {'with' if encoder else 'without'} vectors"


class Table:
    """The signs of all completions of some questions, as two sparse matrices: completions of parts, parts of signs."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.right: list[np.ndarray] = []
        self.passing: list[np.ndarray] = []
        self.parts, self.used, self.rows = 0, [array("i"), array("i")], 0
        self.signed = [array("i"), array("i")]

    def add(self, leaning: Leaning, row: dict[str, Any]) -> None:
        """Takes in a question; one that no completion completes rightly is left out."""
        completions = completions_of(leaning)
        texts = [completion.text for completion in completions]
        good = rightly(texts, row)
        if not good.any():
            return
        signs = Signs(leaning)
        places: dict[Part, int] = {}
        for i, completion in enumerate(completions):
            for part in signs.parts(completion):
                if part not in places:
                    places[part] = self.parts
                    for sign in signs.of(part):
                        self.signed[0].append(self.parts)
                        self.signed[1].append(self.names.setdefault(sign, len(self.names)))
                    self.parts += 1
                self.used[0].append(self.rows + i)
                self.used[1].append(places[part])
        self.rows += len(completions)
        self.right.append(good)

    def scales(self) -> np.ndarray:
        """How much each sign counts while it is learned: those of single words less, as there are so many."""
        return np.array([OF_WORDS if name.startswith("~") else 1.0 for name in self.names], dtype=np.float32)

    def matrices(self) -> tuple[csr_matrix, csr_matrix]:
        """Completions of parts, and parts of signs."""
        used, signed = (
            [np.frombuffer(one, dtype=np.int32) for one in (*self.used,)],
            [np.frombuffer(one, dtype=np.int32) for one in self.signed],
        )
        made = csr_matrix((np.ones(len(used[0]), np.float32), used), shape=(self.rows, self.parts))
        has = csr_matrix((np.ones(len(signed[0]), np.float32), signed), shape=(self.parts, len(self.names)))
        has = has @ diags(self.scales())
        return made, has


def fitted(leanings: list[Leaning], rows: list[dict[str, Any]]) -> dict[str, float]:
    """The weights under which the right completions of the rows are likeliest."""
    table = Table()
    for leaning, row in zip(leanings, rows, strict=True):
        table.add(leaning, row)
    print(f"{len(table.right)} of {len(rows)} can be completed rightly", flush=True)
    return weights_for(table, PENALTY)


def weights_for(table: Table, penalty: float) -> dict[str, float]:
    """The weights under which the right completions of a table are likeliest."""
    made, has = table.matrices()
    made_back, has_back = made.T.tocsr(), has.T.tocsr()
    good = np.concatenate(table.right)
    sizes = [len(one) for one in table.right]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = np.repeat(np.arange(len(sizes)), sizes)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = made @ (has @ weights)
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        right = np.where(good, odds, 0.0)
        every, of_right = np.add.reduceat(odds, starts), np.add.reduceat(right, starts) + 1e-300
        gradient = has_back @ (made_back @ (odds / every[group] - right / of_right[group]))
        unlikely = np.sum(np.log(every) - np.log(of_right))
        return float(unlikely + 0.5 * penalty * weights @ weights), gradient + penalty * weights

    found = minimize(loss, np.zeros(len(table.names)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    learned = found.x * table.scales()
    return {name: round(float(learned[at]), 3) for name, at in table.names.items() if abs(learned[at]) >= LEAST}


def rightly(texts: list[str], row: dict[str, Any]) -> np.ndarray:
    """Which texts hold what they must and are as like a person's wording as the best of them."""
    held = np.array([holds_all(text, row) for text in texts])
    likeness = np.full(len(texts), -1.0)
    for i in np.flatnonzero(held):
        likeness[i] = max(
            difflib.SequenceMatcher(None, texts[i].rstrip("？?"), wanted.rstrip("？?")).ratio()
            for wanted in row["standalone"]
        )
    return held & (likeness >= likeness.max() - LIKE)


if __name__ == "__main__":
    main()
