"""Ratings kept on disk, and as questions that the evaluation reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_ui_render import ANSWER

from corpus import Problem, YinjuError
from rag import Assistant, Filters
from rag.evaluation.questionnaire import read_questionnaire
from rag.evaluation.run import evaluate
from ui.web.store.conversations import Conversations
from ui.web.store.ratings import Rating, Ratings, question_of
from ui.web.store.turns import Turn

REFUSED = replace(ANSWER, certainty="none", citations=())
UP, DOWN = Rating(True), Rating(False)


@pytest.fixture
def ratings(tmp_path: Path) -> Ratings:
    return Ratings(Conversations(tmp_path / "home" / "conversations.sqlite"))


def test_a_rating_stays_is_changed_and_taken_back(ratings: Ratings) -> None:
    one, turn = ratings.conversations.append(None, Turn("多少名？", ANSWER))
    ratings.rate(one, turn.number, UP)
    said = Rating(False, "少了一个", "40名")
    ratings.rate(one, turn.number, said)
    again = Ratings(Conversations(ratings.database.path))
    assert again.of(one) == {1: said}
    assert again.count() == 1
    again.rate(one, 1, None)
    assert again.of(one) == {}


def test_only_turns_that_are_there_are_rated(ratings: Ratings) -> None:
    with pytest.raises(YinjuError):
        ratings.rate("0" * 32, 1, UP)


def test_ratings_go_with_their_conversation(ratings: Ratings) -> None:
    one, _ = ratings.conversations.append(None, Turn("多少名？", ANSWER))
    ratings.rate(one, 1, UP)
    ratings.conversations.delete(one)
    assert ratings.count() == 0


def test_a_good_answer_says_what_is_to_be_found_again() -> None:
    question = question_of(Turn("多少名？", ANSWER), Rating(True, "很好"))
    assert question is not None
    assert question["doc_ids"] == ["a.txt"]
    assert question["evidence"] == ["聘任39名政策官。"]
    assert question["comment"] == "很好"


@pytest.mark.parametrize(
    ("turn", "rating", "expected"),
    [
        (Turn("?", REFUSED), UP, []),
        (Turn("?", ANSWER), Rating(False, unanswerable=True), []),
        (Turn("?", ANSWER), Rating(False, right_answer="39"), ["a.txt"]),
        (Turn("?", ANSWER), Rating(False, right_answer="9"), None),  # a part of another number
        (Turn("?", ANSWER), Rating(False, "falsch"), None),
        (Turn("?", REFUSED), DOWN, None),
        (Turn("?", REFUSED, filters=Filters(sources=("x",))), UP, None),
        (Turn("?", error=Problem("断了")), UP, None),
    ],
)
def test_a_rating_tells_what_is_expected_or_is_left_out(turn: Turn, rating: Rating, expected: list[str] | None) -> None:
    question = question_of(turn, rating)
    assert (question and question["doc_ids"]) == expected


def test_the_questions_can_be_evaluated(ratings: Ratings, assistant: Assistant, tmp_path: Path) -> None:
    asked = "济南高新区聘任了多少名首席政策官？"
    one, _ = ratings.conversations.append(None, Turn(asked, assistant.ask(asked)))
    other = "珠穆朗玛峰的海拔高度是多少米？"
    _, old = ratings.conversations.append(one, Turn(other, assistant.ask(other)))
    ratings.conversations.append(one, Turn("别的", error=Problem("断了")), replaces=old.number)
    ratings.rate(one, 1, UP)
    ratings.rate(one, old.number, UP)
    file = tmp_path / "questions.jsonl"
    file.write_text(ratings.to_jsonl(), encoding="utf-8")
    questions = read_questionnaire(file).questions
    assert [question.document_ids for question in questions] == [("003_5e9ebf8f6c1b539e.txt",), ()]
    assert questions[1].history[0] == ("user", asked)
    evaluation = evaluate(read_questionnaire(file), assistant.settings, encoder=assistant.encoder)
    assert [result.refused for result in evaluation.results] == [False, True]
    assert evaluation.results[0].passage_ranks
