"""How sure an answer is: answered, what may answer, or nothing, each told apart wherever it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings import Encoder, open_index
from rag import Answer, Assistant, Settings
from rag.question.phrases import say
from ui.terminal import answer_text
from ui.web.html import thread
from ui.web.store.turns import Turn
from ui.web.words.interface import words

QUESTION = "济南高新区聘任了多少名首席政策官？"


def assistant_with(bundled_home: Path, encoder: Encoder, answer: float, likely: float) -> Assistant:
    settings = Settings(home=bundled_home, llm="extractive", answer_threshold=answer, likely_threshold=likely)
    return Assistant(open_index(settings.index_dir), encoder, settings)


def test_what_may_answer_is_marked_as_such_and_is_no_refusal(bundled_home: Path, encoder: Encoder) -> None:
    answer = assistant_with(bundled_home, encoder, 1.0, 0.0).ask(QUESTION)
    assert (answer.certainty, answer.refused) == ("likely", False)
    lead = say("likely", "zh-Hans")
    assert answer.text.startswith(lead)
    assert len(answer.citations) == 1
    assert lead in answer_text(answer)
    page = thread.thread([Turn(QUESTION, answer)], words("zh-Hans"))
    assert "yj-likely" in page
    assert "yj-own" in page


@pytest.mark.parametrize(("answer", "likely", "certainty"), [(0.0, 0.0, "answered"), (1.0, 1.0, "none")])
def test_the_two_borders_decide(
    bundled_home: Path, encoder: Encoder, answer: float, likely: float, certainty: str
) -> None:
    assert assistant_with(bundled_home, encoder, answer, likely).ask(QUESTION).certainty == certainty


def test_one_of_two_questions_may_be_answered_for_sure(bundled_home: Path, encoder: Encoder) -> None:
    asked = f"{QUESTION}食堂的红烧肉要炖多久？"
    answer = assistant_with(bundled_home, encoder, 0.5, 0.0).ask(asked)
    assert answer.certainty == "answered"
    assert "食堂的红烧肉要炖多久" in answer.text


def test_certainty_is_kept_and_that_of_an_earlier_version_is_told_by_its_refusal(
    bundled_home: Path, encoder: Encoder
) -> None:
    answer = assistant_with(bundled_home, encoder, 1.0, 0.0).ask(QUESTION)
    values = answer.to_dict()
    assert values["certainty"] == "likely"
    assert Answer.from_dict(values).certainty == "likely"
    for refused, certainty in ((True, "none"), (False, "answered")):
        earlier = {name: value for name, value in values.items() if name != "certainty"} | {"refused": refused}
        assert Answer.from_dict(earlier).certainty == certainty
