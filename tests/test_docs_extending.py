"""The examples of docs/extending.md, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from corpus import Library
from corpus.readers import registry
from embeddings import Encoder, open_index, rebuild
from rag import Assistant, Settings

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
    assert len(EXAMPLES) == 5


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
