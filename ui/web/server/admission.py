"""Everybody who asks comes by here: shares are counted, turns waited for, and the work done on threads of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from ui.web.server.login import user_of
from ui.web.server.queue import Allowance, Queue, Ticket
from ui.web.views.asking import Ahead

__all__ = ["Admission"]

T = TypeVar("T")


class Admission:
    """Admits questions of the page and of other programs.

    Nobody waits on a thread: those that the web server shares are needed by those who are inside already.
    """

    def __init__(self, per_minute: int | None = None, at_once: int = 8) -> None:
        self._allowance = Allowance(per_minute)
        self._queue = Queue(at_once)
        self._threads = ThreadPoolExecutor(at_once, "yinju-answer")

    async def answered(self, request: Any, make: Callable[[], T]) -> T:
        """What ``make`` returns, when it is one's turn; raises as ``stream`` does."""
        async with aclosing(self.stream(request, lambda: [make()])) as pieces:
            async for piece in pieces:
                if not isinstance(piece, Ahead):
                    return piece
        raise AssertionError("a list of one is not empty")

    async def stream(
        self, request: Any, make: Callable[[], Iterable[T]], kind: str = "program"
    ) -> AsyncGenerator[T | Ahead, None]:
        """The number of questions ahead, until none is, then what ``make`` gives, piece by piece.

        ``request`` is Gradio's or Starlette's; ``kind`` has the page's own questions wait in a line of their own. Who
        stops listening closes this: the work ends at its next piece, and the place is free when it has.

        Raises:
            TooManyQuestions: they have asked more than their share, or too many wait.
            YinjuError: as ``make`` and what it gives.
        """
        who = _who(request)
        self._allowance.take(who)
        ticket = self._queue.line_up(f"{kind} {who}")
        work: _Work[T] | None = None
        try:
            async for number in self._queue.ahead(ticket):
                yield Ahead(number)
            work = _Work(make)
            self._begin(work, ticket)
            async for piece in work:
                yield piece
        finally:
            if work is None:
                self._queue.leave(ticket)
            else:
                work.left.set()

    def _begin(self, work: _Work[T], ticket: Ticket) -> None:
        loop = asyncio.get_running_loop()

        def ended(_: Future[None]) -> None:
            with suppress(RuntimeError):  # the server has been stopped meanwhile
                loop.call_soon_threadsafe(self._queue.leave, ticket)

        self._threads.submit(work.run).add_done_callback(ended)


class _Work(AsyncIterator[T]):
    """An iterator that runs on a thread, and whose pieces are waited for on the event loop."""

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        self.left = threading.Event()
        self._make = make
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()

    def run(self) -> None:
        told: BaseException | None = None
        try:
            pieces = iter(self._make())
            try:
                self._pass_on(pieces)
            finally:
                close = getattr(pieces, "close", None)  # what is no generator has none
                if close is not None:
                    close()
        except BaseException as exc:  # noqa: BLE001 - raised where it is waited for
            told = exc
        self._tell(told)

    def _pass_on(self, pieces: Iterator[T]) -> None:
        while not self.left.is_set():
            try:
                piece = next(pieces)
            except StopIteration:
                return
            self._tell((piece,))

    def _tell(self, told: tuple[T] | BaseException | None) -> None:
        with suppress(RuntimeError):  # the server has been stopped meanwhile
            self._loop.call_soon_threadsafe(self._told.put_nowait, told)

    async def __anext__(self) -> T:
        told = await self._told.get()
        if told is None:
            raise StopAsyncIteration
        if isinstance(told, BaseException):
            raise told
        return told[0]


def _who(request: Any) -> str:
    """The user, or the address where there are none."""
    request = getattr(request, "request", request)
    scope = getattr(request, "scope", None) or {}
    client = getattr(request, "client", None)
    return user_of(scope) or f"from {getattr(client, 'host', client)}"
