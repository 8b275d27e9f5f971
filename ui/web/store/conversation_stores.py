"""Whose conversations are whose: a file for each user, so that nobody's search or link can reach another's."""

from __future__ import annotations

import threading
from pathlib import Path

from ui.web.store.conversations import Conversations

__all__ = ["ConversationStores"]


class ConversationStores:
    """The conversations of everybody who uses a home. Safe to use from several threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._kept: dict[str | None, Conversations] = {}

    def of(self, user: str | None) -> Conversations:
        """A user's conversations; those of a page without users for None. Names are as ``users`` lets them be."""
        with self._lock:
            if user not in self._kept:
                path = Path("conversations.sqlite") if user is None else Path("conversations", f"{user}.sqlite")
                self._kept[user] = Conversations(self._home / path)
            return self._kept[user]
