"""Which way a question is taken: how likely each is, and which room's answer is taken."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from quick_encoder import QuickEncoder

import rag.routes.deciding
from rag import Assistant
from rag.answers import AnswerSentence, Route
from rag.question.question import Question
from rag.retrieval.retriever import Retriever
from rag.routes.choosing import routes_of
from rag.routes.classifier import ROUTES, Classifier
from rag.routes.deciding import decided
from rag.routes.room import Asking, Reply


def asking(assistant: Assistant, text: str) -> Asking:
    retriever = Retriever(assistant.index, assistant.encoder)
    return Asking(Question.of(text), retriever, None, None, 8, date(2025, 1, 1))


def reply(confidence: float) -> Reply:
    return Reply((AnswerSentence("一段话。", (), "unchecked"),), (), (), confidence)


def not_called() -> float:
    raise AssertionError("single facts do not decide here")


def test_questions_held_out_are_taken_the_right_way(assistant: Assistant, check: Any) -> None:
    """Seventeen of twenty at the least; always taking the commonest way would reach less than half."""
    rows = [row for row in check.rows("routes.jsonl.gz") if check.is_held_out(row["q"])][:100]
    assert set(ROUTES) == check.ROUTES
    classifier = Classifier.beside(assistant.encoder)
    assert classifier is not None
    likely = classifier.routes([row["q"] for row in rows])
    assert likely.shape == (len(rows), len(ROUTES))
    right = [ROUTES[i] in (row["route"], *row.get("also", ())) for i, row in zip(likely.argmax(1), rows, strict=True)]
    assert sum(right) / len(right) >= 0.85


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("游泳馆储物柜的押金是多少？", "fact"),
        ("陶艺班报名截止到哪天", "fact"),
        ("請問借用琴房要先做哪些事，步驟是什麼", "list"),
        ("器材表里单价最高的是哪一件？", "table"),
        ("把《合唱团章程》的主要内容概括一下", "overview"),
        ("What is the difference between the winter and the summer timetable?", "comparison"),
        ("一共有几份跟合唱团有关的文件？", "library"),
    ],
)
def test_the_likeliest_way_is_the_one_asked_for(assistant: Assistant, text: str, route: Route) -> None:
    ways = routes_of(asking(assistant, text))
    assert ways[0][0] == route
    assert sorted(way for way, _ in ways) == sorted(ROUTES)
    assert sum(likely for _, likely in ways) == pytest.approx(1, abs=1e-5)
    assert [likely for _, likely in ways] == sorted((likely for _, likely in ways), reverse=True)


def test_several_questions_are_as_likely_as_each_is_on_average(assistant: Assistant) -> None:
    one, other = "储物柜的押金是多少？", "请概括《合唱团章程》的主要内容？"
    both = dict(routes_of(asking(assistant, one + other)))
    parts = [dict(routes_of(asking(assistant, part.text))) for part in Question(one + other).parts]
    assert len(parts) == 2
    assert both["overview"] == pytest.approx((parts[0]["overview"] + parts[1]["overview"]) / 2, abs=1e-5)


def test_another_encoder_leaves_everything_to_single_facts(assistant: Assistant) -> None:
    other = Retriever(assistant.index, QuickEncoder())
    question = Question("把章程的主要内容概括一下")
    assert routes_of(Asking(question, other, None, None, 8, date(2025, 1, 1))) == [("fact", 1.0)]


def test_a_sure_way_is_gone_and_single_facts_are_left_where_it_has_nothing(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[Route, Reply | None] = {"list": reply(0.6), "table": None, "overview": reply(0.1)}
    monkeypatch.setattr(rag.routes.deciding, "ROOMS", {way: lambda _, way=way: answers[way] for way in answers})
    asked = asking(assistant, "随便问问")
    assert decided([("list", 0.99), ("fact", 0.01)], asked, not_called, 0.35) == ("list", answers["list"])
    assert decided([("table", 0.99), ("list", 0.01)], asked, not_called, 0.35) is None
    assert decided([("overview", 0.99), ("fact", 0.01)], asked, not_called, 0.35) is None
    assert decided([("chain", 0.99), ("fact", 0.01)], asked, not_called, 0.35) is None  # has no room yet


def test_a_sure_fact_asks_no_room(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.routes.deciding, "ROOMS", {"list": lambda _: pytest.fail("no room is asked")})
    assert decided([("fact", 0.99), ("list", 0.01)], asking(assistant, "随便问问"), not_called, 0.35) is None


def test_of_two_likely_ways_the_better_evidenced_is_taken(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[Route, Reply] = {"list": reply(0.9), "table": reply(0.5)}
    monkeypatch.setattr(rag.routes.deciding, "ROOMS", {way: lambda _, way=way: answers[way] for way in answers})
    asked = asking(assistant, "随便问问")
    fact_first: list[tuple[Route, float]] = [("fact", 0.5), ("list", 0.4)]
    assert decided(fact_first, asked, lambda: 0.9, 0.35) is None
    assert decided(fact_first, asked, lambda: 0.4, 0.35) == ("list", answers["list"])
    list_first: list[tuple[Route, float]] = [("list", 0.5), ("fact", 0.4)]
    assert decided(list_first, asked, not_called, 0.35) == ("list", answers["list"])  # no fact could win any more
    assert decided([("table", 0.5), ("fact", 0.4)], asked, lambda: 0.9, 0.35) is None
    assert decided([("table", 0.5), ("list", 0.4)], asked, not_called, 0.35) == ("list", answers["list"])


def test_an_answer_tells_the_way_it_was_come_by(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.routes.deciding, "ROOMS", {"overview": lambda _: reply(0.9)})
    answer = assistant.ask("概括一下这篇报道的主要内容")
    assert (answer.route, answer.text) == ("overview", "一段话。")
    assert assistant.ask("济南高新区聘任了多少名首席政策官？").route == "fact"
