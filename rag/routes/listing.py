"""Lists, steps and reasons, whole: "有哪些", "怎么办", "需要带什么", "为什么".

The sentences that may answer are gathered by the places where they stand (``rag.routes.places``), and the place is
chosen, not the sentence: by how well its sentences answer together, by whether the document sets something out there,
and by what stands over it. Of the place all is told, but for items that one stands out of, and rows that lack what the
question names. Where nothing is set out, the sentences that answer are told in their order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus.language.dates import has_date
from corpus.language.lists import without_mark
from corpus.language.names import identifiers_of
from corpus.language.script import fold, simplified
from embeddings import lexical_tokens
from rag.answers import AnswerSentence
from rag.extractive.candidates import Candidate
from rag.extractive.choice import ranked
from rag.extractive.confidence import confidence
from rag.extractive.fitted import fitted
from rag.extractive.layout import LineKind, Span
from rag.extractive.naming import form_of, of_those_named, title_of
from rag.proof.citations import Numbering
from rag.question.kinds import Kind, wants_reason
from rag.question.question import Question
from rag.retrieval.coverage import coverages
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.routes.places import Place, places_of
from rag.routes.room import Asking, Reply
from rag.routes.rows import fitting_rows, row_text

__all__ = ["listing"]

_PASSAGES_READ = 6
_SPREAD = 3.0  # of the scores of a place's sentences, which count together
_SET_OUT = 3.0  # how much more than a sentence something set out as a list answers
_OVER = 60.0  # what likeness to the words over a place is worth, in scores of sentences
_READ = 0.5  # what the reader's finding an answer is worth beyond what it is to a sentence
_STANDS_OUT = 3.0  # by which the best item answers better than the next where only it is wanted
_DOUBT = -3.0  # of the reader's log-odds: below them it has found an answer in no item, only some of the list
_NEAR = 2.0  # below the best place, for another of the same document that may be meant
_MARGIN = 3.0  # below the best sentence, where nothing is set out
_BESIDE = 1.0  # below it, in the other places of its document
_MOST_SENTENCES = 8
_MOST_PLACES = 4
_LEAST_TERMS = 2  # of a question, that tell whether a list is about it
_WHOLE_ITEMS, _WHOLE_CHARS = 12, 800  # of items that nothing leads in; of more, those that answer best are told


@dataclass(frozen=True)
class _Part:
    """What answers one of the questions of a message: places with the spans to be told, and how sure that is."""

    told: tuple[tuple[Place, tuple[Span, ...]], ...]
    found: Found
    confidence: float


def listing(asking: Asking) -> Reply | None:
    """The lists, steps, conditions or reasons asked for, whole and in order; None where none is found."""
    numbering = Numbering()
    sentences: list[AnswerSentence] = []
    parts: list[_Part] = []
    for question in asking.question.parts:
        part = _part(asking, question, numbering)
        if part is None:
            return None
        parts.append(part)
        sentences += _cited(part, question, numbering)
    if not sentences:
        return None
    hits = merged([part.found for part in parts]).hits
    return Reply(tuple(sentences), tuple(numbering.citations), hits, min(part.confidence for part in parts))


def _part(asking: Asking, question: Question, numbering: Numbering) -> _Part | None:
    found = asking.search(question.text)
    candidates = of_those_named(question, ranked(found, asking.index, asking.reader, _PASSAGES_READ))
    fresh = [one for one in candidates if not numbering.holds(one.document, one.start, one.end)]
    places = places_of(fresh)
    if not places:
        return None
    scores = _scores(asking, question, found, places)
    order = sorted(range(len(places)), key=lambda i: -scores[i])
    best = places[order[0]]
    if wants_reason(question.folded) or not best.listed:
        told = _scattered(places, best, anywhere=wants_reason(question.folded))
    else:
        near = [places[i] for i in order[1:] if scores[i] >= scores[order[0]] - _NEAR]
        told = _set_out(asking, question, _beside(best, places, near), found)
        fits = _fitting(best, found) is not None
        if question.kind in (Kind.LIST, Kind.OTHER) and (fits or len(told[0][1]) > 1):
            return _Part(tuple(told), found, _confidence_of_list(asking, found, candidates[0], told))
    return _Part(tuple(told), found, confidence(found, candidates[:1], asking.index))


def _scores(asking: Asking, question: Question, found: Found, places: Sequence[Place]) -> list[float]:
    """How well each place answers, compared with the others."""
    over = [f"{place.name} {' '.join(place.columns)}".strip() for place in places]
    asked = [_left_to_ask(question.text, place.document.title) for place in places]
    texts = list(dict.fromkeys(map(simplified, [*over, *asked])))
    vectors = dict(zip(texts, asking.retriever.encoder.encode(texts, "query"), strict=True))
    likeness = np.array(
        [vectors[simplified(one)] @ vectors[simplified(other)] for one, other in zip(over, asked, strict=True)]
    )
    crossed = [found.query.crosses(place.document) for place in places]
    likeness = np.where(crossed, likeness.mean(), likeness)
    return [
        _together([candidate.score for candidate in place.candidates])
        + _SET_OUT * (place.listed and len(place.items) > 1)
        + _READ * max(0.0, *(candidate.reading.score for candidate in place.candidates if candidate.reading))
        + _OVER * float(like - likeness.mean())
        for place, like in zip(places, likeness, strict=True)
    ]


def _together(scores: Sequence[float]) -> float:
    """One score of several: the best, and the more above it the more come near it."""
    best = max(scores)
    return best + _SPREAD * math.log(sum(math.exp((score - best) / _SPREAD) for score in scores[:8]))


def _left_to_ask(question: str, title: str) -> str:
    """What a question asks beside naming the document: without the runs of characters that its title has too."""
    folded, held = fold(question), fold(title)
    left, i = "", 0
    while i < len(folded):
        length = 0
        while i + length < len(folded) and folded[i : i + length + 1] in held:
            length += 1
        if length < 2:
            left += folded[i]
            length = 1
        i += length
    return left if len(left.strip("?？ ")) > 2 else question


def _beside(best: Place, places: Sequence[Place], near: Sequence[Place]) -> list[Place]:
    """The best place with those of its name in other numbers of the same series, or one more that comes near it."""
    alike = [
        place
        for place in places
        if form_of(place.name) == form_of(best.name)
        and place.document.id != best.document.id
        and form_of(fold(place.document.title)) == form_of(fold(best.document.title))
    ]
    if alike:
        return sorted([best, *alike][:_MOST_PLACES], key=lambda place: (place.document.id, place.start))
    others = (one for one in near if one.listed and len(one.items) > 1 and one.document.id == best.document.id)
    return [best, *others][:2]


def _scattered(places: Sequence[Place], best: Place, *, anywhere: bool) -> list[tuple[Place, tuple[Span, ...]]]:
    """The sentences that answer, each place's in order: of the best place and those near it in its document.

    With ``anywhere``, those near it in all documents.
    """
    least = max(candidate.score for candidate in best.candidates) - _MARGIN
    told: list[tuple[Place, tuple[Span, ...]]] = []
    count = 0
    for place in sorted(places, key=lambda place: place is not best):
        if place is not best and not (anywhere or (place.document.id == best.document.id and not place.listed)):
            continue
        floor = least if place is best or anywhere else least + _MARGIN - _BESIDE
        spans: list[Span] = []
        for candidate in place.candidates[: _MOST_SENTENCES - count]:
            if candidate.score >= floor:
                spans += candidate.answer or (place.layout.sentence_at(candidate.start, candidate.end),)
        if spans:
            told.append((place, _merged(spans)))
            count += len(told[-1][1])
    return told


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap as one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return tuple(result)


def _fitting(place: Place, found: Found) -> tuple[Span, ...] | None:
    """The rows, or lines of codes, that the question names, if it names some."""
    return fitting_rows(place, found.query.content) if place.kind is LineKind.ROW or place.of_codes else None


def _set_out(
    asking: Asking, question: Question, places: Sequence[Place], found: Found
) -> list[tuple[Place, tuple[Span, ...]]]:
    """The items to be told of places; where the question names some of the first's, only those of the others too."""
    fitting = [_fitting(place, found) for place in places]
    return [
        (place, spans or _told(asking, question, place))
        for place, spans in zip(places, fitting, strict=True)
        if spans is not None or fitting[0] is None
    ]


