"""What a sentence is held against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.language.quantities import Quantity, quantities_of
from corpus.language.script import fold

__all__ = ["Evidence"]


@dataclass(frozen=True)
class Evidence:
    """A cited text, and what it leans on: its title, publisher and date, and the sentences before it.

    The sentences before lend it names and dates, as they do to a reader, but no figures.
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
        return cls(text, fold(text), tuple(quantities_of(text)), fold(around), dates)
