"""Many files read at once: one outcome a file, whatever the file does to its reader.

Each worker is a Python process of its own that is sent one file at a time. A file that crashes it (a fault in a
library's native code, memory) or takes longer than its limit costs that process and no other file: it is ended and
replaced. Plain processes and pipes serve on every system, and do not run the caller's main module again as
``multiprocessing`` would.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from corpus.documents import Document, Skipped
from corpus.errors import DocumentError, UnreadableDocument
from corpus.limits import Limits
from corpus.reading import read_bytes, reader_for

__all__ = ["Outcome", "file_outcome", "read_files", "serve"]

_LENGTH = struct.Struct(">Q")
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
    problem: str | None = None
    skipped: tuple[Skipped, ...] = ()

    @property
    def was_read(self) -> bool:
        """Whether any document came of it."""
        return bool(self.documents)


def file_outcome(path: Path, file: str, limits: Limits) -> Outcome:
    """Reads one file here and now; ``file`` is what its outcome and documents are called by."""
    documents: list[Document] = []
    skipped: list[Skipped] = []
    problem = None
    try:
        reader_for(path.name)
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise UnreadableDocument(
                f"{file} is {size:,} bytes; files of at most {limits.file_bytes:,} are read. Divide it."
            )
        for item in read_bytes(path.read_bytes(), path.name, file, limits):
            if isinstance(item, Document):
                documents.append(item)
            else:
                skipped.append(item)
    except DocumentError as exc:
        problem = str(exc)
    except OSError as exc:
        problem = f"{file} can't be read: {exc.strerror or exc}."
    if problem is not None and documents:
        # What was read of a file that then failed is kept, and said to be a part of it.
        skipped.append(Skipped(file, problem))
        problem = None
    if problem is None and not documents:
        problem = f"{file} is empty: it holds no text."
    return Outcome(file, tuple(documents), problem, tuple(skipped))


def read_files(
    files: Iterable[tuple[Path, str]], *, workers: int | None = None, limits: Limits | None = None
) -> Iterator[Outcome]:
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
    idle: SimpleQueue[_Worker] = SimpleQueue()
    started = [_Worker(limits) for _ in range(workers)]
    for worker in started:
        idle.put(worker)

    def read(path: Path, file: str) -> Outcome:
        worker = idle.get()
        try:
            return worker.read(path, file)
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


class _Worker:
    """A process that reads files, begun when it is first needed and again whenever it has died."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False

    def read(self, path: Path, file: str) -> Outcome:
        if self.stopped:
            return Outcome(file, problem=f"{file} was not read: reading was broken off.")
        process = self._running()
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            process.kill()

        timer = threading.Timer(self.limits.read_seconds, end)
        timer.start()
        try:
            _send(process.stdin, (path, file, self.limits))
            outcome = _receive(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError, ValueError):
            outcome = None
        finally:
            timer.cancel()
        if isinstance(outcome, Outcome):
            return outcome
        self._end()
        if overdue.is_set():
            return Outcome(
                file,
                problem=f"{file} took longer than {self.limits.read_seconds} seconds to read. Divide it.",
            )
        return Outcome(
            file, problem=f"{file} made its reader crash. It is damaged, or needs more memory than there is."
        )

    def stop(self) -> None:
        self.stopped = True
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self._end()
            self.process = self._begin()
        return self.process

    def _begin(self) -> subprocess.Popen[bytes]:
        home = str(Path(__file__).resolve().parent.parent)
        paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        return subprocess.Popen(
            [sys.executable, "-c", "from corpus.outcomes import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()


def serve() -> None:
    """What a worker process does: reads files it is told on its standard input until that ends."""
    inbox = sys.stdin.buffer
    # A library that prints must not print into the answers.
    outbox = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            path, file, limits = _receive(inbox)
        except EOFError:
            return
        _send(outbox, file_outcome(path, file, limits))


def _send(pipe: IO[bytes] | None, value: object) -> None:
    if pipe is None:
        raise EOFError
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> Any:
    if pipe is None:
        raise EOFError
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # from a process of our own, never from a file
