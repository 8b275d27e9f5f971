"""Many files read at once: one outcome a file, whatever the file does to its reader.

Each worker is a Python process of its own that is sent one file at a time. A file that crashes it (a fault in a
library's native code, memory) or takes longer than its limit costs that process and no other file: it is ended and
replaced.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from corpus.documents import Document, Skipped
from corpus.errors import DocumentError, Problem, UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.reading import read_bytes, reader_for
from corpus.workers import Worker, WorkerDied, WorkerOverdue

__all__ = ["Outcome", "ReadAlready", "file_outcome", "read_files"]

_MOST_KEPT_CHARS = 20_000_000
_AHEAD = 4  # files under way or waiting to be taken, for each worker


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file.

    ``file`` is its path relative to the documents folder with "/", or its name. ``problem`` is one sentence that says
    why there are no documents, or None. ``skipped`` tells what inside a file that was read (an archive, a mail) was
    not.
    """

    file: str
    documents: tuple[Document, ...] = ()
    problem: Problem | None = None
    skipped: tuple[Skipped, ...] = ()

    @property
    def was_read(self) -> bool:
        """Whether any document came of it."""
        return bool(self.documents)


class ReadAlready:
    """What came of files that were read before they were put into the library, so that they are not read again.

    Only so much is kept as memory has room for; the rest is read once more.
    """

    def __init__(self) -> None:
        """Nothing has been read."""
        self._outcomes: dict[str, Outcome] = {}
        self._room = _MOST_KEPT_CHARS

    def keep(self, outcome: Outcome) -> None:
        """Keeps what was read, if there is room."""
        chars = sum(len(document.text) for document in outcome.documents)
        if outcome.was_read and chars <= self._room:
            self._room -= chars
            self._outcomes[outcome.file] = outcome

    def of(self, file_id: str) -> Outcome | None:
        """What came of a file, None if it is not kept."""
        return self._outcomes.get(file_id)


def file_outcome(path: Path, file: str, limits: Limits) -> Outcome:
    """Reads one file here and now; ``file`` is what its outcome and documents are called by."""
    documents: list[Document] = []
    skipped: list[Skipped] = []
    problem: Problem | None = None
    try:
        reader_for(path.name)
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise UnreadableDocument(DocumentMessage.FILE_TOO_LARGE, file=file, size=size, most=limits.file_bytes)
        for item in read_bytes(path.read_bytes(), path.name, file, limits):
            if isinstance(item, Document):
                documents.append(item)
            else:
                skipped.append(item)
    except DocumentError as exc:
        problem = exc.problem
    except OSError as exc:
        problem = Problem.of(DocumentMessage.FILE_UNREADABLE, file=file, reason=exc.strerror or exc)
    if problem is not None and documents:
        # What was read of a file that then failed is kept, and said to be a part of it.
        skipped.append(Skipped(file, problem))
        problem = None
    if problem is None and not documents:
        problem = Problem.of(DocumentMessage.EMPTY_TEXT, file=file)
    return Outcome(file, tuple(documents), problem, tuple(skipped))


def read_files(
    files: Iterable[tuple[Path, str]], *, workers: int | None = None, limits: Limits | None = None
) -> Generator[Outcome, None, None]:
    """One outcome for each (path, id), in their order. No more than a few files for each worker are held at a time.

    ``workers`` is the number of processes (default: one for each core). With 0 the files are read in this process,
    without a time limit and without protection from crashes.

    Raises:
        ValueError: ``workers`` is negative.
    """
    limits = limits or Limits()
    workers = (os.cpu_count() or 1) if workers is None else workers
    if workers < 0:
        raise ValueError(f"workers must be at least 0, not {workers}")
    if workers == 0:
        yield from (file_outcome(path, file, limits) for path, file in files)
        return
    idle: SimpleQueue[Worker] = SimpleQueue()
    started = [Worker() for _ in range(workers)]
    for worker in started:
        idle.put(worker)

    def read(path: Path, file: str) -> Outcome:
        worker = idle.get()
        try:
            return _outcome(worker, path, file, limits)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(workers, thread_name_prefix="reading")
    under_way: deque[Future[Outcome]] = deque()
    try:
        for path, file in files:
            under_way.append(pool.submit(read, path, file))
            if len(under_way) >= workers * _AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
        for worker in started:
            worker.stop()
        pool.shutdown()


def _outcome(worker: Worker, path: Path, file: str, limits: Limits) -> Outcome:
    try:
        allotted = limits.allotted(path.stat().st_size)
        return worker.run(file_outcome, path, file, limits, allotted=allotted)  # type: ignore[no-any-return]
    except OSError as exc:
        problem = Problem.of(DocumentMessage.FILE_UNREADABLE, file=file, reason=exc.strerror or exc)
    except MemoryError:
        problem = Problem.of(DocumentMessage.MEMORY_SHORT, file=file)
    except WorkerOverdue:
        problem = Problem.of(DocumentMessage.READING_TOO_SLOW, file=file)
    except WorkerDied:
        if worker.stopped:
            problem = Problem.of(DocumentMessage.READING_BROKEN_OFF, file=file)
        else:
            problem = Problem.of(DocumentMessage.READER_CRASHED, file=file)
    return Outcome(file, problem=problem)
