"""What a sentence is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.language.lists import mark_length
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold

__all__ = ["Evidence", "stated_quantities"]


@dataclass(frozen=True)
class Evidence:
    """A cited text, and what it leans on: its title, publisher and date, and the sentences before it.

    The sentences before lend it names and dates, as they do to a reader, but no figures. The number of a list's item
    is no figure either.
    """

    text: str
    folded: str
    quantities: tuple[Quantity, ...]
    leans_on: str = ""
    dates: tuple[Quantity, ...] = ()

    @classmethod
    def of(cls, text: str, leans_on: Iterable[str | None] = ()) -> Evidence:
        """The evidence of a text."""
        around = "\n".join(dict.fromkeys(filter(None, leans_on)))
        dates = tuple(quantity for quantity in quantities_of(around) if quantity.iso)
        return cls(text, fold(text), tuple(stated_quantities(text)), fold(around), dates)


def stated_quantities(text: str) -> Iterator[Quantity]:
    """The quantities of a text but for the bare numbers of a list's items."""
    marks = [range(line, line + mark_length(text[line:])) for line in _lines(text)]
    for quantity in quantities_of(text):
        if quantity.kind is not QuantityKind.NUMBER or not any(quantity.start in mark for mark in marks):
            yield quantity


def _lines(text: str) -> Iterator[int]:
    """Where the lines of a text begin."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start
        start += len(line)
