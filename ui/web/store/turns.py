"""A turn of a conversation: what was asked, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from corpus import Problem
from rag import Answer, Filters

__all__ = ["Turn", "history_of"]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Turn:
    """A question with its answer, or with the one sentence that says why there is none.

    ``filters`` are those it was asked with. ``earlier`` are the turns that this one took the place of, the first one
    first; they have none themselves. ``number`` tells the turns of a conversation apart and stays as it is; it
    counts from 1, with gaps where a turn was replaced, and is 0 before the turn is kept. ``unkept`` says why it is not
    on the disk.
    """

    question: str
    answer: Answer | None = None
    error: Problem | None = None
    filters: Filters = field(default_factory=Filters)
    number: int = 0
    earlier: tuple[Turn, ...] = ()
    unkept: Problem | None = None

    def replacing(self, other: Turn) -> Turn:
        """This turn in the place of another one."""
        return replace(self, earlier=(*other.earlier, replace(other, earlier=())))


def history_of(turns: Iterable[Turn]) -> list[tuple[str, str]]:
    """The turns as the assistant takes them; what failed is not part of what was said."""
    history = []
    for turn in turns:
        if turn.answer is not None:
            history += [("user", turn.question), ("assistant", turn.answer.text)]
    return history
