"""Conversations on disk: nothing is lost, found again, exported with what was cited."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from test_ui_render import ANSWER

from corpus import YinjuError
from ui.web.conversations import Conversations, Summary
from ui.web.drawer import conversation_list
from ui.web.texts import words
from ui.web.turns import Turn, answer_from


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "home" / "conversations.sqlite")


def test_an_answer_survives_the_disk() -> None:
    assert answer_from(json.loads(json.dumps(ANSWER.to_dict()))) == ANSWER


def test_turns_come_back_after_a_restart(kept: Conversations) -> None:
    first = kept.append(None, Turn("多少名？", ANSWER))
    assert kept.append(first, Turn("为什么？", error="断了")) == first
    again = Conversations(kept.path)
    assert again.turns(first) == [Turn("多少名？", ANSWER), Turn("为什么？", error="断了")]
    assert [(summary.title, summary.turns) for summary in again.listed()] == [("多少名？", 2)]
    assert again.turns("0" * 32) == []


def test_conversations_are_found_by_title_question_and_answer(kept: Conversations) -> None:
    one = kept.append(None, Turn("苹果100%", replace(ANSWER, text="红的")))
    two = kept.append(None, Turn("梨", replace(ANSWER, text="黄_的")))
    assert [summary.id for summary in kept.listed()] == [two, one]
    assert [summary.id for summary in kept.listed("0%")] == [one]
    assert [summary.id for summary in kept.listed("%")] == [one]
    assert [summary.id for summary in kept.listed("黄_")] == [two]
    assert kept.listed("'; DROP TABLE turns; --") == []
    kept.rename(one, "  水果  ")
    kept.rename(one, " ")
    assert [summary.id for summary in kept.listed("水果")] == [one]


def test_a_deleted_conversation_leaves_nothing(kept: Conversations) -> None:
    one = kept.append(None, Turn("多少名？", ANSWER))
    kept.delete(one)
    assert kept.listed() == []
    assert kept.turns(one) == []
    assert kept.to_dict(one) is None
    assert kept.to_markdown(one) is None


def test_exports_carry_the_citations(kept: Conversations) -> None:
    one = kept.append(None, Turn("多少名？", ANSWER))
    kept.append(one, Turn("为什么？", error="断了"))
    markdown = kept.to_markdown(one)
    assert markdown is not None
    assert "## 多少名？\n\n聘任39名政策官。[1]" in markdown
    assert "[1] 标题 · 日报 · 2024-04-24 · a.txt\n> 聘任39名政策官。" in markdown
    values = kept.to_dict(one)
    assert values is not None
    assert values["turns"][0]["answer"]["citations"][0]["quote"] == "聘任39名政策官。"
    assert values["turns"][1] == {"question": "为什么？", "answer": None, "error": "断了"}


def test_many_writers_lose_nothing(kept: Conversations) -> None:
    one = kept.append(None, Turn("0", ANSWER))
    other = Conversations(kept.path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: (kept, other)[i % 2].append(one, Turn(str(i), ANSWER)), range(1, 41)))
    assert sorted(int(turn.question) for turn in kept.turns(one)) == list(range(41))


def test_a_home_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(YinjuError, match="can't be kept"):
        Conversations(tmp_path / "file" / "conversations.sqlite").append(None, Turn("x"))


def test_the_list_is_escaped() -> None:
    shown = conversation_list([Summary("i", "<b>\"'", "2026-01-01T00:00", 2)], "i", words("en"))
    assert "<b>" not in shown
    assert 'aria-current="true"' in shown
    assert "No conversations yet." in conversation_list([], None, words("en"))
