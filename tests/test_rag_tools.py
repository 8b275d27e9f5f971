"""The tools by themselves: what a model and MCP clients get of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from quick_encoder import QuickEncoder
from test_rag_research import libraries  # noqa: F401 - a fixture

from embeddings import open_index
from rag import Assistant, Settings
from rag.generative.windows import count_tokens
from rag.proof.citations import Numbering
from rag.question.question import Question
from rag.question.recency import now
from rag.research.plan import planned
from rag.research.toolbox import Toolbox
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Retriever
from rag.routes.room import Asking, Reply


@pytest.fixture(scope="module")
def assistant(libraries: Path) -> Assistant:  # noqa: F811
    settings = Settings(home=libraries, llm="extractive")
    return Assistant(open_index(settings.index_dir), QuickEncoder(), settings)


@pytest.fixture
def tools(assistant: Assistant) -> Toolbox:
    return assistant.toolbox()


def test_search_quotes_passages_with_what_they_are_of(tools: Toolbox) -> None:
    best = tools.call("search", {"query": "逾期怎么收费", "top_k": 1})["passages"]
    assert best == [
        {
            "number": 1,
            "document_id": "rules.md",
            "title": "借阅规定",
            "section": "逾期",
            "text": "逾期\n逾期每册每天收0.1元。",
        }
    ]


def test_documents_are_listed_whole_and_by_what_they_are_about(tools: Toolbox) -> None:
    listed = tools.call("list_documents", {})
    assert listed["count"] == 4
    assert [one["document_id"] for one in listed["documents"]] == ["fees.csv", "green.txt", "rules.md", "water.txt"]
    about = tools.call("list_documents", {"about": "绿水图书馆"})
    assert about["documents"][0]["document_id"] == "water.txt"
    assert tools.call("list_documents", {"published_from": "2024"})["count"] == 0
    assert tools.call("list_documents", {"start": 3})["documents"][0]["document_id"] == "water.txt"


def test_a_document_is_read_by_its_sections(tools: Toolbox) -> None:
    whole = tools.call("read", {"document_id": "rules.md"})
    assert whole["sections"] == ["期限", "逾期"]
    part = tools.call("read", {"document_id": "借阅规定", "section": "逾期"})
    assert "期限" not in json.dumps(part["passages"], ensure_ascii=False)
    assert "Its sections: 期限; 逾期" in tools.call("read", {"document_id": "rules.md", "section": "押金"})["error"]


def test_what_there_is_no_room_for_is_read_next(assistant: Assistant, tools: Toolbox) -> None:
    tools.room = 0
    seen, start = [], 0
    while True:
        given = tools.call("read", {"document_id": "green.txt", "start": start})
        seen += given["passages"]
        if "next_start" not in given:
            break
        assert given["next_start"] > start
        start = given["next_start"]
    text = assistant.document("green.txt").text
    assert [one["number"] for one in seen] == list(range(1, len(seen) + 1))
    assert all(one["text"] in text for one in seen)


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ({"operation": "sum", "column": "办证费"}, {"result": "32元", "formula": "8 + 9 + 15"}),
        ({"operation": "average", "column": "读者"}, {"result": "833.33人", "formula": "(1200 + 800 + 500) ÷ 3"}),
        ({"operation": "max", "column": "读者"}, {"result": "1200"}),
        ({"operation": "min", "column": "办证费（元）"}, {"result": "8"}),
        (
            {"operation": "count", "where": [{"column": "读者", "relation": "over", "value": "600"}]},
            {"result": "2"},
        ),
        (
            {
                "operation": "share",
                "column": "读者",
                "where": [{"column": "馆名", "relation": "is", "value": "青山馆"}],
            },
            {"result": "48%", "formula": "(1200) ÷ 2500"},
        ),
        (
            {
                "operation": "difference",
                "column": "办证费",
                "where": [{"column": "馆名", "relation": "is_not", "value": "白云馆"}],
            },
            {"result": "1元", "formula": "9 − 8"},
        ),
    ],
)
def test_tables_are_reckoned_with_exactly(tools: Toolbox, asked: dict[str, object], result: dict[str, str]) -> None:
    given = tools.call("table", {"document_id": "fees.csv", **asked})
    assert result.items() <= given.items()
    assert given["passages"]


def test_rows_are_quoted_as_the_document_has_them(assistant: Assistant, tools: Toolbox) -> None:
    asked = {"document_id": "fees.csv", "columns": "读者", "where": [{"column": "馆名", "value": "绿水"}]}
    given = tools.call("table", asked)
    assert (given["columns"], given["matching"]) == (["馆名", "办证费（元）", "读者（人）"], 1)
    (row,) = given["passages"]
    assert row["cells"] == {"读者（人）": "800"}
    assert row["text"] in assistant.document("fees.csv").text
    assert "绿水馆" in row["text"]


def test_sides_are_set_beside_each_other(tools: Toolbox) -> None:
    given = tools.call("compare", {"aspect": "藏书", "sides": ["green.txt", "绿水图书馆"]})
    assert [one["side"] for one in given["passages"][:2]] == ["green.txt", "绿水图书馆"]
    assert [one["document_id"] for one in given["passages"][:2]] == ["green.txt", "water.txt"]
    assert "differ" in tools.call("compare", {"aspect": "藏书", "sides": ["甲", "甲"]})["error"]
    assert "at least 2" in tools.call("compare", {"aspect": "藏书", "sides": ["甲"]})["error"]


def test_what_is_given_has_a_bound(tools: Toolbox) -> None:
    tools.room = 500
    given = tools.call("search", {"query": "图书馆", "top_k": 10_000})
    assert count_tokens(json.dumps(given, ensure_ascii=False)) < 700
    assert len(given["passages"]) + given.get("left_out", 0) <= 20


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("search", {"query": " "}, "empty"),
        ("search", {"query": "图" * 400}, "at most 300"),
        ("search", {"query": 3}, "query"),
        ("read", {"document_id": "../../etc/passwd"}, "no document"),
        ("table", {"document_id": "green.txt"}, "no table"),
        ("table", {"document_id": "fees.csv", "table": 9}, "1 tables"),
        ("shell", {}, "There is no tool 'shell'"),
    ],
)
def test_a_call_that_can_not_be_answered_says_why(
    tools: Toolbox, name: str, asked: dict[str, object], said: str
) -> None:
    assert said in tools.call(name, asked)["error"]


def test_descriptions_have_no_references(tools: Toolbox) -> None:
    for tool in tools.tools.values():
        schema = json.dumps(tool.schema)
        assert "$ref" not in schema
        assert tool.schema["type"] == "object"
        assert "instruction" in tool.description or tool.name == "list_documents"


def test_the_plan_is_the_evidence_of_the_questions_room(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    retriever = Retriever(assistant.index, assistant.encoder)
    fees = retriever.search(retriever.query(Question.of("办证费")), 1, frozenset({"fees.csv"}))
    asking = Asking(Question.of("比较两馆藏书"), retriever, None, None, 8, now(), [fees])

    def room(_ways: object, asked: Asking, *_: object) -> tuple[str, Reply]:
        green, water = (asked.search("图书馆藏书", frozenset({name})) for name in ("green.txt", "water.txt"))
        numbering, cited = Numbering(), water.hits[0].passage
        numbering.cite(asked.index.document("water.txt"), cited, cited.start, cited.end)
        return "comparison", Reply((), tuple(numbering.citations), merged([green, water]).hits, 1.0)

    monkeypatch.setattr("rag.research.plan.decided", room)
    found = planned(asking, 0.35)
    assert found.hits[0].passage.document_id == "water.txt"
    assert {hit.passage.document_id for hit in found.hits} == {"green.txt", "water.txt", "fees.csv"}
    assert [hit.rank for hit in found.hits] == list(range(1, len(found.hits) + 1))
    assert all(assistant.index.passage(row) == hit.passage for row, hit in zip(found.rows, found.hits, strict=True))
    assert found.hits[-1].passage.document_id == "fees.csv"
    monkeypatch.setattr("rag.research.plan.decided", lambda *_: None)
    assert planned(asking, 0.35) == fees
