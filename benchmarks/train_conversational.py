"""Trains what reads a conversation for the answer to its last question: ``rag/reading/conversational.safetensors``.

    python benchmarks/train_conversational.py [--passes 2]
    python benchmarks/train_conversational.py --measure

Low-rank adapters (Hu et al., "LoRA", 2021) on the reader's layers learn from
``benchmarks/training/dialogues.jsonl.gz`` which words of some sentences of a conversation's documents answer its last
question, or that none do, as the reader learned it. A question is shown with the turns before it, and answers to those
are among the other sentences. Conversations over a document that ``check.is_held_out`` names are only measured, which
``--measure`` does, beside the reader, which is given the question as it stands, and as a person would ask it alone.
Two cores with bfloat16 instructions take ten minutes a pass.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapted import Adapters, batches, descend
from reader_examples import IGNORED, Example, bigrams
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score
from train_reader import READER, WEIGHTS, Model, in_full, loss_of
from transformers import AutoTokenizer

from corpus import sentence_spans
from corpus.language.script import simplified
from embeddings import load_encoder
from embeddings.encoders.bundled import bundled_folder
from rag.reading.conversational import ConversationalReader, asked_ids
from rag.reading.reader import Page, Quote, Reader

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "training"))
import check  # noqa: E402  (beside the data it checks)

LEARNED = READER.with_name("conversational.safetensors")
RANK, FROZEN = 16, 4
FEWEST, MOST = 3, 8  # sentences shown of a question
MEASURED = 8
TEXT_TOKENS = 400
AT_ONCE, POOL = 12, 16
FIRST = 0.3  # of the first turns, which have nothing before them, the share that is learned from


@dataclass(frozen=True)
class Asked:
    """A question after some turns (question, sentence quoted), the sentences of its documents, and what answers.

    ``alone`` is how a person would ask it without the turns; ``right`` is the sentence that answers, -1 for none,
    ``answer`` the characters of it that do.
    """

    turns: tuple[tuple[str, str], ...]
    question: str
    alone: str
    sentences: tuple[Quote, ...]
    right: int
    answer: tuple[int, int]

    def shown(self, most: int) -> list[int]:
        """Some of the sentences, those that a careless reader would take above all; those of a document together."""
        said = {text for _, text in self.turns}
        words = bigrams(" ".join([self.question, self.alone, *(question for question, _ in self.turns)]))
        rank = {
            i: len(words & bigrams(one.text)) + random.expovariate(0.5) + 4 * (one.text in said)
            for i, one in enumerate(self.sentences)
        }
        kept = sorted(rank, key=lambda i: -rank[i])[:most]
        if self.right >= 0 and self.right not in kept:
            kept[-1] = self.right
        random.shuffle(kept)
        return sorted(kept, key=lambda i: self.sentences[i].title)


def asked(*, held_out: bool) -> list[Asked]:
    """The questions of the conversations that are held out, or of the others."""
    documents = check.by_document(check.rows("questions.jsonl.gz"))
    found = []
    for dialogue in check.rows("dialogues.jsonl.gz"):
        if any(map(check.is_held_out, dialogue["documents"])) != held_out:
            continue
        passages = {row["id"]: row for document in dialogue["documents"] for row in documents[document]}
        places = [(name, *span) for name, row in passages.items() for span in sentence_spans(row["text"])]
        sentences = tuple(
            Quote(passages[name]["text"][start:end], passages[name]["title"]) for name, start, end in places
        )
        turns: list[tuple[str, str]] = []
        for turn in dialogue["turns"]:
            right, answer = -1, (0, 0)
            if turn["answer"] is not None:
                at, at_end = check.place_of(passages[turn["passage"]]["text"], turn)
                right = next(i for i, (name, _, end) in enumerate(places) if name == turn["passage"] and at < end)
                answer = at - places[right][1], at_end - places[right][1]
            alone = turn["standalone"][0] if turns else turn["q"]
            found.append(Asked(tuple(turns), turn["q"], alone, sentences, right, answer))
            turns.append((turn["q"], sentences[right].text if right >= 0 else ""))
    return found


def example(one: Asked, tokenizer: Any) -> Example | None:
    """Its tokens, and which of them answer; None where those are cut off."""
    kept = one.shown(random.randint(FEWEST, MOST))
    page = Page.beside([one.sentences[i] for i in kept])
    head = [0, *asked_ids(tokenizer, one.question, one.turns), 2, 2]
    encoded = tokenizer(simplified(page.text), add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    start = end = 0
    if one.right >= 0:
        first = page.sentences[kept.index(one.right)][0]
        left, right = first + one.answer[0], first + one.answer[1]
        inside = [i for i, (a, b) in enumerate(encoded["offset_mapping"][:TEXT_TOKENS]) if b > left and a < right]
        if not inside:
            return None
        start, end = inside[0] + len(head), inside[-1] + len(head)
    ids = [*head, *encoded["input_ids"][:TEXT_TOKENS], 2][:511]
    return Example(ids, start, end, len(head), IGNORED) if end < len(ids) - 1 else None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--peak-rate", type=float, default=6e-4)
    parser.add_argument("--measure", action="store_true", help="measures what is shipped, and learns nothing")
    given = parser.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    if given.measure:
        measure()
        return
    tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))
    model = Model()
    model.go_on_from(in_full(WEIGHTS))
    model.start_from(in_full(READER))
    adapters = Adapters(model.encoder, rank=RANK, frozen=FROZEN)
    model.hasten()
    learned = [one for one in asked(held_out=False) if one.turns or random.random() < FIRST]
    print(f"{len(learned)} questions to learn from", flush=True)
    learning = [*adapters.parameters(), *model.head.parameters()]
    optimizer = torch.optim.AdamW(learning, lr=given.peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    steps, total, begun = 0, 0.0, time.monotonic()
    last = given.passes * len(learned) // AT_ONCE
    for _ in range(given.passes):
        made = [one for one in (example(one, tokenizer) for one in learned) if one]
        for batch in batches(made, lambda one: len(one.ids), at_once=AT_ONCE, pool=POOL):
            steps += 1
            loss = loss_of(model, batch)
            descend(optimizer, loss, given.peak_rate * min(1, steps / 60) * max(0.02, 1 - steps / last))
            total += loss.item()
            if steps % 25 == 0:
                print(f"{steps / last:.1%}, loss {total / 25:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
                total = 0.0
        head = {f"head.{name}": value.half() for name, value in model.head.state_dict().items()}
        save_file(head | adapters.learned(), LEARNED)
    measure()


def measure() -> None:
    """Prints how often the sentence that answers is first, and the AUROC of those, held out."""
    reader = Reader.beside(load_encoder())
    assert reader is not None
    conversational = ConversationalReader(reader)
    found: dict[str, list[tuple[float, bool]]] = {"conversation": [], "the question alone": [], "as it stands": []}
    answered = 0
    for one in (one for one in asked(held_out=True) if one.turns):
        kept = one.shown(MEASURED)
        quotes = [one.sentences[i] for i in kept]
        page = Page.beside(quotes)
        answered += one.right >= 0
        scores = {"conversation": conversational.scores(one.question, one.turns, quotes).tolist()}
        for name, question in (("the question alone", one.alone), ("as it stands", one.question)):
            scores[name] = [reading.score for reading in reader.read(question, [page])[0]]
        for name, those in scores.items():
            found[name].append((max(those), kept[int(np.argmax(those))] == one.right))
    for name, best in found.items():
        scored, right = zip(*best, strict=True)
        auroc = roc_auc_score(right, scored)
        print(f"{name}: first {sum(right) / answered:.3f} of {answered}, AUROC of those {auroc:.3f}", flush=True)


if __name__ == "__main__":
    main()
