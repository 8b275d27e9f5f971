"""docs/python.md is what the docstrings say."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_reference_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "reference.py"), "--check"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")


def test_all_that_is_exported_is_told_of() -> None:
    heads = [line.removeprefix("### ") for line in PAGE.splitlines() if line.startswith("### ")]
    packages = [importlib.import_module(name) for name in ("rag", "embeddings", "corpus")]
    assert heads == [f"{package.__name__}.{name}" for package in packages for name in package.__all__]


def test_signatures_fields_and_errors_stand_there_as_they_are() -> None:
    assert "def split(document: Document, *, max_chars: int = 400) -> list[Passage]" in PAGE
    assert "- `rank: int`\n- `score: float`\n- `passage: Passage`\n" in PAGE
    assert "- IndexMissing, IndexUnreadable, IndexMismatch: the index can't be used." in PAGE
    assert "class UnknownDocument(DocumentError)" in PAGE
    assert "- `top_k: int = 8`: How many passages an answer is made from." in PAGE
    assert "class Encoder(Protocol)" in PAGE
    assert "limits: Limits = Limits()," in PAGE
