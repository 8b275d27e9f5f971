"""Documents that answer one question differently: the newer first, each with its name and date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from corpus import Document
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold
from rag.extractive.candidates import Candidate
from rag.question.question import Question
from rag.retrieval.periods import date_of, series_of

__all__ = ["lead_of", "newest_first", "sides_of"]

_NEWER = 1.5  # points that a newer sentence may score less and still go first where the newest is asked for
_NEWER_OF_SERIES = 4.0
_SIDE = 3.0  # points that the other side may score less
_TIME = frozenset({"年", "月", "周", "天", "日", "小时", "时", "分钟", "分", "工作日", "个工作日"})
_WHO = re.compile(r"谁|哪位|何人|负责人|\bwho\b")


def lead_of(document: Document) -> str:
    """What stands before a sentence to tell whose it is."""
    return f"《{document.title}》" + (f"（{document.published}）" if document.published else "")


def newest_first(candidates: Sequence[Candidate], question: Question) -> list[Candidate]:
    """The sentences in their order, but the newest document's first where the question asks how things are now.

    Of a series of documents, each about its own period, the newest goes first where the question names no period.
    """
    ordered = list(candidates)
    if not ordered or question.years or question.relative_years:
        return ordered
    best = ordered[0]
    near = [
        one
        for one in ordered[1:]
        if _date(one) > _date(best)
        and one.score
        >= best.score - (_NEWER_OF_SERIES if _of_one_series(one, best) else _NEWER if question.wants_newest else -1.0)
    ]
    if near:
        newest = max(near, key=lambda one: (_date(one), one.score))
        ordered.remove(newest)
        ordered.insert(0, newest)
    return ordered


def sides_of(candidates: Sequence[Candidate], question: Question) -> tuple[Candidate, ...]:
    """The best sentence and one of another document that answers with another figure, date or person, newer first.

    The best alone where there is none.
    """
    best = candidates[0]
    if question.wants_newest:
        return (best,)
    for other in candidates[1:]:
        if other.score < best.score - _SIDE:
            break
        if other.document.id != best.document.id and _differ(best, other, question):
            return tuple(sorted((best, other), key=_date, reverse=True))
    return (best,)


def _differ(one: Candidate, other: Candidate, question: Question) -> bool:
    mine, others = _values(one), _values(other)
    comparable = {kind for kind, _ in mine} & {kind for kind, _ in others}
    return any(
        {value for kind, value in mine if kind == shared}.isdisjoint({value for kind, value in others if kind == shared})
        for shared in comparable
    )


def _values(candidate: Candidate) -> set[tuple[str, str | Decimal]]:
    """The figures among the words that answer, each with what it may be compared with."""
    if candidate.key is None:
        return set()
    answer = candidate.document.text[slice(*candidate.key)]
    return {(_compared(one), one.canonical) for one in quantities_of(answer)}


def _compared(one: Quantity) -> str:
    if one.kind is QuantityKind.AMOUNT:
        return "duration" if one.unit in _TIME else one.unit
    return one.kind.value


def _of_one_series(one: Candidate, other: Candidate) -> bool:
    series = series_of(one.document.title)
    return one.document.id != other.document.id and bool(series) and series == series_of(other.document.title)


def _date(candidate: Candidate) -> tuple[int, ...]:
    return date_of(candidate.document)
