"""Trains where questions are placed among the texts that answer them: ``rag/reading/questions.safetensors``.

    python benchmarks/train_questions.py --cache FOLDER [--passes 2]

Adapters on the bundled encoder's layers, for questions alone: documents keep their vectors, so that all passages are
seen at each step. Learned is which passages hold the answer, of all there are, and which of their sentences, beside
those of the passage and of the three nearest (InfoNCE: van den Oord et al., 2018), from the answerable questions of
``benchmarks/training`` but for the passages that ``check.is_held_out`` names. By these it is measured: the share of
their questions with a passage that answers among the nearest, of all passages of the training data, with and without.
One core takes twenty minutes for the vectors, which FOLDER keeps, and five for a pass.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapted import Adapters, batches, descend, padded, states_of
from fit_answers import indexed
from kept_vectors import KeptVectors
from safetensors.torch import save_file
from torch import nn
from transformers import AutoModel, AutoTokenizer

from corpus.language.script import simplified
from embeddings import Encoder, Index, LanguageMeans, base_of, load_encoder
from embeddings.encoders.bundled import bundled_folder
from rag.reading.questions import token_ids

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

WEIGHTS = Path(__file__).parent.parent / "rag" / "reading" / "questions.safetensors"
RANK = 16
AT_ONCE = 32  # questions of a step
POOL = 16  # steps whose questions are put together by length
RATE = 6e-4
TEMPERATURE = 0.02
SENTENCES = 0.5  # what the choice of sentences counts beside that of passages
NEAREST = 3  # passages whose sentences are told apart
PLACES = (1, 3, 8, 20, 60)
EDGE = 25  # characters at an end of a passage by which it is known again


@dataclass
class Texts:
    """All passages and their sentences: vectors, and where in the sentences each passage's begin."""

    passages: torch.Tensor
    sentences: torch.Tensor
    starts: np.ndarray


@dataclass
class Example:
    """A question, what is added to its vector for documents in another language, and which rows answer it.

    ``own`` are the rows of its passage; ``answering`` and ``saying`` the passages and sentences with the answer.
    """

    ids: list[int]
    vector: np.ndarray
    moved: np.ndarray
    own: list[int]
    answering: list[int]
    saying: list[int]
    lang: str
    style: str
    held_out: bool


class Asker(nn.Module):
    """The encoder with adapters that learn."""

    def __init__(self) -> None:
        super().__init__()
        load: Any = AutoModel.from_pretrained
        self.encoder = load(str(bundled_folder()), dtype=torch.float32).eval()
        self.adapters = Adapters(self.encoder, rank=RANK, frozen=0)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, moved: torch.Tensor) -> torch.Tensor:
        """The vectors of questions, shape (questions, dimensions)."""
        _, mean = states_of(self.encoder, ids, mask)
        return nn.functional.normalize(nn.functional.normalize(mean, dim=1) + moved, dim=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="keeps vectors and the index between runs")
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    given.cache.mkdir(parents=True, exist_ok=True)
    encoder = KeptVectors(load_encoder(), given.cache / "vectors.sqlite")
    rows = list(check.rows("questions.jsonl.gz"))
    texts, examples = prepared(rows, indexed(rows, given.cache / "training", encoder), encoder)
    learned = [one for one in examples if not one.held_out]
    kept = [one for one in examples if one.held_out]
    print(f"{len(texts.passages)} passages, {len(learned)} questions to learn from, {len(kept)} held out", flush=True)
    report(unit(np.stack([one.vector + one.moved for one in kept])), kept, texts)
    model = Asker()
    learn(model, learned, texts, given.passes)
    save_file(model.adapters.learned(), given.weights)
    report(placed(model, kept), kept, texts)


