"""What the page needs of whoever admits its questions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, Protocol, TypeVar

__all__ = ["Admission", "Ahead"]

T = TypeVar("T")


class Ahead(int):
    """How many questions are ahead."""


class Admission(Protocol):
    """Counts what somebody asks, and has them wait for their turn."""

    def stream(
        self, request: Any, make: Callable[[], Iterable[T]], kind: str = "program"
    ) -> AsyncGenerator[T | Ahead, None]:
        """The number of questions ahead, until none is, then what ``make`` gives, piece by piece.

        Raises:
            YinjuError: this one asks too much, or everybody together does.
        """
        ...
