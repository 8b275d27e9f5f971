"""How many answers are made at once, how many may wait for that, and who may ask how much."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress

from corpus import YinjuError
from ui.messages import PageMessage

__all__ = ["Allowance", "Queue", "Ticket", "TooManyQuestions"]

_MOST_KEYS = 10_000
_TOLD_EVERY = 1.0  # seconds in which who waits is told anew how many are ahead
_COME_BACK = 5  # seconds after which who could not even wait may try again


class TooManyQuestions(YinjuError):
    """Someone asks more than their share, or more wait already than can; ``seconds`` later there may be room."""

    def __init__(self, message: PageMessage, *, seconds: int, **fields: int) -> None:
        super().__init__(message, seconds=seconds, **fields)
        self.seconds = seconds


class Ticket:
    """A place in one of the lines of a queue."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.called = asyncio.Event()


class Queue:
    """Lets so many through at once. The others wait in lines that are served in turn, so that who puts five hundred
    questions keeps nobody else from theirs; a line has room for so many. All of it happens on one event loop.
    """

    def __init__(self, at_once: int, most_waiting: int = 64, most_lines: int = 64) -> None:
        self._free = at_once
        self._most_waiting = most_waiting
        self._most_lines = most_lines
        self._lines: OrderedDict[str, list[Ticket]] = OrderedDict()

    def line_up(self, line: str) -> Ticket:
        """A place at the end of a line, to be given back with ``leave``; raises ``TooManyQuestions`` if it is full."""
        waiting = self._lines.get(line, [])
        if len(waiting) >= self._most_waiting or (line not in self._lines and len(self._lines) >= self._most_lines):
            raise TooManyQuestions(
                PageMessage.QUEUE_FULL, waiting=sum(map(len, self._lines.values())), seconds=_COME_BACK
            )
        ticket = Ticket(line)
        self._lines[line] = [*waiting, ticket]
        self._call()
        return ticket

    async def ahead(self, ticket: Ticket) -> AsyncIterator[int]:
        """How many are ahead, again and again until it is one's turn."""
        while not ticket.called.is_set():
            yield self._ahead(ticket)
            with suppress(TimeoutError):
                await asyncio.wait_for(ticket.called.wait(), _TOLD_EVERY)

    def leave(self, ticket: Ticket) -> None:
        """Gives up waiting, or makes room for the next one."""
        if ticket.called.is_set():
            self._free += 1
        else:
            self._remove(ticket)
        self._call()

    def _ahead(self, ticket: Ticket) -> int:
        place = self._lines[ticket.line].index(ticket)
        others = (len(tickets) for line, tickets in self._lines.items() if line != ticket.line)
        return place + sum(min(length, place + 1) for length in others)

    def _remove(self, ticket: Ticket) -> None:
        left = [other for other in self._lines[ticket.line] if other is not ticket]
        if left:
            self._lines[ticket.line] = left
        else:
            del self._lines[ticket.line]

    def _call(self) -> None:
        while self._free and self._lines:
            ticket = next(iter(self._lines.values()))[0]
            self._remove(ticket)
            if ticket.line in self._lines:
                self._lines.move_to_end(ticket.line)
            self._free -= 1
            ticket.called.set()


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
            raise TooManyQuestions(PageMessage.ALLOWANCE_SPENT, per_minute=self._per_minute, seconds=seconds)
