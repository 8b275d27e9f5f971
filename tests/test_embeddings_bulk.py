"""Many rows read at once: the same as one by one, by several threads, and of one generation."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from quick_encoder import QuickEncoder

import embeddings.local.generation
import embeddings.local.parts
from corpus import Passage
from embeddings import Filters, open_index, rebuild
from embeddings.index.documents import Facets, called
from embeddings.index.protocol import SentenceVectors
from embeddings.local.index import FaissIndex
from embeddings.local.rows import Rows
from rag import Assistant
from rag.question.question import Question
from rag.retrieval.retriever import Retriever

SUBJECTS = ("图书馆", "体育馆", "档案馆", "少年宫", "博物馆", "美术馆")
QUESTIONS = (
    "档案馆的3号厅几点开放？",
    "博物馆可容纳多少人？",
    "How many people fit into hall 7 of the museum?",
    "鳄鱼",
)
FILTERS = (
    Filters(folders=("馆",)),
    Filters(folders=("馆/", "没有")),
    Filters(folders=("馆/内", "馆")),
    Filters(languages=("zh",)),
    Filters(languages=("en", "zh-Hans")),
    Filters(languages=("z",)),
    Filters(documents=("少年宫.txt", "没有.txt", "\ud800")),
    Filters(documents=("少年宫.txt",), languages=("en",)),
    Filters(sources=("日报",)),
    Filters(sources=("日报", "'; --"), folders=("馆/内",)),
    Filters(published_from="2023"),
    Filters(published_to="2023"),
    Filters(published_to="2023-05"),
    Filters(published_from="2023-05-02", published_to="2024"),
    Filters(published_from="\ud800"),
    Filters(numbers=("泽政办发〔2025〕6号",)),
    Filters(authors=("无人",)),
)


class OneByOne:
    """An index whose rows are read one by one, each by itself, and its documents chosen from the whole list."""

    def __init__(self, index: FaissIndex) -> None:
        self._index = index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        return [self._index.rows.passages([row])[0].passage for row in rows]

    def sentences_of(self, rows: Sequence[int]) -> list[SentenceVectors]:
        stored = (self._index.stored_sentences(row) for row in rows)
        return [SentenceVectors(spans, vectors.astype(np.float32)) for spans, vectors in stored]

    def languages_of(self, rows: Sequence[int]) -> list[str]:
        return [self._index.document(passage.document_id).language for passage in self.passages(rows)]

    def choose(self, filters: Filters) -> frozenset[str]:
        return filters.choose(self._index.documents())


def write(folder: Path, subject: str, number: int) -> None:
    place = folder / ("馆/内" if number % 3 == 0 else "馆" if number % 3 == 1 else ".")
    place.mkdir(parents=True, exist_ok=True)
    lines = [
        f"市{subject}公告",
        f"来源：{'日报' if number % 2 else '晚报'}",
        f"发布时间：{2022 + number % 3}-05-0{1 + number % 4}",
    ]
    lines += [f"市{subject}第{n}号厅{8 + n}点开放，可容纳{n * 100 + number}人。" for n in range(40)]
    (place / f"{subject}.txt").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    for number, subject in enumerate(SUBJECTS):
        write(folder, subject, number)
    english = [f"Hall {n} of the museum opens at {8 + n} and takes {n * 100} people." for n in range(30)]
    (folder / "museum.txt").write_text("\n".join(["The Museum", *english]), encoding="utf-8")
    return folder


@pytest.fixture
def index(documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FaissIndex:
    """Of several parts, some with lists, and with rows that are no longer in use."""
    monkeypatch.setattr(embeddings.local.generation, "_SHARED_FROM", 0)
    monkeypatch.setattr(embeddings.local.generation, "_UNUSED_SHARE", 1.0)
    monkeypatch.setattr(embeddings.local.parts, "PART_ROWS", 40)
    monkeypatch.setattr(embeddings.local.parts, "EXACT_ROWS", 20)
    rebuild(documents, tmp_path / "index", encoder=QuickEncoder(), max_chars=60)
    write(documents, "体育馆", 7)
    rebuild(documents, tmp_path / "index", encoder=QuickEncoder(), max_chars=60)
    opened = FaissIndex.open(tmp_path / "index")
    assert len(opened.parts) > 2
    assert len(opened.removed)
    return opened


def rankings(retriever: Retriever, questions: Sequence[str], within: Mapping[str, frozenset[str] | None]) -> list[Any]:
    """Rows, scores and all else of hits, by questions and filters; no digit left out."""
    found = []
    for question in questions:
        for chosen in within.values():
            result = retriever.search(retriever.query(Question.of(question)), 8, chosen)
            found.append((result.rows, [hit.to_dict() for hit in result.hits], result.lexical_share))
    return found


def assert_ranked_as_one_by_one(index: FaissIndex, retriever: Retriever, questions: Sequence[str]) -> None:
    single: Any = OneByOne(index)
    chosen = {str(filters): index.choose(filters) for filters in FILTERS[::4]}
    assert chosen == {str(filters): single.choose(filters) for filters in FILTERS[::4]}
    within = {"": None, **chosen}
    ranked = rankings(retriever.over(index), questions, within)
    assert ranked == rankings(retriever.over(single), questions, within)
    assert any(hits for _, hits, _ in ranked)


def test_rankings_are_those_of_reading_one_by_one(index: FaissIndex) -> None:
    assert_ranked_as_one_by_one(index, Retriever(index, QuickEncoder()), QUESTIONS)


def test_rankings_of_the_bundled_articles_are_too(assistant: Assistant) -> None:
    questions = (
        "济南高新区聘任了多少名首席政策官？",
        "How many chief policy officers did Jinan High-tech Zone appoint?",
    )
    assert isinstance(assistant.index, FaissIndex)
    assert_ranked_as_one_by_one(assistant.index, Retriever(assistant.index, assistant.encoder), questions)


def test_what_is_listed_is_chosen_in_sql_as_from_the_list(index: FaissIndex) -> None:
    documents = index.documents()
    assert {document.source for document in documents} >= {"日报", "晚报"}
    assert len({document.published for document in documents}) > 3
    counts = {len(index.choose(filters)) for filters in FILTERS}
    assert len(counts) > 3
    for filters in FILTERS:
        assert index.choose(filters) == filters.choose(documents)
    for query in ("", "馆", "公告 图书", "MUSEUM", "museum.TXT the", "没有", "%", "'"):
        for most in (1, 3, 50):
            assert index.called(query, most) == called(documents, query, most)
    assert index.facets == Facets(("馆", "馆/内"), ("日报", "晚报"), ("en", "zh-Hans"))
    assert [one.id for one in index.summaries(("博物馆.txt", "museum.txt", "没有.txt"))] == ["museum.txt"]


def test_a_choice_is_searched_whole(index: FaissIndex) -> None:
    vector = QuickEncoder().encode(["第3号厅"], "query")[0]
    for filters in FILTERS:
        within = index.choose(filters)
        found = index.passages(index.dense(vector, 1000, within).rows.tolist())
        assert len(found) == sum(document.passages for document in index.documents() if document.id in within)
        assert {passage.document_id for passage in found} == within


def test_rows_come_in_the_order_they_are_asked_for(index: FaissIndex) -> None:
    used = sorted(set(range(index.manifest.rows)) - set(index.removed.tolist()))
    rows = [*used[::-3], *used[:5], *used[:5]]
    assert index.passages(rows) == [index.passage(row) for row in rows]
    assert index.languages_of(rows) == [index.document(index.passage(row).document_id).language for row in rows]
    for row, sentences in zip(rows, index.sentences_of(rows), strict=True):
        spans, vectors = index.stored_sentences(row)
        assert np.array_equal(sentences.spans, spans)
        assert np.array_equal(sentences.vectors, vectors.astype(np.float32))
    assert index.passages([]) == index.sentences_of([]) == index.languages_of([]) == []


def test_a_search_takes_as_many_statements_for_many_candidates(
    index: FaissIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    read: Callable[..., list[Any]] = Rows._all
    monkeypatch.setattr(
        Rows, "_all", lambda self, query, *values: statements.append(query) or read(self, query, *values)
    )
    retriever = Retriever(index, QuickEncoder())
    query = retriever.query(Question.of(QUESTIONS[0]))
    assert len(retriever.candidates(query)) > 60
    statements.clear()
    retriever.search(query, 8)
    assert len(statements) == 2  # the passages and, as the documents are in two languages, the languages
    index.choose(FILTERS[0])
    index.choose(FILTERS[0])
    assert len(statements) == 3


def test_threads_read_beside_each_other(index: FaissIndex) -> None:
    rows = [row for row in range(index.manifest.rows) if row not in set(index.removed.tolist())]
    wanted = index.passages(rows), index.documents(), index.choose(FILTERS[0])

    def read(number: int) -> bool:
        start = number % len(rows)
        turned = [*rows[start:], *rows[:start]]
        passages = index.passages(turned)
        found = [*passages[len(rows) - start :], *passages[: len(rows) - start]]
        return (found, index.documents(), index.choose(FILTERS[0])) == wanted

    with ThreadPoolExecutor(24) as pool:
        assert all(pool.map(read, range(200)))


def test_a_reader_stays_on_its_generation(index: FaissIndex, documents: Path, tmp_path: Path) -> None:
    retriever = Retriever(index, QuickEncoder())
    before = rankings(retriever, QUESTIONS[:1], {"": None})
    listed = index.documents()
    generation = index.layout.generation
    for number in (50, 60):
        write(documents, "体育馆", number)
        write(documents, f"新馆{number}", number)
        rebuild(documents, tmp_path / "index", encoder=QuickEncoder(), max_chars=60)
    assert not generation.exists()
    newest = open_index(tmp_path / "index")
    assert len(newest.documents()) > len(listed)
    shutil.copytree(tmp_path / "index" / newest.manifest.generation, generation)  # the name is another's now
    with ThreadPoolExecutor(16) as pool:
        for ranked, found in pool.map(
            lambda _: (rankings(retriever, QUESTIONS[:1], {"": None}), index.documents()), range(6)
        ):
            assert ranked == before
            assert found == listed


def test_closing_waits_for_those_who_read(index: FaissIndex) -> None:
    with ThreadPoolExecutor(8) as pool:
        reading = [pool.submit(index.documents) for _ in range(50)]
        for one in reading[:25]:
            assert one.result()
        index.close()
        index.close()
    told = {type(one.exception()).__name__ for one in reading if one.exception() is not None}
    assert told <= {"ProgrammingError"}
    with pytest.raises(Exception, match="closed"):
        index.documents()
