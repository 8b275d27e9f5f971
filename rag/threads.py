"""What an ordinary generator gives, beside an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

__all__ = ["in_thread"]

_T = TypeVar("_T")
_END: Any = object()
_WORKERS = 32


async def in_thread(
    begin: Callable[[], Generator[_T, None, None]], workers: Executor | None = None
) -> AsyncGenerator[_T, None]:
    """The items of the generator that ``begin`` makes, each made on a thread of ``workers``.

    Whoever stops listening waits for nothing: the generator is closed as soon as the item that is being made is there.
    """
    workers = workers or _workers()
    stream: Generator[_T, None, None] | None = None

    def close(_: object = None) -> None:
        if stream is not None:
            stream.close()

    async def work(function: Callable[..., Any], *arguments: Any) -> Any:
        future = workers.submit(function, *arguments)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.add_done_callback(close)
            raise

    stream = await work(begin)
    try:
        while (item := await work(next, stream, _END)) is not _END:
            yield item
    except GeneratorExit:
        workers.submit(close)
        raise


@cache
def _workers() -> Executor:
    return ThreadPoolExecutor(_WORKERS, thread_name_prefix="yinju-answers")
