"""What the page keeps, found damaged or locked: it is told in words, kept aside, and the rest opens."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from web_support import chromium, indexed, opened, put, serving

from corpus import Problem, YinjuError
from embeddings import Encoder
from rag import Assistant, Settings
from ui.web.server.app import web_app
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.conversations import Conversations
from ui.web.store.preferences import Preferences
from ui.web.store.turns import Turn
from ui.web.views.conversation_list import ConversationList
from ui.web.words.interface import words

pytestmark = pytest.mark.long

QUESTION = "青年人才每月补贴多少元？"
DOCUMENTS = {"a.md": "---\ntitle: 补贴办法\n---\n青年人才每月补贴1500元。\n"}


@pytest.mark.parametrize(
    "content", [b"this is no database at all, but some text" * 99, b"SQLite format 3\0" + b"\xff" * 9000]
)
def test_a_broken_file_is_kept_aside_and_a_new_one_begun(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "conversations.sqlite"
    path.write_bytes(content)
    kept = Conversations(path)
    name, turn = kept.append(None, Turn(QUESTION, error=Problem("none")))
    assert kept.turns(name) == [turn]
    (aside,) = tmp_path.glob("conversations.sqlite.damaged-*")
    assert aside.read_bytes() == content
    assert str(aside) in (kept.database.problem or "")


def test_a_file_that_breaks_while_it_is_used_is_told_once_and_then_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite"
    kept = Conversations(path)
    kept.append(None, Turn(QUESTION, error=Problem("none")))
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(b"broken" * 2000)
    with pytest.raises(YinjuError):
        kept.listed()
    assert kept.listed() == []
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1


def test_one_broken_turn_costs_no_other(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "conversations.sqlite")
    name, _ = kept.append(None, Turn("一", error=Problem("none")))
    for question in ("二", "三", "四"):
        kept.append(name, Turn(question, error=Problem("none")))
    with closing(sqlite3.connect(kept.database.path)) as connection, connection:
        connection.execute("UPDATE turns SET answer = '{\"text\": ' WHERE number = 2")
        connection.execute("UPDATE turns SET answer = '{\"text\": 1}' WHERE number = 3")
        connection.execute("UPDATE turns SET filters = '[7]' WHERE number = 4")
    turns = kept.turns(name)
    assert [turn.question for turn in turns] == ["一", "二", "三", "四"]
    assert [turn.error for turn in turns][1:] == ["What was kept of this turn is damaged and can't be shown."] * 3
    assert kept.to_markdown(name)


def test_broken_settings_of_the_page_are_kept_aside(tmp_path: Path) -> None:
    for number, content in enumerate(("{", "[]", '{"top_k": "many"}', "\0")):
        home = tmp_path / str(number)
        home.mkdir()
        (home / "page.json").write_text(content)
        preferences = Preferences(Settings(home=home))
        assert preferences.problem
        assert preferences.settings == preferences.started_with
        assert (home / "page.json.damaged").read_text() == content
        preferences.choose({"top_k": 4})
        assert Preferences(Settings(home=home)).settings.top_k == 4


def test_the_list_says_what_became_of_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "conversations.sqlite").write_bytes(b"broken" * 2000)
    spoken = words("zh-Hans")
    with gr.Blocks():
        listing = ConversationList(ConversationStores(tmp_path), spoken)

    class Request:
        username = None

    request: Any = Request()
    assert "已损坏" in listing.show("zh-Hans", "", None, request)
    (tmp_path / "conversations.sqlite").unlink()
    (tmp_path / "conversations.sqlite").mkdir()
    with gr.Blocks():
        listing = ConversationList(ConversationStores(tmp_path), spoken)
    assert "对话不能保存" in listing.show("zh-Hans", "", None, request)


def test_those_who_find_the_file_locked_do_not_wait_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.web.store.database._BUSY_SECONDS", 1.0)
    kept = Conversations(tmp_path / "conversations.sqlite")
    name, _ = kept.append(None, Turn("一", error=Problem("none")))
    waited: list[float] = []
    with closing(sqlite3.connect(kept.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def append() -> None:
            begun = time.thread_time_ns(), time.monotonic()
            with pytest.raises(YinjuError, match="locked"):
                kept.append(name, Turn("二", error=Problem("none")))
            waited.append(time.monotonic() - begun[1])

        threads = [threading.Thread(target=append) for _ in range(20)]
        for thread in threads:
            thread.start()
        assert [turn.question for turn in kept.turns(name)] == ["一"]  # who reads waits for nobody
        for thread in threads:
            thread.join()
    assert len(waited) == 20
    assert max(waited) < 20 * 1.0  # in turn it would be twenty times one's own


def test_a_turn_that_could_not_be_kept_is_told(encoder: Encoder, tmp_path: Path) -> None:
    own = indexed(tmp_path / "home", DOCUMENTS, encoder=encoder)
    (tmp_path / "home" / "conversations.sqlite").mkdir()
    with serving(web_app(own)) as served, chromium() as browser:
        page, watch = opened(browser, served)
        put(page, QUESTION)
        page.locator("#yj-thread .yj-mark").first.wait_for()
        assert "1500" in page.locator("#yj-thread").inner_text()
        assert "没有保存" in page.locator("#yj-thread .yj-notice").inner_text()
        assert watch.errors == []


def test_questions_of_many_threads_share_nothing_that_breaks(assistant: Assistant) -> None:
    """Encoder and reader at once, in texts of many lengths: a tokenizer between them failed some of the answers."""
    questions = [
        "济南高新区聘任了多少名首席政策官？",
        "人才？",
        "济宁经开区“人才引擎”怎样助推高质量发展，有哪些办法？" * 4,
    ]
    expected = {question: assistant.ask(question).text for question in questions}
    wrong: list[str] = []

    def ask(number: int) -> None:
        for i in range(3):
            question = questions[(number + i) % len(questions)]
            try:
                if assistant.ask(question).text != expected[question]:
                    wrong.append(question)
            except Exception as exc:  # noqa: BLE001 - whatever it is, it is what this looks for
                wrong.append(repr(exc))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