def _told(asking: Asking, question: Question, place: Place) -> tuple[Span, ...]:
    """The items to be told of something set out, behind what leads them in: one alone, all, or those that answer."""
    answering: dict[int, Candidate] = {}
    for candidate in sorted(place.candidates, key=_own, reverse=True):
        item = place.item_of(candidate)
        if item is not None:
            answering.setdefault(item, candidate)
    scores = {item: _own(candidate) for item, candidate in answering.items()}
    led = place.item_of(place.candidates[0]) is None  # what leads the items in answers best: all are meant
    if scores and not led:
        best = next(iter(scores))
        others = [score for item, score in scores.items() if item != best]
        reading = answering[best].reading
        found = reading is None or reading.score > _DOUBT
        stands_out = found and scores[best] - max(others, default=-math.inf) >= _STANDS_OUT
        if stands_out and not _asks_for_all(asking, question, place, place.items[best]):
            return (place.items[best],)
    lead = (place.lead,) if place.lead else ()
    chars = sum(end - start for start, end in place.items)
    listed = lead or place.kind in (LineKind.QUESTION, LineKind.ROW)
    if listed or not scores or (len(place.items) <= _WHOLE_ITEMS and chars <= _WHOLE_CHARS):
        return (*lead, *place.items)
    least = max(scores.values()) - _STANDS_OUT
    return tuple(place.items[item] for item in sorted(scores) if scores[item] >= least)


