"""What a text takes for granted and another may be about another of: years, numbers of editions and ranks, places."""

from __future__ import annotations

import re
from decimal import Decimal

from corpus.language.names import PLACES, words_with_zones
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import HAN

__all__ = ["Place", "numbers_of", "places_of", "years_of"]

Place = tuple[str, str]
"""A place that is named with its rank, and the rank."""

_YEAR = re.compile(rf"(?<!\d)(?:1[5-9]|20)\d\d(?=\s*年|(?![\d.,:%]|\s*[{HAN}]))")
_RANK = re.compile(rf"(?<=[{HAN}]{{2}})(?:[省县]|(?<![城都])市|[{HAN}]{{0,8}}?[新园发]区|经开区)$")
_FIRST = re.compile(rf"(?!大城市)[{HAN}]{{2,4}}?[省市县](?=.)")  # 济南市 in 济南市城市, one word as it is cut


def years_of(text: str) -> frozenset[str]:
    """The years of a text, in four digits."""
    return frozenset(_YEAR.findall(text))


def numbers_of(folded: str) -> frozenset[tuple[str, Decimal]]:
    """The numbers of editions, ranks and things in a folded text, each with its unit."""
    return frozenset(
        (quantity.unit, quantity.value)
        for quantity in quantities_of(folded)
        if quantity.kind is QuantityKind.ORDINAL and quantity.value is not None and not quantity.indefinite
    )


def places_of(folded: str) -> tuple[Place, ...]:
    """The places of a folded text that are named with their rank."""
    found: list[Place] = []
    for word in words_with_zones(folded):
        if word.kind in PLACES:
            first, last = _FIRST.match(word.text), _RANK.search(word.text)
            if first:
                found.append((first[0], first[0][-1]))
            if last:
                found.append((word.text, last[0]))
    return tuple(found)
