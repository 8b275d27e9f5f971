"""Many files at once: one outcome each, and none of them stops, floods or outlives the others."""

import io
import sys
import time
import zipfile
from pathlib import Path

import pytest

import corpus
from corpus import Library, Limits, Outcome
from corpus.outcomes import file_outcome, read_files
from corpus.workers import Allotment, Worker

TEXT = "济南高新区创新聘任39名“首席政策官”，解决企业诉求3000余项。"


def folder(tmp_path: Path, files: dict[str, bytes | str]) -> Library:
    for name, data in files.items():
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return Library(tmp_path / "documents")


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_one_outcome_a_file_in_their_order(tmp_path: Path, workers: int) -> None:
    library = folder(
        tmp_path,
        {
            "a.txt": TEXT,
            "b/空.txt": "   \n",
            "c.xyz": "?",
            "d.docx": b"PK\x03\x04 broken",
            "e.zip": archive({"x.txt": TEXT.encode(), "y.exe": b"MZ"}),
            **{f"f{i:02}.txt": f"{TEXT}第{i}篇。" for i in range(12)},
        },
    )
    outcomes = list(library.read(workers=workers))
    assert [outcome.file for outcome in outcomes] == [library.id_of(path) for path in library.files()]
    by_file = {outcome.file: outcome for outcome in outcomes}
    assert by_file["a.txt"].documents[0].text == TEXT
    assert by_file["a.txt"].documents[0].language == "zh-Hans"
    assert by_file["b/空.txt"].problem == "b/空.txt is empty: it holds no text."
    assert "its format .xyz is not known" in (by_file["c.xyz"].problem or "")
    assert "is not a whole ZIP container" in (by_file["d.docx"].problem or "")
    assert by_file["e.zip"].was_read
    assert [item.id for item in by_file["e.zip"].skipped] == ["e.zip/y.exe"]
    assert all(by_file[f"f{i:02}.txt"].was_read for i in range(12))


CRASHING = """
import os, time
from corpus.documents import Document, Origin
SUFFIXES = (".trouble",)
def read(data, document_id, limits):
    if data == b"crash":
        os._exit(11)
    if data == b"hang":
        time.sleep(60)
    if data == b"print":
        print("noise " * 1000)
        os.write(1, b"more noise")
    yield Document(document_id, "ok", "ok", Origin(()))
"""


