"""Encoding while files are still being read, each vector kept as soon as it is made."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import accumulate

from embeddings.building.checkpoint import Checkpoint
from embeddings.building.pace import Pace, work_of
from embeddings.encoders.protocol import Encoder

__all__ = ["encode_all"]

_FIRST = 64  # texts a call of the encoder, a multiple of any usual batch
_MOST = 8192
_SECONDS = 1.5  # what one call should take: as much is lost when the process is killed
_WORTH_IT = 512  # texts waiting before encoding begins while files are being read
_PAUSE = 0.05


def encode_all(
    checkpoint: Checkpoint,
    encoder: Callable[[], Encoder],
    more: Callable[[float], bool],
    progress: Callable[[int, int, float | None], None],
    pace: Pace,
) -> None:
    """Encodes what the checkpoint has to do until nothing is left and no more is to come.

    The longest texts go first, so that those encoded together are of like length and little is spent on padding.
    ``encoder`` is called when there is something to do; ``more`` waits some seconds and tells whether more may come.
    ``progress`` is told the texts done, those known so far, and the seconds left.
    """
    size, told = _FIRST, False
    while True:
        reading = more(0)  # asked before looking, so that nothing is missed
        waiting = checkpoint.to_do - checkpoint.done
        if not waiting and not reading:
            return
        if reading and waiting < _WORTH_IT:
            more(_PAUSE)
            continue
        if not told:
            pace.left(0, checkpoint.work_to_do)
            progress(0, checkpoint.to_do, None)
            told = True
        batch = checkpoint.longest(size)
        started = time.perf_counter()
        work = list(accumulate(work_of(len(text)) for _, text in batch))
        advance = _Advance(progress, checkpoint, pace, work)
        vectors = encoder().encode([text for _, text in batch], "document", advance)
        checkpoint.keep([number for number, _ in batch], vectors, work[-1])
        seconds = time.perf_counter() - started
        if seconds < _SECONDS / 2:
            size = min(_MOST, size * 2)
        elif seconds > _SECONDS * 2:
            size = max(_FIRST, size // 2)


class _Advance:
    """Counts the texts of one call on from those done before it."""

    def __init__(
        self,
        progress: Callable[[int, int, float | None], None],
        checkpoint: Checkpoint,
        pace: Pace,
        work: Sequence[int],
    ) -> None:
        self._progress = progress
        self._checkpoint = checkpoint
        self._pace = pace
        self._work = work  # up to each text: encoders, too, go from the longest to the shortest
        self._done = checkpoint.done

    def __call__(self, count: int) -> None:
        self._done += count
        known = self._checkpoint
        here = self._done - known.done
        done = known.work_done + (self._work[here - 1] if here else 0)
        self._progress(self._done, known.to_do, self._pace.left(done, known.work_to_do))
