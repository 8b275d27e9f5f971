"""Everybody who asks comes by here: their share is counted, and they wait for their turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from ui.web.server.login import user_of
from ui.web.server.queue import Allowance, Queue

__all__ = ["MOST_WAITING", "Admission"]

MOST_WAITING = 64
"""How many wait at the same time before others are told to come back."""


class Admission:
    """Admits questions of the page and of other programs. Safe to use from threads and coroutines.

    ``request`` is Gradio's or Starlette's; each way in raises ``TooManyQuestions``.
    """

    def __init__(self, per_minute: int | None = None, at_once: int = 8) -> None:
        self._allowance = Allowance(per_minute)
        self._queue = Queue(at_once, MOST_WAITING)

    @contextmanager
    def admit(self, request: Any) -> Iterator[Iterator[int]]:
        """The number of questions ahead, until none is; see ``Queue.turn``."""
        self._allowance.take(_who(request))
        with self._queue.turn() as places:
            yield places

    @contextmanager
    def admitted(self, request: Any) -> Iterator[None]:
        """Waits for one's turn in this thread."""
        with self.admit(request) as places:
            for _ in places:
                pass
            yield

    @asynccontextmanager
    async def admitted_async(self, request: Any) -> AsyncIterator[None]:
        """Waits for one's turn without a thread."""
        self._allowance.take(_who(request))
        async with self._queue.turn_async():
            yield


def _who(request: Any) -> str:
    """The user, or the address where there are none."""
    request = getattr(request, "request", request)
    scope = getattr(request, "scope", None) or {}
    client = getattr(request, "client", None)
    return user_of(scope) or f"from {getattr(client, 'host', client)}"
