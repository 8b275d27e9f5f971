"""A small judge: whether a text supports a statement, contradicts it, or does not speak of it.

Recognising textual entailment (Dagan et al., 2006) by the shared layers with ``adapters``: ``judge.safetensors``,
trained by ``benchmarks/train_judge.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rag.reading.adapters import adapted, log_chances
from rag.reading.layers import ReadingLayers
from rag.reading.tokens import first_tokens

__all__ = ["VERDICTS", "Judge", "Pair", "StatementJudge", "token_ids"]

VERDICTS = ("supported", "contradicted", "silent")
"""What is judged, in the order of a judgement's numbers."""

_WEIGHTS = "judge.safetensors"
_STATEMENT_TOKENS, _CONTEXT_TOKENS, _TEXT_TOKENS = 96, 24, 192  # as it was trained


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement and the text that it is judged by, under the lines (``context``) that the text stands under."""

    statement: str
    text: str
    context: str = ""


class StatementJudge(Protocol):
    """What judges statements by texts."""

    def judge(self, pairs: Sequence[Pair]) -> npt.NDArray[np.float32]:
        """The log-probabilities of ``VERDICTS``, shape (pairs, 3)."""
        ...


class Judge:
    """Judges statements. Safe to use from several threads."""

    def __init__(self, shared: ReadingLayers) -> None:
        """A judge on shared layers."""
        self._adapted = adapted(shared, _WEIGHTS)

    def judge(self, pairs: Sequence[Pair]) -> npt.NDArray[np.float32]:
        """The log-probabilities of ``VERDICTS``, shape (pairs, 3)."""
        ids = self._adapted.thread.run(lambda: [token_ids(self._adapted.tokenizer, pair) for pair in pairs])
        return log_chances(self._adapted.logits(ids))


def token_ids(tokenizer: Any, pair: Pair) -> list[int]:
    """What the model is given of a pair: ``<s> query: statement </s></s> context, text </s>``."""
    bos, eos = tokenizer.cls_token_id, tokenizer.sep_token_id
    above = first_tokens(tokenizer, f"{pair.context}\n", _CONTEXT_TOKENS) if pair.context else []
    body = first_tokens(tokenizer, pair.text, _TEXT_TOKENS)
    return [bos, *first_tokens(tokenizer, f"query: {pair.statement}", _STATEMENT_TOKENS), eos, eos, *above, *body, eos]
