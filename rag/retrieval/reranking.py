"""A second look at the best passages: question and passage read together by one model.

A cross-encoder (Nogueira & Cho, "Passage re-ranking with BERT", 2019) is slower than vectors by orders of magnitude, so
only the first few dozen passages are shown to it. None is used unless ``YINJU_RERANKER`` names one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpus import Passage
from embeddings.encoders.own_thread import OwnThread
from embeddings.encoders.protocol import Vectors
from embeddings.index.texts import embedded_text
from rag.errors import RerankerUnavailable
from rag.messages import AnswerMessage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

__all__ = ["CrossEncoderReranker", "Reranker", "load_reranker"]


class Reranker(Protocol):
    """What judges passages against a question."""

    def scores(self, question: str, passages: Sequence[Passage]) -> Vectors:
        """How well each passage answers, shape (passages,), more is better; scores of one call compare."""
        ...


class CrossEncoderReranker:
    """Any sentence-transformers ``CrossEncoder`` that gives a pair of texts one score."""

    def __init__(self, model: CrossEncoder) -> None:
        self.model = model
        self._thread = OwnThread()

    def scores(self, question: str, passages: Sequence[Passage]) -> Vectors:
        """See ``Reranker``. A passage is read under its title and headings."""
        pairs = [(question, embedded_text(passage)) for passage in passages]
        scores = self._thread.run(partial(self.model.predict, pairs, show_progress_bar=False))
        return np.asarray(scores, dtype=np.float32)


@lru_cache(maxsize=1)
def load_reranker(name: str) -> CrossEncoderReranker:
    """The cross-encoder of this name on the hub, or in this folder. The last one is kept.

    Raises:
        RerankerUnavailable: there is none, or the model was not made to score pairs of texts.
    """
    from huggingface_hub.errors import HfHubHTTPError
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(name)
    except (OSError, ValueError, KeyError, HfHubHTTPError) as exc:
        raise RerankerUnavailable(AnswerMessage.RERANKER_NOT_LOADED, model=name, reason=_first_line(exc)) from exc
    # Around any other model sentence-transformers puts a last layer of random numbers, without an error.
    architectures = getattr(model.config, "architectures", None) or ()
    made_for_pairs = any(name.endswith(("SequenceClassification", "CausalLM")) for name in architectures)
    if model.num_labels != 1 or not made_for_pairs:
        raise RerankerUnavailable(AnswerMessage.RERANKER_OTHER, model=name)
    return CrossEncoderReranker(model)


def _first_line(exc: Exception) -> str:
    text = str(exc).strip()
    return text.splitlines()[0][:200] if text else type(exc).__name__
