"""Trains the layers that the small models share, and the reader: ``rag/reading/{layers,reader}.safetensors``.

    python benchmarks/train_reader.py [--jaquad FOLDER]
    python benchmarks/train_reader.py --go-on --out FILE [--dwell-on PREFIX] [--jaquad FOLDER]
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
``--go-on`` goes on from what is shipped, with the questions alone and half the rate; ``--mean-with`` takes the mean of
the layers and those that FILE holds, learning nothing (Wortsman et al., "Model soups", 2022). ``--dwell-on`` takes
every other question from the passages whose id begins so: those that an earlier run had not seen. ``--adapters-of``
keeps what FILE holds as the reader's own low-rank adapters on the layers, which other models stand on too and so stay
as they are. The shipped layers are of the first run and two more, the mean of those before and after the last; the
reader's adapters of two further runs. Two cores with bfloat16 instructions do eight to twenty examples a second (the
more the less memory glibc gives back: MALLOC_TRIM_THRESHOLD_=1000000000); there the layers are run in bfloat16,
compiled where there is a C++ compiler, and what is learned is kept exact beside them (Micikevicius et al., "Mixed
precision training", 2018).
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from adapted import descend
from reader_examples import BATCH, IGNORED, VERDICTS, Example, Examples, jaquad_rows, neighbours_of, own_rows
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoModel

from embeddings.encoders.bundled import bundled_folder
from embeddings.encoders.transformer import faster_in_bfloat16
from rag.reading.layers import add, deltas_in, products_in

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "rag" / "reading" / "layers.safetensors"
READER = WEIGHTS.with_name("reader.safetensors")
START = HERE / "training" / "jaquad.safetensors"
WARM_UP = 60
RANK = 32  # of adapters
FROZEN = 4  # layers, the lowest: what they do is the language, and each costs time


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

    def hasten(self) -> None:
        """Makes it as fast as this machine allows."""
        if faster_in_bfloat16():
            self.encoder.to(torch.bfloat16).set_attn_implementation("sdpa")
        self.run = torch.compile(self.encoder, dynamic=True) if shutil.which("c++") else self.encoder

    def learning(self) -> list[nn.Parameter]:
        """Makes it ready to learn, and hastens it; what learns of it."""
        learning = {name: layer for name, layer in self.linear().items() if int(name.split(".")[2]) >= FROZEN}
        self.exact = {name: nn.Parameter(layer.weight.detach().clone()) for name, layer in learning.items()}
        self.hasten()
        for name, layer in learning.items():
            layer.weight.requires_grad = True
            layer.weight.register_post_accumulate_grad_hook(partial(_handed_over, self.exact[name]))
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
        self._take_over(adapters, products_in(adapters))

    def go_on_from(self, kept: dict[str, torch.Tensor]) -> None:
        """Takes over what ``learned`` kept."""
        self._take_over(kept, deltas_in(kept))

    def _take_over(self, kept: dict[str, torch.Tensor], deltas: dict[str, torch.Tensor]) -> None:
        add(self.encoder, deltas)
        self.head.load_state_dict({part: kept[f"head.{part}"] for part in ("weight", "bias")})

    def adapters_to(self, other: Model) -> dict[str, torch.Tensor]:
        """Low-rank adapters that bring these weights as near as can be to another's, and its head."""
        found = {f"head.{name}": value.half() for name, value in other.head.state_dict().items()}
        theirs = other.linear()
        for name, layer in self.linear().items():
            if int(name.split(".")[2]) >= FROZEN:
                away = theirs[name].weight.detach() - layer.weight.detach()
                left, strength, right = torch.linalg.svd(away, full_matrices=False)
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


def in_full(file: Path) -> dict[str, torch.Tensor]:
    """What a file holds, as 32-bit numbers."""
    return {name: value.float() for name, value in load_file(file).items()}


def _handed_over(exact: nn.Parameter, weight: torch.Tensor) -> None:
    """The gradient of a weight, to the one that learns for it."""
    assert weight.grad is not None
    exact.grad, weight.grad = weight.grad.float(), None


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
    parser.add_argument("--go-on", action="store_true", help="from what is shipped, by questions alone")
    parser.add_argument("--dwell-on", metavar="PREFIX", help="every other question is of passages whose id begins so")
    parser.add_argument("--mean-with", type=Path, help="the weights of another run")
    parser.add_argument("--adapters-of", type=Path, help="the weights of another run")
    parser.add_argument("--out", type=Path, help="else the layers, of a first run or a mean")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.go_on and given.out is None:
        parser.error("--go-on needs --out: other models stand on the layers as they are")
    out = given.out or WEIGHTS
    random.seed(given.seed)
    torch.manual_seed(given.seed)
    model = Model()
    if given.mean_with or given.adapters_of:
        other = Model()
        for one, weights in ((model, WEIGHTS), (other, given.mean_with or given.adapters_of)):
            one.go_on_from(in_full(weights))
        if given.adapters_of:
            save_file(model.adapters_to(other), READER)
            return
        with torch.no_grad():
            for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
                mine.copy_((mine + theirs) / 2)
        save_file(model.learned(), out)
        return
    rate = given.peak_rate
    if given.go_on:
        model.go_on_from(in_full(WEIGHTS))
        model.start_from(in_full(READER))
        rate, (rows, texts) = rate / 2, own_rows("questions.jsonl.gz", dwell_on=given.dwell_on)
    else:
        model.start_from(in_full(START))
        rows, texts = own_rows("questions.jsonl.gz", "statements.jsonl.gz")
    examples = Examples(rows, jaquad_rows(given.jaquad) if given.jaquad else [], neighbours_of(texts))
    print(f"{len(rows)} questions and statements of {len(texts)} passages", flush=True)
    optimizer = torch.optim.AdamW(model.learning(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    steps, total, begun = given.examples // BATCH, 0.0, time.monotonic()
    for step, batch in enumerate(islice(examples.batches(), steps), 1):
        loss = loss_of(model, batch)
        descend(optimizer, loss, rate * min(1, step / WARM_UP) * (1 - step / (steps + 1)))
        total += loss.item()
        if step % 50 == 0:
            print(f"{step * BATCH} examples, loss {total / 50:.3f}, {time.monotonic() - begun:.0f} s", flush=True)
            total = 0.0
        if step % 200 == 0:
            save_file(model.learned(), out)
    save_file(model.learned(), out)


if __name__ == "__main__":
    main()
