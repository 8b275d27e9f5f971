"""What happens while a question is answered, as it happens."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answers import Answer, Hit, Step

__all__ = ["Answered", "Event", "Searched", "TextDelta", "ThoughtDelta"]


@dataclass(frozen=True, slots=True)
class Searched:
    """The search is over: what was searched for, and the passages found, best first."""

    search_question: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer's text; an empty one only says that work goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class ThoughtDelta:
    """The next piece of what a reasoning model thinks before it answers; no part of the answer, and kept nowhere."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The finished answer, always the last event. Its text is the one to keep: wrong marks are removed in it."""

    answer: Answer


Event = Searched | Step | ThoughtDelta | TextDelta | Answered
"""One of these; more kinds may come, so pass over what you do not know."""
