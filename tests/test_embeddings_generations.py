"""What becomes of an index when rebuilds go wrong, are broken off, or run while it is asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from quick_encoder import QuickEncoder

import embeddings.local.generation
import embeddings.local.parts
from corpus import Document, Origin, split
from embeddings import (
    EncoderUnavailable,
    Index,
    IndexBusy,
    IndexMissing,
    IndexUnreadable,
    IndexUnwritable,
    Progress,
    Term,
    check_index,
    lexical_tokens,
    open_index,
    rebuild,
    rollback,
)
from embeddings.encoders.protocol import Role, Vectors
from embeddings.local.generation import Entry, GenerationWriter
from embeddings.local.index import FaissIndex
from embeddings.local.lock import held

pytestmark = pytest.mark.long


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for n in range(12):
        write(folder, n)
    return folder


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def quick() -> QuickEncoder:
    return QuickEncoder()


@pytest.fixture(params=["written anew", "sharing files"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small indexes are written anew at every rebuild; large ones share files. Here both ways are taken."""
    if request.param == "sharing files":
        monkeypatch.setattr(embeddings.local.generation, "_SHARED_FROM", 0)
        monkeypatch.setattr(embeddings.local.generation, "_UNUSED_SHARE", 1.0)


def write(folder: Path, number: int, version: int = 0) -> None:
    lines = [
        f"第{number}号通知第{version}版",
        *(f"第{number}项补贴第{k}条规定了{number * k + version}万元。" for k in range(9)),
    ]
    (folder / f"{number:03}.txt").write_text("\n".join(lines), encoding="utf-8")


def content(index_dir: Path) -> dict[str, tuple[str, bytes]]:
    """Every passage by its id, with the bytes of its vectors."""
    index = FaissIndex.open(index_dir)
    found = {}
    for row in sorted(set(range(index.manifest.rows)) - set(index.removed.tolist())):
        passage = index.passage(row)
        assert index.document(passage.document_id).text[passage.start : passage.end] == passage.text
        spans, sentences = index.stored_sentences(row)
        found[passage.id] = (passage.text, index.vectors([row]).tobytes() + spans.tobytes() + sentences.tobytes())
    assert len(found) == index.manifest.passages
    index.close()
    return found


def from_nothing(documents: Path, tmp_path: Path) -> dict[str, tuple[str, bytes]]:
    rebuild(documents, tmp_path / "from-nothing", encoder=QuickEncoder())
    return content(tmp_path / "from-nothing")


@pytest.mark.usefixtures("either_way")
class TestChanging:
    def test_an_index_that_was_changed_holds_what_one_made_at_once_does(
        self, documents: Path, index_dir: Path, tmp_path: Path
    ) -> None:
        rebuild(documents, index_dir, encoder=QuickEncoder())
        write(documents, 3, version=1)
        write(documents, 20)
        (documents / "005.txt").unlink()
        (documents / "006.txt").rename(documents / "900.txt")
        quick = QuickEncoder()
        report = rebuild(documents, index_dir, encoder=quick)
        assert report.removed == ("005.txt", "006.txt")
        assert report.documents == 12
        assert not any("第6号" in text for text in quick.encoded)
        assert content(index_dir) == from_nothing(documents, tmp_path)

        index = open_index(index_dir)
        gone, new = ([Term(((token,),)) for token in lexical_tokens(f"第{n}项")] for n in (5, 20))
        ids = {index.passage(row).document_id for row in index.lexical(new, 5).rows.tolist()}
        assert "020.txt" in ids
        within = frozenset({"020.txt", "900.txt"})
        vector = quick.encode(["第5项补贴"], "query")[0]
        for matches in (index.dense(vector, 5, within), index.lexical(gone, 5, within)):
            assert {index.passage(row).document_id for row in matches.rows.tolist()} <= within
        for matches in (index.dense(vector, 100), index.lexical(gone, 100)):
            assert "005.txt" not in {index.passage(row).document_id for row in matches.rows.tolist()}
        assert len(index.dense(vector, 100).rows) == min(100, index.manifest.passages)

    def test_many_small_changes_do_not_pile_up(self, documents: Path, index_dir: Path, tmp_path: Path) -> None:
        for n in range(30, 42):
            write(documents, n)
            write(documents, n - 25, version=n)
            rebuild(documents, index_dir, encoder=QuickEncoder())
        index = FaissIndex.open(index_dir)
        assert len(index.parts) < 8
        assert content(index_dir) == from_nothing(documents, tmp_path)

    def test_an_unchanged_folder_is_not_written(self, documents: Path, index_dir: Path) -> None:
        rebuild(documents, index_dir, encoder=QuickEncoder())
        before = sorted(index_dir.rglob("*"))
        assert rebuild(documents, index_dir, encoder=QuickEncoder()).changed is False
        assert sorted(index_dir.rglob("*")) == before


