"""The shared layers with low-rank adapters that learn (Hu et al., "LoRA", 2021), and a head over what they make."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from transformers import AutoModel

from embeddings.encoders.bundled import bundled_folder
from embeddings.encoders.transformer import mixed_precision
from rag.reading.layers import add, deltas_in, loaded

__all__ = ["Adapted", "Adapters", "batches", "descend", "padded", "states_of"]


class Adapted(nn.Module):
    """The shared layers with adapters from one on, and logits of the first token beside the mean of all."""

    def __init__(self, outputs: int, *, rank: int, frozen: int) -> None:
        super().__init__()
        load: Any = AutoModel.from_pretrained
        self.encoder = load(str(bundled_folder()), dtype=torch.float32, attn_implementation="eager").eval()
        add(self.encoder, deltas_in(loaded("layers.safetensors")))
        self.adapters = Adapters(self.encoder, rank=rank, frozen=frozen)
        self.head = nn.Linear(2 * self.encoder.config.hidden_size, outputs)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The head's logits, shape (texts, outputs)."""
        logits: torch.Tensor = self.head(torch.cat(states_of(self.encoder, ids, mask), 1))
        return logits

    def learned(self) -> dict[str, torch.Tensor]:
        """The head and the adapters, in halves."""
        head = {f"head.{name}": value.half() for name, value in self.head.state_dict().items()}
        return head | self.adapters.learned()

    def take_over(self, kept: dict[str, torch.Tensor]) -> None:
        """Goes on from what ``learned`` kept."""
        self.head.load_state_dict({part: kept[f"head.{part}"].float() for part in ("weight", "bias")})
        self.adapters.take_over(kept)


def states_of(encoder: nn.Module, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The state of each text's first token, and the mean of all of them, both of shape (texts, dimensions)."""
    with mixed_precision(encoder):
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    return states[:, 0], (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


class Adapters(nn.ModuleDict):
    """An adapter for each linear map of an encoder's layers from one on; all else is frozen."""

    def __init__(self, encoder: nn.Module, *, rank: int, frozen: int) -> None:
        super().__init__()
        for parameter in encoder.parameters():
            parameter.requires_grad = False
        for name, layer in list(encoder.named_modules()):
            if isinstance(layer, nn.Linear) and name.startswith("encoder.layer.") and int(name.split(".")[2]) >= frozen:
                adapter = Adapter(layer.in_features, layer.out_features, rank)
                self[name.replace(".", "/")] = adapter
                layer.register_forward_hook(adapter.added)

    def learned(self) -> dict[str, torch.Tensor]:
        """The adapters, in halves."""
        return {
            f"{name.replace('/', '.')}.{part}": value.half().contiguous()
            for name, adapter in self.items()
            for part, value in adapter.state_dict().items()
        }

    def take_over(self, kept: dict[str, torch.Tensor]) -> None:
        """Goes on from what ``learned`` kept."""
        for name, adapter in self.items():
            adapter.load_state_dict({part: kept[f"{name.replace('/', '.')}.{part}"].float() for part in ("down", "up")})


class Adapter(nn.Module):
    """What is added to a linear map: ``up @ down``, zero at first."""

    def __init__(self, inputs: int, outputs: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def added(self, _: nn.Module, given: tuple[torch.Tensor], output: torch.Tensor) -> torch.Tensor:
        """The map's output with the adapter's."""
        down, up = self.down.to(output.dtype), self.up.to(output.dtype)
        return output + (given[0] @ down.T) @ up.T


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor, rate: float) -> None:
    """A step down a loss, its gradient clipped to a length of 1."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([one for group in optimizer.param_groups for one in group["params"]], 1.0)
    optimizer.step()


def batches(examples: list[Any], length: Callable[[Any], int], *, at_once: int, pool: int) -> list[list[Any]]:
    """One pass in an order by chance, ``at_once`` of like length together out of ``pool`` as many."""
    random.shuffle(examples)
    found = []
    for first in range(0, len(examples), pool * at_once):
        some = sorted(examples[first : first + pool * at_once], key=length)
        found += [some[at : at + at_once] for at in range(0, len(some), at_once)]
    random.shuffle(found)
    return found


def padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask, shape (texts, tokens)."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), 1)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids, mask
