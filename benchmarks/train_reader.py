"""Trains the reader's adapters: ``rag/extractive/reader.safetensors``.

    pip install peft
    python benchmarks/train_reader.py --data FOLDER

FOLDER holds JaQuAD's training files (jaquad_train_*.json; So et al., "JaQuAD: Japanese Question Answering Dataset for
Machine Reading Comprehension", 2022; CC BY-SA 3.0; https://github.com/SkelterLabsInc/JaQuAD): 31,748 questions that
people asked of Wikipedia. None of the sets that answers are measured on is in it, and no Chinese: the encoder carries
over what is learned. Two thirds of what it is shown has an answer. The rest has none: the question meets another
paragraph of its article, or its own paragraph with the subject or a number in the question exchanged. It runs on one
processor core (some 8 questions a second) and goes on from the adapters at hand with ``--go-on``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoModel, AutoTokenizer

from embeddings.encoders.bundled import bundled_folder

RANK, SCALE = 16, 2.0
WINDOW_TOKENS, QUESTION_TOKENS, TITLE_TOKENS, ANSWER_TOKENS = 176, 64, 40, 40
BATCH, WARM_UP = 16, 100
UNANSWERABLE = 0.36
TARGETS = ["query", "key", "value", "dense"]
WEIGHTS = Path(__file__).parent.parent / "rag" / "extractive" / "reader.safetensors"


@dataclass(frozen=True, slots=True)
class Row:
    """A question, the paragraphs of its article, which of them answers, where, and the article's title."""

    question: str
    paragraphs: list[str]
    own: int
    start: int
    answer: str
    title: str


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids, the answer's first and last token (0 for none), and where the text's tokens begin."""

    ids: list[int]
    start: int
    end: int
    first: int


class Model(nn.Module):
    """The bundled encoder with adapters, and two logits a token."""

    def __init__(self) -> None:
        super().__init__()
        base = AutoModel.from_pretrained(str(bundled_folder()), dtype=torch.float32, attn_implementation="eager")
        self.encoder = get_peft_model(base, LoraConfig(r=RANK, lora_alpha=int(RANK * SCALE), target_modules=TARGETS))
        self.head = nn.Linear(base.config.hidden_size, 2)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Start and end logits, shape (texts, tokens, 2)."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        logits: torch.Tensor = self.head(states.float())
        return logits

    def adapters(self) -> dict[str, torch.Tensor]:
        """What was learned, by the name of the layer it is added to."""
        learned = {f"head.{name}": value for name, value in self.head.state_dict().items()}
        for name, value in self.encoder.state_dict().items():
            match = re.fullmatch(r"base_model\.model\.(encoder\..+)\.lora_([AB])\.default\.weight", name)
            if match:
                learned[f"{match[1]}.{'down' if match[2] == 'A' else 'up'}"] = value * (1 if match[2] == "A" else SCALE)
        return {name: value.half().contiguous() for name, value in learned.items()}

    def go_on_from(self, learned: dict[str, torch.Tensor]) -> None:
        """Puts in what ``adapters`` gave."""
        state = {}
        for name, value in learned.items():
            layer, _, end = name.rpartition(".")
            if layer == "head":
                state[name] = value.float()
            else:
                letter, scale = ("A", 1.0) if end == "down" else ("B", SCALE)
                state[f"encoder.base_model.model.{layer}.lora_{letter}.default.weight"] = value.float() / scale
        self.load_state_dict(state, strict=False)


class Examples:
    """Makes examples of rows."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))

    def batches(self) -> Iterator[list[Example]]:
        """Without end, texts of like length together."""
        while True:
            random.shuffle(self.rows)
            for first in range(0, len(self.rows), BATCH * 32):
                made = [self.example(row) for row in self.rows[first : first + BATCH * 32]]
                chunk = sorted((example for example in made if example), key=lambda example: len(example.ids))
                groups = [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
                random.shuffle(groups)
                yield from groups

    def example(self, row: Row) -> Example | None:
        """The row as it is, or made unanswerable; None where the answer is too long."""
        title = row.title if random.random() < 0.6 else ""
        if random.random() >= UNANSWERABLE:
            return self.encoded(row.question, row.paragraphs[row.own], title, row.start, row.answer)
        changed = self.changed(row) if random.random() < 0.5 else None
        if changed is not None:
            return self.encoded(changed, row.paragraphs[row.own], row.title)
        return self.encoded(row.question, self.neighbour(row), title)

    def changed(self, row: Row) -> str | None:
        """The question about another subject, or with another number, that the paragraph does not have."""
        text = row.paragraphs[row.own]
        subject, other = (re.sub(r"\s*\(.*?\)", "", title) for title in (row.title, random.choice(self.rows).title))
        numbers = [match for match in re.finditer(r"\d+", row.question) if match[0] in text]
        if (
            len(subject) > 1
            and subject in row.question
            and other not in text
            and not (numbers and random.random() < 0.4)
        ):
            return row.question.replace(subject, other)
        if numbers:
            match = random.choice(numbers)
            for _ in range(5):
                number = str(int(match[0]) + random.choice([-20, -10, -5, -3, -2, -1, 1, 2, 3, 5, 10, 20]))
                if not number.startswith("-") and len(number) == len(match[0]) and number not in text:
                    return row.question[: match.start()] + number + row.question[match.end() :]
        return None

    def neighbour(self, row: Row) -> str:
        """The paragraph of the article that is likest to the question and lacks the answer."""
        others = [text for i, text in enumerate(row.paragraphs) if i != row.own and row.answer not in text]
        if not others:
            return random.choice(random.choice(self.rows).paragraphs)
        asked = _bigrams(row.question)
        return max(others, key=lambda text: len(asked & _bigrams(text)))

    def encoded(
        self, question: str, text: str, title: str, start: int | None = None, answer: str = ""
    ) -> Example | None:
        """The tokens, of a long text a window that holds the answer."""
        asked = self.tokenizer(f"query: {question}", add_special_tokens=False)["input_ids"][:QUESTION_TOKENS]
        above = self.tokenizer(f"{title}\n", add_special_tokens=False)["input_ids"][:TITLE_TOKENS] if title else []
        encoded = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        ids, head = encoded["input_ids"], [0, *asked, 2, 2, *above]
        if start is None:
            first = random.randint(0, max(0, len(ids) - WINDOW_TOKENS))
            return Example([*head, *ids[first : first + WINDOW_TOKENS], 2], 0, 0, len(head))
        end = start + len(answer)
        inside = [i for i, (a, b) in enumerate(encoded["offset_mapping"]) if b > start and a < end]
        if not inside or len(inside) > ANSWER_TOKENS:
            return None
        least, most = max(0, inside[-1] + 1 - WINDOW_TOKENS), min(inside[0], max(0, len(ids) - WINDOW_TOKENS))
        first = random.randint(min(least, most), most)
        shift = len(head) - first
        return Example(
            [*head, *ids[first : first + WINDOW_TOKENS], 2], inside[0] + shift, inside[-1] + shift, len(head)
        )


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def rows_of(folder: Path) -> list[Row]:
    """Every question of the training files."""
    rows = []
    for path in sorted(folder.glob("jaquad_train_*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            paragraphs = [paragraph["context"] for paragraph in article["paragraphs"]]
            for own, paragraph in enumerate(article["paragraphs"]):
                for asked in paragraph["qas"]:
                    answer = asked["answers"][0]
                    text, start = answer["text"], answer["answer_start"]
                    rows.append(Row(asked["question"], paragraphs, own, start, text, article["title"]))
    return rows


def loss_of(model: Model, batch: list[Example]) -> torch.Tensor:
    """Cross entropy of first and last token over the text's tokens and "none"."""
    longest = max(len(example.ids) for example in batch)
    ids = torch.full((len(batch), longest), 1)
    mask = torch.zeros((len(batch), longest), dtype=torch.long)
    allowed = torch.zeros((len(batch), longest), dtype=torch.bool)
    for i, example in enumerate(batch):
        ids[i, : len(example.ids)] = torch.tensor(example.ids)
        mask[i, : len(example.ids)] = 1
        allowed[i, 0] = True
        allowed[i, example.first : len(example.ids) - 1] = True
    logits = model(ids, mask).masked_fill(~allowed[..., None], -1e4)
    starts, ends = (torch.tensor([getattr(example, name) for example in batch]) for name in ("start", "end"))
    entropy = nn.functional.cross_entropy
    return (entropy(logits[..., 0], starts) + entropy(logits[..., 1], ends)) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of JaQuAD's training files")
    parser.add_argument("--questions", type=int, default=16_000, help="shown in all")
    parser.add_argument("--peak-rate", type=float, default=1e-3)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--go-on", action="store_true", help="begin with the adapters at hand")
    given = parser.parse_args()
    random.seed(given.seed)
    torch.manual_seed(given.seed)
    torch.set_num_threads(1)
    model = Model()
    if given.go_on:
        model.go_on_from(load_file(WEIGHTS))
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, betas=(0.9, 0.98))
    steps, total = given.questions // BATCH, 0.0
    batches = islice(Examples(rows_of(given.data)).batches(), steps)
    for step, batch in enumerate(batches, 1):
        for group in optimizer.param_groups:
            group["lr"] = given.peak_rate * min(1, step / WARM_UP) * (1 - step / (steps + 1))
        loss = loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        total += loss.item()
        if step % 50 == 0:
            print(f"{step * BATCH} questions, loss {total / 50:.3f}", flush=True)
            save_file(model.adapters(), given.out)
            total = 0.0
    save_file(model.adapters(), given.out)


if __name__ == "__main__":
    main()
