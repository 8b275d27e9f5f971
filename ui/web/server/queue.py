"""How many answers are made at once, and who may ask how much."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from corpus import YinjuError

__all__ = ["Allowance", "TooManyQuestions", "Turnstile"]

_MOST_KEYS = 10_000


class TooManyQuestions(YinjuError):
    """Someone asks more than their share."""


class Turnstile:
    """Lets so many through at once, the others in the order they came. Safe to use from several threads."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._inside = 0
        self._queue: list[object] = []
        self._moved = threading.Condition()

    @contextmanager
    def ticket(self) -> Iterator[Iterator[int]]:
        """The number of those ahead, again and again until it is one's turn; that lasts while the context does."""
        mine = object()
        with self._moved:
            self._queue.append(mine)
        inside = False

        def places() -> Iterator[int]:
            nonlocal inside
            while True:
                with self._moved:
                    place = self._queue.index(mine)
                    if place == 0 and self._inside < self._at_once:
                        self._queue.pop(0)
                        self._inside += 1
                        inside = True
                        self._moved.notify_all()
                        return
                yield place
                with self._moved:
                    self._moved.wait(1.0)

        try:
            yield places()
        finally:
            with self._moved:
                if inside:
                    self._inside -= 1
                elif mine in self._queue:
                    self._queue.remove(mine)
                self._moved.notify_all()


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
            raise TooManyQuestions(
                f"At most {self._per_minute} questions a minute can be asked. Ask again in {seconds} seconds."
            )