def _asks_for_all(asking: Asking, question: Question, place: Place, item: Span) -> bool:
    """Whether what a question asks is liker to the words over a list than to an item that stands out of it."""
    if not place.name:
        return False
    asked = _left_to_ask(question.text, place.document.title)
    said = without_mark(place.layout.said(item))
    vectors = asking.retriever.encoder.encode([simplified(one) for one in (asked, place.name, said)], "query")
    return bool(vectors[0] @ vectors[1] >= vectors[0] @ vectors[2])


def _own(candidate: Candidate) -> float:
    """A sentence's score but for the words around it: the first item has those of the heading beside it."""
    return candidate.score - fitted("choice")["coverage"] * candidate.coverage


def _confidence_of_list(
    asking: Asking, found: Found, first: Candidate, told: Sequence[tuple[Place, tuple[Span, ...]]]
) -> float:
    """How likely the documents answer, judged by the best sentence, or by the list as a whole where that says more.

    A list is no stretch of a few words: the more of the question stands in and over it, the less the reader's doubt
    says.
    """
    place, spans = told[0]
    candidate = first if first.document.id == place.document.id else place.candidates[0]
    content = found.query.content
    over = " ".join([place.document.title, *place.candidates[0].hit.passage.headings, *place.columns])
    text = " ".join(map(place.layout.said, spans))
    unnamed = set(found.query.question.identifiers) - set(identifiers_of(fold(f"{over} {text}")))
    if found.query.crosses(place.document) or len(content) < _LEAST_TERMS or unnamed:
        return confidence(found, [candidate], asking.index)
    covered = coverages(content, [f"{over} {text}"], over)[0]
    reading = candidate.reading
    if reading is not None:
        reading = replace(reading, score=max(reading.score, reading.score * (1 - covered)))
    vector = asking.retriever.encoder.encode([f"{over} {text}"], "document")[0]
    asked = found.query.asked_in(place.document.language)
    judged = replace(
        candidate,
        likeness=max(candidate.likeness, float(vector @ asked.own)),
        nearness=max(candidate.nearness, float(vector @ asked.vector)),
        coverage=max(candidate.coverage, covered),
        reading=reading,
        beside=max(candidate.beside, 0.0),  # beside each other its items share what answers
    )
    return confidence(found, [judged], asking.index)


def _cited(part: _Part, question: Question, numbering: Numbering) -> list[AnswerSentence]:
    """The places' sentences, under the document's title where there are several, else under their heading."""
    sentences: list[AnswerSentence] = []
    several = len({place.document.id for place, _ in part.told}) > 1
    for place, spans in part.told:
        passage = place.candidates[0].hit.passage
        lead = title_of(place.document) if several else _heading(place) if len(spans) > 1 else ""
        for start, end in spans:
            if numbering.holds(place.document, start, end):
                continue
            number = numbering.cite(place.document, passage, start, end)
            text = row_text(place, (start, end), question) or place.document.text[start:end]
            sentences.append(AnswerSentence(text, (number,), "supported", lead=lead))
            lead = ""
    return sentences


def _heading(place: Place) -> str:
    """The heading over what is set out, where a sentence does not lead it in."""
    if place.heading is None or place.lead or not place.listed or place.kind is LineKind.QUESTION:
        return ""
    name = place.layout.said(place.heading)
    asks = place.layout.kind(place.layout.line_at(place.heading[0])) is LineKind.QUESTION
    return (
        ""
        if asks or has_date(name) or set(lexical_tokens(name)) <= set(lexical_tokens(place.document.title))
        else without_mark(name)
    )
