"""The example scripts, run as a user runs them."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from embeddings import DEFAULT_MODEL, open_index, rebuild
from embeddings.encoders.fingerprint import fingerprint_of
from embeddings.encoders.protocol import Role, Vectors

pytestmark = pytest.mark.long

EXAMPLES = Path(__file__).parent.parent / "examples"


class Idle:
    """An encoder that has nothing to do."""

    name, dimensions = DEFAULT_MODEL, 384
    fingerprint = fingerprint_of(DEFAULT_MODEL)

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        raise AssertionError(f"{len(texts)} texts are left to encode as {role}")


@pytest.mark.parametrize("engine", ["processes", "ray"])
def test_what_was_encoded_elsewhere_is_not_encoded_again(engine: str, bundled_home: Path, tmp_path: Path) -> None:
    if engine == "ray" and importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed")
    documents, index_dir = bundled_home / "documents", tmp_path / "index"
    script = EXAMPLES / "encode_on_many.py"
    command = [sys.executable, script, documents, index_dir, "--engine", engine, "--bundle", "1"]
    paths = os.pathsep.join([str(EXAMPLES.parent), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": paths, "RAY_USAGE_STATS_ENABLED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "texts" in done.stdout
    report = rebuild(documents, index_dir, encoder=Idle())
    before = open_index(bundled_home / "index").manifest
    assert (report.documents, report.passages) == (before.documents, before.passages)
    assert open_index(index_dir).manifest.sentences == before.sentences
