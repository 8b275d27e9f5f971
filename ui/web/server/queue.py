"""How many answers are made at once, who waits for theirs, and who may ask how much."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from corpus import YinjuError

__all__ = ["Allowance", "Queue", "TooManyQuestions"]

_MOST_KEYS = 10_000


class TooManyQuestions(YinjuError):
    """Someone asks more than their share, or everybody together more than can be answered; ``seconds`` to wait."""

    def __init__(self, told: str, seconds: int) -> None:
        super().__init__(told)
        self.seconds = seconds


class Queue:
    """Lets so many through at once, the others in the order they came. Safe to use from threads and coroutines.

    At most ``most_waiting`` wait; who comes then is told to come back. Threads wait for their turn a moment at a time,
    coroutines without a thread.
    """

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._inside = 0
        self._waiting: deque[_Ticket] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[Iterator[int]]:
        """The number of those ahead, again and again until it is one's turn; that lasts while the context does.

        Raises:
            TooManyQuestions: too many wait already.
        """
        called = threading.Event()
        with self._ticket(called.set) as ticket:

            def places() -> Iterator[int]:
                while not ticket.called:
                    yield self._ahead(ticket)
                    called.wait(1.0)

            yield places()

    @asynccontextmanager
    async def turn_async(self) -> AsyncIterator[None]:
        """Waits for one's turn, which lasts while the context does; raises as ``turn`` does."""
        loop = asyncio.get_running_loop()
        called = asyncio.Event()
        with self._ticket(lambda: loop.call_soon_threadsafe(called.set)) as ticket:
            if not ticket.called:
                await called.wait()
            yield

    @contextmanager
    def _ticket(self, call: Callable[[], object]) -> Iterator[_Ticket]:
        ticket = _Ticket(call)
        with self._lock:
            if self._inside >= self._at_once and len(self._waiting) >= self._most_waiting:
                raise TooManyQuestions("Too many questions are waiting already. Ask again in a few seconds.", 5)
            self._waiting.append(ticket)
            self._call()
        try:
            yield ticket
        finally:
            with self._lock:
                if ticket.called:
                    self._inside -= 1
                else:
                    self._waiting.remove(ticket)
                self._call()

    def _call(self) -> None:
        """Calls in as many as there is room for; the lock is held."""
        while self._waiting and self._inside < self._at_once:
            ticket = self._waiting.popleft()
            self._inside += 1
            ticket.called = True
            ticket.call()

    def _ahead(self, ticket: _Ticket) -> int:
        with self._lock:
            return self._waiting.index(ticket) if ticket in self._waiting else 0


class _Ticket:
    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.called = False


class Allowance:
    """So many questions a minute for each user or address, saved up to a minute's worth (a token bucket)."""

    def __init__(self, per_minute: int | None) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Counts one question; raises ``TooManyQuestions`` if there are none left."""
        if self._per_minute is None:
            return
        now = time.monotonic()
        with self._lock:
            left, before = self._left.pop(key, (float(self._per_minute), now))
            left = min(float(self._per_minute), left + (now - before) * self._per_minute / 60)
            self._left[key] = (left - 1 if left >= 1 else left), now
            while len(self._left) > _MOST_KEYS:
                self._left.popitem(last=False)
        if left < 1:
            seconds = max(1, round((1 - left) * 60 / self._per_minute))
            told = f"At most {self._per_minute} questions a minute can be asked. Ask again in {seconds} seconds."
            raise TooManyQuestions(told, seconds)