def prepared(rows: Sequence[dict[str, Any]], index: Index, encoder: Encoder) -> tuple[Texts, list[Example]]:
    """All texts, and the questions that have an answer in them."""
    tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))
    numbers = list(range(index.manifest.passages))
    passages, sentences = index.passages(numbers), index.sentences_of(numbers)
    languages = [base_of(language) for language in index.languages_of(numbers)]
    starts = np.cumsum([0, *(len(one.vectors) for one in sentences)])
    said = [
        flat(passage.text[start - passage.start : end - passage.start])
        for passage, one in zip(passages, sentences, strict=True)
        for start, end in one.spans.tolist()
    ]
    held = [flat(passage.text) for passage in passages]
    of_document = defaultdict(list)
    for i, passage in enumerate(passages):
        of_document[passage.document_id].append(i)
    means = LanguageMeans(encoder)
    questions = [(row, one) for row in rows for one in row["questions"] if one["answer"]]
    vectors = encoder.encode([simplified(one["q"]) for _, one in questions], "query")
    examples = []
    for (row, one), vector in zip(questions, vectors, strict=True):
        text, answer = flat(row["text"]), flat(one["answer"])
        own = [i for i in of_document[f"{row['id'].partition('#')[0]}.md"] if is_of(held[i], text)]
        answering = [i for i in own if answer in held[i]]
        if not answering:
            continue
        saying = [j for i in answering for j in range(starts[i], starts[i + 1]) if answer in said[j]]
        language = languages[answering[0]]
        moved = means.way(means.language_of(vector), language) if language in means.languages else 0 * vector
        examples.append(
            Example(
                ids=token_ids(tokenizer, one["q"]),
                vector=vector,
                moved=moved,
                own=own,
                answering=answering,
                saying=saying,
                lang=one["lang"],
                style=one["style"],
                held_out=check.is_held_out(row["id"]),
            )
        )
    vectors_of = index.vectors(numbers)
    said_in = np.concatenate([one.vectors for one in sentences])
    found = Texts(torch.tensor(unit(vectors_of)), torch.tensor(unit(said_in)), starts)
    return found, examples


def learn(model: Asker, examples: list[Example], texts: Texts, passes: int) -> None:
    """Passes over the questions, those of like length together."""
    optimizer = torch.optim.AdamW(model.adapters.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    last, steps, begun, total = passes * len(examples) // AT_ONCE, 0, time.monotonic(), np.zeros(2)
    for _ in range(passes):
        for batch in batches(examples, lambda one: len(one.ids), at_once=AT_ONCE, pool=POOL):
            steps += 1
            passages, sentences = losses(model(*given_of(batch)), batch, texts)
            descend(
                optimizer, passages + SENTENCES * sentences, RATE * min(1, steps / 50) * max(0.02, 1 - steps / last)
            )
            total += passages.item(), sentences.item()
            if steps % 50 == 0:
                told = " and ".join(f"{part / 50:.3f}" for part in total)
                print(f"{steps / last:.0%}, losses {told}, {time.monotonic() - begun:.0f} s", flush=True)
                total[:] = 0


def losses(vectors: torch.Tensor, batch: list[Example], texts: Texts) -> tuple[torch.Tensor, torch.Tensor]:
    """How unlikely the passages that answer are among all, and their sentences among those near; means."""
    likely = (vectors @ texts.passages.T / TEMPERATURE).log_softmax(1)
    nearest = likely.detach().topk(NEAREST, 1).indices.tolist()
    passages, sentences = [], []
    for i, one in enumerate(batch):
        passages.append(-likely[i, one.answering].logsumexp(0))
        rows = np.concatenate([np.arange(*texts.starts[at : at + 2]) for at in {*nearest[i], *one.own}])
        saying = torch.tensor(np.isin(rows, one.saying))
        if saying.any():
            among = (texts.sentences[rows] @ vectors[i] / TEMPERATURE).log_softmax(0)
            sentences.append(-among[saying].logsumexp(0))
    return torch.stack(passages).mean(), torch.stack(sentences).mean() if sentences else torch.zeros(())


def given_of(batch: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What the model is given of questions."""
    return *padded([one.ids for one in batch]), torch.tensor(np.stack([one.moved for one in batch]))


def placed(model: Asker, examples: Sequence[Example]) -> np.ndarray:
    """The vectors of questions (questions, dimensions)."""
    found = np.zeros((len(examples), model.encoder.config.hidden_size), np.float32)
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].ids))
    with torch.inference_mode():
        for first in range(0, len(order), 64):
            some = order[first : first + 64]
            found[some] = model(*given_of([examples[i] for i in some])).numpy()
    return found


def report(vectors: np.ndarray, examples: Sequence[Example], texts: Texts) -> None:
    """Prints the share of questions with a passage that answers among the nearest."""
    likeness = vectors @ texts.passages.numpy().T
    before = np.array([(likeness[i] > likeness[i, one.answering].max()).sum() for i, one in enumerate(examples)])
    names = ["all", *dict.fromkeys(name for one in examples for name in (one.style, one.lang))]
    for name in names:
        of = np.array([name in ("all", one.style, one.lang) for one in examples])
        shares = ", ".join(f"{(before[of] < place).mean():.3f} of {place}" for place in PLACES)
        print(f"{name} ({of.sum()}): among the nearest {shares}", flush=True)


def flat(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def is_of(held: str, text: str) -> bool:
    """Whether a passage of the index is of a text."""
    return held in text or text in held or held[:EDGE] in text or held[-EDGE:] in text


def unit(vectors: np.ndarray) -> Any:
    """Vectors of unit length."""
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    main()
