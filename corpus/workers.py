"""Work that may crash its process or never end, done in a process of its own.

Plain processes and pipes serve on every system, and do not run the caller's main module again as ``multiprocessing``
would.
"""

from __future__ import annotations

import math
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

__all__ = ["Allotment", "Worker", "WorkerDied", "WorkerOverdue", "serve"]

_PROCESSOR_SIGNAL = getattr(signal, "SIGXCPU", 0)

_LENGTH = struct.Struct(">Q")


class WorkerDied(Exception):
    """The process ended before it answered. Never leaves this floor."""


class WorkerOverdue(Exception):
    """The work took longer than it was given. Never leaves this floor."""


@dataclass(frozen=True, slots=True)
class Allotment:
    """What a piece of work may take: of the clock, of a processor, and of memory of its own beside what it began with.

    The last two hold where the system can bound a process (not on Windows).
    """

    seconds: float
    processor_seconds: float | None = None
    memory_bytes: int | None = None


class Worker:
    """A process, begun when it is first needed and again whenever it has died. For one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.stopped = False

    def run(self, function: Callable[..., Any], *arguments: Any, allotted: Allotment) -> Any:
        """What ``function(*arguments)`` returns or raises there; it must be a function of a module's top.

        Raises:
            WorkerDied: it crashed, or the worker has been stopped.
            WorkerOverdue: it took longer than allotted, of the clock or of a processor.
            MemoryError: it asked for more memory than allotted.
        """
        if self.stopped:
            raise WorkerDied
        process = self._running()
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            process.kill()

        timer = threading.Timer(allotted.seconds, end)
        timer.start()
        try:
            _send(process.stdin, (function, arguments, allotted))
            done, value = _receive(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError, ValueError) as exc:
            if self._end() == -_PROCESSOR_SIGNAL:
                overdue.set()
            raise (WorkerOverdue if overdue.is_set() else WorkerDied) from exc
        finally:
            timer.cancel()
        if not done:
            raise value
        return value

    def stop(self) -> None:
        """Ends the process; work under way in another thread is broken off."""
        self.stopped = True
        process = self._process
        if process is not None:
            process.kill()
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = _begin()
        return self._process

    def _end(self) -> int | None:
        """Ends the process; what it ended with, where it had ended itself."""
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)  # one that has closed its pipe is about to end
        ended = process.poll()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()
        return ended


def _begin() -> subprocess.Popen[bytes]:
    home = str(Path(__file__).resolve().parent.parent)
    paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return subprocess.Popen(
        [sys.executable, "-c", "from corpus.workers import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def serve() -> None:
    """What a worker process does: what it is told on its standard input, until that ends."""
    inbox = sys.stdin.buffer
    # A library that prints must not print into the answers.
    outbox = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            function, arguments, allotted = _receive(inbox)
        except EOFError:
            return
        _bound(allotted)
        try:
            answer = True, function(*arguments)
        except Exception as exc:  # noqa: BLE001 - it is raised where the work was asked for
            answer = False, exc
        _send(outbox, answer)


def _bound(allotted: Allotment) -> None:
    """Bounds this process from here on; what it has used does not count."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    limits = (
        (resource.RLIMIT_CPU, allotted.processor_seconds, used.ru_utime + used.ru_stime),
        (resource.RLIMIT_DATA, allotted.memory_bytes, _data_bytes()),
    )
    for kind, bound, before in limits:
        _, hard = resource.getrlimit(kind)
        soft = hard if bound is None else math.ceil(before + bound)
        resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _data_bytes() -> int:
    """What RLIMIT_DATA counts: private writable memory of this process, touched or not; 0 where that is not told."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)


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
