"""A message that asks several questions, taken apart."""

from __future__ import annotations

import re

from rag.question.followups import standalone
from rag.question.kinds import Kind, kind_of

__all__ = ["asks_twice", "clauses_of", "parts_of"]

_MOST_QUESTIONS = 4  # a message with more is searched as one

_END = re.compile(r"(?<=[?？])[\s\"”’」』]*")
_TAG = re.compile(
    r"(?:真的|是|对|對|不是|没错|沒錯)(?:吗|嗎|吧|么)?[?？]|(?:really|right|is it|isn't it)\?", re.IGNORECASE
)
_CLAUSE = re.compile(r"[，,；;]")
_SHORTEST = 4  # characters of a clause


def clauses_of(text: str) -> list[str]:
    """The clauses of a question, but for the shortest."""
    return [one.strip() for one in _CLAUSE.split(text) if len(one.strip()) >= _SHORTEST]


def asks_twice(text: str) -> bool:
    """Whether two clauses of a question ask for the same kind of thing: how often it should be, how often it is."""
    kinds = [kind for kind in map(kind_of, clauses_of(text)) if kind is not Kind.OTHER]
    return len(kinds) == 2 and kinds[0] is kinds[1]


def parts_of(message: str) -> tuple[str, ...]:
    """The questions of a message, each completed from those before it; the message itself where it asks one."""
    asked = [part.strip() for part in _END.split(message) if part.strip()]
    if not 1 < len(asked) <= _MOST_QUESTIONS or not all(
        part.endswith(("?", "？")) and not _TAG.fullmatch(part) for part in asked
    ):
        return (message,)
    return tuple(standalone(part, [("user", earlier) for earlier in asked[:i]]) for i, part in enumerate(asked))
