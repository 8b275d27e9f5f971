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
from rag.question.details import asks_why, gives_reason
from rag.retrieval.retriever import Found

__all__ = ["SIGNALS", "confidence", "signals_of"]

SIGNALS = (
    "likeness", "nearness", "coverage", "lexical share", "reading", "absent",
    "across", "likeness across", "nearness across", "reading across", "lacking", "unexplained",
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
    reading of the sentence (log-odds), and how much of the question is nowhere in its document, by weight (0 to 1). Of
    a document in another language, of which the words tell nothing: that it is so (0 or 1), and likeness, nearness and
    reading apart, which are other scales there. Last, whether no sentence chosen has a figure or contact detail that is
    asked for, and whether none has a word that gives a reason where one is asked for (0 or 1).
    """
    best, question = chosen[0], found.query.question
    texts = [candidate.text for candidate in chosen]
    wanting = (
        float(lacks(question, texts)),
        float(asks_why(question.folded) and not any(map(gives_reason, texts))),
    )
    reading = best.reading.score if best.reading else _UNREAD
    owed = best.ahead + _QUESTIONS_NEARER * bool(best.answer)
    likeness, nearness = best.likeness - owed, best.nearness - owed
    if found.query.crosses(best.document):
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, likeness, nearness, reading, *wanting
    absent = _absent(found, best, index)
    return likeness, nearness, best.coverage, found.lexical_share, reading, absent, 0.0, 0.0, 0.0, 0.0, *wanting


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
