"""How the questions of conversations were understood, for those that lean on them later."""

from __future__ import annotations

import threading
from collections import OrderedDict

__all__ = ["Pair", "Understood"]

_MOST = 4096  # questions of all conversations
_BEFORE = 2  # pairs by which a conversation is told from others

Pair = tuple[str, str]
"""A question, and what the answer to it quotes, "" for nothing."""


class Understood:
    """The latest questions with what they were found to mean. Safe to use from several threads.

    Which completion of a question is meant, the documents told when it was answered; by the words alone it is told less
    well, and a later question builds on it.
    """

    def __init__(self) -> None:
        self._completed: OrderedDict[tuple[str, tuple[Pair, ...]], str] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, question: str, before: tuple[Pair, ...], completed: str) -> None:
        """Remembers how a question after some others was completed."""
        key = question, before[-_BEFORE:]
        with self._lock:
            self._completed[key] = completed
            self._completed.move_to_end(key)
            while len(self._completed) > _MOST:
                self._completed.popitem(last=False)

    def of(self, question: str, before: tuple[Pair, ...]) -> str | None:
        """How it was completed, None where that is not remembered."""
        with self._lock:
            return self._completed.get((question, before[-_BEFORE:]))
