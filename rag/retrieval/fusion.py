"""What speaks for each candidate of a search, and one score of it.

Three signals are added, each as a standard score over the candidates (Lee, "Analyses of multiple evidence
combination", 1997): the likeness of the passage's vector, that of its best sentence's, and its words: BM25 and the
share of the question, weighed by rarity, that stands in the passage at all. The last counts as far as the index can
see the question, by the share of it that stands in any passage: a question in another language shares a word or two by
chance, and rank fusion would trust them. What of the question stands in the title and headings over a passage counts
beside it, and so do the other passages that its document has among the candidates. Of the best, what stands together
in one sentence and those next to it counts too. docs/retrieval.md tells what each is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from embeddings.encoders.protocol import Vectors

__all__ = ["Signals", "fused", "others_of_document", "standard"]

_OVER_WEIGHT = 8.0  # standard deviations
_DOCUMENT_WEIGHT = 0.2
_TOGETHER_WEIGHT = 4.0  # standard deviations
_OTHERS = 3


@dataclass(frozen=True)
class Signals:
    """What speaks for the candidates of one search; arrays of shape (candidates,).

    ``dense`` and ``sentence`` are inner products of the question's vector with the passage's and with its best
    sentence's, less what their language is ahead (-1 to 1; ``Asked``). ``bm25`` is the BM25 score as a share
    of the most that the question could score, ``coverage`` the share of the question's visible terms that stand in the
    passage, ``over`` of those that stand in its title and headings (0 to 1). ``together`` is the most of the question's
    content that stands in a sentence and next to it; 0 where that was not looked at. ``visibility`` (0 to 1) is how
    much of the question, as it is asked in the candidate's language, stands in any passage.
    """

    ARRAYS: ClassVar = ("dense", "sentence", "bm25", "coverage", "over", "together", "visibility")

    document_ids: Sequence[str]
    dense: Vectors
    sentence: Vectors
    bm25: Vectors
    coverage: Vectors
    over: Vectors
    together: Vectors
    visibility: Vectors


def fused(signals: Signals) -> Vectors:
    """The score of each candidate, more is better; scores compare within one search only."""
    scores = standard(signals.dense) + standard(signals.sentence)
    scores += signals.visibility * (standard(signals.bm25 + signals.coverage) + _OVER_WEIGHT * signals.over)
    scores += _DOCUMENT_WEIGHT * others_of_document(scores, signals.document_ids)
    return scores + _TOGETHER_WEIGHT * signals.visibility * signals.together


def others_of_document(scores: Vectors, document_ids: Sequence[str]) -> Vectors:
    """For each candidate the mean of the next three scores of its document; those under 0 or missing count as 0."""
    by_document: dict[str, list[float]] = {}
    for score, document_id in zip(scores.tolist(), document_ids, strict=True):
        by_document.setdefault(document_id, []).append(score)
    means = {
        document_id: sum(max(0.0, value) for value in sorted(values, reverse=True)[1 : 1 + _OTHERS]) / _OTHERS
        for document_id, values in by_document.items()
    }
    return np.array([means[document_id] for document_id in document_ids], dtype=np.float32)


def standard(scores: Vectors) -> Vectors:
    """The scores less their mean, in standard deviations; zeros where they are all the same."""
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)
