"""Where a benchmark's figures were taken, and where they are kept."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import suppress
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


def _versions(packages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for package in packages:
        with suppress(PackageNotFoundError):
            yield package, version(package)