@pytest.fixture
def troublesome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of .trouble files, brought by a package of its own as any package may bring one."""
    hook = tmp_path / "hook"
    (hook / "trouble-1.dist-info").mkdir(parents=True)
    (hook / "trouble.py").write_text(CRASHING)
    (hook / "trouble-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: trouble\nVersion: 1\n")
    (hook / "trouble-1.dist-info" / "entry_points.txt").write_text("[yinju.readers]\ntrouble = trouble\n")
    monkeypatch.setenv("PYTHONPATH", str(hook))


def test_a_crash_and_a_hang_cost_one_file_each(tmp_path: Path, troublesome: None) -> None:
    library = folder(
        tmp_path,
        {
            "a.txt": TEXT,
            "b.trouble": "crash",
            "c.trouble": "hang",
            "d.trouble": "print",
            "e.trouble": "fine",
            "f.txt": TEXT,
        },
    )
    started = time.perf_counter()
    outcomes = {outcome.file: outcome for outcome in library.read(workers=1, limits=Limits(read_seconds=3))}
    assert time.perf_counter() - started < 20
    assert (
        outcomes["b.trouble"].problem
        == "b.trouble made its reader crash. It is damaged, or needs more memory than there is."
    )
    assert outcomes["c.trouble"].problem == "c.trouble took longer to read than a file of its size is given. Divide it."
    assert all(outcomes[name].was_read for name in ("a.txt", "d.trouble", "e.trouble", "f.txt"))


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    library = folder(tmp_path, {f"{i}.txt": TEXT for i in range(30)})
    outcomes = library.read(workers=2)
    assert next(outcomes).was_read
    started = time.perf_counter()
    outcomes.close()
    assert time.perf_counter() - started < 5


def test_nobody_waits_for_workers_that_are_done() -> None:
    workers = [Worker() for _ in range(4)]
    assert [worker.run(len, "四个字吧", allotted=Allotment(60)) for worker in workers] == [4] * 4
    started = time.perf_counter()
    for worker in workers:
        worker.stop()
    assert time.perf_counter() - started < 1


def test_only_a_few_files_are_taken_ahead(tmp_path: Path) -> None:
    library = folder(tmp_path, {f"{i:03}.txt": TEXT for i in range(60)})
    taken = 0

    def counted():
        nonlocal taken
        for path in library.files():
            taken += 1
            yield path, path.name

    outcomes = read_files(counted(), workers=1)
    next(outcomes)
    assert taken <= 10
    outcomes.close()


def test_negative_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="not -1"):
        list(read_files([], workers=-1))


def outcome_of(tmp_path: Path, name: str, data: bytes, limits: Limits | None = None) -> Outcome:
    path = tmp_path / name
    path.write_bytes(data)
    return file_outcome(path, name, limits or Limits())


def test_each_limit_says_its_figure(tmp_path: Path) -> None:
    assert "at most 1,000 are read" in (
        outcome_of(tmp_path, "a.txt", b"x" * 2000, Limits(file_bytes=1000)).problem or ""
    )
    assert "at most 100 are read" in (outcome_of(tmp_path, "b.txt", b"x" * 200, Limits(text_chars=100)).problem or "")
    assert "more than 10 values" in (
        outcome_of(tmp_path, "c.csv", b"1,2,3,4\n" * 9, Limits(table_cells=10)).problem or ""
    )
    many = archive({f"{i}.txt": b"x" for i in range(30)})
    assert "holds 30 files" in (outcome_of(tmp_path, "d.zip", many, Limits(archive_files=20)).problem or "")
    with pytest.raises(ValueError, match="archive_depth must be at least 1, not 0"):
        Limits(archive_depth=0)


def test_bombs_are_refused_before_they_go_off(tmp_path: Path) -> None:
    started = time.perf_counter()
    bomb = archive({"a.txt": bytes(80_000_000)})
    assert "times its size, as only bombs do" in (outcome_of(tmp_path, "a.zip", bomb).problem or "")
    inner = archive({"a.txt": TEXT.encode()})
    for _ in range(6):
        inner = archive({"inner.zip": inner})
    assert "lies too deep" in (outcome_of(tmp_path, "b.zip", inner).problem or "")
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:document>&b;</w:document>'
    word = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": laughs})
    assert "declares XML entities" in (outcome_of(tmp_path, "c.docx", word).problem or "")
    deep = b"[" * 500_000
    assert "is not JSON" in (outcome_of(tmp_path, "d.json", deep).problem or "")
    assert outcome_of(tmp_path, "e.json", b"[" * 9000 + b'"x"' + b"]" * 9000).was_read
    assert time.perf_counter() - started < 20


def test_names_that_climb_out_write_nothing(tmp_path: Path) -> None:
    data = archive({"../../evil.txt": TEXT.encode(), "/abs.txt": TEXT.encode(), "C:\\x\\..\\win.txt": TEXT.encode()})
    before = sorted(tmp_path.rglob("*"))
    outcome = outcome_of(tmp_path, "a.zip", data)
    assert [document.id for document in outcome.documents] == ["a.zip/evil.txt", "a.zip/abs.txt", "a.zip/C_/x/win.txt"]
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "a.zip"])


def test_fuzzed_inputs_neither_crash_nor_hang() -> None:
    sys.path.insert(0, str(Path(corpus.__file__).parent.parent / "benchmarks"))
    try:
        from fuzz_reading import fuzz
    finally:
        sys.path.pop(0)
    results = fuzz(1200, seed=20240424, paged=0)
    assert results["crashes"] == results["hangs"] == 0
    assert results["read"] > 200
    assert results["refused"] > 200


def test_the_bundled_articles_read_as_they_should(tmp_path: Path) -> None:
    library = Library(tmp_path / "documents")
    library.seed()
    newspaper, page = (outcome.documents[0] for outcome in library.read(workers=1))
    assert newspaper.title == "济宁经开区“人才引擎”助推高质量发展"
    assert newspaper.author == "王婷婷、刘培鹤、晋森"
    assert newspaper.heading_path(newspaper.text.index("128000元")) == ("集合力答好招才引智“基础题”",)
    assert (page.title, page.source, page.published) == (
        "双榜提名!济南高新区人才工作再获两项省级荣誉",
        "济南高新区",
        "2024-04-24",
    )
    assert page.text.split("\n")[1].startswith("发布日期:2024-04-24")
    assert "图片新闻" not in page.text
