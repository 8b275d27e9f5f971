"""Everybody who asks comes by here: their share is counted, and they wait for their turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ui.web.server.login import user_of
from ui.web.server.queue import Allowance, Turnstile

__all__ = ["Reception"]


class Reception:
    """Admits questions of the page and of other programs. Safe to use from several threads."""

    def __init__(self, per_minute: int | None = None, at_once: int = 8) -> None:
        self._allowance = Allowance(per_minute)
        self._turnstile = Turnstile(at_once)

    @contextmanager
    def admit(self, request: Any) -> Iterator[Iterator[int]]:
        """The number of questions ahead, until none is; see ``Turnstile.ticket``.

        ``request`` is Gradio's or Starlette's. Raises ``TooManyQuestions``.
        """
        self._allowance.take(_who(request))
        with self._turnstile.ticket() as places:
            yield places

    @contextmanager
    def admitted(self, request: Any) -> Iterator[None]:
        """Waits for one's turn; raises as ``admit`` does."""
        with self.admit(request) as places:
            for _ in places:
                pass
            yield


def _who(request: Any) -> str:
    """The user, or the address where there are none."""
    request = getattr(request, "request", request)
    scope = getattr(request, "scope", None) or {}
    client = getattr(request, "client", None)
    return user_of(scope) or f"from {getattr(client, 'host', client)}"
