"""Trains the judge: ``rag/reading/judge.safetensors``.

    python benchmarks/train_judge.py [--pairs FOLDER]
    python benchmarks/train_judge.py --measure [--weights FILE]

The judge reads a statement beside a text and says whether the text supports it, contradicts it or does not speak of
it. It goes on from the shared layers (``train_reader.py``) by low-rank adapters (Hu et al., "LoRA: Low-Rank Adaptation
of Large Language Models", 2021) over its upper layers, and learns from ``benchmarks/training/statements.jsonl.gz``,
from the yes/no questions beside it and from sentences of the same texts with a figure exchanged; not from the passages
that ``check.is_held_out`` names, nor from the tenth that ``is_for_fitting`` keeps for ``fit_verification.py``.

With FOLDER it first learns from pairs of sentences that may be used and shared: ``snli_dev.jsonl`` and
``snli_test.jsonl`` (Bowman et al., 2015; CC BY-SA 4.0), ``klue_dev.json`` (KLUE-NLI, Park et al., 2021; CC BY-SA 4.0),
``jnli_valid.jsonl`` (JGLUE, Kurihara et al., 2022; CC BY-SA 4.0) and ``jsick.tsv``, the Japanese half (Yanaka and
Mineshima, 2022; CC BY 4.0). The shipped weights are of both. One core with bfloat16 instructions takes an hour.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from adapted import Adapted, descend, padded
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoTokenizer

from corpus import sentence_spans
from corpus.language.script import simplified
from embeddings.encoders.bundled import bundled_folder
from rag.reading.judge import VERDICTS, Pair, token_ids
from rag.reading.reader import Page

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "training"))
import check  # noqa: E402  (beside the data it checks)

WEIGHTS = HERE.parent / "rag" / "reading" / "judge.safetensors"
RANK, FROZEN = 64, 4
BATCH_TOKENS = 3_200  # of a batch, padding included
ELSEWHERE = 0.1  # the share of statements shown beside a sentence of another passage, which is silent of them
EXCHANGED = 0.25  # the share of supported ones that have a figure exchanged
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Told:
    """A statement beside a text, whose deciding stretch is known or empty."""

    said: str
    context: str
    text: str
    evidence: str
    verdict: int
    whole: bool = False  # a text of one sentence or two, shown as it is


def is_for_fitting(passage: str) -> bool:
    """Whether a passage is kept for the fit of the verification: a tenth of those that are not held out."""
    return hashlib.sha256(f"fit {passage}".encode()).digest()[0] < 26


def own_pairs(names: Sequence[str], wanted: str) -> list[Told]:
    """Statements and yes/no questions of the ``learning``, ``fitting`` or ``held out`` passages."""
    pairs = []
    for name in names:
        for record in check.rows(name):
            part = "held out" if check.is_held_out(record["id"]) else "learning"
            if part == "learning" and is_for_fitting(record["id"]):
                part = "fitting"
            if part != wanted:
                continue
            text = simplified(record["text"])
            context = simplified(Page.context_over(record["text"], record["title"], record["headings"]))
            pairs += [
                Told(simplified(one["s"]), context, text, simplified(one["evidence"]), VERDICTS.index(one["label"]))
                for one in record.get("statements", ())
            ]
            for one in record.get("questions", ()):
                if one["answer"] is not None and one.get("polarity") in {"yes", "no"}:
                    verdict = 0 if one["polarity"] == "yes" else 1
                    pairs.append(Told(simplified(one["q"]), context, text, simplified(one["answer"]), verdict))
    return pairs


def sentences_of(texts: Sequence[tuple[str, str]]) -> list[Told]:
    """A sentence of each of the texts, which is true of it; ``varied`` exchanges its figures."""
    pairs = []
    for context, text in texts:
        spans = [span for span in sentence_spans(text) if 12 <= span[1] - span[0] <= 80]
        for start, end in random.sample(spans, min(1, len(spans))):
            said = text[start:end].strip()
            if any(character in DIGITS for character in said):
                pairs.append(Told(said, context, text, said, 0))
    return pairs


def foreign_pairs(folder: Path) -> list[Told]:
    """The pairs of other collections."""
    names = {"entailment": 0, "contradiction": 1, "neutral": 2}
    found: list[tuple[str, str, str]] = []
    for name in ("snli_dev.jsonl", "snli_test.jsonl"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            found.append((row.get("sentence1", ""), row.get("sentence2", ""), row.get("gold_label", "")))
    rows = json.loads((folder / "klue_dev.json").read_text(encoding="utf-8"))
    found += [(row["premise"], row["hypothesis"], row["gold_label"]) for row in rows]
    for line in (folder / "jnli_valid.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append((row["sentence1"], row["sentence2"], row["label"]))
    with (folder / "jsick.tsv").open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        found += [(row["sentence_A_Ja"], row["sentence_B_Ja"], row["entailment_label_Ja"]) for row in table]
    return [Told(said, "", text, "", names[label], True) for text, said, label in found if label in names and said]


def varied(pair: Told, pairs: Sequence[Told]) -> Told:
    """The pair as it is; or with a figure exchanged, or beside another passage."""
    if pair.whole:
        return pair
    chance = random.random()
    if chance < ELSEWHERE:
        other = max(random.sample(pairs, 24), key=lambda one: likeness(pair.said, one.text) * (one.text != pair.text))
        if other.text != pair.text and not other.whole:
            return replace(other, said=pair.said, evidence="", verdict=2)
    elif pair.verdict == 0 and chance < ELSEWHERE + EXCHANGED:
        places = [i for i, character in enumerate(pair.said) if character in DIGITS]
        if places:
            i = random.choice(places)
            said = pair.said[:i] + random.choice(DIGITS.replace(pair.said[i], "")) + pair.said[i + 1 :]
            return replace(pair, said=said, verdict=1)
    return pair


def shown(pair: Told, chance: float) -> str:
    """As much of the text as is shown: the deciding sentence or the likest, that with its neighbours, or all."""
    if pair.whole or chance > 0.8:
        return pair.text
    spans = sentence_spans(pair.text)
    if pair.evidence and pair.evidence in pair.text:
        left = pair.text.index(pair.evidence)
        held = [i for i, (start, end) in enumerate(spans) if end > left and start < left + len(pair.evidence)]
    else:
        held = [max(range(len(spans)), key=lambda i: likeness(pair.said, pair.text[slice(*spans[i])]), default=0)]
    if not held or not spans:
        return pair.text
    around = 0 if chance < 0.5 else 1
    first, last = max(0, held[0] - around), min(len(spans) - 1, held[-1] + around)
    return pair.text[spans[first][0] : spans[last][1]]


def likeness(one: str, other: str) -> float:
    """The share of the first text's pairs of characters that the other has."""
    pairs = {one[i : i + 2] for i in range(len(one) - 1)}
    return len([pair for pair in pairs if pair in other]) / max(1, len(pairs))


