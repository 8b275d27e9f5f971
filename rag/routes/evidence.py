"""Sentences for the sides of a comparison, and what speaks for them together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from embeddings import lexical_tokens
from embeddings.encoders.protocol import Vectors
from rag.extractive.candidates import Candidate
from rag.extractive.confidence import confidence
from rag.extractive.presuppositions import has_figure
from rag.question.figures import Figure
from rag.retrieval.retriever import Found
from rag.routes.difference import row_name, same_cells
from rag.routes.room import Asking

__all__ = [
    "LEAST",
    "Evidence",
    "borne_out",
    "judged",
    "likely_of",
    "likeness_of",
    "parallel_of",
    "shared_by",
    "vector_of",
    "worth_together",
]

_PARALLEL = (0.92, 0.98)  # likeness of sentences from which on they run parallel, and wholly do
_PARALLEL_WORDS = (0.4, 0.8)  # share of their words from which on they bear each other out, and wholly do
_FIGURES = 1.0  # logits more where all sides' sentences have a figure
_LIKENESS = 10.0  # logits that the inner product of two sides' sentences is worth, 0 to 1; unrelated ones have .8
_SAME_CELLS = 2.0  # logits more where rows of one table say the same but for the side and its figures
LEAST = 0.1
"""A side's sentence is as likely as this by itself (0 to 1)."""


@dataclass(frozen=True)
class Evidence:
    """A sentence for a side: the candidate, its vector, what found it, and how likely it answers alone (0 to 1)."""

    candidate: Candidate
    vector: Vectors
    found: Found
    confidence: float

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the sentence, each once."""
        return frozenset(lexical_tokens(self.candidate.text))


def vector_of(asking: Asking, candidate: Candidate, found: Found) -> Vectors:
    """The vector of a sentence, shape (dimensions,)."""
    sentences = asking.index.sentences(found.rows[candidate.hit.rank - 1])
    vector: Vectors = sentences.vectors[sentences.spans[:, 0].tolist().index(candidate.start)]
    return vector


def judged(asking: Asking, candidate: Candidate, found: Found) -> Evidence:
    """A sentence with its vector, and how likely it answers alone."""
    vector = vector_of(asking, candidate, found)
    return Evidence(candidate, vector, found, confidence(found, [candidate], asking.index))


def worth_together(group: Sequence[Evidence]) -> float:
    """What speaks for sentences as the sides of one comparison: their scores, and how like each other they are.

    What answers for one side answers for the others too as far as their sentences run parallel.
    """
    if not group:
        return 0.0
    scores = [one.candidate.score for one in group]
    even = sum(scores) / len(scores)
    likeness = likeness_of(group)
    parallel = parallel_of(group, likeness)
    figures = all(has_figure([one.candidate.text], Figure.ANY) for one in group)
    pairs = list(combinations([one.candidate for one in group], 2))
    same = min((same_cells(one, other) for one, other in pairs), default=0.0)
    return even + parallel * (max(scores) - even) + _LIKENESS * likeness + _FIGURES * figures + _SAME_CELLS * same


def shared_by(group: Sequence[Evidence]) -> float:
    """How many of the words of the shorter sentence stand in the other too (0 to 1), the mean over their pairs.

    Vectors of sentences on one matter are all near each other; their words tell those apart that say the same of it.
    """
    pairs = [(one.words, other.words) for one, other in combinations(group, 2) if one.words and other.words]
    return sum(len(one & other) / min(len(one), len(other)) for one, other in pairs) / len(pairs) if pairs else 0.0


def likeness_of(group: Sequence[Evidence]) -> float:
    """How like each other the sentences are (-1 to 1), the mean over their pairs; 0 of one alone."""
    pairs = list(combinations(group, 2))
    return sum(float(one.vector @ other.vector) for one, other in pairs) / len(pairs) if pairs else 0.0


def parallel_of(group: Sequence[Evidence], likeness: float) -> float:
    """How far the sentences say the same of their sides (0 to 1): wholly in rows of tables that have one name."""
    rows = {row_name(one.candidate) for one in group}
    if len(group) > 1 and len(rows) == 1 and rows != {""}:
        return 1.0
    return _between(likeness, *_PARALLEL)


def _borne_by_each_other(held: Sequence[Evidence]) -> float:
    """How far the sentences are evidence for each other (0 to 1): as they run parallel, or share their words."""
    return max(parallel_of(held, likeness_of(held)), _between(shared_by(held), *_PARALLEL_WORDS))


def _between(value: float, least: float, most: float) -> float:
    return min(1.0, max(0.0, (value - least) / (most - least)))


def likely_of(held: Sequence[Evidence]) -> list[float]:
    """How likely sentences answer as the sides of a comparison (0 to 1); none of none.

    As far as they run parallel in different documents, each is evidence of its own that this is what is asked.
    """
    if not held:
        return []
    even = sum(one.confidence for one in held) / len(held)
    if len({one.candidate.document.id for one in held}) == 1:
        return [even]
    either = 1 - math.prod(1 - one.confidence for one in held)
    return [even + _borne_by_each_other(held) * (either - even)]


def borne_out(chosen: Sequence[Evidence | None]) -> list[Evidence | None]:
    """The sentences that are likely enough, each as likely as the one that it runs parallel to; None for the others."""
    held = [one for one in chosen if one is not None]
    parallel = _borne_by_each_other(held) if len(held) > 1 else 0.0
    best = max((one.confidence for one in held), default=0.0)
    raised = [one and replace(one, confidence=one.confidence + parallel * (best - one.confidence)) for one in chosen]
    return [one if one and one.confidence >= LEAST else None for one in raised]
