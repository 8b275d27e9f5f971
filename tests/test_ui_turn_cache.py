"""Of a long thread only what changed is rendered again; nothing stale is shown, and nothing is kept for nobody."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from test_ui_render import ANSWER, ZH

from rag import Answer, Assistant, Filters
from ui.web.html import thread, turn_cache
from ui.web.html.turn_cache import TurnCache
from ui.web.server.admission import Admission
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.library_service import LibraryService
from ui.web.store.ratings import Rating, Ratings
from ui.web.store.turns import Turn
from ui.web.views.conversation import ConversationView
from ui.web.words.interface import words

QUESTION = "济南高新区聘任了多少名首席政策官？"


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the turns that are rendered from here on."""
    numbers: list[int] = []
    really = turn_cache.shown

    def counted(turn: Turn, standing: Any) -> Any:
        numbers.append(turn.number)
        return really(turn, standing)

    monkeypatch.setattr(turn_cache, "shown", counted)
    return numbers


@pytest.fixture
def talk(assistant: Assistant, tmp_path: Path) -> Iterator[ConversationView]:
    service = LibraryService(assistant)
    with gr.Blocks():
        yield ConversationView(service, ConversationStores(tmp_path), Admission(), gr.Radio(), ZH)


def ask(talk: ConversationView, turns: list[Turn], conversation: str | None, edited: int = 0) -> list[dict[Any, Any]]:
    """What the page is told from the question to the finished answer."""
    filters = [[], [], [], [], "", ""]

    async def changes() -> list[dict[Any, Any]]:
        asked = talk._ask(
            QUESTION, turns, "zh-Hans", conversation, edited, False, *filters, request=gr.Request(username=None)
        )
        async with aclosing(asked) as told:
            return [change async for change in told]

    return asyncio.run(changes())


def test_of_a_long_thread_with_one_more_answer_only_what_changed_is_rendered(
    talk: ConversationView, rendered: list[int]
) -> None:
    kept, conversation = talk.stores.of(None), None
    for i in range(60):
        conversation, _ = kept.append(conversation, Turn(f"第{i}问？", ANSWER))
    assert conversation
    turns = kept.turns(conversation)
    talk.open(conversation, turns, "zh-Hans", None)
    assert rendered == [*range(1, 61)]
    rendered.clear()
    changes = ask(talk, turns, conversation)
    assert rendered == [60, 61]  # the one before can't be asked again any more
    turns = changes[-1][talk.turns]
    fresh = thread.thread(turns, ZH, conversation)
    assert changes[-1][talk.thread] == fresh
    assert fresh.count('class="yj-turn"') == 61

    rendered.clear()
    Ratings(kept).rate(conversation, 7, Rating(True))
    changes = ask(talk, turns, conversation, edited=61)
    assert rendered == [7, 60, 60, 62]  # the one before is the last one while another is made of the last
    assert [turn.number for turn in changes[-1][talk.turns][-1].earlier] == [61]

    rendered.clear()
    talk.open(conversation, changes[-1][talk.turns], "en", None)
    assert len(rendered) == 61


def test_nothing_stale_is_shown() -> None:
    cache = TurnCache()
    first = Turn("甲？", ANSWER, number=1, filters=Filters(sources=("日报",)))
    second = Turn("乙？", replace(ANSWER, text="别的。"), number=2)
    third = replace(second, number=3).replacing(second)
    ratings: list[dict[int, Rating]] = [{}, {1: Rating(True)}, {1: Rating(False)}, {2: Rating(True, "好")}]
    for turns in ([first], [first, second], [second, first], [first, third], [replace(first, question="丙？"), third]):
        for spoken in (ZH, words("en"), ZH):
            for rated in ratings:
                for said in ("日报", "晚报"):
                    wanted = thread.thread(turns, spoken, "a", rated, lambda _, said=said: said)  # type: ignore[misc]
                    for _ in range(2):
                        shown = thread.thread(turns, spoken, "a", rated, lambda _, said=said: said, cache=cache)  # type: ignore[misc]
                        assert shown == wanted


def test_what_nobody_has_on_the_page_any_more_is_not_kept(rendered: list[int]) -> None:
    cache = TurnCache()
    turns = [Turn("？", ANSWER, number=number) for number in range(1, 41)]
    thread.thread(turns, ZH, cache=cache)
    thread.thread(turns, words("en"), cache=cache)
    assert len(cache) == 40
    stays = turns[:1]
    del turns
    gc.collect()
    assert len(cache) == 1
    rendered.clear()
    for number in range(100, 300):  # their ids are those of turns that are gone
        thread.thread([Turn("？", error=None, number=number)], ZH, cache=cache)
    assert rendered == [*range(100, 300)]
    gc.collect()
    assert len(cache) == 1
    assert stays


def test_no_more_than_so_many_are_kept() -> None:
    cache = TurnCache(most=5)
    answers: list[Answer] = [replace(ANSWER, question=str(number)) for number in range(8)]
    turns = [Turn("？", answer, number=number) for number, answer in enumerate(answers, 1)]
    assert thread.thread(turns, ZH, cache=cache) == thread.thread(turns, ZH)
    assert len(cache) == 5
