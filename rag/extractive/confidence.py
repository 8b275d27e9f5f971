"""How likely the documents answer a question at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from corpus.language.script import fold
from embeddings import Index
from rag.extractive.candidates import Candidate
from rag.extractive.fitted import fitted
from rag.extractive.presuppositions import lacks
from rag.retrieval.retriever import Found

__all__ = ["SIGNALS", "confidence", "signals_of"]

SIGNALS = (
    "likeness", "nearness", "coverage", "lexical share", "reading", "beside", "absent",
    "across", "likeness across", "nearness across", "reading across", "beside across", "lacking",
)  # fmt: skip
"""What ``signals_of`` gives, in its order."""

_QUESTIONS_NEARER = 0.03  # questions are to each other than to sentences that answer them, whatever they ask
_UNREAD = 0.0  # halfway between the readings of answers and of others


def confidence(found: Found, chosen: Sequence[Candidate], index: Index) -> float:
    """How likely the documents answer (0 to 1), judged by the sentences chosen, the best first, and how it was found.

    A logistic regression over ``signals_of``. A name that stands only elsewhere in the document counts besides.
    """
    weights = fitted("confidence")
    evidence = sum(weights[name] * value for name, value in zip(SIGNALS, signals_of(found, chosen, index), strict=True))
    return _logistic(weights["bias"] + evidence - chosen[0].short)


def signals_of(found: Found, chosen: Sequence[Candidate], index: Index) -> tuple[float, ...]:
    """What speaks for an answer, in the order of ``SIGNALS``.

    The best sentence's likeness and nearness (-1 to 1) and coverage (0 to 1), the best share of BM25 (0 to 1), the
    reading of the sentence in its passage and beside others (log-odds), and how much of the question is nowhere in its
    document, by weight (0 to 1). Of a document in another language, of which the words tell nothing: that it is so (0
    or 1), and likeness, nearness and readings apart, which are other scales there. Last, whether no sentence chosen has
    a figure or contact detail that is asked for (0 or 1).
    """
    best, question = chosen[0], found.query.question
    lacking = float(lacks(question, [candidate.text for candidate in chosen]))
    reading = best.reading.score if best.reading else _UNREAD
    owed = best.ahead + _QUESTIONS_NEARER * bool(best.answer)
    likeness, nearness = best.likeness - owed, best.nearness - owed
    none = (0.0,) * 7
    if found.query.crosses(best.document):
        return *none, 1.0, likeness, nearness, reading, best.beside, lacking
    absent = _absent(found, best, index)
    seen = (likeness, nearness, best.coverage, found.lexical_share, reading, best.beside, absent)
    return *seen, *none[:5], lacking


def _absent(found: Found, best: Candidate, index: Index) -> float:
    content = found.query.content
    document = frozenset({best.document.id})
    title = fold(best.document.title)
    missing = sum(
        weight
        for term, weight in content.items()
        if not any("".join(way) in title for way in term.ways) and not len(index.lexical([term], 1, document).rows)
    )
    total = sum(content.values())
    return missing / total if total else 0.0


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-float(np.clip(value, -30, 30))))
