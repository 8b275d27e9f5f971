"""Whole journeys through a conversation in a real browser: asked again, filtered, rated, copied, linked, configured."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai_server import Reply, ScriptedServer
from web_support import chromium, indexed, opened, put, reload, serving

from ui.web.server.app import web_app

pytestmark = pytest.mark.long

FIRST = "济南高新区聘任了多少名首席政策官？"
SECOND = "2020年经开区发放了多少青年人才补贴？"
SUBSIDY = "青年人才每月补贴多少元？"
PHONE = {"width": 360, "height": 740}
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
DOCUMENTS = {
    "old.md": "---\ntitle: 旧办法\nsource: 日报\npublished: 2021-05-01\n---\n青年人才每月补贴1200元，最长两年。\n",
    "new.md": "---\ntitle: 新办法\nsource: 晚报\npublished: 2023-05-01\n---\n青年人才每月补贴1500元，最长三年。\n",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("talk") / "home"


@pytest.fixture(scope="module")
def address(home: Path, encoder: Any) -> Iterator[str]:
    with serving(web_app(indexed(home, encoder=encoder))) as served:
        yield served


@pytest.fixture(scope="module")
def subsidies(tmp_path_factory: pytest.TempPathFactory, encoder: Any) -> Iterator[str]:
    with serving(web_app(indexed(tmp_path_factory.mktemp("two") / "home", DOCUMENTS, encoder=encoder))) as served:
        yield served


def ask(page: Any, question: str, turn: int = 1) -> Any:
    """Asks, and returns the turn that was answered."""
    put(page, question)
    shown = page.locator(f"#yj-thread [data-turn='{turn}']")
    shown.wait_for()
    return shown


def choose(page: Any, filter_name: str, value: str) -> None:
    """Chooses a value in a list of the filters, with the keyboard."""
    page.locator("#yj-filter > button[aria-expanded=false]").press("Enter")
    field = page.get_by_role("combobox", name=filter_name)
    field.focus()
    page.get_by_role("option", name=value).wait_for()
    page.keyboard.type(value)
    page.keyboard.press("Enter")


def test_the_last_question_is_changed_in_its_place(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    ask(page, FIRST)
    ask(page, "珠峰多高？", 2).locator("[data-ask=edit]").click()
    page.locator("#yj-editing", has_text="正在修改第 2 问").wait_for()
    page.wait_for_function("document.activeElement.matches('#yj-ask textarea')")
    assert page.locator("#yj-ask textarea").input_value() == "珠峰多高？"
    ask(page, SECOND, 3)
    assert page.locator("#yj-thread [data-turn]").count() == 2
    assert not page.locator("#yj-editing").is_visible()
    reload(page, watch)
    page.locator("#yj-thread [data-turn='3']", has_text="128000元").wait_for()
    assert page.locator("#yj-thread [data-turn]").count() == 2
    assert watch.errors == []


def test_an_earlier_question_changed_begins_another_conversation(browser: Any, address: str) -> None:
    page, _ = opened(browser, address)
    ask(page, FIRST).locator("[data-ask=edit]")
    ask(page, "珠峰多高？", 2)
    first_address = page.url
    page.locator("[data-turn='1'] [data-ask=edit]").click()
    page.locator("#yj-editing", has_text="另开一个对话").wait_for()
    page.locator("#yj-ask textarea").fill(SECOND)
    page.locator("#yj-ask textarea").press("Enter")
    page.locator("#yj-thread [data-turn='1']", has_text="128000元").wait_for()
    page.wait_for_function(f"location.href !== '{first_address}'")
    page.goto(first_address)
    page.locator("#yj-thread [data-turn='2']").wait_for()
    assert FIRST in page.locator("#yj-thread [data-turn='1']").inner_text()


def test_an_edit_is_left_with_the_keyboard(browser: Any, address: str) -> None:
    page, _ = opened(browser, address)
    ask(page, FIRST).locator("[data-ask=edit]").press("Enter")
    page.locator("#yj-editing button").press("Enter")
    page.locator("#yj-editing").wait_for(state="hidden")
    page.wait_for_function("document.querySelector('#yj-ask textarea').value === ''")


def test_an_answer_is_made_again(browser: Any, address: str) -> None:
    page, _ = opened(browser, address)
    ask(page, SECOND)
    assert page.locator("[data-ask=retry]").count() == 1
    ask(page, FIRST, 2)
    assert page.locator("[data-ask=retry]").count() == 1  # the last only: the others were built upon
    page.locator("[data-ask=retry]").click()
    page.locator("#yj-thread [data-turn='3']", has_text="39名").wait_for()
    assert page.locator("#yj-thread [data-turn]").count() == 2


def test_what_an_answer_took_the_place_of_can_be_seen_again(browser: Any, address: str) -> None:
    page, watch = opened(browser, address, locale="en-US")
    ask(page, "How tall is Mount Everest?").locator("[data-ask=edit]").click()
    page.wait_for_function("document.activeElement.matches('#yj-ask textarea')")
    ask(page, FIRST, 2).locator("[data-ask=retry]").click()
    page.locator("#yj-thread [data-turn='3']").wait_for()
    page.wait_for_function("location.hash.length === 33")
    reload(page, watch)
    versions = page.get_by_role("group", name="Versions of this answer")
    assert versions.inner_text() == "3 of 3"
    assert page.get_by_role("button", name="Later version").is_disabled()

    page.get_by_role("button", name="Earlier version").press("Enter")
    assert page.evaluate("document.activeElement.dataset.step") == "-1"
    page.keyboard.press("Enter")
    turn = page.locator("#yj-thread [data-turn]")
    assert turn.count() == 1
    assert turn.get_attribute("data-turn") == "1"
    assert "1 of 3" in versions.inner_text()
    assert "How tall is Mount Everest?" in turn.inner_text()
    assert turn.locator("[data-ask], [data-link]").count() == 0
    page.locator(".yj-panel .yj-list-title", has_text="Nearest passages").wait_for()
    page.locator("#yj-status", has_text="1 of 3").wait_for(state="attached")
    turn.locator("[data-rate=good]").click()
    page.locator(".yj-rating [data-leave]").click()

    page.get_by_role("button", name="Later version").press("Enter")
    assert turn.get_attribute("data-turn") == "2"
    turn.locator(".yj-mark").first.click()
    page.locator(".yj-reader mark.yj-quote", has_text="39名").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Later version").press("Enter")
    assert turn.locator("[data-ask=retry]").is_visible()
    assert page.evaluate("document.activeElement.dataset.step") == "-1"  # there is none later
    ask(page, SECOND, 4)
    assert turn.count() == 2
    reload(page, watch)
    page.get_by_role("button", name="Earlier version").press("Enter")
    page.keyboard.press("Enter")
    page.locator("[data-turn='1'] [data-rate=good][aria-pressed=true]").wait_for()
    assert watch.errors == []


def test_filters_narrow_what_is_asked_and_stay_with_the_conversation(browser: Any, subsidies: str) -> None:
    page, watch = opened(browser, subsidies)
    sign = page.locator("#yj-filter > button")
    assert "全部文档" in sign.inner_text()
    choose(page, "来源", "日报")
    page.locator("#yj-filter > button", has_text="只问 1 篇：日报").wait_for()
    turn = ask(page, SUBSIDY)
    assert "1200元" in turn.inner_text()
    assert "只问了：日报" in turn.inner_text()
    assert sign.get_attribute("aria-expanded") == "false"
    page.wait_for_function("location.hash.length === 33")
    reload(page, watch)
    page.locator("#yj-filter > button", has_text="只问 1 篇：日报").wait_for()

    page.get_by_role("button", name="清除筛选").click()
    page.locator("#yj-filter > button", has_text="全部文档").wait_for()
    sign.press("Enter")
    page.get_by_label("发布日期，从").fill("2023年")
    page.locator("#yj-filter > button", has_text="只问 1 篇：2023 以来").wait_for()
    assert "1500元" in ask(page, SUBSIDY, 2).inner_text()
    sign.press("Enter")
    page.get_by_label("发布日期，从").fill("去年")
    assert "“去年”不像日期" in ask(page, SUBSIDY, 3).get_by_role("alert").inner_text()
    page.get_by_role("button", name="新对话").click()
    page.locator("#yj-filter > button", has_text="全部文档").wait_for()
    assert watch.errors == []


def test_filters_of_several_kinds_change_at_once(browser: Any, subsidies: str) -> None:
    page, watch = opened(browser, subsidies)
    line = page.locator("#yj-filter > button")
    choose(page, "来源", "晚报")
    page.get_by_label("发布日期，从").fill("2023")
    line.get_by_text("只问 1 篇：晚报 · 2023 以来").wait_for()
    ask(page, SUBSIDY)
    page.wait_for_function("location.hash.length === 33")
    first = page.url[-32:]
    page.locator("#yj-new").click()
    line.get_by_text("全部文档").wait_for()
    choose(page, "来源", "日报")
    page.get_by_label("到", exact=True).fill("2022")
    line.get_by_text("只问 1 篇：日报 · 到 2022 为止").wait_for()
    ask(page, SUBSIDY)
    page.locator("#yj-open-drawer").click()
    page.locator(f".yj-conversation[data-id='{first}']").click()
    line.get_by_text("只问 1 篇：晚报 · 2023 以来").wait_for()
    page.locator("#yj-filter-clear").click()
    line.get_by_text("全部文档").wait_for()
    page.locator("#yj-filter-clear").wait_for(state="hidden")
    page.wait_for_timeout(500)
    assert watch.errors == []


def test_what_was_done_stands_under_the_answer(browser: Any, subsidies: str) -> None:
    page, _ = opened(browser, subsidies, locale="en-US")
    how = ask(page, SUBSIDY).locator(".yj-how")
    assert not how.locator("dl").is_visible()
    how.locator("summary").press("Enter")
    said = how.locator("dl").inner_text()
    for name in ("All documents", "Passages read", "Finding passages", "ms"):
        assert name in said


def test_an_answer_is_rated_with_the_keyboard_and_becomes_a_question(browser: Any, address: str, home: Path) -> None:
    page, watch = opened(browser, address)
    turn = ask(page, FIRST)
    turn.locator("[data-rate=bad]").press("Enter")
    page.wait_for_function("document.activeElement.name === 'comment'")
    page.keyboard.type("太短")
    page.keyboard.press("Tab")
    page.keyboard.type("3000余项")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('[data-rate=bad][aria-pressed=true]')")
    page.locator("#yj-status", has_text="已记下").wait_for(state="attached")
    page.wait_for_function("document.querySelector('.yj-rating') === null")
    for _ in range(100):  # the thumb is kept at once, what was typed with the next event
        with sqlite3.connect(home / "conversations.sqlite") as database:
            rows = database.execute("SELECT comment, right_answer FROM ratings WHERE good = 0").fetchall()
        if rows != [("", "")]:
            break
        page.wait_for_timeout(100)
    assert rows == [("太短", "3000余项")]
    reload(page, watch)
    page.locator("[data-rate=bad][aria-pressed=true]").wait_for()
    page.get_by_role("button", name="设置").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出测试题").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    (question,) = (entry for entry in map(json.loads, lines) if entry["kind"] == "thumbs down")
    assert (question["text"], question["answers"]) == (FIRST, ["3000余项"])
    assert question["doc_ids"] == ["003_5e9ebf8f6c1b539e.txt"]
    assert watch.errors == []


def test_an_answer_is_copied_with_its_sources_and_linked_to(browser: Any, address: str) -> None:
    page, _ = opened(browser, address, permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, FIRST)
    ask(page, "珠峰多高？", 2)
    turn.get_by_role("button", name="复制", exact=True).click()
    turn.get_by_role("button", name="已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(FIRST)
    assert "[1] 双榜提名" in copied
    assert "> 创新聘任39名" in copied
    turn.locator("[data-link]").click()
    turn.get_by_role("button", name="已复制链接").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{page.url}/1"
    page.goto("about:blank")
    page.goto(link)
    page.locator(".yj-panel .yj-card", has_text="39名").wait_for()  # the evidence of that answer, not of the last
    assert page.url == link


def test_a_conversation_is_renamed_found_and_deleted(browser: Any, subsidies: str) -> None:
    page, watch = opened(browser, subsidies)
    page.remove_listener("dialog", watch._dialog)
    page.on("dialog", lambda dialog: dialog.accept("补贴的事") if dialog.type == "prompt" else dialog.accept())
    ask(page, SUBSIDY)
    page.wait_for_function("location.hash.length === 33")
    key = page.url[-32:]
    page.get_by_role("button", name="以前的对话").click()
    page.locator(f"[data-act=rename][data-id='{key}']").click()
    page.locator(f".yj-conversation[data-id='{key}']", has_text="补贴的事").wait_for()
    page.get_by_placeholder("在以前的对话里查找").fill("补贴的")
    page.wait_for_function("document.querySelectorAll('.yj-conversation').length === 1")
    page.locator(f"[data-act=delete][data-id='{key}']").click()
    page.locator(".yj-welcome").wait_for()
    page.wait_for_function("location.hash === ''")


def test_a_language_model_is_chosen_and_its_key_is_never_shown(
    browser: Any, encoder: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, llm_server: ScriptedServer
) -> None:
    key = "sk-very-secret"
    llm_server.script = [Reply(("二",)), Reply(("青年人才每月补贴1500元。[1]",)), Reply(status=401, error=f"bad {key}")]
    own = tmp_path / "own"
    with serving(web_app(indexed(own, DOCUMENTS, encoder=encoder))) as served:
        page, watch = opened(browser, served)
        page.get_by_role("button", name="设置").click()
        page.locator("#yj-settings").get_by_text("语言模型", exact=True).click()
        page.get_by_label("模型名").fill("scripted")
        page.get_by_label("服务地址").fill(llm_server.url)
        page.get_by_label("密钥").fill(key)
        page.get_by_role("spinbutton").first.fill("1")
        page.get_by_role("button", name="保存").click()
        page.get_by_text("已保存，openai:scripted 能用。").wait_for()
        page.wait_for_function("document.querySelector('#yj-settings [type=password]')?.value === ''")
        page.get_by_role("button", name="回到对话").last.click()
        turn = ask(page, SUBSIDY)
        assert "由 openai:scripted 回答" in turn.inner_text()
        assert llm_server.requests[-1]["headers"]["authorization"] == f"Bearer {key}"
        assert "retry" in str(turn.locator("[data-ask]").last.get_attribute("data-ask"))
        turn.locator("[data-ask=retry]").click()
        notice = page.locator(".yj-notice")  # the documents' own words stand in for the model that failed
        notice.wait_for()
        assert "•••" in notice.inner_text()

        reload(page, watch)
        page.locator("#yj-thread [data-turn]").wait_for()
        page.get_by_role("button", name="设置").click()
        page.wait_for_function("document.querySelector('#yj-settings [type=password]')?.placeholder.includes('已保存')")
        assert key not in page.content()
        assert key not in page.request.get(f"{served}/config").text()
        page.get_by_role("button", name="恢复默认").click()
        page.get_by_text("已恢复默认。").wait_for()
        assert watch.errors == []
    assert key.encode() not in (own / "conversations.sqlite").read_bytes()
    assert key not in caplog.text


def test_only_this_computers_visitors_choose_the_model(encoder: Any, tmp_path: Path) -> None:
    from ui.web.store.preferences import Preferences

    assistant = indexed(tmp_path / "open", DOCUMENTS, encoder=encoder)
    app = web_app(assistant, fixed=True)
    import httpx

    with serving(app) as served:
        config = httpx.get(f"{served}/config").json()
    save = [part for part in config["components"] if part["props"].get("elem_id") == "yj-settings-answers"]
    assert save[0]["props"]["visible"] is False
    assert Preferences(assistant.settings).settings == assistant.settings


@pytest.mark.parametrize("locale", ["zh-TW", "en-US"])
def test_a_phone_shows_everything_in_its_width(browser: Any, subsidies: str, locale: str) -> None:
    page, watch = opened(browser, subsidies, viewport=PHONE, has_touch=True, locale=locale, color_scheme="dark")
    page.locator("#yj-filter > button").tap()
    page.get_by_role("combobox").first.wait_for()
    assert not page.evaluate(TOO_WIDE)
    turn = ask(page, SUBSIDY)
    assert turn.locator(".yj-turn-acts").bounding_box()["height"] < 40  # one line
    turn.locator(".yj-how summary").tap()
    turn.locator("[data-rate=good]").tap()
    page.locator(".yj-rating").wait_for()
    assert not page.evaluate(TOO_WIDE)
    for opener in ("#yj-new", "#yj-open-library", "#yj-open-settings"):
        box = page.locator(opener).bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"]
    page.locator("#yj-open-settings").tap()
    page.locator("#yj-settings fieldset label").nth(1).tap()
    page.locator("#yj-settings-model").wait_for()
    assert not page.evaluate(TOO_WIDE)
    assert page.evaluate("document.querySelector('#yj-settings').scrollWidth") <= PHONE["width"]
    assert watch.errors == []
