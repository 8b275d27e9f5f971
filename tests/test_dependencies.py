"""What the set-up brings: each package told of, extras needed only where they are used and missed in one sentence."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from typeset import Frame, Sheet

from corpus import UnreadableDocument, read_document
from corpus.pages import ocr
from embeddings import IndexUnreadable, open_index

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
MODULES = {"rapidocr", "onnxruntime", "cv2", "pymilvus", "milvus_lite"}


def test_what_each_package_costs_is_told() -> None:
    rows = [
        line for line in (ROOT / "docs" / "dependencies.md").read_text("utf-8").splitlines() if line.startswith("|")
    ]
    told = {name.strip(" `") for row in rows for name in row.split("|")[1].split(",")}
    assert {Requirement(line).name for line in PROJECT["dependencies"]} <= told
    assert set(EXTRAS) <= told


def test_extras_are_imported_where_they_are_used_only() -> None:
    found = set()
    for top in ("corpus", "embeddings", "rag", "ui"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found |= {name.split(".")[0] for name in names}
    assert found
    assert not found & MODULES


def test_without_ocr_a_scan_is_refused_in_one_sentence_and_text_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    monkeypatch.setitem(sys.modules, "cv2", None)
    ocr._engine.cache_clear()
    try:
        with pytest.raises(UnreadableDocument) as caught:
            ocr._engine()
    finally:
        ocr._engine.cache_clear()
    assert caught.value.code == "ocr_missing"
    assert str(caught.value) == (
        "Scanned pages and pictures can't be read: rapidocr is not installed. Run \"pip install 'yinju[ocr]'\"."
    )
    sheet = Sheet(595, 842)
    sheet.flow(["土星基地去年共聘任工程师二百一十三名，来自六个国家。"], [Frame(80, 120, 515, 700)], 12, 20)
    (tmp_path / "a.pdf").write_bytes(sheet.done())
    assert "二百一十三名" in read_document(tmp_path / "a.pdf").text


def test_without_milvus_its_index_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(IndexUnreadable) as caught:
        open_index("milvus:http://127.0.0.1:9")
    assert caught.value.code == "milvus_package"


def test_help_waits_for_none_of_them() -> None:
    code = (
        "import sys; from ui.cli import app; app(['--help'], standalone_mode=False); "
        "print(*sys.modules, file=sys.stderr)"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "ask questions of your documents" in process.stdout
    loaded = {name.split(".")[0] for name in process.stderr.split()}
    assert "typer" in loaded
    assert not loaded & {"corpus", "embeddings", "rag", "gradio", "jinja2", "numpy", "rich", "torch"}
