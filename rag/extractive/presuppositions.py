"""What a question demands that the evidence lacks or denies.

Denied can be, without understanding, the year, the number of an edition or a rank ("第四届", "一等奖"), and the place
with its rank ("青岛高新区" where the document is about 济南高新区). Of the last two the document has to have the like
with another number, or another place: what it merely does not repeat is no contradiction. Lacking is the figure or
contact detail that is asked for: a sentence without one does not answer, however like the question it is. A bare
number, as in a table, may be of any kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from corpus import Document
from corpus.language.names import squeezed
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold, has_han
from corpus.language.units import is_counter
from rag.extractive.candidates import Candidate
from rag.question.figures import Figure
from rag.question.presupposed import Place, numbers_of, places_of, years_of
from rag.question.question import Question
from rag.question.recency import relative_years

__all__ = ["another_number", "denies", "has_figure", "lacks"]

_LONGEST = 100_000  # characters of a document that are looked through
_BEGINNING = 4000  # characters that tell what place it is about
_OFTEN = 3
_PEOPLE = frozenset({"人", "人次", "个", "学生", "成员"})
_PERCENT = QuantityKind.PERCENT
_SHARED = frozenset({Figure.PEOPLE, Figure.THINGS, Figure.MONEY})  # 四分之三同意, 罚所得的30%
_FIGURES = frozenset({QuantityKind.NUMBER, QuantityKind.AMOUNT, QuantityKind.MONEY, QuantityKind.PERCENT})


def denies(question: Question, best: Candidate) -> bool:
    """Whether the document of the best sentence is about another year, number or place than the question."""
    document = best.document
    if question.years - years_of(f"{document.published or ''} {document.title} {document.text}"):
        return True
    past = any(int(year) < question.today.year for year in question.relative_years)  # a rule holds for next year too
    if past and not knows_year(document, question):
        return True
    if not question.numbers and not question.places:
        return False
    text = fold(f"{document.title}\n{document.text[:_LONGEST]}")
    near = fold(f"{document.title} {best.text}")
    return another_number(question.numbers, text) or _another_place(question.places, text, near)


def knows_year(document: Document, question: Question) -> bool:
    """Whether a document has last year's number, or speaks of last year itself."""
    said = f"{document.published or ''} {document.title} {document.text}"
    return bool(question.relative_years & years_of(said) or relative_years(fold(said[:_LONGEST]), question.today))


def lacks(question: Question, texts: Sequence[str]) -> bool:
    """Whether the question asks for a figure, or a contact detail, and none of the texts has one of the kind."""
    figure = question.figure
    if figure is not None and not has_figure(texts, figure):
        return True
    return bool(question.details) and not any(detail.is_in(text) for text in texts for detail in question.details)


def has_figure(texts: Sequence[str], figure: Figure) -> bool:
    """Whether one of the texts has a figure of the kind, or a bare number; one tells a time in other languages only."""
    return any(_is(quantity, figure, is_chinese=has_han(text)) for text in texts for quantity in quantities_of(text))


def another_number(wanted: frozenset[tuple[str, Decimal]], text: str) -> bool:
    """Whether a folded text has the like of an edition or rank that is wanted, with another number."""
    held = numbers_of(text) if wanted else frozenset()
    units = {unit for unit, _ in held}
    return any(unit in units for unit, _ in wanted - held)


def _another_place(wanted: Sequence[Place], text: str, near: str) -> bool:
    """Whether none of the places stands in the text, and another of the same rank near the sentence, or often."""
    held = squeezed(text)
    if not wanted or any(place in held for place, _ in wanted):
        return False
    ranks = {rank for _, rank in wanted}

    def others(of: str) -> Counter[str]:
        found = (place for place, rank in places_of(of) if rank in ranks)
        return Counter(place for place in found if not any(place in name for name, _ in wanted))

    return bool(others(near)) or max(others(text[:_BEGINNING]).values(), default=0) >= _OFTEN


def _is(quantity: Quantity, figure: Figure, *, is_chinese: bool) -> bool:
    kind, unit = quantity.kind, quantity.unit
    if figure is Figure.ANY:
        return kind in _FIGURES
    if figure is Figure.CLOCK:
        return kind is QuantityKind.TIME or (kind is QuantityKind.NUMBER and not is_chinese)
    if kind is QuantityKind.NUMBER or kind.value == figure.value or (kind is _PERCENT and figure in _SHARED):
        return True
    if figure is Figure.PEOPLE:
        return unit in _PEOPLE
    if figure is Figure.MEASURE:
        return quantity.iso.startswith("---") or (kind is QuantityKind.AMOUNT and not is_counter(unit))  # 七日
    return figure is Figure.THINGS and kind is QuantityKind.AMOUNT and is_counter(unit) and unit != "人"
