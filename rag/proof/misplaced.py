"""Figures that a text holds, but tells of something else than a sentence does: 8家省级平台 of 6家省级平台，8家市级平台.

A figure is told of the words in its clause, and in the clauses without a figure before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from corpus.language.names import squeezed, words_of
from corpus.language.quantities import Quantity, QuantityKind
from corpus.language.script import fold
from rag.proof.evidence import stated_quantities
from rag.proof.held_figures import are_comparable, are_equal

__all__ = ["misplaced"]

_CLAUSE_END = re.compile(r"[，；。;|\n]|,(?!\d)|$")


class _Stretch(NamedTuple):
    """Clauses of which the last one tells figures: these, and the rest of their words, folded."""

    quantities: tuple[Quantity, ...]
    words: str


def misplaced(text: str, evidence: str) -> Iterator[Quantity]:
    """The figures of which all that tells them from others stands beside another figure of the evidence.

    Only of a figure that is the one in its stretch it is known what it is told of.
    """
    there = _stretches(evidence)
    for stretch in _stretches(text):
        if len(stretch.quantities) != 1:
            continue
        quantity = stretch.quantities[0]
        holding = [one.words for one in there if any(_same(quantity, other) for other in one.quantities)]
        others = [
            one.words
            for one in there
            if one.words not in holding and any(_alike(quantity, other) for other in one.quantities)
        ]
        words = {word.text for word in words_of(stretch.words) if not word.is_function and word.text.isalnum()}
        here = {word for word in words if any(word in one for one in holding)}
        elsewhere = {word for word in words if any(word in one for one in others)}
        apart = elsewhere - here
        if holding and apart and here <= elsewhere and any(all(word in one for word in apart) for one in others):
            yield quantity


@lru_cache(maxsize=4096)  # a text is held against many sentences
def _stretches(text: str) -> tuple[_Stretch, ...]:
    found, start, first = [], 0, 0
    quantities = list(stated_quantities(text))
    for end in (match.end() for match in _CLAUSE_END.finditer(text)):
        told = tuple(one for one in quantities if first <= one.start < end)
        if told:
            found.append(_Stretch(told, _words(text, start, end, told)))
            start = end
        first = end
    return tuple(found)


def _words(text: str, start: int, end: int, told: tuple[Quantity, ...]) -> str:
    """What a stretch says beside its figures."""
    rest = ""
    for one in told:
        rest, start = f"{rest}{text[start : one.start]} ", one.end
    return squeezed(fold(rest + text[start:end]))


def _same(quantity: Quantity, other: Quantity) -> bool:
    if quantity.kind is QuantityKind.DATE:
        return quantity.iso == other.iso
    return are_equal(quantity, other)


def _alike(quantity: Quantity, other: Quantity) -> bool:
    """Whether another figure could stand in the place of this one."""
    if quantity.kind is QuantityKind.DATE:
        return other.kind is QuantityKind.DATE and len(other.iso) == len(quantity.iso)
    return quantity.unit == other.unit and other.value is not None and are_comparable(quantity, other)
