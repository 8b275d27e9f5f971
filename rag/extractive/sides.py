"""Documents that answer one question differently: the newer first, each with its name and date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus import Document
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from embeddings import Index
from embeddings.encoders.protocol import Vectors
from rag.extractive.candidates import Candidate
from rag.question.question import Question
from rag.reading.reader import Reading
from rag.retrieval.periods import date_of, series_of

__all__ = ["lead_of", "newest_first", "sides_of"]

_NEWER = 1.5  # points that a newer sentence may score less and still go first where the newest is asked for
_NEWER_OF_SERIES = 4.0
_SIDE = 4.0  # points that the other side may score less
_SURE = -1.0  # the reading of a sentence that answers, at the least, for there to be another side
_UNSURE = -3.5  # of the other side
_SHARE = 0.6  # of the best sentence's coverage, what the other side must cover
_COUNTERPART = 0.92  # likeness of the sentences that say the same of two periods
_ANSWERS = 0.0  # the reading of a sentence that more likely answers than not
_TIME = frozenset({"年", "月", "周", "天", "日", "小时", "时", "分钟", "分", "工作日", "个工作日"})


def lead_of(document: Document) -> str:
    """What stands before a sentence to tell whose it is."""
    return f"《{document.title}》" + (f"（{document.published}）" if document.published else "")


def newest_first(candidates: Sequence[Candidate], question: Question, index: Index) -> list[Candidate]:
    """The sentences in their order, but the newest document's first where the question asks how things are now.

    Of a series of documents, each about its own period, the newest goes first where the question names no period.
    """
    ordered = list(candidates)
    if not ordered or question.years or question.relative_years:
        return ordered
    best = ordered[0]
    newer = [one for one in ordered[1:] if _date(one) > _date(best)]
    near = [one for one in newer if _answers_too(one, best, question.wants_newest)]
    if not near and question.wants_newest:
        near = _counterparts(best, newer, index)
    if not near:
        return ordered
    newest = max(near, key=lambda one: (_date(one), one.score))
    place = (newest.document.id, newest.start)
    return [newest, *(one for one in ordered if (one.document.id, one.start) != place)]


def _counterparts(best: Candidate, newer: Sequence[Candidate], index: Index) -> list[Candidate]:
    """The sentence of later documents of the series that says of their period what the best one says of its own.

    It need not answer by the question's words: who was in charge then stands no longer in it.
    """
    own = _vector(best, index)
    likeness = {id(one): float(own @ _vector(one, index)) for one in newer if _of_one_series(one, best)}
    alike = [one for one in newer if likeness.get(id(one), 0.0) >= _COUNTERPART]
    if not alike or best.reading is None:
        return []
    newest = max(alike, key=lambda one: (_date(one), likeness[id(one)]))
    first = newest.hit.passage.start
    # It answers as far as the sentence does that it takes the place of.
    return [replace(newest, reading=Reading(best.reading.score, newest.start - first, newest.end - first))]


def _vector(candidate: Candidate, index: Index) -> Vectors:
    sentences = index.sentences(candidate.row)
    place = sentences.spans.tolist().index([candidate.start, candidate.end])
    vector: Vectors = sentences.vectors[place]
    return vector


def _answers_too(newer: Candidate, best: Candidate, wants_newest: bool) -> bool:
    if _of_one_series(newer, best):
        reads = newer.reading is not None and newer.reading.score >= _ANSWERS
        return newer.score >= best.score - _NEWER_OF_SERIES or (wants_newest and reads)
    return wants_newest and newer.score >= best.score - _NEWER


def sides_of(candidates: Sequence[Candidate], question: Question) -> tuple[Candidate, ...]:
    """The best sentence and one of another document that answers with another figure, date or person, newer first.

    The best alone where there is none.
    """
    best = candidates[0]
    if question.wants_newest or best.reading is None or best.reading.score < _SURE:
        return (best,)
    for other in candidates[1:]:
        if other.document.id != best.document.id and _is_other_side(best, other):
            return tuple(sorted((best, other), key=_date, reverse=True))
    return (best,)


def _is_other_side(best: Candidate, other: Candidate) -> bool:
    """Whether another sentence answers too, with figures of the same kind that are not all the same."""
    if other.reading is None or other.coverage < _SHARE * best.coverage:
        return False
    if other.reading.score < (_UNSURE if other.score >= best.score - _SIDE else _ANSWERS):
        return False
    mine, others = _values(best), _values(other)
    kinds = {kind for kind, _ in mine} & {kind for kind, _ in others}
    return any({one for one in mine if one[0] == kind} != {one for one in others if one[0] == kind} for kind in kinds)


def _values(candidate: Candidate) -> set[tuple[str, str]]:
    """The figures among the words that answer, each with what it may be compared with."""
    if candidate.key is None:
        return set()
    answer = candidate.document.text[slice(*candidate.key)]
    return {(_compared(one), one.canonical) for one in quantities_of(answer)}


def _compared(one: Quantity) -> str:
    if one.kind is QuantityKind.AMOUNT:
        return "duration" if one.unit in _TIME else one.unit
    return str(one.kind.value)


def _of_one_series(one: Candidate, other: Candidate) -> bool:
    series = series_of(one.document.title)
    return one.document.id != other.document.id and bool(series) and series == series_of(other.document.title)


def _date(candidate: Candidate) -> tuple[int, ...]:
    return date_of(candidate.document)
