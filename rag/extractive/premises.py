"""What a question takes for granted, held against the document that would answer it.

Three things, whose being wrong can be told without understanding: the year, the number of an edition or a rank
("第四届", "一等奖"), and the place with its rank ("青岛高新区" where the document is about 济南高新区). Of the last two
the document has to have the like with another number, or another place: what it merely does not repeat is no
contradiction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from corpus.language.names import PLACES, squeezed, words_with_zones
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import HAN, fold
from rag.extractive.candidates import Candidate

__all__ = ["contradicted"]

_YEAR = re.compile(rf"(?<!\d)(?:1[5-9]|20)\d\d(?=\s*年|(?![\d.,:%]|\s*[{HAN}]))")
_RANK = re.compile(rf"(?<=[{HAN}]{{2}})(?:[省县]|(?<![城都])市|[{HAN}]{{0,8}}?[新园发]区|经开区)$")
_FIRST = re.compile(rf"(?!大城市)[{HAN}]{{2,4}}?[省市县](?=.)")  # 济南市 in 济南市城市, one word as it is cut
_LONGEST = 100_000  # characters of a document that are looked through
_BEGINNING = 4000  # characters that tell what place it is about
_OFTEN = 3


def contradicted(question: str, best: Candidate) -> bool:
    """Whether the document of the best sentence is about another year, number or place than the question."""
    document = best.document
    if _years(question) - _years(f"{document.published or ''} {document.title} {document.text}"):
        return True
    asked = fold(question)
    numbers, places = set(_numbers(asked)), list(_places(asked))
    if not numbers and not places:
        return False
    text = fold(f"{document.title}\n{document.text[:_LONGEST]}")
    return _another_number(numbers, text) or _another_place(places, text, fold(f"{document.title} {best.text}"))


def _years(text: str) -> set[str]:
    return set(_YEAR.findall(text))


def _numbers(text: str) -> Iterator[tuple[str, Decimal]]:
    for quantity in quantities_of(text):
        if quantity.kind is QuantityKind.ORDINAL and quantity.value is not None and not quantity.indefinite:
            yield quantity.unit, quantity.value


def _another_number(wanted: set[tuple[str, Decimal]], text: str) -> bool:
    held = set(_numbers(text)) if wanted else set()
    units = {unit for unit, _ in held}
    return any(unit in units for unit, _ in wanted - held)


def _places(text: str) -> Iterator[tuple[str, str]]:
    """The places of a text that are named with their rank, and the rank."""
    for word in words_with_zones(text):
        if word.kind in PLACES:
            first, last = _FIRST.match(word.text), _RANK.search(word.text)
            if first:
                yield first[0], first[0][-1]
            if last:
                yield word.text, last[0]


def _another_place(wanted: list[tuple[str, str]], text: str, near: str) -> bool:
    """Whether none of the places stands in the text, and another of the same rank near the sentence, or often."""
    held = squeezed(text)
    if not wanted or any(place in held for place, _ in wanted):
        return False
    ranks = {rank for _, rank in wanted}

    def others(of: str) -> Counter[str]:
        found = (place for place, rank in _places(of) if rank in ranks)
        return Counter(place for place in found if not any(place in name for name, _ in wanted))

    return bool(others(near)) or max(others(text[:_BEGINNING]).values(), default=0) >= _OFTEN
