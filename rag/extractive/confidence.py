"""How likely the documents answer a question at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from corpus.language.script import fold
from embeddings import Index
from rag.extractive.candidates import Candidate
from rag.extractive.presuppositions import denies, lacks
from rag.retrieval.retriever import Found

__all__ = ["SIGNALS", "confidence", "signals_of"]

SIGNALS = ("likeness", "coverage", "lexical share", "reading", "absent")
"""What ``signals_of`` gives, in its order."""

_WITHIN = ((32.9, 0.0, 6.46, 0.10, -1.29), -29.5)
_ACROSS = ((43.17, 0.92, 4.29, 0.0, 0.0), -36.82)
_LACKING = 4.0  # taken from the log-odds where no sentence has a figure, or a contact detail, that is asked for
_UNREAD = 3.0  # halfway between the readings of answers and of others


def confidence(found: Found, chosen: Sequence[Candidate], index: Index) -> float:
    """How likely the documents answer (0 to 1), judged by the sentences chosen, the best first, and how it was found.

    A logistic regression over ``signals_of``. Within a language its weights were fitted once on questions of CMRC 2018
    (trial) and DRCD over indexes that hold their paragraph or do not, of one subject and of many, and on near misses (a
    name or a number of DRCD's questions exchanged for one that the paragraph lacks); a wrong refusal was held to be 1.8
    times as bad as a wrong answer, since a reader sees the evidence of the latter. Across languages they were fitted on
    half of XQuAD's English questions over Chinese paragraphs and half of the reverse, with 1.5 instead of 1.8 and
    without the last two signals. A figure or contact detail that is asked for and lacking counts besides.
    ``benchmarks/confidence.py`` fits anew from the same sets, but makes no near misses.
    """
    best, question = chosen[0], found.query.question
    if denies(question, best):
        return 0.0
    lacking = lacks(question, [candidate.text for candidate in chosen])
    weights, bias = _ACROSS if found.query.crosses(best.document) else _WITHIN
    signals = signals_of(found, best, index)
    evidence = bias + sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
    return _logistic(evidence - _LACKING * lacking)


def signals_of(found: Found, best: Candidate, index: Index) -> tuple[float, ...]:
    """What speaks for an answer, in the order of ``SIGNALS``.

    The best sentence's likeness (-1 to 1) and coverage (0 to 1), the best share of BM25 (0 to 1), the reading of the
    sentence (log-odds), and how much of the question is nowhere in its document, by weight (0 to 1).
    """
    reading = best.reading.score if best.reading else _UNREAD
    return best.likeness, best.coverage, found.lexical_share, reading, _absent(found, best, index)


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
