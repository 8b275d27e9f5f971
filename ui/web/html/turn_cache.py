"""The HTML of turns that were shown before, so that of a long thread only what changed is rendered."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from weakref import ref

from markupsafe import Markup

from ui.web.html.turn import Standing, shown
from ui.web.store.turns import Turn

__all__ = ["TurnCache"]


@dataclass(frozen=True, slots=True)
class _Kept:
    turn: ref[Turn]
    standing: Standing
    html: Markup


class TurnCache:
    """The last HTML of each turn, by the turn object itself, which is never changed: for as long as somebody's page has
    it, and of the ``most`` turns that were used last. Safe to use from several threads.
    """

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._kept: dict[int, _Kept] = {}  # by the turns' ids, the one that was used last at the end
        self._lock = threading.RLock()  # a turn may go while this thread has it

    def __len__(self) -> int:
        """How many turns are kept."""
        return len(self._kept)

    def shown(self, turn: Turn, standing: Standing) -> Markup:
        """The turn as it stands; rendered if it was not, or stood otherwise."""
        key = id(turn)
        with self._lock:
            kept = self._kept.pop(key, None)
        if kept is None or kept.turn() is not turn or kept.standing != standing:
            kept = _Kept(ref(turn, lambda gone: self._forget(key, gone)), standing, shown(turn, standing))
        with self._lock:
            self._kept[key] = kept
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return kept.html

    def _forget(self, key: int, gone: ref[Turn]) -> None:
        with self._lock:
            if key in self._kept and self._kept[key].turn is gone:  # the id may be another turn's by now
                del self._kept[key]
