"""The examples of docs/extending.md, run as they stand there."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openai_server import Reply, ScriptedServer
from quick_encoder import QuickEncoder

from corpus import Library, Passage
from corpus.readers import registry
from embeddings import Encoder, IndexMissing, open_index, rebuild, rollback
from embeddings.local.layout import generations
from rag import Assistant, Settings
from rag.answers import Hit
from rag.generative.model import LanguageModel

TEXT = (Path(__file__).parent.parent / "docs" / "extending.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
NOTE = "图书馆通知\n青山区图书馆每天八点开馆，周一闭馆。"


def example(name: str) -> Any:
    (code,) = (one for one in EXAMPLES if re.search(rf"^(?:class|def) {name}\b", one, re.MULTILINE))
    assert len(code.strip().splitlines()) <= 20
    values: dict[str, Any] = {}
    exec(compile(code, name, "exec"), values)
    return values


def test_there_is_an_example_of_each_part() -> None:
    assert len(EXAMPLES) == 8


def test_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = example("read")
    known = dict(registry.readers()) | dict.fromkeys(values["SUFFIXES"], values["read"])
    monkeypatch.setattr("corpus.readers.reading.readers", lambda: known)
    (tmp_path / "a.note").write_text(NOTE, encoding="utf-8")
    (outcome,) = Library(tmp_path).read(workers=0)
    assert outcome.documents[0].title == "图书馆通知"
    assert outcome.documents[0].origin.locate(0, 3)[0].start == 0


def test_an_encoder(tmp_path: Path) -> None:
    encoder: Encoder = example("PairEncoder")["PairEncoder"]()
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text(NOTE, encoding="utf-8")
    rebuild(tmp_path / "documents", tmp_path / "index", encoder=encoder)
    assistant = Assistant(open_index(tmp_path / "index"), encoder, Settings(home=tmp_path))
    assert "八点" in assistant.search("图书馆几点开馆？", 1)[0].passage.text


def test_an_index(tmp_path: Path) -> None:
    values = example("publish")
    documents, home, location = tmp_path / "documents", tmp_path / "index", f"copy:{tmp_path / 'there'}"
    documents.mkdir()
    with pytest.raises(IndexMissing):
        values["open"](location)
    for name, text in (("a.txt", NOTE), ("b.txt", NOTE.replace("八", "九")), ("c.txt", NOTE.replace("八", "十"))):
        (documents / name).write_text(text, encoding="utf-8")
        rebuild(documents, home, encoder=QuickEncoder())
        with closing(open_index(home)) as built:
            values["publish"](built, location)
            values["publish"](built, location)  # the same again: nothing is copied
            with closing(values["open"](location)) as index:
                assert index.manifest == built.manifest
    assert [path.name for path in generations(tmp_path / "there")] == ["generation-000002", "generation-000003"]
    rollback(home)
    shutil.rmtree(tmp_path / "there" / "generation-000002")
    with closing(open_index(home)) as built, closing(values["open"](location)) as index:
        values["publish"](built, location)
        newer = index.newer()
        assert [one.id for one in newer.documents()] == ["a.txt", "b.txt"]
        newer.close()


def test_a_retriever(tmp_path: Path) -> None:
    kind = example("LongerPassages")["LongerPassages"]
    settings, encoder = Settings(home=tmp_path), QuickEncoder()
    settings.library.folder.mkdir()
    (settings.library.folder / "a.txt").write_text("图书馆每天八点开馆。", encoding="utf-8")
    (settings.library.folder / "b.txt").write_text("。".join([NOTE] * 4), encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    index = open_index(settings.index_dir)
    retriever = kind(index, encoder)
    retriever.least_chars = 81  # one's own field goes with it to the next index
    assistant = Assistant(index, encoder, settings, retriever=retriever)
    question = "图书馆每天几点开馆？"
    everything = Assistant(index, encoder, settings).search(question)
    assert {hit.passage.document_id for hit in everything} == {"a.txt", "b.txt"}
    assert [(hit.rank, hit.passage.document_id) for hit in assistant.search(question)] == [(1, "b.txt")]
    assert {citation.document_id for citation in assistant.ask(question).citations} <= {"b.txt"}
    (settings.library.folder / "c.txt").write_text("图书馆周一每天八点开馆。", encoding="utf-8")
    (settings.library.folder / "b.txt").unlink()
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    assert assistant.search(question) == []
    assert assistant.ask(question).refused
    assert {one.id for one in assistant.index.documents()} == {"a.txt", "c.txt"}


def test_a_reader_a_reranker_and_a_writer(assistant: Assistant) -> None:
    question = "济南高新区聘任了多少名首席政策官？"
    parts = assistant.index, assistant.encoder, assistant.settings
    reader = example("LongestSentence")["LongestSentence"]()
    assert Assistant(*parts, reader=reader).ask(question).hits == assistant.ask(question).hits
    reranker = example("ShortestFirst")["ShortestFirst"]()
    lengths = [len(hit.passage.text) for hit in Assistant(*parts, reranker=reranker).search(question, 5)]
    assert lengths == sorted(lengths)
    written = Assistant(*parts, model=example("FirstPassage")["FirstPassage"]()).ask(question)
    assert written.model == "first passage"
    assert written.citations


def test_a_prompt(llm_server: ScriptedServer) -> None:
    prompt = example("Terse")["Terse"]()
    model = LanguageModel(Settings(llm="openai:scripted", llm_base_url=llm_server.url), prompt)
    llm_server.script = [Reply(("八点[1]。",))]
    hits = [Hit(1, 1.0, Passage("a.txt", 0, len(NOTE), NOTE))]
    assert list(model.stream("几点开馆？", hits, (), "zh-Hans")) == ["八点[1]。"]
    assert llm_server.requests[0]["messages"][1]["content"] == f"[1] {NOTE}\n\n几点开馆？"
