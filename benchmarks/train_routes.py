"""Trains the choice of the way that a question is answered: ``rag/reading/routes.safetensors``.

    python benchmarks/train_routes.py [--passes 3] [--office FOLDER]
    python benchmarks/train_routes.py --check [--office FOLDER]

It goes on from the reader by low-rank adapters, as the judge does, and learns from training/routes.jsonl.gz. A tenth of
the questions, by a hash, is never learned from; printed is how that tenth is sorted. Another tenth is kept for the
temperature that makes its numbers likelihoods (Guo et al., "On Calibration of Modern Neural Networks", 2017).
A question that two ways answer counts for both, more for the first. Two cores take ten minutes.

``--office`` names a folder with questions_dev.jsonl, and prints how its kinds are sorted: nothing is learned from it.
``--check`` writes nothing, and measures the weights that are shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapted import Adapted, batches, descend, padded
from kinds import WAYS
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

from embeddings.encoders.bundled import bundled_folder
from rag.evaluation.questionnaire import read_questionnaire
from rag.reading.questions import token_ids
from rag.routes.classifier import ROUTES, SURE

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

WEIGHTS = Path(__file__).parent.parent / "rag" / "reading" / "routes.safetensors"
RANK, FROZEN = 16, 4
AT_ONCE = 32  # questions of a step
POOL = 20  # steps whose questions are put together by length
RATE = 8e-4
FIRST = 0.6  # the share of the first of two ways


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--office", type=Path, help="a folder with questions_dev.jsonl, to measure by too")
    parser.add_argument("--check", action="store_true", help="measure the shipped weights, write nothing")
    given = parser.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))
    rows = list(check.rows("routes.jsonl.gz"))
    kept = [row for row in rows if check.is_held_out(row["q"])]
    model = Adapted(len(ROUTES), rank=RANK, frozen=FROZEN)
    if given.check:
        model.take_over(load_file(WEIGHTS))
    else:
        learn(model, tokenizer, [row for row in rows if not check.is_held_out(row["q"]) and not calibrates(row)], given)
        calibrate(model, tokenizer, [row for row in rows if not check.is_held_out(row["q"]) and calibrates(row)])
        save_file(model.learned(), WEIGHTS)
    report(likely(model, tokenizer, [row["q"] for row in kept]), kept)
    if given.office:
        office(model, tokenizer, given.office / "questions_dev.jsonl")


def calibrates(row: dict[str, Any]) -> bool:
    """Whether a question is of the tenth by which likelihoods are calibrated."""
    return hashlib.sha256(f"calibration {row['q']}".encode()).digest()[0] < 26


def learn(model: Adapted, tokenizer: Any, rows: list[dict[str, Any]], given: Any) -> None:
    """Passes over the questions, those of like length together."""
    examples = [(token_ids(tokenizer, row["q"]), shares(row)) for row in rows]
    print(f"{len(examples)} questions to learn from", flush=True)
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    last, steps, total, begun = given.passes * len(examples) // AT_ONCE, 0, 0.0, time.monotonic()
    for _ in range(given.passes):
        for batch in batches(examples, lambda one: len(one[0]), at_once=AT_ONCE, pool=POOL):
            steps += 1
            found = model(*padded([ids for ids, _ in batch])).log_softmax(1)
            loss = -(torch.tensor(np.stack([share for _, share in batch])) * found).sum(1).mean()
            descend(optimizer, loss, RATE * min(1, steps / 60) * max(0.02, 1 - steps / last))
            total += loss.item()
            if steps % 50 == 0:
                print(f"{steps / last:.0%}, loss {total / 50:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
                total = 0.0


def shares(row: dict[str, Any]) -> np.ndarray:
    """What each way counts for a question, together 1."""
    also, wanted = row.get("also", []), np.zeros(len(ROUTES), np.float32)
    wanted[ROUTES.index(row["route"])] = FIRST if also else 1.0
    for way in also:
        wanted[ROUTES.index(way)] += (1 - FIRST) / len(also)
    return wanted


def calibrate(model: Adapted, tokenizer: Any, rows: list[dict[str, Any]]) -> None:
    """Divides the head by the temperature at which likelihoods fit these questions best."""
    found = np.log(likely(model, tokenizer, [row["q"] for row in rows]))
    wanted = np.stack([shares(row) for row in rows])

    def loss(temperature: float) -> float:
        logits = found / temperature
        return float(-(wanted * (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))).sum(1).mean())

    temperature = min(np.arange(0.5, 3.01, 0.05).tolist(), key=loss)
    print(f"{len(rows)} questions: log loss {loss(1.0):.3f}, {loss(temperature):.3f} at temperature {temperature:.2f}")
    with torch.no_grad():
        model.head.weight /= temperature
        model.head.bias /= temperature


def likely(model: Adapted, tokenizer: Any, texts: Sequence[str]) -> np.ndarray:
    """How likely each way is for each question (questions, ways)."""
    rows = [token_ids(tokenizer, text) for text in texts]
    found = np.zeros((len(rows), len(ROUTES)))
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    with torch.inference_mode():
        for first in range(0, len(order), 64):
            some = order[first : first + 64]
            found[some] = model(*padded([rows[i] for i in some])).softmax(1).numpy()
    return found


def rights(found: np.ndarray, rows: Sequence[dict[str, Any]], place: int = 0) -> np.ndarray:
    """Whether the way at a place, the likeliest at 0, answers each question."""
    ways = np.argsort(-found, axis=1)[:, place]
    return np.array([ROUTES[way] in (row["route"], *row.get("also", ())) for way, row in zip(ways, rows, strict=True)])


def report(found: np.ndarray, rows: Sequence[dict[str, Any]]) -> None:
    """Prints how questions are sorted."""
    right, second = rights(found, rows), rights(found, rows, 1)
    certain = found.max(axis=1) >= SURE
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


def office(model: Adapted, tokenizer: Any, file: Path) -> None:
    """Prints how the kinds of a questionnaire are sorted; questions that lean on others are left out."""
    items = [item for item in read_questionnaire(file).questions if not item.history]
    found = likely(model, tokenizer, [item.text for item in items])
    kinds = [item.kind or "any" for item in items]
    print(f"\n{file.name}:")
    table(kinds, found.argmax(axis=1), sorted(set(kinds)))
    rows = [{"route": WAYS.get(kind, "fact")} for kind in kinds]
    right, certain = rights(found, rows), found.max(axis=1) >= SURE
    print(f"right {right.mean():.3f}; sure {certain.mean():.3f}, of them right {right[certain].mean():.3f}")


if __name__ == "__main__":
    main()
