"""Which questions are researched: those that one search does not answer."""

from __future__ import annotations

from rag.answers import Route
from rag.routes.choosing import routes_of
from rag.routes.room import Asking
from rag.settings import ResearchMode

__all__ = ["wants_research"]

_SEVERAL: frozenset[Route] = frozenset({"comparison", "chain", "overview"})
_LEAST = 1 / 3  # how likely one of these is the way to go


def wants_research(asking: Asking, mode: ResearchMode) -> bool:
    """Whether a question is to be looked up in steps; "auto" leaves it to the way that it is likely to want."""
    if mode != "auto":
        return mode == "always"
    return sum(likely for route, likely in routes_of(asking) if route in _SEVERAL) >= _LEAST
