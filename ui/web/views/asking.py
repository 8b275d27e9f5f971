"""What the page needs of whoever admits its questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

__all__ = ["Admission"]


class Admission(Protocol):
    """Counts what somebody asks, and has them wait for their turn."""

    def admit(self, request: Any) -> AbstractContextManager[Iterator[int]]:
        """The number of questions ahead, until none is; the turn lasts while the context does.

        Raises:
            YinjuError: this one asks too much, or everybody together does.
        """
        ...
