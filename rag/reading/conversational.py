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

from corpus.language.script import simplified
from rag.reading.layers import loaded
from rag.reading.reader import Learned, Page, Quote, Reader, SentenceReader

__all__ = ["ConversationalReader", "asked_ids"]

_WEIGHTS = "conversational.safetensors"
_MOST_TURNS = 3
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

    def tokens(said: str, most: int) -> list[int]:
        ids: list[int] = tokenizer(simplified(said), add_special_tokens=False, verbose=False)["input_ids"]
        return ids[:most]

    before = [token for pair in turns[-_MOST_TURNS:] for said in pair for token in tokens(f"{said}\n", _TURN_TOKENS)]
    return [*tokens("query:", _QUESTION_TOKENS), *before, *tokens(question, _QUESTION_TOKENS)]
