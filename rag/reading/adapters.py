"""What the reader's layers make of a text with low-rank adapters added (Hu et al., "LoRA", 2021), and a head upon it.

Each thing that was learned so is a small file of adapters and head, and one model in memory serves them all: adapters
work only while their head is asked, on the encoder's thread, where the reader waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from embeddings.encoders.transformer import mixed_precision
from rag.reading.reader import Reader

if TYPE_CHECKING:
    import torch

__all__ = ["AdaptedHead"]

_BATCH = 8


class AdaptedHead:
    """A head over the first token's state beside the mean of all. Safe to use from several threads."""

    def __init__(self, reader: Reader, weights: str) -> None:
        """What ``weights``, a file of this package, holds, on the layers of a reader."""
        from safetensors.torch import load_file

        with resources.as_file(resources.files("rag.reading").joinpath(weights)) as path:
            learned = {name: value.float() for name, value in load_file(str(path)).items()}
        self.tokenizer, self.thread = reader.tokenizer, reader.thread
        self._model = reader.model
        self._head = (learned.pop("head.weight"), learned.pop("head.bias"))
        self._adapters = {
            name: (learned[f"{name}.down"], learned[f"{name}.up"])
            for name in sorted({key.rpartition(".")[0] for key in learned})
        }

    def logits(self, texts: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        """The head's logits of texts given as token ids, shape (texts, outputs)."""
        logits = np.empty((len(texts), len(self._head[1])), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for first in range(0, len(order), _BATCH):
            some = order[first : first + _BATCH]
            logits[some] = self.thread.run(partial(self._logits, [texts[i] for i in some]))
        return logits

    def _logits(self, texts: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        """The logits of texts of like length; on the encoder's thread."""
        import torch

        longest = max(map(len, texts))
        ids = torch.full((len(texts), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros((len(texts), longest), dtype=torch.long)
        for i, text in enumerate(texts):
            ids[i, : len(text)] = torch.tensor(text)
            mask[i, : len(text)] = 1
        hooks = [
            self._model.get_submodule(name).register_forward_hook(partial(_added, down, up))
            for name, (down, up) in self._adapters.items()
        ]
        try:
            with torch.inference_mode(), mixed_precision(self._model):
                states = self._model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        finally:
            for hook in hooks:
                hook.remove()
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        logits: npt.NDArray[np.float32] = torch.nn.functional.linear(
            torch.cat([states[:, 0], mean], 1), *self._head
        ).numpy()
        return logits


def _added(
    down: torch.Tensor, up: torch.Tensor, _: Any, given: tuple[torch.Tensor], output: torch.Tensor
) -> torch.Tensor:
    """A linear map's output with its adapter's."""
    import torch

    return output + torch.nn.functional.linear(torch.nn.functional.linear(given[0], down), up)
