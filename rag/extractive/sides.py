"""Documents that answer one question differently: the newer first, each with its name and date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus import Document
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from embeddings import Index, base_of
from embeddings.encoders.protocol import Vectors
from rag.extractive.candidates import Candidate
from rag.extractive.layout import Layout
from rag.question.question import Question
from rag.reading.reader import Reading
from rag.retrieval.periods import date_of, series_of

__all__ = ["is_other_side", "lead_of", "newest_first", "sides_of"]

_NEWER = 1.5  # points that a newer sentence may score less and still go first where the newest is asked for
_NEWER_OF_SERIES = 4.0
_SIDE = 4.0  # points that the other side may score less
_SURE = -1.0  # the reading of a sentence that answers, at the least, for there to be another side
_UNSURE = -3.5  # of the other side
_SHARE = 0.6  # of the best sentence's coverage, what the other side must cover
_ALIKE, _BEHIND = 0.95, 5.0  # likeness of sentences that say the same of a thing; points that the other may score less
_UNLIKE = 0.91  # likeness below which they answer different questions
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


def sides_of(candidates: Sequence[Candidate], question: Question, index: Index) -> tuple[Candidate, ...]:
    """The best sentence and one of another document that answers otherwise, newer first; the best alone if none does.

    The other says much the same with other figures, or answers too, with another figure or date and in words not
    altogether different. How like they must be ``benchmarks/fit_sides.py`` tells.
    """
    best = candidates[0]
    if question.wants_newest:
        return (best,)
    for other in candidates[1:]:
        if other.document.id != best.document.id and is_other_side(best, other, question, index):
            return tuple(sorted((best, other), key=_date, reverse=True))
    return (best,)


def is_other_side(best: Candidate, other: Candidate, question: Question, index: Index) -> bool:
    """Whether a sentence of another document is the other side of the best one."""
    near = best.reading is not None and other.reading is not None and other.score >= best.score - _BEHIND
    answers = _answers_otherwise(best, other)
    if not (near or answers) or _is_of_another_place(best, other, question):  # before vectors are looked up
        return False
    one_language = base_of(best.document.language) == base_of(other.document.language)
    like = float(_vector(best, index) @ _vector(other, index)) if one_language else _UNLIKE
    if like >= _ALIKE and near and not _is_another_case(best, other):
        return _figures(best.text) != _figures(other.text) or not _figures(best.text)
    return like >= _UNLIKE and answers


def _is_another_case(best: Candidate, other: Candidate) -> bool:
    """Whether sentences are alike whatever they say: rows, lines of one series."""
    return any(Layout(one.document).is_row(one.start) for one in (best, other)) or _of_one_series(best, other)


def _is_of_another_place(best: Candidate, other: Candidate, question: Question) -> bool:
    """Whether a name in the question stands in the best sentence's document and not in the other's."""
    mine, others = (f"{one.document.title}\n{one.document.text}" for one in (best, other))
    return any(name.stands_in(mine) and not name.stands_in(others) for name in question.proper_names)


def _figures(text: str) -> set[tuple[str, str]]:
    return {(_compared(one), one.canonical) for one in quantities_of(text)}


def _answers_otherwise(best: Candidate, other: Candidate) -> bool:
    """Whether another sentence answers too, with figures of the same kind that are not all the same."""
    if best.reading is None or other.reading is None or best.reading.score < _SURE:
        return False
    if other.coverage < _SHARE * best.coverage:
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
    return _figures(candidate.document.text[slice(*candidate.key)])


def _compared(one: Quantity) -> str:
    if one.kind is QuantityKind.AMOUNT:
        return "duration" if one.unit in _TIME else one.unit
    return str(one.kind.value)


def _of_one_series(one: Candidate, other: Candidate) -> bool:
    series = series_of(one.document.title)
    return one.document.id != other.document.id and bool(series) and series == series_of(other.document.title)


def _date(candidate: Candidate) -> tuple[int, ...]:
    return date_of(candidate.document)
