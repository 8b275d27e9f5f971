"""Where a benchmark's figures were taken, and where they are kept."""

from __future__ import annotations

import json
import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "tantivy", "yinju")


def keep(name: str, figures: dict[str, Any]) -> None:
    """Prints the figures and writes them, with machine and versions, to ``results/<name>.json``."""
    record = {
        "date": date.today().isoformat(),
        "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "system": platform.system()},
        "python": platform.python_version(),
        "versions": {package: version(package) for package in _PACKAGES},
        **figures,
    }
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