class TestLarge:
    def test_lists_find_what_exact_search_does(
        self, tmp_path: Path, index_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "many"
        folder.mkdir()
        for n in range(150):
            write(folder, n)
        quick = QuickEncoder()
        rebuild(folder, tmp_path / "exact", encoder=quick, max_chars=40)
        monkeypatch.setattr(embeddings.local.parts, "EXACT_ROWS", 200)
        monkeypatch.setattr(embeddings.local.parts, "PART_ROWS", 300)
        rebuild(folder, index_dir, encoder=quick, max_chars=40)
        exact, index = open_index(tmp_path / "exact"), open_index(index_dir)
        assert [part.lists for part in exact.manifest.parts] == [0]
        assert [part.rows for part in index.manifest.parts] == [300, 300, exact.manifest.rows - 600]
        assert all((part.lists > 0) == (part.rows > 200) for part in index.manifest.parts)
        assert index.manifest.recall >= 0.99
        shared = 0
        for n in range(0, 150, 10):
            vector = quick.encode([f"第{n}项补贴第3条规定了多少万元？"], "query")[0]
            found, wanted = index.dense(vector, 10), exact.dense(vector, 10)
            shared += len(np.intersect1d(found.rows, wanted.rows))
            assert index.dense_scores(vector, found.rows.tolist()) == pytest.approx(found.scores, abs=1e-5)
        assert shared >= 0.98 * 150

        monkeypatch.setattr(embeddings.local.generation, "_SHARED_FROM", 0)
        write(folder, 900)
        (folder / "007.txt").unlink()
        rebuild(folder, index_dir, encoder=quick, max_chars=40)
        newer = open_index(index_dir)
        assert newer.manifest.parts[:2] == index.manifest.parts[:2]
        vector = quick.encode(["第900项补贴第3条规定了2700万元。"], "query")[0]
        assert newer.passage(int(newer.dense(vector, 3).rows[0])).document_id == "900.txt"
        vector = quick.encode(["第7项补贴第3条规定了21万元。"], "query")[0]
        assert "007.txt" not in {newer.passage(row).document_id for row in newer.dense(vector, 50).rows.tolist()}


class TestGoingBack:
    def test_the_generation_before_answers_again(self, documents: Path, index_dir: Path) -> None:
        rebuild(documents, index_dir, encoder=QuickEncoder())
        before = content(index_dir)
        write(documents, 77)
        rebuild(documents, index_dir, encoder=QuickEncoder())
        after = content(index_dir)
        assert rollback(index_dir).documents == 12
        assert content(index_dir) == before
        with pytest.raises(IndexMissing, match="nothing to go back to"):
            rollback(index_dir)
        assert rebuild(documents, index_dir, encoder=QuickEncoder()).documents == 13
        assert content(index_dir) == after

    def test_without_an_index(self, index_dir: Path) -> None:
        with pytest.raises(IndexMissing, match="yinju rebuild"):
            rollback(index_dir)
        assert not index_dir.exists()


class TestDamage:
    @pytest.fixture
    def twice(self, documents: Path, index_dir: Path) -> Path:
        rebuild(documents, index_dir, encoder=QuickEncoder())
        write(documents, 50)
        rebuild(documents, index_dir, encoder=QuickEncoder())
        assert [result.problems for result in check_index(index_dir)] == [(), ()]
        return index_dir / "generation-000002"

    def damage(self, generation: Path) -> Iterator[tuple[Path, bytes | None]]:
        """Every file of the generation with one byte turned, cut short, or gone."""
        for path in sorted(generation.rglob("*")):
            if path.is_file() and not path.name.endswith(".lock"):
                whole = path.read_bytes()
                for at in (0, len(whole) // 2, len(whole) - 1):
                    if whole:
                        yield path, whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
                yield path, whole[: len(whole) // 2] if whole else None
                yield path, None

    def test_the_generation_before_answers_and_a_rebuild_mends(
        self, twice: Path, documents: Path, index_dir: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        wanted, cases = from_nothing(documents, tmp_path), 0
        for path, data in list(self.damage(twice)):
            whole = path.read_bytes()
            path.unlink()
            if data is not None:
                path.write_bytes(data)
            caplog.clear()
            index = open_index(index_dir)
            assert index.manifest.documents == 12, path
            assert "generation-000001 answers" in caplog.text
            assert check_index(index_dir)[-1].problems
            index.close()
            path.write_bytes(whole)
            cases += 1
        assert cases > 30
        (twice / "rows.sqlite").unlink()
        quick = QuickEncoder()
        report = rebuild(documents, index_dir, encoder=quick)
        assert report.changed
        assert not any("第1号" in text for text in quick.encoded)
        assert content(index_dir) == wanted

    @pytest.mark.parametrize("pointer", [b"../../etc", b"generation-9", b"", b"\xff\xfe", None])
    def test_a_wrong_pointer_leads_to_the_newest_generation(
        self, twice: Path, documents: Path, index_dir: Path, pointer: bytes | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        (index_dir / "current").unlink()
        if pointer is not None:
            (index_dir / "current").write_bytes(pointer)
        assert open_index(index_dir).manifest.documents == 13
        assert "lost the pointer" in caplog.text
        assert any(result.current and result.problems for result in check_index(index_dir))
        assert rebuild(documents, index_dir, encoder=QuickEncoder()).changed
        assert not any(result.problems for result in check_index(index_dir))

    def test_nothing_whole_is_told(self, twice: Path, index_dir: Path) -> None:
        for path in index_dir.rglob("rows.sqlite"):
            path.unlink()
        with pytest.raises(IndexUnreadable, match="yinju rebuild"):
            open_index(index_dir)

    def test_damaged_kept_vectors_are_made_anew(self, documents: Path, index_dir: Path) -> None:
        index_dir.mkdir()
        (index_dir / "encoded.sqlite").write_bytes(b"SQLite format 3\0" + b"\x07" * 5000)
        assert rebuild(documents, index_dir, encoder=QuickEncoder()).documents == 12


class Stopping(QuickEncoder):
    """Is broken off after some texts."""

    def __init__(self, texts: int, exc: BaseException) -> None:
        super().__init__()
        self._left = texts
        self._exc = exc

    def encode(self, texts: list[str], role: Role, progress: object = None) -> Vectors:  # type: ignore[override]
        self._left -= len(texts)
        if self._left < 0:
            raise self._exc
        return super().encode(texts, role)


class TestBreakingOff:
    @pytest.mark.parametrize("exc", [KeyboardInterrupt(), EncoderUnavailable("gone"), MemoryError()])
    def test_what_was_encoded_is_kept(
        self, documents: Path, index_dir: Path, exc: BaseException, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("embeddings.building.encoding._FIRST", 16)
        monkeypatch.setattr("embeddings.building.encoding._MOST", 16)
        rebuild(documents, index_dir, encoder=QuickEncoder())
        before = content(index_dir)
        for n in range(100, 130):
            write(documents, n)
        stopping = Stopping(64, exc)
        with pytest.raises(type(exc)):
            rebuild(documents, index_dir, encoder=stopping)
        assert content(index_dir) == before
        assert [path.name for path in index_dir.iterdir() if "unfinished" in path.name] == []
        quick = QuickEncoder()
        rebuild(documents, index_dir, encoder=quick)
        assert len(stopping.encoded) == 64
        assert not set(stopping.encoded) & set(quick.encoded)
        assert not (index_dir / "encoded.sqlite").exists()
        assert content(index_dir).keys() >= before.keys()

    def test_the_same_sentence_is_encoded_once(self, tmp_path: Path, index_dir: Path) -> None:
        (tmp_path / "documents").mkdir()
        for n in range(5):
            text = f"第{n}号\n本办法自发布之日起施行。第{n}条另行规定。"
            (tmp_path / "documents" / f"{n}.txt").write_text(text, encoding="utf-8")
        quick = QuickEncoder()
        rebuild(tmp_path / "documents", index_dir, encoder=quick)
        assert quick.encoded.count("本办法自发布之日起施行。") == 1

    def test_another_model_is_built_beside(self, documents: Path, index_dir: Path) -> None:
        rebuild(documents, index_dir, encoder=QuickEncoder())
        reader = open_index(index_dir)
        stopping = Stopping(0, KeyboardInterrupt())
        stopping.name = "other"
        with pytest.raises(KeyboardInterrupt):
            rebuild(documents, index_dir, encoder=stopping)
        assert open_index(index_dir).manifest.model == "quick"
        rebuild(documents, index_dir, encoder=QuickEncoder("other"))
        assert open_index(index_dir).manifest.model == "other"
        assert reader.passage(0).text
        assert rollback(index_dir).model == "quick"


def test_a_second_rebuild_is_told_who_is_at_work(documents: Path, index_dir: Path) -> None:
    index_dir.mkdir()
    with held(index_dir), pytest.raises(IndexBusy, match=rf"process {os.getpid()} on .+ since 20"):
        rebuild(documents, index_dir, encoder=QuickEncoder())


def test_a_lock_left_behind_by_a_killed_process_holds_nothing(documents: Path, index_dir: Path) -> None:
    index_dir.mkdir()
    code = (
        "import sys, time; from pathlib import Path; from embeddings.local.lock import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(index_dir)], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(IndexBusy, match=f"process {process.pid}"):
        rebuild(documents, index_dir, encoder=QuickEncoder())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert rebuild(documents, index_dir, encoder=QuickEncoder()).documents == 12


def test_progress_is_told_stage_by_stage(documents: Path, index_dir: Path) -> None:
    seen: list[Progress] = []
    rebuild(documents, index_dir, encoder=QuickEncoder(), progress=seen.append)
    for stage in ("reading", "encoding", "writing"):
        counts = [progress.done for progress in seen if progress.stage == stage]
        assert counts == sorted(counts)
        assert counts[0] == 0
    assert all(0 <= progress.done <= progress.total for progress in seen)
    assert seen[-1] == Progress("writing", 1, 1)


def asked(index_dir: Path, stopped: Callable[[], bool]) -> set[str]:
    """Moves to the newest index and asks it until it is stopped; the generations that answered."""
    vector = QuickEncoder().encode(["第3项补贴"], "query")[0]
    terms = [Term(((token,),)) for token in lexical_tokens("补贴")]
    index: Index = open_index(index_dir)
    generations = set()
    while not stopped():
        index = index.newer() or index
        documents = {summary.id for summary in index.documents()}
        rows = [*index.dense(vector, 100).rows.tolist(), *index.lexical(terms, 100).rows.tolist()]
        assert {index.passage(row).document_id for row in rows} == documents
        assert len(documents) == index.manifest.documents
        assert all(len(index.sentences(row).vectors) for row in rows)
        generations.add(index.manifest.generation)
        time.sleep(0.02)  # or a dozen readers would leave the rebuild no time
    return generations


def test_readers_are_never_in_the_way_of_rebuilds(documents: Path, index_dir: Path, tmp_path: Path) -> None:
    """Eight threads and four processes ask while twenty rebuilds replace the index."""
    rebuild(documents, index_dir, encoder=QuickEncoder())
    stop, problems, answered = tmp_path / "stop", list[Exception](), set[str]()

    def ask() -> None:
        try:
            answered.update(asked(index_dir, stop.exists))
        except Exception as exc:  # noqa: BLE001 - of a thread: told below
            problems.append(exc)

    code = (
        "import sys; from pathlib import Path; from test_embeddings_generations import asked\n"
        "print(len(asked(Path(sys.argv[1]), Path(sys.argv[2]).exists)))"
    )
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(index_dir), str(stop)],
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for n in range(100, 120):
        write(documents, n)
        (documents / f"{n - 100:03}.txt").unlink(missing_ok=True)
        rebuild(documents, index_dir, encoder=QuickEncoder())
    stop.touch()
    for thread in threads:
        thread.join()
    outputs = [process.communicate() for process in processes]
    assert problems == []
    assert [process.returncode for process in processes] == [0] * 4, outputs
    assert len(answered) > 3
    assert all(int(output) >= 1 for output, _ in outputs)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind are POSIX's")
@pytest.mark.usefixtures("either_way")
def test_whatever_can_not_be_written_leaves_the_old_index(documents: Path, index_dir: Path) -> None:
    """A limit on the size of files stands for a full disk: each kind of file meets it in its turn."""
    import resource

    rebuild(documents, index_dir, encoder=QuickEncoder())
    for n in range(40, 70):
        write(documents, n)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = set()
    for limit in (100, 3000, 12_000, 40_000, 60_000, 80_000, 120_000, 160_000, 10**9):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, unlimited[1]))
        try:
            rebuild(documents, index_dir, encoder=QuickEncoder())
        except IndexUnwritable as exc:
            told.add(str(exc))
            assert open_index(index_dir).manifest.documents == 12
        else:
            break
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        assert not list(index_dir.glob(".generation-*"))
    assert open_index(index_dir).manifest.documents == 42
    assert told
    assert all("old index is unchanged" in problem for problem in told)
    assert not any(result.problems for result in check_index(index_dir))


def test_nothing_is_written_into_a_generation_that_is_thrown_away(tmp_path: Path) -> None:
    """Tantivy's thread takes up the first passages at the very moment when the folder is removed."""
    text = "第一项补贴规定了一万元。"
    document = Document("a.txt", text, "a", Origin(()))
    entries = [Entry(passage, b"key", lexical_tokens(text)) for passage in split(document)]
    for _ in range(50):
        writer = GenerationWriter(tmp_path, None)
        writer.add_document("a.txt", document, entries)
        writer.discard()
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_only_be_read_is_enough_to_ask(
    documents: Path, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(documents, index_dir, encoder=QuickEncoder())
    for lock in index_dir.rglob("*.lock"):
        lock.unlink()
    monkeypatch.setattr("embeddings.local.postings.os.access", lambda *_: False)
    index = open_index(index_dir)
    assert len(index.lexical([Term((("补贴",),))], 3).rows) == 3
    assert not list((index_dir / "generation-000001").rglob("*.lock"))
    assert not any(path.stat().st_mode & 0o044 == 0 for path in (index_dir / "generation-000001").rglob("*"))
