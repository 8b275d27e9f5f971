"""Arithmetic over figures that sentences state: of two years, or of two editions of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from corpus import Document
from corpus.language.numerals import EXACT
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold, simplified
from embeddings import lexical_tokens
from rag.answers import AnswerSentence
from rag.extractive.candidates import Candidate
from rag.extractive.choice import ranked
from rag.question.presupposed import years_of
from rag.retrieval.retriever import Found
from rag.routes.classifier import Operation
from rag.routes.room import Asking, Reply
from rag.routes.tables.figures import Figure, figure_in, written
from rag.routes.tables.wording import Citing

__all__ = ["stated"]

_ARITHMETIC: tuple[Operation, ...] = ("sum", "difference", "average", "percentage")
_YEAR = re.compile(r"\s*(\d{4})\s*年?度?")
_JOINTS = re.compile(r"^(?:和|与|及|、|比|较|到|至|and|than|to|from)+|(?:和|与|及|、|比|较|到|至|and|than|to|from)+$")
_RECKONING = re.compile(r"合计|总共|一共|总计|共计|加起来|加总|之和|相加|平均|in total|combined|altogether|on average")
_NUMERIC = frozenset({QuantityKind.NUMBER, QuantityKind.AMOUNT, QuantityKind.MONEY, QuantityKind.PERCENT})
_LEAST_READING = -2.0  # log-odds of a sentence's holding the answer
_LEAST_PARALLEL = -6.0  # where the years' sentences are one sentence but for their figures
_LEAST_NAMED = 0.5  # of what is asked for, by weight: the figure next to it is no answer
_ASIDE = re.compile(rf"\d|[两兩]年|增加|减少|增长|下降|相差|比例|{_RECKONING.pattern}")
_FIGURES = re.compile(r"\d[\d.,]*")
_MOST_READ = 3  # sentences looked at for a side


@dataclass(frozen=True, slots=True)
class _Side:
    """The figure of one year, and the sentence that states it."""

    year: str
    figure: Figure
    candidate: Candidate
    place: tuple[int, int]


def stated(asking: Asking, shares: dict[Operation, float]) -> Reply | None:
    """What comes of the figures that two or three years' sentences state; None where one of them is not found."""
    operation = max(_ARITHMETIC, key=lambda name: shares[name])
    sides = sorted(_sides(asking), key=lambda side: side.year)
    units = {(side.figure.unit.name, side.figure.unit.scale) for side in sides}
    if len(sides) < 2 or len(units) > 1 or any(side.figure.time for side in sides):
        return None
    if len(sides) > 2 and operation in ("difference", "percentage"):
        return None
    with localcontext(EXACT):
        said = _worked_out(operation, [side.figure for side in sides])
    if said is None:
        return None
    hits = asking.search(asking.question.text).hits
    citing = Citing(hits)
    quoted = []
    for side in sides:
        one = side.candidate
        number = citing.numbering.cite(one.document, one.hit.passage, one.start, one.end, side.place)
        quoted.append(AnswerSentence(one.text, (number,), "supported"))
    numbers = tuple(dict.fromkeys(number for one in quoted for number in one.citations))
    confidence = _confidence(operation, shares, sides)
    sentences = (AnswerSentence(said, numbers, "supported"), *quoted)
    return Reply(sentences, tuple(citing.numbering.citations), hits, confidence)


def _confidence(operation: Operation, shares: dict[Operation, float], sides: list[_Side]) -> float:
    """How sure it is (0 to 1): by the least of the readings, and whether the sentences say the same of each year."""
    asked = shares[operation] / sum(shares[name] for name in _ARITHMETIC)
    reading = min(side.candidate.reading.score for side in sides if side.candidate.reading)
    parallel = len({_FIGURES.sub("", fold(side.candidate.text)) for side in sides}) == 1
    if reading < _LEAST_READING and not parallel:
        return 0.0
    return float(asked**0.25) * max(0.0, min(0.95, (0.75 if parallel else 0.6) + 0.03 * reading))


