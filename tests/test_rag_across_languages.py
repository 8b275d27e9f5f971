"""Questions and documents in several languages at once, with the real encoder and index."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ARTICLES

from embeddings import Encoder, open_index, rebuild
from rag import Assistant, Settings

pytestmark = pytest.mark.long

HIGH_TECH = "003_5e9ebf8f6c1b539e.txt"
BRIDGE = """The Harbour Bridge

The Harbour Bridge was opened to trains in 1907. It carried 4,200 wagons a year and was widened in 1931, when a second
track was laid. The city paid 3.2 million pounds for the work.
"""
POLICY = """Council policy

The council of Ashford appointed a chief officer for policy in each of its districts. High-tech firms in the northern
zone were offered lower rents. Talent programmes were announced in spring, and applications read by a committee.
"""
TALENT = """Talent in the valley

The valley's technology zone competes for engineers. Its officers visit universities every autumn and invite graduates
to spend a month with a company. Housing is subsidised for two years.
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    """An assistant over the bundled Chinese articles and three English notes on like subjects."""
    settings = Settings(home=tmp_path_factory.mktemp("both"), llm="extractive")
    settings.library.seed()
    for name, text in (("bridge.txt", BRIDGE), ("policy.txt", POLICY), ("talent.txt", TALENT)):
        (settings.library.folder / name).write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return Assistant(open_index(settings.index_dir), encoder, settings)


def test_the_index_knows_its_languages(both: Assistant) -> None:
    assert dict(both.index.languages) == {"en": 3, "zh-Hans": len(list(Path(ARTICLES).iterdir()))}
    rows = range(both.index.manifest.passages)
    assert set(both.index.languages_of(rows)) == {"en", "zh-Hans"}


@pytest.mark.parametrize(
    ("question", "document_id"),
    [
        ("What does Jinan High-tech Zone do for enterprises?", HIGH_TECH),
        ("济南高新区聘任了多少名首席政策官？", HIGH_TECH),
        ("港口大桥哪一年通车？", "bridge.txt"),
        ("海港大橋哪一年通車？", "bridge.txt"),
        ("大桥花了多少钱？", "bridge.txt"),
        ("Wann wurde die Brücke für Züge eröffnet?", "bridge.txt"),
        ("How much did the city pay for widening the bridge?", "bridge.txt"),
    ],
)
def test_the_document_that_answers_is_found_whatever_its_language(
    both: Assistant, question: str, document_id: str
) -> None:
    documents = [hit.passage.document_id for hit in both.search(question, 3)]
    assert documents[0] == document_id


@pytest.mark.parametrize(
    ("question", "document_id", "said"),
    [
        ("What does Jinan High-tech Zone do for enterprises?", HIGH_TECH, "济南高新区"),
        ("桥每年运多少辆货车？", "bridge.txt", "4,200 wagons"),
    ],
)
def test_the_sentence_in_the_other_language_is_quoted(
    both: Assistant, question: str, document_id: str, said: str
) -> None:
    answer = both.ask(question)
    assert not answer.refused
    quotes = [citation.quote for citation in answer.citations if citation.document_id == document_id]
    assert said in quotes[0]
