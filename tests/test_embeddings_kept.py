"""What stays beside an index, and what is told of files that were not read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from quick_encoder import QuickEncoder

from embeddings import keep_vectors, rebuild
from rag import Settings
from rag.status import status


def test_kept_vectors_go_when_nothing_is_left_to_do(tmp_path: Path) -> None:
    documents, kept = tmp_path / "documents", tmp_path / "index" / "encoded.sqlite"
    documents.mkdir()
    (documents / "一.txt").write_text("市图书馆周二至周日九点开馆。", encoding="utf-8")
    rebuild(documents, tmp_path / "index", encoder=QuickEncoder())
    keep_vectors(tmp_path / "index", "quick", ["不再有的句子。"], np.ones((1, 32), dtype=np.float32))
    assert kept.stat().st_size > 0
    report = rebuild(documents, tmp_path / "index", encoder=QuickEncoder())
    assert (report.changed, kept.exists()) == (False, False)


def test_what_was_not_read_is_told_with_its_code(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.library.folder.mkdir(parents=True)
    (settings.library.folder / "一.txt").write_text("市图书馆周二至周日九点开馆。", encoding="utf-8")
    (settings.library.folder / "空.txt").write_bytes(b"")
    report = rebuild(settings.library.folder, settings.index_dir, encoder=QuickEncoder())
    (told,) = json.loads(json.dumps(status(settings).to_dict()))["skipped"]
    assert told == json.loads(json.dumps(report.to_dict()))["skipped"][0]
    assert (told["id"], told["fields"]["file"]) == ("空.txt", "空.txt")
    assert told["code"] not in ("", "sentence")
    assert told["problem"] == str(report.skipped[0].problem)
