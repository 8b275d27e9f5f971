"""A conversation as the assistant is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.errors import QuestionError
from rag.messages import AnswerMessage
from rag.thought import without_thought

__all__ = ["History", "Turn", "is_text", "turns_of"]

History = Iterable[Mapping[str, str] | tuple[str, str]]
"""The turns so far, oldest first: {"role": ..., "content": ...} or (role, content)."""

Turn = tuple[str, str]
"""A turn of a conversation: its role ("user" or "assistant") and its text."""

_REMEMBERED = 16  # turns
_LONGEST_CHARS = {"user": 2000, "assistant": 8000}  # what is beyond is left out: an answer's end is its sources


def turns_of(history: History) -> list[Turn]:
    """The last turns of a history, without what a model thought before it answered.

    Raises:
        QuestionError: it has a turn that is not one.
    """
    turns: list[Turn] = []
    for number, turn in enumerate(history, 1):
        given = (turn.get("role"), turn.get("content")) if isinstance(turn, Mapping) else turn
        match given:
            case ("user" | "assistant" as role, str(content)) if is_text(content):
                said = without_thought(content) if role == "assistant" else content
                turns.append((role, said[: _LONGEST_CHARS[role]]))
            case _:
                raise QuestionError(AnswerMessage.HISTORY_BROKEN, turn=number)
    return turns[-_REMEMBERED:]


def is_text(value: object) -> bool:
    """Whether it is a string of whole characters; JSON may bring halves of one (lone surrogates)."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
