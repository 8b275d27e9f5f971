"""A turn of a conversation: what was asked, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag import Answer

__all__ = ["Turn", "history_of"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, or with the one sentence that says why there is none."""

    question: str
    answer: Answer | None = None
    error: str | None = None


def history_of(turns: Iterable[Turn]) -> list[tuple[str, str]]:
    """The turns as the assistant takes them; what failed is not part of what was said."""
    history = []
    for turn in turns:
        if turn.answer is not None:
            history += [("user", turn.question), ("assistant", turn.answer.text)]
    return history
