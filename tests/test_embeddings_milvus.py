"""The index on Milvus beside the one on this machine: milvus-lite, and the server that YINJU_TEST_MILVUS_URI names."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from quick_encoder import QuickEncoder

from corpus import UnknownDocument
from embeddings import IndexMissing, IndexUnreadable, Term, lexical_tokens, open_index, rebuild, rollback
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
