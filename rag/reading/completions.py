"""A small listener: which of some ways to complete a question that leans on the turns before it is the one meant.

A score for each, by the shared layers with ``adapters``: ``completions.safetensors``, trained by
``benchmarks/train_completions.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings import Encoder
from rag.reading.adapters import adapted
from rag.reading.layers import ReadingLayers
from rag.reading.tokens import first_tokens, turn_tokens

__all__ = ["Listener", "token_ids"]

_WEIGHTS = "completions.safetensors"
_TEXT_TOKENS, _TURN_TOKENS = 64, 40  # as it was trained


class Listener:
    """Scores completions. Safe to use from several threads."""

    def __init__(self, shared: ReadingLayers) -> None:
        """A listener on shared layers."""
        self._adapted = adapted(shared, _WEIGHTS)

    @classmethod
    def beside(cls, encoder: Encoder | None) -> Listener | None:
        """The listener where the encoder is the bundled one, whose weights it needs; else None."""
        shared = ReadingLayers.beside(encoder) if encoder is not None else None
        return cls(shared) if shared is not None else None

    def scores(self, texts: Sequence[str], question: str, turns: Sequence[tuple[str, str]]) -> npt.NDArray[np.float32]:
        """The score of each completion of ``question`` after ``turns`` (question and answer), shape (texts,)."""
        tokenizer = self._adapted.tokenizer
        ids = self._adapted.thread.run(lambda: [token_ids(tokenizer, text, question, turns) for text in texts])
        return self._adapted.logits(ids)[:, 0]


def token_ids(tokenizer: Any, text: str, question: str, turns: Sequence[tuple[str, str]]) -> list[int]:
    """What the model is given of a completion: ``<s> query: completion </s></s> turns, question </s>``."""
    bos, eos = tokenizer.cls_token_id, tokenizer.sep_token_id
    before = turn_tokens(tokenizer, turns, _TURN_TOKENS)
    query, asked = (first_tokens(tokenizer, said, _TEXT_TOKENS) for said in (f"query: {text}", question))
    return [bos, *query, eos, eos, *before, *asked, eos]
