"""Conversations on disk: nothing is lost, found again, exported with what was cited."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from test_ui_render import ANSWER

from corpus import Problem, YinjuError
from rag import Answer, Filters
from ui.web.store.conversations import Conversations, Summary
from ui.web.store.turns import Turn
from ui.web.views.conversation_list import conversation_list
from ui.web.words.interface import words


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "home" / "conversations.sqlite")


def test_an_answer_survives_the_disk() -> None:
    assert Answer.from_dict(json.loads(json.dumps(ANSWER.to_dict()))) == ANSWER


def test_turns_come_back_after_a_restart(kept: Conversations) -> None:
    chosen = Filters(sources=("日报",), published_from="2024")
    first, turn = kept.append(None, Turn("多少名？", ANSWER, filters=chosen))
    assert turn == Turn("多少名？", ANSWER, filters=chosen, number=1)
    assert kept.append(first, Turn("为什么？", error=Problem("断了")))[0] == first
    again = Conversations(kept.database.path)
    assert again.turns(first) == [turn, Turn("为什么？", error=Problem("断了"), number=2)]
    assert [(summary.title, summary.turns) for summary in again.listed()] == [("多少名？", 2)]
    assert again.turns("0" * 32) == []


def test_conversations_are_found_by_title_question_and_answer(kept: Conversations) -> None:
    one, _ = kept.append(None, Turn("苹果100%", replace(ANSWER, text="红的")))
    two, _ = kept.append(None, Turn("梨", replace(ANSWER, text="黄_的")))
    assert [summary.id for summary in kept.listed()] == [two, one]
    assert [summary.id for summary in kept.listed("0%")] == [one]
    assert [summary.id for summary in kept.listed("%")] == [one]
    assert [summary.id for summary in kept.listed("黄_")] == [two]
    assert kept.listed("'; DROP TABLE turns; --") == []
    kept.rename(one, "  水果  ")
    kept.rename(one, " ")
    assert [summary.id for summary in kept.listed("水果")] == [one]


def test_a_deleted_conversation_leaves_nothing(kept: Conversations) -> None:
    one, _ = kept.append(None, Turn("多少名？", ANSWER))
    kept.delete(one)
    assert kept.listed() == []
    assert kept.turns(one) == []
    assert kept.to_dict(one) is None
    assert kept.to_markdown(one) is None


def test_exports_carry_the_citations(kept: Conversations) -> None:
    one, _ = kept.append(None, Turn("多少名？", ANSWER))
    kept.append(one, Turn("为什么？", error=Problem("断了")))
    markdown = kept.to_markdown(one)
    assert markdown is not None
    assert "## 多少名？\n\n聘任39名政策官。[1]" in markdown
    assert "[1] 标题 · 日报 · 2024-04-24 · p. 3 · a.txt\n> 聘任39名政策官。" in markdown
    values = kept.to_dict(one)
    assert values is not None
    assert values["turns"][0]["answer"]["citations"][0]["quote"] == "聘任39名政策官。"
    assert (values["turns"][1]["answer"], values["turns"][1]["error"]) == (None, "断了")


def test_many_writers_lose_nothing(kept: Conversations) -> None:
    one, _ = kept.append(None, Turn("0", ANSWER))
    other = Conversations(kept.database.path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: (kept, other)[i % 2].append(one, Turn(str(i), ANSWER)), range(1, 41)))
    assert sorted(int(turn.question) for turn in kept.turns(one)) == list(range(41))


def test_a_turn_asked_again_takes_the_place_of_the_old_one(kept: Conversations) -> None:
    one, first = kept.append(None, Turn("一", ANSWER))
    _, old = kept.append(one, Turn("二", replace(ANSWER, text="旧的")))
    _, again = kept.append(one, Turn("三", ANSWER), replaces=2)
    assert kept.turns(one) == [first, again.replacing(old)]
    assert again.number == 3
    assert [summary.turns for summary in kept.listed()] == [2]
    assert kept.listed("旧的") == []
    assert [turn.question for turn in kept.until(one, 2)] == ["一", "二"]
    assert [turn.question for turn in kept.until(one, 3)] == ["一", "三"]


def test_what_was_replaced_is_there_with_what_took_its_place(kept: Conversations) -> None:
    one, first = kept.append(None, Turn("一", replace(ANSWER, text="最早的")))
    _, second = kept.append(one, Turn("一", error=Problem("断了")), replaces=1)
    _, third = kept.append(one, Turn("一二", replace(ANSWER, text="现在的")), replaces=2)
    kept.append(one, Turn("后来", ANSWER))
    shown, after = kept.turns(one)
    assert shown == replace(third, earlier=(first, second))
    assert after.earlier == ()
    values = kept.to_dict(one)
    assert values is not None
    assert [earlier["number"] for earlier in values["turns"][0]["earlier"]] == [1, 2]
    assert values["turns"][0]["earlier"][0]["answer"]["citations"][0]["quote"] == "聘任39名政策官。"
    markdown = str(kept.to_markdown(one))
    places = [
        markdown.index(part) for part in ("## 一二", "现在的", "### 1/3 · 一", "最早的", "### 2/3 · 一", "*断了*")
    ]
    assert places == sorted(places)
    assert markdown.index("*断了*") < markdown.index("## 后来")


def test_an_earlier_question_changed_leaves_the_conversation_as_it_was(kept: Conversations) -> None:
    one, first = kept.append(None, Turn("一", ANSWER))
    for question in ("二", "三"):
        kept.append(one, Turn(question, ANSWER))
    other = kept.fork(one, before=2)
    assert kept.turns(other) == [first]
    assert len(kept.turns(one)) == 3
    assert {summary.title for summary in kept.listed()} == {"一"}


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("""
            CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, updated TEXT NOT NULL);
            CREATE TABLE turns (
                conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
                number INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT, error TEXT, asked TEXT NOT NULL,
                PRIMARY KEY (conversation_id, number));
            INSERT INTO conversations VALUES ('a', '一', '2026-01-01');
            INSERT INTO turns VALUES ('a', 1, '一', NULL, '断了', '2026-01-01');
        """)
    assert Conversations(path).turns("a") == [Turn("一", error=Problem("断了"), number=1)]
    assert Conversations(path).append("a", Turn("二"), replaces=1)[1].number == 2


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(YinjuError, match="newer version"):
        Conversations(path).listed()


def test_a_home_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(YinjuError, match="can't be kept"):
        Conversations(tmp_path / "file" / "conversations.sqlite").append(None, Turn("x"))


def test_the_list_is_escaped() -> None:
    shown = conversation_list([Summary("i", "<b>\"'", "2026-01-01T00:00", 2)], "i", words("en"))
    assert "<b>" not in shown
    assert 'aria-current="true"' in shown
    assert "No conversations yet." in conversation_list([], None, words("en"))
