"""Trains the reader: ``rag/reading/reader.safetensors``.

    python benchmarks/train_reader.py [--jaquad FOLDER]
    python benchmarks/train_reader.py --go-on [--dwell-on PREFIX] [--jaquad FOLDER]
    python benchmarks/train_reader.py --mean-with FILE
    python benchmarks/train_reader.py --adapters-of FILE

It goes on from ``benchmarks/training/jaquad.safetensors``, low-rank adapters that learned which words answer from
JaQuAD alone (So et al., "JaQuAD: Japanese Question Answering Dataset for Machine Reading Comprehension", 2022; CC BY-SA
3.0; https://github.com/SkelterLabsInc/JaQuAD), and learns from the questions and statements of ``benchmarks/training``
but for the passages that ``check.is_held_out`` names. With FOLDER, which holds JaQuAD's training files, one example in
ten is one of them. None of the sets that answers are measured on is in either.

What a question is shown with: its passage; or, without an answer, another passage of its document (those with most of
its words above all), a passage like its own (the likest by vectors) where the document has no other, or its passage
with an identifier in the question exchanged for one that is not there (X2 for X4, 第七条 for 第十二条, the year). Or
(as the best of several passages are read once more beside each other) with some sentences of its passage and of others
of its document, those with most of its words above all, in any order. The upper eight layers of the encoder are tuned
whole and without dropout, the rest is not. Heads: first and last token of the answer, with "none"; and, while it
learns, whether the passage supports, contradicts or does not speak of what is said, which a yes/no question, a near
miss and a statement teach alike. The latter head is not kept: it knows what is not spoken of, but not yes from no.
``--go-on`` goes on from the weights of a run before, with the questions alone and half the rate; ``--mean-with`` takes
the mean of the weights and those that FILE holds, learning nothing (Wortsman et al., "Model soups", 2022).
``--dwell-on`` takes every other question from the passages whose id begins so: those that an earlier run had not seen.
The shipped ones are of the first run and two more, the mean of those before and after the last;
``reader-next.safetensors`` beside the questions is of two further ones, as low-rank adapters (``--adapters-of``), and
not shipped yet (docs/answers.md). Two cores with bfloat16 instructions do eight to twenty examples a second (the more
the less memory glibc gives back: MALLOC_TRIM_THRESHOLD_=1000000000); there the layers are run in bfloat16, compiled
where there is a C++ compiler, and what is learned is kept exact beside them (Micikevicius et al., "Mixed precision
training", 2018).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapted import descend
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoModel, AutoTokenizer

from corpus import sentence_spans
from corpus.language.script import simplified
from embeddings import load_encoder
from embeddings.encoders.bundled import bundled_folder
from embeddings.encoders.transformer import faster_in_bfloat16
from rag.reading.reader import Page

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "training"))
import check  # noqa: E402  (beside the data it checks)

WEIGHTS = HERE.parent / "rag" / "reading" / "reader.safetensors"
START = HERE / "training" / "jaquad.safetensors"
NEXT = HERE / "training" / "reader-next.safetensors"
WINDOW_TOKENS, QUESTION_TOKENS, CONTEXT_TOKENS, ANSWER_TOKENS = 240, 64, 40, 48
BATCH, WARM_UP = 24, 60
VERDICTS = ("supported", "contradicted", "silent")
IGNORED = -100
FOREIGN, BARE, BESIDE, ELSEWHERE, TOGETHER, EXCHANGED = 0.1, 0.1, 0.33, 0.15, 0.3, 0.5
FEWEST, MOST = 3, 8  # sentences read beside each other
RANK = 32  # of adapters
FROZEN = 4  # layers, the lowest: what they do is the language, and each costs time
_IDENTIFIER = re.compile(r"[A-Za-z]{1,5}[- ]?\d{1,5}|第[一二三四五六七八九十百\d]+[条章节款项期届批号]|(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked or said of a passage, where it answers (None for nowhere) and what the passage says of it.

    ``passage`` is its number, -1 of JaQuAD's, and ``document`` the id of what it is of.
    """

    asked: str
    context: str
    text: str
    answer: tuple[int, int] | None
    verdict: int
    statement: bool
    passage: int = -1
    document: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids, the answer's first and last token (0 for none), where the text's tokens begin, and the verdict."""

    ids: list[int]
    start: int
    end: int
    first: int
    verdict: int


class Model(nn.Module):
    """The bundled encoder, two logits a token, and three of the first.

    Where the processor is faster in bfloat16 the encoder runs in it; ``exact`` are the weights that learn, in full.
    """

    def __init__(self) -> None:
        super().__init__()
        load: Any = AutoModel.from_pretrained
        self.encoder = load(str(bundled_folder()), dtype=torch.float32, attn_implementation="eager").eval()
        self.head = nn.Linear(self.encoder.config.hidden_size, 2)
        self.judge = nn.Linear(self.encoder.config.hidden_size, len(VERDICTS))
        for parameter in self.encoder.parameters():
            parameter.requires_grad = False
        self.before = {name: layer.weight.detach().clone() for name, layer in self.linear().items()}
        self.exact: dict[str, nn.Parameter] = {}
        self.run: Any = self.encoder

    def hasten(self) -> list[nn.Parameter]:
        """Makes it ready to learn and as fast as this machine allows; what learns of it."""
        learning = {name: layer for name, layer in self.linear().items() if int(name.split(".")[2]) >= FROZEN}
        self.exact = {name: nn.Parameter(layer.weight.detach().clone()) for name, layer in learning.items()}
        if faster_in_bfloat16():
            self.encoder.to(torch.bfloat16).set_attn_implementation("sdpa")
        for name, layer in learning.items():
            layer.weight.requires_grad = True
            layer.weight.register_post_accumulate_grad_hook(partial(_handed_over, self.exact[name]))
        self.run = torch.compile(self.encoder, dynamic=True) if shutil.which("c++") else self.encoder
        return [*self.exact.values(), *self.head.parameters(), *self.judge.parameters()]

    def linear(self) -> dict[str, Any]:
        """The linear maps of all layers, by name."""
        return {
            name: module
            for name, module in self.encoder.named_modules()
            if isinstance(module, nn.Linear) and name.startswith("encoder.layer.")
        }

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Start and end logits, shape (texts, tokens, 2), and the verdict's, shape (texts, 3)."""
        with torch.no_grad():
            for name, exact in self.exact.items():
                self.encoder.get_submodule(name).weight.copy_(exact)
        states = self.run(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.head(states.float()), self.judge(states[:, 0].float())

    def start_from(self, adapters: dict[str, torch.Tensor]) -> None:
        """Adds low-rank adapters to the layers and takes over their head."""
        for name in sorted({key.rpartition(".")[0] for key in adapters if key.endswith((".up", ".down"))}):
            layer = self.encoder.get_submodule(name)
            layer.weight.data += adapters[f"{name}.up"].float() @ adapters[f"{name}.down"].float()
        self.head.load_state_dict({part: adapters[f"head.{part}"].float() for part in ("weight", "bias")})

    def go_on_from(self, kept: dict[str, torch.Tensor]) -> None:
        """Takes over what ``learned`` kept."""
        for name in (key.removesuffix(".delta") for key in kept if key.endswith(".delta")):
            away = kept[f"{name}.delta"].float() * kept[f"{name}.scale"].float()[:, None]
            self.encoder.get_submodule(name).weight.data += away
        self.head.load_state_dict({part: kept[f"head.{part}"].float() for part in ("weight", "bias")})

    def adapters_to(self, kept: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Low-rank adapters that bring these weights as near as can be to what ``learned`` kept, and its head."""
        here = {name: layer.weight.detach().clone() for name, layer in self.linear().items()}
        for name, layer in self.linear().items():
            layer.weight.data.copy_(self.before[name])
        self.go_on_from(kept)
        found = {name: value for name, value in kept.items() if name.startswith("head.")}
        for name, layer in self.linear().items():
            if int(name.split(".")[2]) >= FROZEN:
                left, strength, right = torch.linalg.svd(layer.weight.detach() - here[name], full_matrices=False)
                found[f"{name}.up"] = (left[:, :RANK] * strength[:RANK]).half()
                found[f"{name}.down"] = right[:RANK].half()
        return {name: value.contiguous() for name, value in found.items()}

    def learned(self) -> dict[str, torch.Tensor]:
        """The head, and what each layer's weights are away from the encoder's: 8 bits each, a scale a row."""
        kept = {f"head.{name}": value.half() for name, value in self.head.state_dict().items()}
        for name, layer in self.linear().items():
            away = self.exact.get(name, layer.weight).detach() - self.before[name]
            scale = (away.abs().amax(1) / 127).clamp(min=1e-8)
            kept[f"{name}.delta"] = (away / scale[:, None]).round().to(torch.int8)
            kept[f"{name}.scale"] = scale
        return {name: value.contiguous() for name, value in kept.items()}


def _handed_over(exact: nn.Parameter, weight: torch.Tensor) -> None:
    """The gradient of a weight, to the one that learns for it."""
    assert weight.grad is not None
    exact.grad, weight.grad = weight.grad.float(), None


class Examples:
    """Makes examples of rows."""

    def __init__(self, own: list[Row], foreign: list[Row], neighbours: dict[int, list[int]]) -> None:
        """``neighbours`` are the passages like a passage, the likest first."""
        self.own, self.foreign, self.neighbours = own, foreign, neighbours
        self.passages = {row.passage: row for row in own}
        self.documents: dict[str, list[Row]] = defaultdict(list)
        for row in self.passages.values():
            self.documents[row.document].append(row)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))

    def batches(self) -> Iterator[list[Example]]:
        """Without end, texts of like length together."""
        while True:
            random.shuffle(self.own)
            for first in range(0, len(self.own), BATCH * 32):
                rows = [self.varied(row) for row in self.own[first : first + BATCH * 32]]
                if self.foreign:
                    rows += [self.varied(row) for row in random.sample(self.foreign, int(len(rows) * FOREIGN))]
                made = (self.example(row) for row in rows)
                chunk = sorted((example for example in made if example), key=lambda example: len(example.ids))
                groups = [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
                random.shuffle(groups)
                yield from groups

    def varied(self, row: Row) -> Row:
        """The row as it is; or made unanswerable, or, of a statement, untrue."""
        context = "" if random.random() < BARE else row.context
        said = row.asked
        if row.statement:
            if row.verdict == 0 and random.random() < EXCHANGED:
                said = _exchanged(said, row.context + row.text, _DIGITS) or said
            verdict = row.verdict if said == row.asked else 1
            return replace(row, asked=said, context=context, verdict=verdict)
        if random.random() < TOGETHER:
            row = self.together(row) or row
            context = context and row.context
        if row.answer is None:
            return replace(row, context=context)
        if random.random() < EXCHANGED:
            changed = _exchanged(said, row.context + row.text, _IDENTIFIER)
            if changed is not None:
                return replace(row, asked=changed, answer=None, verdict=2)
        near = self.elsewhere(row)
        if near is not None:
            return replace(near, asked=said, answer=None, verdict=2, statement=False)
        return replace(row, context=context)

    def together(self, row: Row) -> Row | None:
        """A question with some sentences of its passage and, where it has an answer, of others of its document."""
        sentences = [row.text[start:end] for start, end in sentence_spans(row.text)]
        right = 0
        if row.answer is not None:
            spans = sentence_spans(row.text)
            holding = [i for i, (start, end) in enumerate(spans) if start <= row.answer[0] and row.answer[1] <= end]
            if not holding:
                return None
            answer, right = row.text[slice(*row.answer)], holding[0]
            for other in self.documents.get(row.document, ()):
                found = (other.text[start:end] for start, end in sentence_spans(other.text))
                sentences += (one for one in found if answer not in one and other.passage != row.passage)
        words = _bigrams(row.asked)
        rank = {i: len(words & _bigrams(one)) + random.expovariate(0.5) for i, one in enumerate(sentences)}
        kept = sorted(rank, key=lambda i: -rank[i])[: random.randint(FEWEST, MOST)]
        if row.answer is not None and right not in kept:
            kept[-1] = right
        random.shuffle(kept)
        text = "\n".join(sentences[i] for i in kept)
        if row.answer is None:
            return replace(row, context="", text=text)
        first = sum(len(sentences[i]) + 1 for i in kept[: kept.index(right)]) + row.answer[0] - spans[right][0]
        return replace(row, context="", text=text, answer=(first, first + row.answer[1] - row.answer[0]))

    def elsewhere(self, row: Row) -> Row | None:
        """Now and then, of a question with an answer, a row of another passage, which does not hold it."""
        answer, words = row.text[slice(*(row.answer or ()))], _bigrams(row.asked)
        siblings = [one for one in self.documents.get(row.document, ()) if answer not in one.text]
        if siblings:  # the row's own passage is none
            siblings.sort(key=lambda one: -len(words & _bigrams(one.text)))
            place = min(len(siblings) - 1, int(random.expovariate(1)))
            return siblings[place] if random.random() < BESIDE else None
        if random.random() < ELSEWHERE:
            for other in self.neighbours.get(row.passage, ())[:4]:
                near = self.passages[other]
                if answer not in near.text and random.random() < 0.5:
                    return near
        return None

    def example(self, row: Row) -> Example | None:
        """The tokens, of a long text a window that holds the answer; None where the answer is too long."""
        encode = self.tokenizer
        asked = encode(f"query: {row.asked}", add_special_tokens=False)["input_ids"][:QUESTION_TOKENS]
        above = encode(f"{row.context}\n", add_special_tokens=False)["input_ids"][:CONTEXT_TOKENS]
        encoded = encode(row.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        ids, head = encoded["input_ids"], [0, *asked, 2, 2, *(above if row.context else [])]
        start = end = 0
        first = 0 if row.statement else random.randint(0, max(0, len(ids) - WINDOW_TOKENS))
        most = WINDOW_TOKENS * 3 // 2 if row.statement else WINDOW_TOKENS
        if row.answer is not None:
            left, right = row.answer
            inside = [i for i, (a, b) in enumerate(encoded["offset_mapping"]) if b > left and a < right]
            if not inside or len(inside) > ANSWER_TOKENS:
                return None
            low, high = max(0, inside[-1] + 1 - most), min(inside[0], max(0, len(ids) - most))
            first = random.randint(min(low, high), high)
            start, end = inside[0] + len(head) - first, inside[-1] + len(head) - first
        elif row.statement:
            start = end = IGNORED
        return Example([*head, *ids[first : first + most], 2], start, end, len(head), row.verdict)


def _exchanged(said: str, text: str, what: re.Pattern[str]) -> str | None:
    """What is said with one thing of the kind that stands in the text exchanged for one that does not."""
    held = [match for match in what.finditer(said) if match[0] in text]
    if not held:
        return None
    match = random.choice(held)
    for _ in range(6):
        places = [i for i, character in enumerate(match[0]) if character.isdecimal() or character in _NUMERALS]
        if not places:
            return None
        i = random.choice(places)
        other = random.choice("123456789" if match[0][i].isdecimal() else _NUMERALS)
        new = match[0][:i] + other + match[0][i + 1 :]
        if new not in text:
            return said[: match.start()] + new + said[match.end() :]
    return None


def own_rows(*names: str, dwell_on: str | None = None) -> tuple[list[Row], list[str]]:
    """What of the named files may be trained on, and the passages it is of.

    The rows of passages whose id begins with ``dwell_on`` are there as often as all others together.
    """
    rows: list[Row] = []
    dwelt: list[Row] = []
    texts: list[str] = []
    for name in names:
        for record in check.rows(name):
            if check.is_held_out(record["id"]):
                continue
            text = simplified(record["text"])
            context = simplified(Page.context_over(record["text"], record["title"], record["headings"]))
            number, first, document = len(texts), len(rows), check.document_of(record["id"])
            texts.append(text)
            for one in record.get("questions", ()):
                answer, place = one["answer"], None
                if answer is not None:
                    at = one.get("at", record["text"].find(answer))
                    place = (at, at + len(answer))
                verdict = 2 if answer is None else {"yes": 0, "no": 1}.get(one.get("polarity"), IGNORED)
                rows.append(Row(simplified(one["q"]), context, text, place, verdict, False, number, document))
            for one in record.get("statements", ()):
                verdict = VERDICTS.index(one["label"])
                rows.append(Row(simplified(one["s"]), context, text, None, verdict, True, number, document))
            if dwell_on and record["id"].startswith(dwell_on):
                dwelt += rows[first:]
    return rows + dwelt * max(0, len(rows) // max(1, len(dwelt)) - 1), texts


def neighbours_of(texts: list[str]) -> dict[int, list[int]]:
    """The eight passages that each is likest to by the encoder's vectors, but for those that share its beginning."""
    vectors = load_encoder().encode([text[:240] for text in texts], "document")
    near = np.argsort(-(vectors @ vectors.T), axis=1)[:, :12]
    return {i: [int(j) for j in row if texts[int(j)][:40] != texts[i][:40]][:8] for i, row in enumerate(near)}


def jaquad_rows(folder: Path) -> list[Row]:
    """JaQuAD's questions, and each fourth beside another paragraph of its article, where it has no answer."""
    rows = []
    for path in sorted(folder.glob("jaquad_train_*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            texts = [paragraph["context"] for paragraph in article["paragraphs"]]
            for own, paragraph in enumerate(article["paragraphs"]):
                for i, asked in enumerate(paragraph["qas"]):
                    answer = asked["answers"][0]
                    at = answer["answer_start"]
                    place: tuple[int, int] | None = (at, at + len(answer["text"]))
                    text, verdict = texts[own], IGNORED
                    others = [other for other in texts if answer["text"] not in other]
                    if i % 4 == 0 and others:
                        text = max(others, key=lambda other: len(_bigrams(asked["question"]) & _bigrams(other)))
                        place, verdict = None, 2
                    rows.append(Row(asked["question"], article["title"], text, place, verdict, False))
    return rows


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def loss_of(model: Model, batch: list[Example]) -> torch.Tensor:
    """Cross entropy of first and last token over the text's tokens and "none", and half of the verdict's."""
    longest = max(len(example.ids) for example in batch)
    ids = torch.full((len(batch), longest), 1)
    mask = torch.zeros((len(batch), longest), dtype=torch.long)
    allowed = torch.zeros((len(batch), longest), dtype=torch.bool)
    for i, example in enumerate(batch):
        ids[i, : len(example.ids)] = torch.tensor(example.ids)
        mask[i, : len(example.ids)] = 1
        allowed[i, 0] = True
        allowed[i, example.first : len(example.ids) - 1] = True
    spans, verdicts = model(ids, mask)
    spans = spans.masked_fill(~allowed[..., None], -1e4)
    total = torch.zeros(())
    for end, name in enumerate(("start", "end")):
        wanted = torch.tensor([getattr(example, name) for example in batch])
        total = total + nn.functional.cross_entropy(spans[..., end], wanted, ignore_index=IGNORED, reduction="sum") / 2
    wanted = torch.tensor([example.verdict for example in batch])
    total = total + nn.functional.cross_entropy(verdicts, wanted, ignore_index=IGNORED, reduction="sum") / 2
    return total / len(batch)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jaquad", type=Path, help="the folder of JaQuAD's training files")
    parser.add_argument("--examples", type=int, default=24_000, help="shown in all")
    parser.add_argument("--peak-rate", type=float, default=1e-4)
    parser.add_argument("--go-on", action="store_true", help="from the weights of an earlier run, by questions alone")
    parser.add_argument("--dwell-on", metavar="PREFIX", help="every other question is of passages whose id begins so")
    parser.add_argument("--mean-with", type=Path, help="the weights of another run")
    parser.add_argument("--adapters-of", type=Path, help="the weights of another run")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    random.seed(given.seed)
    torch.manual_seed(given.seed)
    model = Model()
    if given.mean_with:
        other = Model()
        for one, weights in ((model, WEIGHTS), (other, given.mean_with)):
            one.go_on_from(load_file(weights))
        with torch.no_grad():
            for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
                mine.copy_((mine + theirs) / 2)
        save_file(model.learned(), given.out)
        return
    if given.adapters_of:
        model.go_on_from(load_file(WEIGHTS))
        save_file(model.adapters_to(load_file(given.adapters_of)), NEXT)
        return
    rate = given.peak_rate
    if given.go_on:
        model.go_on_from(load_file(WEIGHTS))
        rate, (rows, texts) = rate / 2, own_rows("questions.jsonl.gz", dwell_on=given.dwell_on)
    else:
        model.start_from(load_file(START))
        rows, texts = own_rows("questions.jsonl.gz", "statements.jsonl.gz")
    examples = Examples(rows, jaquad_rows(given.jaquad) if given.jaquad else [], neighbours_of(texts))
    print(f"{len(rows)} questions and statements of {len(texts)} passages", flush=True)
    optimizer = torch.optim.AdamW(model.hasten(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    steps, total, begun = given.examples // BATCH, 0.0, time.monotonic()
    for step, batch in enumerate(islice(examples.batches(), steps), 1):
        loss = loss_of(model, batch)
        descend(optimizer, loss, rate * min(1, step / WARM_UP) * (1 - step / (steps + 1)))
        total += loss.item()
        if step % 50 == 0:
            print(f"{step * BATCH} examples, loss {total / 50:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
            total = 0.0
        if step % 200 == 0:
            save_file(model.learned(), given.out)
    save_file(model.learned(), given.out)


if __name__ == "__main__":
    main()