def batches(pairs: list[Told], tokenizer: Any) -> Iterator[tuple[list[list[int]], list[int]]]:
    """One pass over the pairs, texts of like length together."""
    random.shuffle(pairs)
    for first in range(0, len(pairs), 2_048):
        rows = []
        for pair in (varied(pair, pairs) for pair in pairs[first : first + 2_048]):
            context = "" if random.random() < 0.1 else pair.context
            rows.append((token_ids(tokenizer, Pair(pair.said, shown(pair, random.random()), context)), pair.verdict))
        rows.sort(key=lambda row: len(row[0]))
        groups: list[list[tuple[list[int], int]]] = [[]]
        for row in rows:
            if groups[-1] and (len(groups[-1]) + 1) * len(row[0]) > BATCH_TOKENS:
                groups.append([])
            groups[-1].append(row)
        random.shuffle(groups)
        for group in groups:
            yield [ids for ids, _ in group], [verdict for _, verdict in group]


def measure(model: Adapted, tokenizer: Any) -> None:
    """Prints how statements that were left out are judged, beside their deciding sentence and beside the whole."""
    pairs = own_pairs(["statements.jsonl.gz"], "held out")
    for chance, name in ((0.0, "sentence"), (0.7, "with its neighbours"), (1.0, "whole")):
        counts: Counter[tuple[int, int]] = Counter()
        with torch.inference_mode():
            for first in range(0, len(pairs), 16):
                some = pairs[first : first + 16]
                logits = model(
                    *padded([token_ids(tokenizer, Pair(pair.said, shown(pair, chance), pair.context)) for pair in some])
                )
                for pair, verdict in zip(some, logits.argmax(1).tolist(), strict=True):
                    counts[pair.verdict, verdict] += 1
        for i, label in enumerate(VERDICTS):
            total = max(1, sum(counts[i, j] for j in range(3)))
            shares = ", ".join(f"{VERDICTS[j]} {counts[i, j] / total:.3f}" for j in range(3))
            print(f"{name}: {label} ({total}): {shares}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=Path, help="the folder of the other collections")
    parser.add_argument("--passes", type=int, default=2, help="over what is the project's own")
    parser.add_argument("--peak-rate", type=float, default=6e-4)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--measure", action="store_true", help="measure the weights, and learn nothing")
    parser.add_argument("--go-on", action="store_true", help="from the weights as they are, at two fifths of the rate")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    random.seed(given.seed)
    torch.manual_seed(given.seed)
    tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))
    model = Adapted(len(VERDICTS), rank=RANK, frozen=FROZEN)
    if given.measure:
        model.take_over(load_file(given.weights))
        measure(model, tokenizer)
        return
    own = own_pairs(["statements.jsonl.gz", "questions.jsonl.gz"], "learning")
    texts = list(dict.fromkeys((pair.context, pair.text) for pair in own))
    foreign = foreign_pairs(given.pairs) if given.pairs else []
    print(f"{len(own)} statements and questions of {len(texts)} passages, {len(foreign)} pairs", flush=True)
    stages = [random.sample(foreign, len(foreign) // 2)] if foreign and not given.go_on else []
    stages += [own + sentences_of(texts) + random.sample(foreign, len(foreign) // 12) for _ in range(given.passes)]
    peak = given.peak_rate
    if given.go_on:
        model.take_over(load_file(given.weights))
        peak *= 0.4
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=peak, betas=(0.9, 0.98), weight_decay=0.01)
    # A step's share of the way is told by the characters seen, since batches are of like size in tokens.
    whole = sum(weight(pair) for stage in stages for pair in stage)
    seen, total, steps, begun = 0.0, 0.0, 0, time.monotonic()
    for stage in stages:
        mean = sum(map(weight, stage)) / len(stage)
        for rows, verdicts in batches(stage, tokenizer):
            steps += 1
            rate = peak * min(1, steps / 60) * max(0.02, 1 - seen / whole)
            loss = nn.functional.cross_entropy(model(*padded(rows)), torch.tensor(verdicts))
            descend(optimizer, loss, rate)
            total, seen = total + loss.item(), seen + mean * len(rows)
            if steps % 25 == 0:
                print(f"{seen / whole:.1%}, loss {total / 25:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
                total = 0.0
            if steps % 100 == 0:
                save_file(model.learned(), given.weights)
        save_file(model.learned(), given.weights)
        measure(model, tokenizer)


def weight(pair: Told) -> float:
    """How much there is to read of a pair, in characters."""
    return 40 + len(pair.said) + (1.0 if pair.whole else 0.4) * len(pair.text)


if __name__ == "__main__":
    main()
