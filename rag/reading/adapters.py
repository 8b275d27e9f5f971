"""Layers that are in memory already, with low-rank adapters added (Hu et al., "LoRA", 2021).

Each thing that was learned so is a small file, and one model serves them all: adapters work only while they are asked,
on the thread where whatever else uses the layers waits.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from embeddings.encoders.own_thread import OwnThread
from embeddings.encoders.transformer import mixed_precision

if TYPE_CHECKING:
    import torch

__all__ = ["Adapted", "Layers", "adapted", "log_chances"]

_BATCH = 8

Array = npt.NDArray[np.float32]


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
        from safetensors.torch import load_file

        with resources.as_file(resources.files("rag.reading").joinpath(weights)) as path:
            learned = {name: value.float() for name, value in load_file(str(path)).items()}
        self.tokenizer, self.thread = shared.tokenizer, shared.thread
        self._layers = shared.layers
        self._head = [learned.pop(name).numpy() for name in ("head.weight", "head.bias") if name in learned]
        self._adapters = {
            name: (learned[f"{name}.down"], learned[f"{name}.up"])
            for name in sorted({key.rpartition(".")[0] for key in learned})
        }

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
        hooks = [
            self._layers.get_submodule(name).register_forward_hook(partial(_added, down, up))
            for name, (down, up) in self._adapters.items()
        ]
        try:
            with torch.inference_mode(), mixed_precision(self._layers):
                states = self._layers(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        finally:
            for hook in hooks:
                hook.remove()
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        both: Array = torch.cat([states[:, 0], mean], 1).numpy()
        return both


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
