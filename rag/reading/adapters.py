"""Layers that are in memory already, with low-rank adapters added (Hu et al., "LoRA", 2021).

Each thing that was learned so is a small file, and one model serves them all: adapters work only while they are asked,
on the thread where whatever else uses the layers waits.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from embeddings.encoders.own_thread import OwnThread
from embeddings.encoders.transformer import mixed_precision
from rag.reading.layers import loaded

if TYPE_CHECKING:
    import torch

__all__ = ["Adapted", "AdaptersByName", "Layers", "adapted", "adapters_in", "at_work", "log_chances"]

_BATCH = 8

Array = npt.NDArray[np.float32]
AdaptersByName = dict[str, tuple["torch.Tensor", "torch.Tensor"]]


class Layers(Protocol):
    """What has layers to share."""

    @property
    def layers(self) -> Any:
        """A transformer of the ``transformers`` library."""
        ...

    @property
    def tokenizer(self) -> Any:
        """Its tokenizer."""
        ...

    @property
    def thread(self) -> OwnThread:
        """Where alone both may be used."""
        ...


class Adapted:
    """Some layers with adapters, and a head where one was learned with them. Safe to use from several threads."""

    def __init__(self, shared: Layers, weights: str) -> None:
        """What ``weights``, a file of this package, holds, on the layers of another."""
        learned = loaded(weights)
        self.tokenizer, self.thread = shared.tokenizer, shared.thread
        self._layers = shared.layers
        self._head = [learned[name].numpy() for name in ("head.weight", "head.bias") if name in learned]
        self._adapters = adapters_in(learned)

    def logits(self, texts: Sequence[Sequence[int]]) -> Array:
        """The head's logits of texts given as token ids, shape (texts, outputs)."""
        weight, bias = self._head
        logits: Array = self._states(texts) @ weight.T + bias
        return logits

    def vectors(self, texts: Sequence[Sequence[int]]) -> Array:
        """The mean of each text's states, of unit length, shape (texts, dimensions)."""
        means = np.split(self._states(texts), 2, axis=1)[1]
        vectors: Array = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    def _states(self, texts: Sequence[Sequence[int]]) -> Array:
        """The first token's state beside the mean of all, shape (texts, 2 * dimensions)."""
        states = np.empty((len(texts), 2 * self._layers.config.hidden_size), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for first in range(0, len(order), _BATCH):
            some = order[first : first + _BATCH]
            states[some] = self.thread.run(partial(self._states_of_some, [texts[i] for i in some]))
        return states

    def _states_of_some(self, texts: Sequence[Sequence[int]]) -> Array:
        """The same of texts of like length; on the layers' thread."""
        import torch

        longest = max(map(len, texts))
        ids = torch.full((len(texts), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros((len(texts), longest), dtype=torch.long)
        for i, text in enumerate(texts):
            ids[i, : len(text)] = torch.tensor(text)
            mask[i, : len(text)] = 1
        with torch.inference_mode(), mixed_precision(self._layers), at_work(self._adapters, self._layers):
            states = self._layers(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        both: Array = torch.cat([states[:, 0], mean], 1).numpy()
        return both


def adapters_in(learned: Mapping[str, torch.Tensor]) -> AdaptersByName:
    """The adapters that a file holds, by the linear map that each is added to."""
    names = sorted({key.removesuffix(".down") for key in learned if key.endswith(".down")})
    return {name: (learned[f"{name}.down"], learned[f"{name}.up"]) for name in names}


@contextmanager
def at_work(adapters: AdaptersByName, layers: torch.nn.Module) -> Iterator[None]:
    """While this lasts the layers work with adapters; on their thread."""
    hooks = [
        layers.get_submodule(name).register_forward_hook(partial(_added, down, up))
        for name, (down, up) in adapters.items()
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def log_chances(logits: Array) -> Array:
    """The log-probabilities of outputs that exclude each other, which are the last axis."""
    chances: Array = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    return chances


def adapted(shared: Layers, weights: str) -> Adapted:
    """Another's layers with the adapters of a file of this package, loaded once."""
    with _LOADING:
        loaded = _loaded.setdefault(shared, {})
        if weights not in loaded:
            loaded[weights] = Adapted(shared, weights)
        return loaded[weights]


_LOADING = threading.Lock()
_loaded: WeakKeyDictionary[Layers, dict[str, Adapted]] = WeakKeyDictionary()


def _added(
    down: torch.Tensor, up: torch.Tensor, _: Any, given: tuple[torch.Tensor], output: torch.Tensor
) -> torch.Tensor:
    """A linear map's output with its adapter's."""
    import torch

    return output + torch.nn.functional.linear(torch.nn.functional.linear(given[0], down), up)
