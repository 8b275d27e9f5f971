from __future__ import annotations

import json
import os
import shutil
import threading
from datetime import datetime, tzinfo
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from corpus import DocumentError
from embeddings import (
    Encoder,
    IndexBusy,
    IndexMissing,
    IndexUnreadable,
    IndexUnwritable,
    Progress,
    Term,
    changes,
    lexical_tokens,
    open_index,
    rebuild,
    rollback,
)
from embeddings.local import generation


@pytest.fixture
def built(tmp_path: Path, bundled_home: Path) -> Path:
    """A copy of the bundled articles and their index, to be changed."""
    return Path(shutil.copytree(bundled_home, tmp_path / "built"))


@pytest.fixture
def documents(built: Path) -> Path:
    return built / "documents"


@pytest.fixture
def index_dir(built: Path) -> Path:
    return built / "index"


class FarAhead(datetime):
    """A clock that is wrong by decades."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> FarAhead:
        return cls(2100, 1, 1, tzinfo=tz)


def terms(text: str) -> list[Term]:
    return [Term(((token,),)) for token in lexical_tokens(text)]


def test_the_index_holds_what_was_read(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    seen: list[Progress] = []
    report = rebuild(documents, index_dir, encoder=encoder, force=True, progress=seen.append)
    index = open_index(index_dir)
    assert (report.documents, report.encoded, report.skipped) == (2, report.passages, ())
    assert [summary.id for summary in index.documents()] == sorted(path.name for path in documents.glob("*.txt"))
    assert index.manifest.model == "bundled:multilingual-e5-small"
    assert (index.manifest.documents, index.manifest.passages) == (2, report.passages)
    for row in range(report.passages):
        passage = index.passage(row)
        document = index.document(passage.document_id)
        assert document.text[passage.start : passage.end] == passage.text
        sentences = index.sentences(row)
        assert len(sentences.spans) == len(sentences.vectors) > 0
        assert np.linalg.norm(sentences.vectors, axis=1) == pytest.approx(1, abs=1e-2)
    assert [p.stage for p in seen if p.done == p.total] == ["reading", "encoding", "writing"]


def test_both_legs_find_the_passage(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    index = open_index(index_dir)
    question = "济南高新区聘任了多少名首席政策官？"
    vector = encoder.encode([question], "query")[0]
    dense, lexical = index.dense(vector, 5), index.lexical(terms(question), 5)
    for matches in (dense, lexical):
        assert "39名“首席政策官”" in index.passage(int(matches.rows[0])).text
        assert list(matches.scores) == sorted(matches.scores, reverse=True)
    assert index.dense_scores(vector, dense.rows.tolist()) == pytest.approx(dense.scores, abs=1e-5)
    assert index.lexical_scores(terms(question), lexical.rows.tolist()) == pytest.approx(lexical.scores, abs=1e-4)


def test_traditional_script_finds_simplified(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    index = open_index(index_dir)
    simplified, traditional = index.lexical(terms("济宁经开区"), 3), index.lexical(terms("濟寧經開區"), 3)
    assert traditional.rows.tolist() == simplified.rows.tolist()
    assert index.lexical(terms("鱷魚"), 3).rows.tolist() == []


def test_only_what_is_new_is_encoded(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    first = open_index(index_dir).manifest
    again = rebuild(documents, index_dir, encoder=encoder)
    assert (again.encoded, again.changed) == (0, False)

    (documents / "新.txt").write_text(
        "市图书馆开放时间\n济南市图书馆每周一闭馆，周二至周日九点开馆。", encoding="utf-8"
    )
    added = rebuild(documents, index_dir, encoder=encoder)
    assert (added.documents, added.encoded, added.passages) == (3, 1, first.passages + 1)

    (documents / "新.txt").rename(documents / "旧.txt")
    renamed = rebuild(documents, index_dir, encoder=encoder)
    assert (renamed.encoded, renamed.removed) == (0, ("新.txt",))

    (documents / "旧.txt").unlink()
    removed = rebuild(documents, index_dir, encoder=encoder)
    assert (removed.documents, removed.encoded, removed.removed) == (2, 0, ("旧.txt",))


def test_vectors_kept_from_before_are_the_same(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    old = open_index(index_dir)
    (documents / "0.txt").write_text("排在最前面的一份文件。", encoding="utf-8")
    rebuild(documents, index_dir, encoder=encoder)
    new = open_index(index_dir)
    query = encoder.encode(["人才补贴"], "query")[0]
    before = {old.passage(row).id: score for row, score in zip(*_all(old, query), strict=True)}
    after = {new.passage(row).id: score for row, score in zip(*_all(new, query), strict=True)}
    assert before.items() <= after.items()
    assert np.array_equal(old.sentences(0).vectors, new.sentences(1).vectors)


def _all(index: object, query: object) -> tuple[list[int], list[float]]:
    matches = index.dense(query, 100)  # type: ignore[attr-defined]
    return matches.rows.tolist(), matches.scores.round(5).tolist()


def test_a_touched_file_with_the_same_bytes_is_not_read_again(
    documents: Path, index_dir: Path, encoder: Encoder
) -> None:
    os.utime(next(documents.glob("*.txt")), (1, 1))
    assert rebuild(documents, index_dir, encoder=encoder).changed is False


def test_a_clock_set_back_loses_nothing(
    documents: Path, index_dir: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = documents / "note.txt"
    with monkeypatch.context() as ahead:
        ahead.setattr(generation, "datetime", FarAhead)
        note.write_text("阅览室的座位有四十个。", encoding="utf-8")
        os.utime(note, (4_102_444_800, 4_102_444_800))  # 2100
        rebuild(documents, index_dir, encoder=encoder)
    assert open_index(index_dir).manifest.created.startswith("2100")

    note.write_text("阅览室的座位有五十个。", encoding="utf-8")  # as long as before, and older by the clock
    assert rebuild(documents, index_dir, encoder=encoder).encoded > 0
    index = open_index(index_dir)
    assert not index.manifest.created.startswith("2100")
    assert "五十" in index.document("note.txt").text
    rollback(index_dir)
    assert "四十" in open_index(index_dir).document("note.txt").text


def test_an_unreadable_file_is_skipped_and_told(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    (documents / "空.txt").write_bytes(b"")
    (documents / "乱.xyz").write_bytes(b"\x00\x01")
    report = rebuild(documents, index_dir, encoder=encoder)
    assert report.documents == 2
    assert [skipped.id for skipped in report.skipped] == ["乱.xyz", "空.txt"]
    assert "known" in report.skipped[0].problem
    assert "empty" in report.skipped[1].problem
    assert report.changed is False


def test_damaged_bytes_are_counted_and_told(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    text = "济南市图书馆每周一闭馆，周二至周日九点开馆。".encode()
    (documents / "坏.txt").write_bytes(text * 5 + b"\xff\xfe" + text)
    report = rebuild(documents, index_dir, encoder=encoder)
    assert report.documents == 3
    assert report.damaged == {"坏.txt": 2}


def test_an_index_in_use_survives_the_next_ones(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    reader = open_index(index_dir)
    texts = [reader.passage(row).text for row in range(reader.manifest.passages)]
    for n in range(3):
        (documents / f"{n}.txt").write_text(f"第{n}份文件。", encoding="utf-8")
        rebuild(documents, index_dir, encoder=encoder)
    assert [reader.passage(row).text for row in range(reader.manifest.passages)] == texts
    assert len(reader.sentences(0).vectors) > 0
    assert len(list(index_dir.glob("generation-*"))) == 2


def test_a_rebuild_that_fails_leaves_the_old_index(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    (documents / "新.txt").write_text("济南市图书馆周一闭馆。", encoding="utf-8")

    class Broken:
        name, dimensions = encoder.name, encoder.dimensions

        def encode(self, *_: object) -> None:
            raise MemoryError

    with pytest.raises(MemoryError):
        rebuild(documents, index_dir, encoder=Broken())  # type: ignore[arg-type]
    assert open_index(index_dir).manifest.documents == 2
    assert rebuild(documents, index_dir, encoder=encoder).documents == 3


def test_a_second_rebuild_is_refused(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with FileLock(index_dir / ".rebuild.lock"):
            held.set()
            release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        with pytest.raises(IndexBusy, match="Another rebuild"):
            rebuild(documents, index_dir, encoder=encoder)
    finally:
        release.set()
        thread.join()


def test_a_missing_documents_folder_does_not_empty_the_index(
    documents: Path, index_dir: Path, encoder: Encoder, tmp_path: Path
) -> None:
    with pytest.raises(DocumentError, match="no documents folder"):
        rebuild(tmp_path / "mistyped", index_dir, encoder=encoder)
    assert open_index(index_dir).manifest.documents == 2


def test_an_empty_folder_makes_an_empty_index(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "empty").mkdir()
    assert rebuild(tmp_path / "empty", tmp_path / "index", encoder=encoder).passages == 0
    index = open_index(tmp_path / "index")
    assert index.dense(encoder.encode(["人才"], "query")[0], 5).rows.tolist() == []
    assert index.lexical(terms("人才"), 5).rows.tolist() == []


def test_an_unwritable_index_folder_is_told(documents: Path, tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnwritable, match="YINJU_HOME"):
        rebuild(documents, tmp_path / "file" / "index", encoder=encoder)


def test_changes_are_told(documents: Path, index_dir: Path, encoder: Encoder) -> None:
    assert not any((changes(documents, index_dir).added, changes(documents, index_dir).changed))
    gone, touched = sorted(documents.glob("*.txt"))
    gone.unlink()
    touched.write_text("变了。", encoding="utf-8")
    (documents / "新.txt").write_text("新的。", encoding="utf-8")
    found = changes(documents, index_dir)
    assert (found.added, found.changed, found.removed) == (("新.txt",), (touched.name,), (gone.name,))


class TestOpening:
    def test_a_missing_index(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissing, match="yinju rebuild"):
            open_index(tmp_path / "index")

    def test_a_foreign_folder(self, tmp_path: Path) -> None:
        (tmp_path / "holiday.jpg").write_bytes(b"")
        with pytest.raises(IndexUnreadable, match="not an index of Yinju"):
            open_index(tmp_path)

    @pytest.mark.parametrize(
        "name", ["manifest.json", "rows.sqlite", "parts/0000/passages.faiss", "parts/0000/sentences.bin"]
    )
    def test_a_damaged_file_is_told(self, index_dir: Path, name: str) -> None:
        path = index_dir / "generation-000001" / name
        path.write_bytes(path.read_bytes()[:60])
        with pytest.raises(IndexUnreadable, match="yinju rebuild"):
            open_index(index_dir)

    def test_a_rebuild_mends_a_damaged_index(self, tmp_path: Path, encoder: Encoder) -> None:
        documents, index_dir = tmp_path / "documents", tmp_path / "index"
        documents.mkdir()
        (documents / "一.txt").write_text("济南市图书馆周一闭馆。", encoding="utf-8")
        rebuild(documents, index_dir, encoder=encoder)
        (index_dir / "generation-000001" / "rows.sqlite").write_bytes(b"")
        assert rebuild(documents, index_dir, encoder=encoder).encoded == 1
        assert open_index(index_dir).manifest.documents == 1

    def test_another_format(self, index_dir: Path) -> None:
        path = index_dir / "generation-000001" / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8")
        with pytest.raises(IndexUnreadable, match="format 99"):
            open_index(index_dir)
