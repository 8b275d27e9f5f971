"""A message that asks several questions, taken apart."""

from __future__ import annotations

import re

from rag.question.followups import standalone

__all__ = ["parts_of"]

_MOST_QUESTIONS = 4  # a message with more is searched as one

_END = re.compile(r"(?<=[?？])[\s\"”’」』]*")
_TAG = re.compile(
    r"(?:真的|是|对|對|不是|没错|沒錯)(?:吗|嗎|吧|么)?[?？]|(?:really|right|is it|isn't it)\?", re.IGNORECASE
)


def parts_of(message: str) -> tuple[str, ...]:
    """The questions of a message, each completed from those before it; the message itself where it asks one."""
    asked = [part.strip() for part in _END.split(message) if part.strip()]
    if not 1 < len(asked) <= _MOST_QUESTIONS or not all(
        part.endswith(("?", "？")) and not _TAG.fullmatch(part) for part in asked
    ):
        return (message,)
    return tuple(standalone(part, [("user", earlier) for earlier in asked[:i]]) for i, part in enumerate(asked))
