"""How long a rebuild still takes, told while it encodes.

Texts are encoded from the longest to the shortest, so that counting them would tell far too long at first. What is
counted is what an encoder works on: characters, and for each text some more for the tokens around it. While files are
being read, what the unread ones will bring is taken from what the read ones brought, by their bytes.
"""

from __future__ import annotations

from collections import deque
from time import monotonic

__all__ = ["AROUND_CHARS", "Pace", "work_of"]

AROUND_CHARS = 9
"""What stands around a text that is encoded, such as "passage: " and the marks of beginning and end, in characters."""

_LEAST_SECONDS = 20.0  # that the speed is taken from; the later half of the time, where that is more


def work_of(chars: int) -> int:
    """The work of encoding a text of so many characters."""
    return chars + AROUND_CHARS


class Pace:
    """The speed of a rebuild so far. The thread that reads sets ``read``, the one that encodes asks ``left``."""

    def __init__(self) -> None:
        self.read = 1.0
        """The share of the bytes of the files to be read that has been read (0 to 1)."""
        self._began: float | None = None
        self._told: deque[tuple[float, float]] = deque()

    def left(self, done: float, to_do: float) -> float | None:
        """The seconds left when so much of the work known so far is done; None while that can't be told."""
        now = monotonic()
        self._began = now if self._began is None else self._began
        self._told.append((now, done))
        since = min(now - _LEAST_SECONDS, (self._began + now) / 2)
        while len(self._told) > 2 and self._told[1][0] <= since:
            self._told.popleft()
        then, before = self._told[0]
        if done <= before or self.read <= 0:
            return None
        return (to_do / self.read - done) * (now - then) / (done - before)