def _worked_out(operation: Operation, figures: list[Figure]) -> str | None:
    """The result and its formula."""
    values, unit = [one.value for one in figures], figures[0].unit.written
    terms = [written(value, 8) for value in values]
    if operation == "sum":
        return f"{written(sum(values, Decimal(0)), 8)}{unit} = {' + '.join(terms)}"
    if operation == "average":
        return f"{written(sum(values, Decimal(0)) / len(values))}{unit} = ({' + '.join(terms)}) ÷ {len(terms)}"
    first, last = values[0], values[-1]
    if operation == "difference":
        return f"{written(last - first, 8)}{unit} = {terms[-1]} − {terms[0]}"
    return f"{written((last - first) / first * 100)}% = ({terms[-1]} − {terms[0]}) ÷ {terms[0]}" if first else None


def _sides(asking: Asking) -> Iterator[_Side]:
    """One figure a year: of the years that the question names, else of the editions found."""
    question = asking.question.text
    years = sorted(asking.question.years)
    if len(years) >= 2:
        for year in years:
            side = _side(asking, _about(question, year, years), year, None)
            if side is not None:
                yield side
        return
    for year, document in _editions(asking):
        side = _side(asking, question, year, document)
        if side is not None:
            yield side


def _about(question: str, year: str, years: list[str]) -> str:
    """The question of one of its years only."""
    parts = _YEAR.split(_RECKONING.sub("", simplified(question)))
    kept = [part for part in parts if part not in years]
    return f"{year}年" + "".join(_JOINTS.sub("", part.strip()) for part in kept)


def _editions(asking: Asking) -> list[tuple[str, Document]]:
    """The two latest documents found that differ in the year of their titles only."""
    alike: dict[str, dict[str, Document]] = {}
    for hit in asking.search(asking.question.text).hits:
        title = hit.passage.title
        years = years_of(title) or years_of(hit.passage.document_id)
        if len(years) == 1:
            same = _YEAR.sub("", title)
            document = asking.index.document(hit.passage.document_id)
            alike.setdefault(same, {}).setdefault(next(iter(years)), document)
    several = [found for found in alike.values() if len(found) >= 2]
    return sorted(several[0].items())[-2:] if several else []


def _side(asking: Asking, text: str, year: str, document: Document | None) -> _Side | None:
    """The figure that the best sentence of a year states."""
    within = frozenset({document.id}) if document is not None else _of_year(asking, text, year)
    found = asking.search(text, within)
    for one in ranked(found, asking.index, asking.reader)[:_MOST_READ]:
        own = years_of(one.text)
        known = own or years_of(one.document.title) or years_of(one.document.id)
        if document is None and year not in known:
            continue
        if one.reading is None or one.reading.score < _LEAST_PARALLEL or not _says(found, one):
            continue
        quantity = _asked(one)
        figure = figure_in(one.text, quantity) if quantity is not None else None
        if quantity is not None and figure is not None:
            return _Side(year, figure, one, (one.start + quantity.start, one.start + quantity.end))
    return None


def _says(found: Found, candidate: Candidate) -> bool:
    """Whether a sentence names what is asked for, the years, the arithmetic and what the title says aside."""
    over = set(lexical_tokens(fold(candidate.document.title)))
    own = set(lexical_tokens(fold(candidate.text)))
    content = {
        term: weight
        for term, weight in found.query.content.items()
        if term.share(over) < 1 and not any(_ASIDE.search("".join(way)) for way in term.ways)
    }
    held = sum(weight * term.share(own) for term, weight in content.items())
    return held >= _LEAST_NAMED * sum(content.values())


def _of_year(asking: Asking, text: str, year: str) -> frozenset[str] | None:
    """The documents found whose titles name the year; None for all where none does."""
    hits = asking.search(text).hits
    own = {
        hit.passage.document_id for hit in hits if year in years_of(f"{hit.passage.title} {hit.passage.document_id}")
    }
    return frozenset(own) or None


def _asked(candidate: Candidate) -> Quantity | None:
    """The quantity in or nearest behind the words that the reader answers with."""
    if candidate.key is None:
        return None
    start, end = (place - candidate.start for place in candidate.key)
    held = [one for one in quantities_of(candidate.text) if one.kind in _NUMERIC and not one.indefinite]
    inside = [one for one in held if one.start < end and start < one.end]
    return min(inside or held, key=lambda one: abs(one.start - start), default=None)
