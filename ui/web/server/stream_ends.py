"""Keeps an event from being lost where it is sent while the stream that would tell of it ends.

Gradio tells a page of its events on one stream, and ends it when none is under way. What the page sends before it has
read that end it does not open a new stream for, and waits for ever. So the answer to it, after which the page looks
whether a stream is open, waits until the end must have got there.
"""

from __future__ import annotations

import time

from anyio import sleep
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["UNDER_WAY_S", "StreamEnds"]

UNDER_WAY_S = 0.15
"""Seconds in which the end of a stream gets to the page."""

_STREAM, _JOIN = "/gradio_api/queue/data", "/gradio_api/queue/join"


class StreamEnds:
    """An ASGI application that lets no answer to a new event overtake the end of a stream."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._last = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""

        async def behind(message: Message) -> None:
            if message["type"] == "http.response.start":
                await sleep(max(0.0, self._last + UNDER_WAY_S - time.monotonic()))
            await send(message)

        path = scope.get("path")
        try:
            await self.app(scope, receive, behind if path == _JOIN else send)
        finally:
            if path == _STREAM:
                self._last = time.monotonic()
