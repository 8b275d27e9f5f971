"""How well sentences answer the last question of a conversation, which is read as it stands, not completed.

As the reader does, with the turns before in front of the question, and the sentences beside each other: by the reader's
layers with adapters, ``conversational.safetensors``, trained by ``benchmarks/train_conversational.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.reading.layers import loaded
from rag.reading.reader import Learned, Page, Quote, Reader, SentenceReader
from rag.reading.tokens import first_tokens, turn_tokens

__all__ = ["ConversationalReader", "asked_ids"]

_WEIGHTS = "conversational.safetensors"
_QUESTION_TOKENS, _TURN_TOKENS = 64, 32  # as it was trained


class ConversationalReader:
    """Reads sentences for the answer to a conversation's last question. Safe to use from several threads."""

    def __init__(self, reader: Reader) -> None:
        """One on the layers of the reader."""
        self._reader = reader

    @classmethod
    def on(cls, reader: SentenceReader | None) -> ConversationalReader | None:
        """The one on the layers of a reader; None for a reader without such layers."""
        return cls(reader) if isinstance(reader, Reader) else None

    def scores(
        self, question: str, turns: Sequence[tuple[str, str]], quotes: Sequence[Quote]
    ) -> npt.NDArray[np.float32]:
        """Of each quote the log-odds of its answering ``question`` after ``turns`` (question and answer) against none's
        doing so, shape (quotes,); they are read beside each other, those of a document together."""
        order = sorted(range(len(quotes)), key=lambda i: quotes[i].title)
        asked = partial(asked_ids, self._reader.tokenizer, question, turns)
        page = Page.beside([quotes[i] for i in order])
        scores = np.empty(len(quotes), np.float32)
        scores[order] = [reading.score for reading in self._reader.read_as(_learned(), asked, [page])[0]]
        return scores


@cache
def _learned() -> Learned:
    return Learned.of(loaded(_WEIGHTS))


def asked_ids(tokenizer: Any, question: str, turns: Sequence[tuple[str, str]]) -> list[int]:
    """The question's tokens behind those of the turns before it: ``query: turns, question``."""
    before = turn_tokens(tokenizer, turns, _TURN_TOKENS)
    query, asked = (first_tokens(tokenizer, text, _QUESTION_TOKENS) for text in ("query:", question))
    return [*query, *before, *asked]
