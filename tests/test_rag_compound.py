from __future__ import annotations

import pytest

from rag import Assistant
from rag.question.compound import asks_twice, parts_of

OFFICERS = "济南高新区聘任了多少名首席政策官？"


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        (OFFICERS, (OFFICERS,)),
        (f"{OFFICERS}真的吗？", (f"{OFFICERS}真的吗？",)),
        ("“为什么？”他问。", ("“为什么？”他问。",)),
        (f"{OFFICERS} 他们解决了多少诉求？", (OFFICERS, "首席政策官解决了多少诉求？")),
        pytest.param(
            "有多少小巨人？瞪羚呢？",
            ("有多少小巨人？", "有多少瞪羚？"),
            marks=pytest.mark.xfail(reason="without the encoder it reads 瞪羚，有多少小巨人？"),
        ),
        ("Who came? Who went?", ("Who came?", "Who went?")),
        ("A？" * 5, ("A？" * 5,)),
    ],
)
def test_a_message_is_taken_apart(message: str, questions: tuple[str, ...]) -> None:
    assert parts_of(message) == questions


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("滤网说明书写多久清洗一次，食堂实际多久清洗一次", True),
        ("How long is the warranty on paper, and how long does it really last?", True),
        ("滤网多久清洗一次，怎么清洗", False),
        ("风机、电场和滤网分别多久清洗一次", False),
        (OFFICERS, False),
    ],
)
def test_a_question_asks_twice_where_two_clauses_want_the_same(text: str, twice: bool) -> None:
    assert asks_twice(text) is twice


def test_each_question_is_answered_from_its_own_document(assistant: Assistant) -> None:
    answer = assistant.ask(f"{OFFICERS}2020年济宁经开区发放了多少青年人才补贴？")
    assert {citation.document_id[:3] for citation in answer.citations} == {"003", "000"}
    assert "39名" in answer.text
    assert "128000元" in answer.text
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert len({hit.passage.id for hit in answer.hits}) == len(answer.hits)


def test_a_question_without_an_answer_is_named(assistant: Assistant) -> None:
    answer = assistant.ask(f"{OFFICERS}臺北101大樓有多高？")
    assert not answer.refused
    assert "没有找到“臺北101大樓有多高？”的答案" in answer.sentences[-1].text
    assert answer.sentences[-1].verdict == "unchecked"
    assert "39名" in answer.text
