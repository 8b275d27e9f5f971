"""What benchmarks measure alike, where it was taken, and where it is kept."""

from __future__ import annotations

import json
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "tantivy")


def keep(name: str, figures: dict[str, Any], packages: tuple[str, ...] = _PACKAGES) -> None:
    """Prints the figures and writes them, with machine and versions, to ``results/<name>.json``.

    ``packages`` are those whose versions matter to the figures; one that is not installed is left out.
    """
    record = {
        "date": date.today().isoformat(),
        "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "system": platform.system()},
        "python": platform.python_version(),
        "versions": dict(_versions(packages)),
        **figures,
    }
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def own_memory_mb() -> int:
    """The process's own memory on Linux, without the files it has mapped, which the system may drop."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) // 1024


@contextmanager
def most_memory() -> Iterator[list[int]]:
    """Puts the most own memory meanwhile, in MB, into the list, at the end; it is looked at fifty times a second."""
    most, ended = [own_memory_mb()], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            most[0] = max(most[0], own_memory_mb())

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield most
    finally:
        ended.set()
        watching.join()


def _versions(packages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for package in packages:
        with suppress(PackageNotFoundError):
            yield package, version(package)
