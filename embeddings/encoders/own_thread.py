"""A thread that a model has to itself.

A tokenizer keeps how it pads and cuts from one call to the next, so that two threads spoil each other's batches; and
each thread that runs PyTorch keeps memory, and workers, of its own. One forward pass uses all cores, so that nothing is
won by several at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["OwnThread"]

_T = TypeVar("_T")


class OwnThread:
    """Does what several threads ask for one thing after another, in the order they asked."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="yinju-model")

    def run(self, work: Callable[[], _T]) -> _T:
        """What ``work`` returns or raises. It must be short, others wait meanwhile, and ask for nothing here itself."""
        return self._pool.submit(work).result()
