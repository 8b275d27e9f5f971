"""The index on Milvus beside the one on this machine: milvus-lite, and the server that YINJU_TEST_MILVUS_URI names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from quick_encoder import QuickEncoder

from corpus import Passage, UnknownDocument
from embeddings import IndexMissing, IndexUnreadable, Term, lexical_tokens, open_index, rebuild, rollback
from embeddings.milvus.index import MilvusIndex
from rag import Assistant, Settings

pytestmark = pytest.mark.long

pytest.importorskip("pymilvus", reason="the extra yinju[milvus] is not installed")

# Read when the tests are collected: each test then runs without any YINJU variable.
SERVER = os.environ.get("YINJU_TEST_MILVUS_URI")
SUBJECTS = ("图书馆", "体育馆", "档案馆", "少年宫", "博物馆", "美术馆")


@pytest.fixture(params=["lite", pytest.param("server", marks=pytest.mark.skipif(not SERVER, reason="no server"))])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "lite":
        pytest.importorskip("milvus_lite", reason="milvus-lite is not installed")
        yield f"milvus:{tmp_path / 'milvus.db'}"
        return
    from pymilvus import MilvusClient

    name = f"test{uuid.uuid4().hex[:12]}"
    yield f"milvus:{SERVER}#{name}"
    client = MilvusClient(SERVER)
    client.drop_alias(name)
    for collection in client.list_collections():
        if collection.startswith(name):
            client.drop_collection(collection)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number, subject in enumerate(SUBJECTS):
        lines = [
            f"市{subject}公告",
            *(f"市{subject}第{n}号厅{8 + n}点开放，可容纳{n * 100 + number}人。" for n in range(40)),
        ]
        (folder / f"{subject}.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


def terms(text: str) -> list[Term]:
    return [Term(((token,),)) for token in dict.fromkeys(lexical_tokens(text))]


def assert_the_same(location: str, folder: Path) -> MilvusIndex:
    """That the server answers as the index in the folder does; the numbers of rows may differ."""
    here, there = open_index(folder), open_index(location)
    assert isinstance(there, MilvusIndex)
    assert there.manifest.seal == here.manifest.seal
    assert there.count() == here.manifest.passages
    assert there.documents() == here.documents()
    assert there.skipped() == here.skipped()
    assert there.facets == here.facets
    names = [summary.id for summary in here.documents()]
    assert [there.document(name) for name in names] == [here.document(name) for name in names]
    tokens = {token for name in names for token in lexical_tokens(here.document(name).text)}
    left, unused = there.document_frequencies(tokens), here.manifest.rows - here.manifest.passages
    counted = here.document_frequencies(tokens)  # the folder counts what has gone until it is written anew
    assert all(0 <= counted[token] - left[token] <= unused for token in tokens)
    for question in ("档案馆的3号厅几点开放？", "夜间二十点开放", "零"):
        vector = QuickEncoder().encode([question], "query")[0]
        for within in (None, frozenset(names[::2])):
            dense, local = there.dense(vector, 5, within), here.dense(vector, 5, within)
            assert dense.scores == pytest.approx(local.scores, abs=1e-3)
            theirs, ours = (
                dict(zip(map(passage_id, index.passages(found.rows.tolist())), found.scores, strict=True))
                for index in (there, here)
                for found in [index.lexical(terms(question), here.manifest.passages, within)]
            )
            assert theirs == pytest.approx(ours, rel=0.05)
    return there


def passage_id(passage: Passage) -> tuple[str, int, int]:
    return passage.document_id, passage.start, passage.end


class Writes:
    """Counts what is sent to the server, and breaks off at one call: when it is sent, or half a call before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from pymilvus import MilvusClient

        self.rows = self.calls = 0
        self.ends_at = -1.0
        for name in ("insert", "upsert", "delete"):
            monkeypatch.setattr(MilvusClient, name, self._counted(getattr(MilvusClient, name)))

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(client: object, collection: str, data: object = (), **given: object) -> Any:
            self.calls += 1
            if self.calls - 0.5 == self.ends_at:
                raise KeyboardInterrupt
            self.rows += len(data) if isinstance(data, list) else 0
            result = call(client, collection, *([data] if data else []), **given)
            if self.calls == self.ends_at:
                raise KeyboardInterrupt
            return result

        return counted


