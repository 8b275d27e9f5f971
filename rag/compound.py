"""A message that asks several questions, taken apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.followups import standalone
from rag.retrieval import Found

__all__ = ["questions_of", "together"]

_MOST_QUESTIONS = 4  # a message with more is searched as one

_END = re.compile(r"(?<=[?？])[\s\"”’」』]*")
_TAG = re.compile(
    r"(?:真的|是|对|對|不是|没错|沒錯)(?:吗|嗎|吧|么)?[?？]|(?:really|right|is it|isn't it)\?", re.IGNORECASE
)


def questions_of(message: str) -> tuple[str, ...]:
    """The questions of a message, each completed from those before it; the message itself where it asks one."""
    asked = [part.strip() for part in _END.split(message) if part.strip()]
    if not 1 < len(asked) <= _MOST_QUESTIONS or not all(
        part.endswith(("?", "？")) and not _TAG.fullmatch(part) for part in asked
    ):
        return (message,)
    return tuple(standalone(part, [("user", earlier) for earlier in asked[:i]]) for i, part in enumerate(asked))


def together(found: Sequence[Found]) -> Found:
    """What several searches found as the result of one: in turns from each, a passage once.

    The query, and how much of it the index could see, are the first one's.
    """
    if len(found) == 1:
        return found[0]
    places = sorted((place, which) for which, one in enumerate(found) for place in range(len(one.hits)))
    first = {found[which].rows[place]: found[which].hits[place] for place, which in reversed(places)}
    rows = tuple(dict.fromkeys(found[which].rows[place] for place, which in places))
    hits = tuple(replace(first[row], rank=rank) for rank, row in enumerate(rows, 1))
    return replace(found[0], rows=rows, hits=hits)
