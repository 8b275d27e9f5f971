"""Trains what tells of a question alone what it is after: ``rag/reading/classifier.safetensors``.

    python benchmarks/train_classifier.py [--go-on] [--office FOLDER]
    python benchmarks/train_classifier.py --check [--office FOLDER]

It goes on from the shared layers by low-rank adapters, as the judge does, and learns three things at once: the way
that a question is answered, from training/routes.jsonl.gz; the operation that it asks for where a table answers, from
training/operations.jsonl.gz; and whether it wants a yes or a no, from training/questions.jsonl.gz, where the answers
to such questions carry their polarity. A tenth of the questions, by a hash (of the tables by their titles, of the
passages as ``check.is_held_out`` has it), is never learned from; printed is how that tenth is told. Another tenth is
kept for the temperature that makes the numbers likelihoods (Guo et al., "On Calibration of Modern Neural Networks",
2017), and for the border of yes/no questions, which lies where F1 is highest. A question that two ways answer counts
for both, more for the first. One core takes fifteen minutes. ``--go-on`` goes on from the weights shipped, with a
third of the questions and half the rate: what they need when the layers have learned more.

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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapted import Adapted, batches, descend, padded
from kinds import WAYS
from safetensors.torch import load_file, save_file
from sklearn.metrics import precision_recall_curve
from transformers import AutoTokenizer

from embeddings.encoders.bundled import bundled_folder
from rag.evaluation.questionnaire import read_questionnaire
from rag.reading.adapters import log_chances
from rag.reading.questions import token_ids
from rag.routes.classifier import OPERATIONS, OUTPUTS, POLAR, ROUTES, SURE

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

WEIGHTS = Path(__file__).parent.parent / "rag" / "reading" / "classifier.safetensors"
RANK, FROZEN = 16, 4
AT_ONCE = 32  # questions of a step
POOL = 20  # steps whose questions are put together by length
RATE = 8e-4
FIRST = 0.6  # the share of the first of two ways
OTHERS = 3  # of other questions, for one that wants a yes or a no
PASSES = {"routes": 3, "operations": 6, "polar": 2}

Part = tuple[str, slice]
PARTS: tuple[Part, ...] = (
    ("routes", slice(0, len(ROUTES))),
    ("operations", slice(len(ROUTES), POLAR)),
    ("polar", slice(POLAR, OUTPUTS)),
)
"""What is learned, and which of the outputs tell it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question, what is learned of it, what each of those outputs should be, and how it is used."""

    text: str
    ids: list[int]
    part: Part
    wanted: np.ndarray
    use: str  # "learned", "calibrated" or "held out"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--office", type=Path, help="a folder with questions_dev.jsonl, to measure by too")
    parser.add_argument("--go-on", action="store_true", help="from the shipped weights, after the layers have changed")
    parser.add_argument("--check", action="store_true", help="measure the shipped weights, write nothing")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))
    rows = list(check.rows("routes.jsonl.gz"))
    examples = prepared(rows, tokenizer)
    print(Counter((one.part[0], one.use) for one in examples), flush=True)
    model = Adapted(OUTPUTS, rank=RANK, frozen=FROZEN)
    if given.check or given.go_on:
        model.take_over(load_file(given.weights))
    if not given.check:
        learn(model, [one for one in examples if one.use == "learned"], goes_on=given.go_on)
        calibrate(model, [one for one in examples if one.use == "calibrated"])
        save_file(model.learned(), given.weights)
    kept = [row for row in rows if check.is_held_out(row["q"])]
    report(likely(model, tokenizer, [row["q"] for row in kept]), kept)
    report_others(model, [one for one in examples if one.use == "held out"])
    if given.office:
        office(model, tokenizer, given.office / "questions_dev.jsonl")


def prepared(routes: Sequence[dict[str, Any]], tokenizer: Any) -> list[Example]:
    """All questions with what is learned of them."""
    of_routes, of_operations, of_polar = PARTS
    found = [(row["q"], of_routes, shares(row), check.is_held_out(row["q"])) for row in routes]
    for row in check.rows("operations.jsonl.gz"):
        for one in row["questions"]:
            wanted = np.eye(len(OPERATIONS), dtype=np.float32)[OPERATIONS.index(one["operation"])]
            found.append((one["q"], of_operations, wanted, check.is_held_out(row["title"] or one["q"])))
    asked: dict[bool, list[tuple[str, bool]]] = {True: [], False: []}
    for row in check.rows("questions.jsonl.gz"):
        # A near miss has no polarity, whether it wants a yes or a no or not.
        for one in row["questions"]:
            if one["answer"] is not None:
                asked["polarity" in one].append((one["q"], check.is_held_out(row["id"])))
    others = random.sample(asked[False], OTHERS * len(asked[True]))
    for polar, those in ((True, asked[True]), (False, others)):
        found += [(text, of_polar, np.float32([polar]), held_out) for text, held_out in those]
    return [
        Example(
            text=text,
            ids=token_ids(tokenizer, text),
            part=part,
            wanted=wanted,
            use="held out" if held_out else "calibrated" if calibrates(text) else "learned",
        )
        for text, part, wanted, held_out in found
    ]


def is_learned(kept_by: str, question: str) -> bool:
    """Whether a question is learned from: by the hash of what it is kept out by, and its own."""
    return not check.is_held_out(kept_by) and not calibrates(question)


def calibrates(question: str) -> bool:
    """Whether a question is of the tenth by which likelihoods are calibrated."""
    return hashlib.sha256(f"calibration {question}".encode()).digest()[0] < 26


def learn(model: Adapted, examples: Sequence[Example], *, goes_on: bool) -> None:
    """Passes over the questions of each part, those of like length together."""
    every = [one for one in examples for _ in range(PASSES[one.part[0]])][:: 3 if goes_on else 1]
    rate = RATE / 2 if goes_on else RATE
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    last, total, begun = len(every) // AT_ONCE, 0.0, time.monotonic()
    print(f"{len(every)} questions to learn from, some more than once", flush=True)
    order = batches(every, lambda one: len(one.ids), at_once=AT_ONCE, pool=POOL)
    for steps, batch in enumerate(order, start=1):
        loss = sum(losses(model(*padded([one.ids for one in batch])), batch), torch.zeros(())) / len(batch)
        descend(optimizer, loss, rate * min(1, steps / 60) * max(0.02, 1 - steps / last))
        total += loss.item()
        if steps % 50 == 0:
            print(f"{steps / last:.0%}, loss {total / 50:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
            total = 0.0


def losses(logits: torch.Tensor, batch: Sequence[Example]) -> list[torch.Tensor]:
    """How unlikely what is wanted of each question is."""
    found = []
    for own, one in zip(logits, batch, strict=True):
        wanted = torch.tensor(one.wanted)
        if len(wanted) == 1:
            found.append(torch.nn.functional.binary_cross_entropy_with_logits(own[one.part[1]], wanted))
        else:
            found.append(-(wanted * own[one.part[1]].log_softmax(0)).sum())
    return found


def shares(row: dict[str, Any]) -> np.ndarray:
    """What each way counts for a question, together 1."""
    also, wanted = row.get("also", []), np.zeros(len(ROUTES), np.float32)
    wanted[ROUTES.index(row["route"])] = FIRST if also else 1.0
    for way in also:
        wanted[ROUTES.index(way)] += (1 - FIRST) / len(also)
    return wanted


def calibrate(model: Adapted, examples: Sequence[Example]) -> None:
    """Divides the head by the temperatures at which likelihoods fit these questions best, and moves the border."""
    for part in PARTS:
        own = [one for one in examples if one.part == part]
        logits, wanted = logits_of(model, own)[:, part[1]], np.stack([one.wanted for one in own])
        if wanted.shape[1] == 1:
            precision, recall, borders = precision_recall_curve(wanted[:, 0], logits[:, 0])
            best = int(np.argmax(precision[:-1] * recall[:-1] / (precision[:-1] + recall[:-1])))
            print(f"{part[0]}: of those told {precision[best]:.3f} are, told are {recall[best]:.3f}")
            with torch.no_grad():
                model.head.bias[part[1]] -= float(borders[best])
            continue
        loss = _loss_at(logits, wanted)
        temperature = min(np.arange(0.5, 3.01, 0.05).tolist(), key=loss)
        print(f"{part[0]}: log loss {loss(1.0):.3f}, {loss(temperature):.3f} at temperature {temperature:.2f}")
        with torch.no_grad():
            model.head.weight[part[1]] /= temperature
            model.head.bias[part[1]] /= temperature


def _loss_at(logits: np.ndarray, wanted: np.ndarray) -> Callable[[float], float]:
    def loss(temperature: float) -> float:
        return float(-(wanted * log_chances(logits / temperature)).sum(1).mean())

    return loss


def logits_of(model: Adapted, examples: Sequence[Example]) -> np.ndarray:
    """The outputs of questions (questions, outputs)."""
    found = np.zeros((len(examples), OUTPUTS), np.float32)
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].ids))
    with torch.inference_mode():
        for first in range(0, len(order), 64):
            some = order[first : first + 64]
            found[some] = model(*padded([examples[i].ids for i in some])).numpy()
    return found


def likely(model: Adapted, tokenizer: Any, texts: Sequence[str]) -> np.ndarray:
    """How likely each way is for each question (questions, ways)."""
    nothing = np.zeros(0, np.float32)
    logits = logits_of(model, [Example(text, token_ids(tokenizer, text), PARTS[0], nothing, "") for text in texts])
    return np.exp(log_chances(logits[:, PARTS[0][1]]))


def report_others(model: Adapted, examples: Sequence[Example]) -> None:
    """Prints how operations, and yes/no questions, are told."""
    for part in PARTS[1:]:
        own = [one for one in examples if one.part == part]
        logits, wanted = logits_of(model, own)[:, part[1]], np.stack([one.wanted for one in own])
        if wanted.shape[1] > 1:
            right = logits.argmax(1) == wanted.argmax(1)
            by = {
                name: f"{right[wanted.argmax(1) == i].mean():.2f} of {int((wanted.argmax(1) == i).sum())}"
                for i, name in enumerate(OPERATIONS)
            }
            print(f"\n{part[0]}: right {right.mean():.3f} of {len(own)}: {by}")
        else:
            told, so = logits[:, 0] > 0, wanted[:, 0] > 0
            print(f"{part[0]}: of those told {so[told].mean():.3f} are, told {told[so].mean():.3f} of {so.sum()}")


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