def test_a_rebuild_brings_only_what_is_new(tmp_path: Path, location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, index, quick = tmp_path / "documents", tmp_path / "index", QuickEncoder()
    folder.mkdir()
    for number in range(1000):
        lines = (f"第{number}号公告第{n}条，{number * 7 + n}人参加，{n + 8}点开始。" for n in range(20))
        (folder / f"{number:04}.txt").write_text("\n".join(lines), encoding="utf-8")
    writes = Writes(monkeypatch)

    def sent() -> int:
        writes.rows = 0
        rebuild(folder, index, encoder=quick, publish_to=location)
        return writes.rows

    whole = sent()
    reader = assert_the_same(location, index)
    (folder / "0500.txt").write_text("天文台夜间二十点开放。", encoding="utf-8")
    changed = sent()
    after = assert_the_same(location, index)
    assert after.collections.passages == reader.collections.passages
    assert whole > 3000  # 2,000 passages, 1,000 texts
    assert changed == 4  # its passage, its text, what changed, and the state
    assert reader.document("0500.txt").text.startswith("第500号")
    assert reader.count() == reader.manifest.passages
    moved = reader.newer()
    assert moved is not None
    assert moved.document("0500.txt").text == "天文台夜间二十点开放。"
    assert reader.newer() is None  # each is offered once

    (folder / "0501.txt").unlink()
    (folder / "0502.txt").rename(folder / "1002.txt")
    sent()
    assert_the_same(location, index)
    rollback(index, publish_to=location)
    assert_the_same(location, index)


@pytest.mark.parametrize("lines", [0, 3000], ids=["all of it", "what differs"])
def test_a_rebuild_that_was_broken_off_anywhere_is_mended(
    documents: Path, tmp_path: Path, location: str, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    index, quick = tmp_path / "index", QuickEncoder()
    yearbook = "".join(f"第{n}天有{n * 3}人来，{n % 12}时关门。\n" for n in range(lines))
    (documents / "年鉴.txt").write_text(f"年鉴\n{yearbook}", encoding="utf-8")
    rebuild(documents, index, encoder=quick, publish_to=location)
    writes = Writes(monkeypatch)
    ended = 0
    for version in range(40):
        before = open_index(location)
        text = before.document("天文台.txt").text if version else ""
        (documents / "天文台.txt").write_text(f"市天文台夜间二十点开放，第{version}次。", encoding="utf-8")
        writes.calls, writes.ends_at = 0, 1 + version / 2
        try:
            rebuild(documents, index, encoder=quick, publish_to=location)
        except KeyboardInterrupt:
            ended += 1
        else:
            break
        there = open_index(location)
        if there.manifest.generation == before.manifest.generation:  # else it ended after the last step
            assert there.documents() == before.documents()
            assert there.manifest.passages == before.manifest.passages
            assert isinstance(there, MilvusIndex)
            assert there.count() == before.manifest.passages
            assert not text or there.document("天文台.txt").text == text
        writes.ends_at = -1
        rebuild(documents, index, encoder=quick, publish_to=location)
        assert_the_same(location, index)
    assert ended >= (11 if lines else 6)


KILLED = """
import os, signal, sys
from pathlib import Path
from pymilvus import MilvusClient
from embeddings import rebuild
from quick_encoder import QuickEncoder

documents, index, location = sys.argv[1:]
rebuild(documents, index, encoder=QuickEncoder(), publish_to=location)
(Path(documents) / "天文台.txt").write_text("市天文台夜间二十点开放。", encoding="utf-8")
upsert = MilvusClient.upsert
def last(*given, **named):
    upsert(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
MilvusClient.upsert = last
rebuild(documents, index, encoder=QuickEncoder(), publish_to=location)
"""


def test_a_rebuild_that_is_killed_leaves_the_generation_before(documents: Path, tmp_path: Path, location: str) -> None:
    index = tmp_path / "index"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, documents, index, location], env={**os.environ, "PYTHONPATH": path}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    there = open_index(location)
    assert isinstance(there, MilvusIndex)
    assert there.count() == there.manifest.passages
    assert {summary.id for summary in there.documents()} == {f"{name}.txt" for name in SUBJECTS}
    rebuild(documents, index, encoder=QuickEncoder(), publish_to=location)
    assert "天文台.txt" in {summary.id for summary in assert_the_same(location, index).documents()}


def test_collections_are_made_anew_when_a_fifth_has_moved_or_something_is_missing(
    documents: Path, tmp_path: Path, location: str
) -> None:
    index, quick = tmp_path / "index", QuickEncoder()

    def build() -> MilvusIndex:
        rebuild(documents, index, encoder=quick, publish_to=location)
        return assert_the_same(location, index)

    first = build()
    (documents / "天文台.txt").write_text("市天文台夜间二十点开放。", encoding="utf-8")
    assert build().collections.passages == first.collections.passages
    for name in SUBJECTS[:2]:
        (documents / f"{name}.txt").unlink()
    anew = build()
    assert anew.collections.passages != first.collections.passages
    assert first.passage(0).text  # what answered before is still there

    anew.collections.client.delete(anew.collections.passages, ids=[0, 1])
    (documents / "天文台.txt").write_text("市天文台夜间二十一点开放。", encoding="utf-8")
    mended = build()
    assert mended.collections.passages != anew.collections.passages

    mended.collections.client.delete(mended.collections.texts, filter='id like "changes/%"')
    with pytest.raises(IndexUnreadable, match="yinju rebuild"):
        open_index(location).documents()
    (documents / "天文台.txt").write_text("市天文台夜间二十二点开放。", encoding="utf-8")
    mended = build()

    mended.collections.client.delete(mended.collections.texts, filter='id like "state/%"')
    with pytest.raises(IndexUnreadable, match="yinju rebuild"):
        open_index(location)
    (documents / "天文台.txt").unlink()
    build()


def test_it_answers_as_the_index_on_this_machine(documents: Path, tmp_path: Path, location: str) -> None:
    quick = QuickEncoder()
    rebuild(documents, tmp_path / "index", encoder=quick, publish_to=location)
    here, there = open_index(tmp_path / "index"), open_index(location)
    assert there.manifest.passages == here.manifest.passages > len(SUBJECTS)
    assert there.manifest.generation == here.manifest.generation
    assert there.documents() == here.documents()
    rows = list(range(here.manifest.passages))
    for row in rows:
        assert there.passage(row) == here.passage(row)
        assert np.array_equal(there.sentences(row).spans, here.sentences(row).spans)
        assert np.array_equal(there.sentences(row).vectors, here.sentences(row).vectors)
    for name in SUBJECTS:
        assert there.document(f"{name}.txt") == here.document(f"{name}.txt")
    with pytest.raises(UnknownDocument):
        there.document("没有.txt")

    question = "档案馆的3号厅几点开放？"
    vector = quick.encode([question], "query")[0]
    several_ways = [*terms(question), Term((("美术", "展厅"), ("档案馆",), ("档案", "3")))]
    for within in (None, frozenset({"档案馆.txt", "少年宫.txt"}), frozenset({"没有.txt"})):
        dense, local = there.dense(vector, 5, within), here.dense(vector, 5, within)
        assert dense.scores == pytest.approx(local.scores, abs=1e-3)
        found, wanted = there.lexical(several_ways, 5, within), here.lexical(several_ways, 5, within)
        assert len(found.rows) == len(wanted.rows)
        assert found.scores == pytest.approx(wanted.scores, rel=0.05)
        if within is not None:
            assert {there.passage(row).document_id for row in [*dense.rows.tolist(), *found.rows.tolist()]} <= within
    assert there.dense_scores(vector, rows) == pytest.approx(here.dense_scores(vector, rows), abs=1e-3)
    assert there.lexical_scores(several_ways, rows) == pytest.approx(here.lexical_scores(several_ways, rows), rel=0.05)
    for token in ("馆", "档案", "鳄"):
        assert there.document_frequency(token) == here.document_frequency(token)


def test_a_rebuild_is_moved_to_in_one_step(documents: Path, tmp_path: Path, location: str) -> None:
    settings = Settings(home=tmp_path, index=location, llm="extractive", answer_threshold=0)
    quick = QuickEncoder()

    def build() -> None:
        rebuild(documents, settings.index_dir, encoder=quick, publish_to=settings.publish_to)

    build()
    assistant = Assistant(open_index(settings.index_location), quick, settings)
    answer = assistant.ask("档案馆的3号厅几点开放？")
    assert answer.citations
    for citation in answer.citations:
        text = assistant.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
    before = assistant.index
    (documents / "天文台.txt").write_text("市天文台夜间二十点开放。", encoding="utf-8")
    build()
    hits = assistant.search("天文台夜间几点开放？", 3)
    assert hits[0].passage.document_id == "天文台.txt"
    assert before.passage(0).text  # the generation before is still there
    build()  # nothing to do
    assert assistant.index.newer() is None
    rollback(settings.index_dir, publish_to=location)
    assert "天文台.txt" not in {hit.passage.document_id for hit in assistant.search("天文台夜间几点开放？", 3)}


def test_what_is_not_there_is_told(tmp_path: Path, location: str) -> None:
    with pytest.raises(IndexMissing, match="yinju rebuild"):
        open_index(location)


def test_an_empty_address_is_told() -> None:
    with pytest.raises(IndexUnreadable, match="milvus:http"):
        open_index("milvus:")


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    with pytest.raises(IndexUnreadable, match=r"127\.0\.0\.1") as caught:
        open_index("milvus:http://root:secret@127.0.0.1:9")
    assert "secret" not in str(caught.value)
