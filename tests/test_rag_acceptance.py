"""What a question names must stand in the evidence of the room that answers it; what a side does not say is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from quick_encoder import QuickEncoder

from embeddings import Index, open_index, rebuild
from rag.answers import AnswerSentence, Route
from rag.proof.citations import Numbering
from rag.question.phrases import say
from rag.question.question import Question
from rag.question.recency import relative_years, years_said
from rag.retrieval.retriever import Retriever
from rag.routes.acceptance import accepted
from rag.routes.attribute import topic_of
from rag.routes.deciding import decided
from rag.routes.naming import naming_of
from rag.routes.room import Asking, Reply

DOCUMENTS = {
    "渡轮时刻.md": "# 渡轮时刻\n\n1号线渡轮从东门码头发船。\n\n2号线渡轮从盐田码头发船。\n\n",
    "襄阳港简报.md": "# 襄阳港简报\n\n襄阳港去年有泊位36个，雇员410人。\n\n",
    "宜昌港简报.md": "# 宜昌港简报\n\n宜昌港去年有泊位52个，雇员630人。\n\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("accepted")
    documents = folder / "documents"
    documents.mkdir()
    for name, text in DOCUMENTS.items():
        (documents / name).write_text(text, encoding="utf-8")
    rebuild(documents, folder / "index", encoder=QuickEncoder())
    return open_index(Path(folder / "index"))


def asking(index: Index, text: str) -> Asking:
    return Asking(Question.of(text), Retriever(index, QuickEncoder()), None, None, 8, date(2025, 3, 1))


def quoting(index: Index, document_id: str, *quotes: str) -> Reply:
    """A room's reply that quotes a document."""
    document = index.document(document_id)
    passage = index.passage(next(row for row in range(9) if index.passage(row).document_id == document_id))
    numbering = Numbering()
    sentences = []
    for quote in quotes:
        start = document.text.index(quote)
        number = numbering.cite(document, passage, start, start + len(quote))
        sentences.append(AnswerSentence(quote, (number,), "supported"))
    return Reply(tuple(sentences), tuple(numbering.citations), (), 0.8)


@pytest.mark.parametrize("route", ["chain", "table", "list"])
def test_evidence_of_another_line_is_no_answer(index: Index, route: Route) -> None:
    reply = quoting(index, "渡轮时刻.md", "2号线渡轮从盐田码头发船。")
    assert accepted(route, asking(index, "3号线渡轮从哪里发船"), reply) is None
    assert accepted(route, asking(index, "2号线渡轮从哪里发船"), reply) == reply
    assert accepted(route, asking(index, "二号线渡轮从哪里发船"), reply) is not None


def test_a_side_that_is_told_to_be_missing_stands_by_its_name(index: Index) -> None:
    reply = quoting(index, "渡轮时刻.md", "1号线渡轮从东门码头发船。")
    told = AnswerSentence("文档中没有找到。", (), "unchecked", lead="3号线")
    beside = Reply((*reply.sentences, told), reply.citations, (), 0.4)
    assert accepted("comparison", asking(index, "1号线和3号线分别从哪里发船"), beside) == beside


def test_evidence_about_another_place_is_no_answer(index: Index) -> None:
    reply = quoting(index, "宜昌港简报.md", "宜昌港去年有泊位52个，雇员630人。")
    assert accepted("overview", asking(index, "襄阳港有多少雇员"), reply) is None
    assert accepted("overview", asking(index, "How many people does the port of Xiangyang employ?"), reply) is None
    assert accepted("overview", asking(index, "宜昌港有多少雇员"), reply) == reply
    assert accepted("library", asking(index, "襄阳港有多少雇员"), reply) == reply  # it answers from its list


def test_a_name_that_is_nowhere_is_told_and_no_answer_is_sure(index: Index) -> None:
    reply = quoting(index, "渡轮时刻.md", "1号线渡轮从东门码头发船。")
    offered = accepted("list", asking(index, "去大阪的渡轮从哪里发船"), reply)
    assert offered is not None
    assert offered.confidence == 0.45
    assert offered.missing is not None
    assert offered.missing.name == "大阪"


def test_what_is_refused_of_a_room_is_left_to_single_facts(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = quoting(index, "渡轮时刻.md", "2号线渡轮从盐田码头发船。")
    monkeypatch.setattr("rag.routes.deciding.ROOMS", {"chain": lambda _: reply})
    ways: list[tuple[Route, float]] = [("chain", 0.99), ("fact", 0.01)]
    assert decided(ways, asking(index, "3号线渡轮从哪里发船"), lambda: 0.9, 0.35) is None
    assert decided(ways, asking(index, "2号线渡轮从哪里发船"), lambda: 0.9, 0.35) == ("chain", reply)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("襄阳港简报讲了什么", "襄阳港简报.md"),
        ("宜昌港簡報講了什麼", "宜昌港简报.md"),
    ],
)
def test_the_document_of_the_place_that_is_named_is_meant(index: Index, text: str, document: str) -> None:
    assert naming_of(asking(index, text)).ids == {document}


def test_a_document_of_a_place_that_no_document_is_about_is_not_named(index: Index) -> None:
    assert naming_of(asking(index, "荆州港简报讲了什么")).ids == frozenset()


@pytest.mark.parametrize(
    ("question", "label", "topic"),
    [
        ("南风M2的保修期", "南风M2", "保修期"),
        ("大会议室的投影仪怎么开", "大会议室", "投影仪"),
        ("Is the large room heated?", "large room", ""),
    ],
)
def test_what_is_asked_of_a_side_is_a_thing_it_can_be_told_by(question: str, label: str, topic: str) -> None:
    assert topic_of(question, label) == topic


def test_what_a_document_does_not_say_is_told_in_each_language() -> None:
    assert say("side_without", "zh-Hans", title="南风M2说明书", topic="保修期") == "《南风M2说明书》没有写保修期。"
    assert say("side_without", "zh-Hant", title="南风M2说明书", topic="保修期") == "《南风M2说明书》沒有寫保修期。"


def test_years_said_by_their_distance() -> None:
    today = date(2025, 3, 1)
    assert relative_years("去年和前年的产量", today) == {"2024", "2023"}
    assert relative_years("上年纪的人有座位吗", today) == frozenset()
    assert relative_years("今年的产量", today) == frozenset()
    assert list(years_said("上年度比本年度")) == [(0, 3, -1), (4, 7, 0)]
