"""A question over a sheet as it is linked, and what an operation gives of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.routes.classifier import Operation
from rag.routes.tables.columns import Columns
from rag.routes.tables.figures import Figure
from rag.routes.tables.linking import Mention, Via, Wording
from rag.routes.tables.selecting import Condition, Selection
from rag.routes.tables.sheet import Record, Sheet

__all__ = ["Outcome", "Place", "Situation"]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell by its record and column."""

    record: Record
    column: int


@dataclass(frozen=True)
class Situation:
    """A question over a sheet, linked: what is named, selected, and set as conditions, and what the columns score."""

    wording: Wording
    sheet: Sheet
    mentions: tuple[Mention, ...]
    selection: Selection
    conditions: tuple[Condition, ...]
    columns: Columns

    @property
    def within(self) -> tuple[Record, ...]:
        """The records selected, all but totals where none are named, that meet the conditions."""
        records = self.named or self.sheet.body
        return tuple(one for one in records if all(each.met(self.sheet, one) for each in self.conditions))

    @property
    def named(self) -> tuple[Record, ...]:
        """The records that the question names, none where they were only guessed at."""
        return self.selection.records if self.selection.used else ()

    @property
    def headers(self) -> list[Mention]:
        """The mentions of columns of figures, in the order of the question, each column once."""
        seen: set[int] = set()
        found = []
        for one in self.mentions:
            fresh = (one.columns & self.sheet.numeric) - seen
            if fresh and not one.via:
                seen |= one.columns
                found.append(one)
        return found

    def value_columns(self) -> list[int]:
        """The columns of figures that can be reckoned with, but for those of conditions by equality."""
        fixed = {one.column for one in self.selection.used}
        found = [i for i in sorted(self.sheet.numeric) if i not in self.sheet.keys and i not in fixed]
        return found or [i for i in sorted(self.sheet.numeric) if i not in self.sheet.keys]

    def countable_columns(self) -> list[int]:
        """Those of them that hold no percentages."""
        return [i for i in self.value_columns() if not self._holds_percentages(i)]

    def _holds_percentages(self, column: int) -> bool:
        figures = (self.sheet.figure(record, column) for record in self.sheet.body)
        first = next((one for one in figures if one is not None), None)
        return first is not None and first.unit.name == "%"

    def figure(self, place: Place) -> Figure | None:
        """The figure of a cell."""
        return self.sheet.figure(place.record, place.column)

    def figures(self, places: Sequence[Place]) -> list[Figure] | None:
        """The figures of cells, None where one is missing or they can't be added."""
        found = [figure for place in places if (figure := self.figure(place)) is not None and not figure.time]
        if len(found) != len(places) or not found or len({one.unit.name for one in found}) > 1:
            return None
        return found


@dataclass(frozen=True)
class Outcome:
    """What an operation gives: cells to show, and for arithmetic ``result`` with the ``formula`` it is worked out by.

    ``sureness`` is how likely the column is the one asked for (0 to 1), ``count`` the number counted.
    """

    operation: Operation
    places: tuple[Place, ...]
    sureness: float
    result: str = ""
    formula: str = ""
    count: int | None = None
    whole: bool = False
    vias: tuple[Via, ...] = field(default=())
