"""The layers that the small models share: the bundled encoder's, the upper eight tuned to read.

``layers.safetensors`` holds what they are away from the encoder's, 8 bits a weight, trained by
``benchmarks/train_reader.py``. What each model learned beside is low-rank adapters on them. The table of word vectors
is the encoder's own, not loaded again.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from embeddings import DEFAULT_MODEL, Encoder
from embeddings.encoders.transformer import SentenceTransformerEncoder, faster_in_bfloat16

if TYPE_CHECKING:
    import torch

__all__ = ["ReadingLayers", "add", "deltas_in", "loaded", "products_in", "with_added"]

_WEIGHTS = "layers.safetensors"


class ReadingLayers:
    """Layers that read, with the tokenizer and the thread of the encoder they come from."""

    def __init__(self, encoder: SentenceTransformerEncoder) -> None:
        """Layers that share the word vectors of the bundled encoder."""
        self.tokenizer, self.thread = encoder.tokenizer, encoder.thread
        self.layers = with_added(encoder.layers, deltas_in(loaded(_WEIGHTS)))
        # fused attention is faster at these lengths, but not in bfloat16: there it takes twice as long
        self.layers.set_attn_implementation("eager" if faster_in_bfloat16() else "sdpa")

    @classmethod
    def beside(cls, encoder: Encoder) -> ReadingLayers | None:
        """The layers where the encoder is the bundled one, whose weights they need; else None."""
        if not isinstance(encoder, SentenceTransformerEncoder) or encoder.name != DEFAULT_MODEL:
            return None
        with _BESIDE:
            if encoder not in _made:  # one for all assistants: they are 85 MB
                _made[encoder] = cls(encoder)
            return _made[encoder]


_BESIDE = threading.Lock()
_made: WeakKeyDictionary[SentenceTransformerEncoder, ReadingLayers] = WeakKeyDictionary()


def loaded(weights: str) -> dict[str, torch.Tensor]:
    """What a file of this package holds, as 32-bit numbers."""
    from safetensors.torch import load_file

    with resources.as_file(resources.files("rag.reading").joinpath(weights)) as path:
        return {name: value.float() for name, value in load_file(str(path)).items()}


def deltas_in(learned: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What is added to the linear maps, by name, where it is kept as numbers of 8 bits with a scale a row."""
    return {
        key.removesuffix(".delta"): delta * learned[f"{key.removesuffix('.delta')}.scale"][:, None]
        for key, delta in learned.items()
        if key.endswith(".delta")
    }


def products_in(learned: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same where it is kept as adapters, which are added for good: their products."""
    return {
        key.removesuffix(".up"): up @ learned[f"{key.removesuffix('.up')}.down"]
        for key, up in learned.items()
        if key.endswith(".up")
    }


def with_added(model: torch.nn.Module, deltas: Mapping[str, torch.Tensor]) -> Any:
    """A copy of a model with something added to some of its linear maps; what stays as it was is the same one."""
    kept = {
        id(module): module
        for name, module in model.named_modules()
        if name and not any(f"{changed}.".startswith(f"{name}.") for changed in deltas)
    }
    changed: Any = copy.deepcopy(model, dict(kept))
    add(changed, deltas)
    return changed.eval()


def add(model: torch.nn.Module, deltas: Mapping[str, torch.Tensor]) -> None:
    """Adds something to some of a model's linear maps."""
    for name, delta in deltas.items():
        weight = model.get_parameter(f"{name}.weight")
        weight.data += delta.to(weight.dtype)
