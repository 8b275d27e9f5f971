"""Trains what tells the right completion from those that are likeliest: ``rag/reading/completions.safetensors``.

    python benchmarks/train_completions.py --cache FILE [--passes 1]

It goes on from the shared layers by low-rank adapters, as the judge does, and learns from
training/conversations.jsonl.gz which of the eight likeliest completions (``train_followups.py``) is right, by a
softmax over the eight (Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", 2007). Two tenths
of the conversations are held out; by them it is weighed against the log-linear model, which for that is fitted anew
without both: what most of them go by stands in ``rag/question/followups.py``. Two cores take an hour without bfloat16
instructions, most of it for a pass.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapted import Adapted, descend, padded
from kept_vectors import KeptVectors
from safetensors.torch import save_file
from train_followups import DATA, Intents, fitted, is_held_out, leaning_of, rightly, tenth_of, varied
from transformers import AutoTokenizer

from embeddings import load_encoder
from embeddings.encoders.bundled import bundled_folder
from rag.question.followups import MOST_LISTENED, distinct, ranked
from rag.reading.completions import token_ids

WEIGHTS = Path(__file__).parent.parent / "rag" / "reading" / "completions.safetensors"
RANK, FROZEN = 16, 4
AT_ONCE = 4  # conversations of a step
FALLS_OVER = 3  # passes in which the rate would fall to nothing: more of them were not tried
SCALES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class Listed:
    """A conversation's likeliest completions, each with its log-odds, and which of them are right."""

    turns: tuple[tuple[str, str], ...]
    question: str
    texts: tuple[str, ...]
    odds: np.ndarray
    right: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="a file that keeps vectors between runs")
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--peak-rate", type=float, default=8e-4)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    encoder = KeptVectors(load_encoder(), given.cache)
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    apart = {"held out": [row for row in rows if is_held_out(row)], "weighing": [row for row in rows if weighs(row)]}
    learned = [row for row in rows if not is_held_out(row) and not weighs(row)]
    intents = Intents(learned, encoder)
    varying = varied(learned)
    weights: dict[str, float] = {}
    for _ in range(2):
        leanings = [intents.leaning(row, weights) for row in learned]
        leanings += [leaning_of(row, weights, None, None) for row in varying]
        weights = fitted(leanings, [*learned, *varying])
    lists = [listed(row, ranked(one, weights)) for row, one in zip([*learned, *varying], leanings, strict=True)]
    lists = [one for one in lists if one.right.any()]
    measured = {
        name: [listed(row, ranked(leaning_of(row, weights, encoder, intents.weights), weights)) for row in those]
        for name, those in apart.items()
    }
    print(f"{len(lists)} to learn from", flush=True)
    tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))
    model = Adapted(1, rank=RANK, frozen=FROZEN)
    learn(model, tokenizer, lists, measured, given)


def learn(model: Adapted, tokenizer: Any, lists: list[Listed], measured: dict[str, list[Listed]], given: Any) -> None:
    """Passes over the lists, each measured."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=given.peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    steps, total, begun = 0, 0.0, time.monotonic()
    last = FALLS_OVER * len(lists) // AT_ONCE
    for _ in range(given.passes):
        random.shuffle(lists)
        for first in range(0, len(lists), AT_ONCE):
            steps += 1
            some = lists[first : first + AT_ONCE]
            logits = model(*padded([ids for one in some for ids in rows_of(one, tokenizer)]))[:, 0]
            loss = torch.zeros(())
            for one, part in zip(some, logits.split([len(one.texts) for one in some]), strict=True):
                chances = part.log_softmax(0)
                loss = loss - chances[torch.tensor(one.right)].logsumexp(0) / len(some)
            descend(optimizer, loss, given.peak_rate * min(1, steps / 60) * max(0.02, 1 - steps / last))
            total += loss.item()
            if steps % 50 == 0:
                print(f"{steps / last:.1%}, loss {total / 50:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
                total = 0.0
        save_file(model.learned(), given.weights)
        measure(model, tokenizer, measured)


def weighs(row: dict[str, Any]) -> bool:
    """Whether a conversation is of the tenth by which the two models are weighed."""
    return tenth_of(row) == 1


def listed(row: dict[str, Any], found: list[tuple[float, Any]]) -> Listed:
    """The likeliest completions of a row, those that read alike once."""
    turns = [turn["content"] for turn in row["history"]]
    behind = distinct(found)
    texts = tuple(behind)[:MOST_LISTENED]
    return Listed(
        tuple(zip(turns[::2], turns[1::2], strict=True)),
        row["question"],
        texts,
        -np.array([behind[text] for text in texts]),
        rightly(list(texts), row),
    )


def rows_of(one: Listed, tokenizer: Any) -> list[list[int]]:
    """What the model is given of each completion."""
    return [token_ids(tokenizer, text, one.question, one.turns) for text in one.texts]


def measure(model: Adapted, tokenizer: Any, measured: dict[str, list[Listed]]) -> None:
    """Prints how many are completed rightly by the log-linear model with some of this one's word."""
    for name, those in measured.items():
        right = dict.fromkeys(SCALES, 0)
        alone = 0
        for one in those:
            with torch.inference_mode():
                logits = model(*padded(rows_of(one, tokenizer)))[:, 0].numpy()
            for scale in SCALES:
                right[scale] += bool(one.right[int(np.argmax(one.odds + scale * logits))])
            alone += bool(one.right[int(np.argmax(logits))])
        among = sum(one.right.any() for one in those)
        print(f"{name}: {len(those)}, among {among}, alone {alone}, by its weight {right}", flush=True)


if __name__ == "__main__":
    main()
