"""Vectors of questions, nearer to what answers them than the encoder's own.

The bundled encoder places a question in everyday words near texts in such words. Adapters on its layers for questions
alone, while documents keep their vectors, teach it where the answers stand (query-side fine-tuning: Lee et al.,
"Learning Dense Representations of Phrases at Scale", 2021): ``questions.safetensors``, trained by
``benchmarks/train_questions.py``; docs/retrieval.md tells from what and with what gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from embeddings import DEFAULT_MODEL, Encoder
from embeddings.encoders.protocol import Vectors
from embeddings.encoders.transformer import SentenceTransformerEncoder
from rag.reading.adapters import adapted
from rag.reading.tokens import first_tokens

__all__ = ["QuestionEncoder", "token_ids"]

_WEIGHTS = "questions.safetensors"
_TOKENS = 96  # as it was trained


class QuestionEncoder:
    """Encodes questions. Safe to use from several threads."""

    def __init__(self, encoder: SentenceTransformerEncoder) -> None:
        """An encoder of questions on the layers of the bundled one."""
        self._adapted = adapted(encoder, _WEIGHTS)

    @classmethod
    def beside(cls, encoder: Encoder) -> QuestionEncoder | None:
        """The encoder of questions where documents are encoded by the bundled one; else None."""
        if not isinstance(encoder, SentenceTransformerEncoder) or encoder.name != DEFAULT_MODEL:
            return None
        return cls(encoder)

    def encode(self, questions: Sequence[str]) -> Vectors:
        """The vectors of questions, float32 of shape (questions, dimensions), each of unit length."""
        tokenizer = self._adapted.tokenizer
        ids = self._adapted.thread.run(lambda: [token_ids(tokenizer, question) for question in questions])
        return self._adapted.vectors(ids)


def token_ids(tokenizer: Any, question: str) -> list[int]:
    """What the model is given of a question: ``<s> query: question </s>``."""
    asked = first_tokens(tokenizer, f"query: {question}", _TOKENS)
    return [tokenizer.cls_token_id, *asked, tokenizer.sep_token_id]
