"""Markup in what people type and models write, in a real browser where it could run: it is shown, and never does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai_server import Reply, ScriptedServer
from web_support import Watch, chromium, indexed, opened, put, reload, serving

from embeddings import Encoder
from rag import SettingsError
from ui.web.server.app import web_app
from ui.web.store.users import Users, write_user

pytestmark = pytest.mark.long

IMAGE = "<img src=x onerror=alert(1)>"
ATTACK = f"{IMAGE}\"'><script>alert(2)</script><svg onload=alert(3)>{{{{7*7}}}}${{alert(4)}}"
QUESTION = "青年人才每月补贴多少元？"
DOCUMENTS = {
    "new.md": f"---\ntitle: 新办法{IMAGE}\nsource: 晚报{IMAGE}\npublished: 2023-05-01\n---\n青年人才每月补贴1500元。\n",
    "old.md": "---\ntitle: 旧办法\nsource: 日报\npublished: 2021-05-01\n---\n青年人才每月补贴1200元。\n",
}
KEPT = """[...document.querySelectorAll('#yj-settings-model :is(input, textarea)')]
    .some((field) => field.value.includes('<img'))"""
PLANTED = "img[src=x], [onerror], [onload], main script"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    with serving(web_app(indexed(tmp_path_factory.mktemp("hostile") / "home", DOCUMENTS, encoder=encoder))) as served:
        yield served


def answer_dialogs(page: Any, watch: Watch, typed: str) -> None:
    """Types this where the page asks for a text; an alert is what must not come."""

    def answer(dialog: Any) -> None:
        if dialog.type == "alert":
            watch.dialogs.append(dialog.message)
        dialog.accept(*([typed] if dialog.type == "prompt" else []))

    page.remove_listener("dialog", watch._dialog)
    page.on("dialog", answer)


def nothing_ran(page: Any, watch: Watch) -> None:
    page.wait_for_timeout(500)
    assert watch.dialogs == []
    assert watch.errors == []
    assert watch.foreign == []
    assert not [asked for asked in watch.addresses if asked.endswith("/x")]
    assert page.locator(PLANTED).evaluate_all("all => all.map((one) => one.outerHTML)") == []


def test_what_is_watched_would_be_seen(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    page.evaluate("(markup) => { document.querySelector('#yj-thread').innerHTML = markup; }", IMAGE)
    page.wait_for_timeout(500)
    assert watch.dialogs == ["1"]
    assert [asked for asked in watch.addresses if asked.endswith("/x")]
    assert page.locator(PLANTED).count() == 1


def test_titles_comments_and_filters(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    answer_dialogs(page, watch, f"题目{ATTACK}")
    page.locator("#yj-filter > button").click()
    page.get_by_role("combobox", name="来源").focus()
    page.get_by_role("option", name="晚报").click()
    page.get_by_label("发布日期，从").fill(ATTACK)
    page.keyboard.press("Tab")
    nothing_ran(page, watch)
    page.get_by_label("发布日期，从").fill("2023")
    put(page, f"{QUESTION}{ATTACK}")
    turn = page.locator("#yj-thread [data-turn='1']")
    turn.wait_for()
    assert ATTACK in turn.inner_text()
    assert f"只问了：晚报{IMAGE}" in turn.inner_text()

    turn.locator("[data-rate=bad]").click()
    page.locator(".yj-rating textarea").fill(f"评语{ATTACK}")
    page.locator(".yj-rating [name=right_answer]").fill(ATTACK)
    page.locator(".yj-rating [type=submit]").click()
    page.wait_for_function("document.querySelector('.yj-rating') === null")
    turn.locator("[data-ask=retry]").click()
    page.locator("#yj-thread [data-turn='2']").wait_for()
    page.get_by_role("button", name="前一版").click()
    page.get_by_role("button", name="以前的对话").click()
    page.locator("[data-act=rename]").first.click()
    page.locator(".yj-conversation", has_text="题目<img").wait_for()
    page.get_by_placeholder("在以前的对话里查找").fill(f"题目{ATTACK}")
    page.wait_for_timeout(500)
    assert f"题目{ATTACK}" in page.locator(".yj-conversation").inner_text()
    nothing_ran(page, watch)

    reload(page, watch)
    page.get_by_role("button", name="前一版").click()
    page.locator("[data-turn='1'] [data-rate=bad][aria-pressed=true]").press("Enter")  # taken back, and given again
    page.locator("[data-turn='1'] [data-rate=bad]").press("Enter")
    assert page.locator(".yj-rating textarea").input_value() == f"评语{ATTACK}"
    page.locator("#yj-language").get_by_text("EN").click()
    page.locator("#yj-thread", has_text="Asked only of").wait_for()
    page.locator("#yj-open-drawer").click()
    page.locator("[data-act=delete]").first.click()
    page.locator(".yj-welcome").wait_for()
    nothing_ran(page, watch)


def test_settings_and_what_a_model_writes(
    browser: Any, encoder: Encoder, tmp_path: Path, llm_server: ScriptedServer
) -> None:
    llm_server.script = [
        Reply(("二",)), Reply((f"青年人才每月补贴1600元{ATTACK}。[1]",)), Reply(status=400, error=f"bad {ATTACK}"),
    ]  # fmt: skip
    with serving(web_app(indexed(tmp_path / "own", DOCUMENTS, encoder=encoder))) as served:
        page, watch = opened(browser, served)
        said = page.locator("#yj-settings-status")
        page.get_by_role("button", name="设置").click()
        page.locator("#yj-settings").get_by_text("直接引用文档里的句子").wait_for()  # the settings have come
        page.locator("#yj-settings").get_by_text("语言模型", exact=True).click()
        provider, name = page.get_by_label("服务类型"), page.get_by_label("模型名")
        where = page.get_by_label("服务地址")

        def save(values: dict[Any, str], told: str) -> None:
            for field, value in values.items():
                field.fill(value)
                field.press("Tab")
            page.get_by_role("button", name="保存").click()
            said.get_by_text(told).first.wait_for()
            assert "<img" in said.inner_text()

        save({provider: ATTACK, name: ATTACK}, "alert(2)")
        save({provider: "openai", where: f"http://127.0.0.1:9/{ATTACK}"}, "没有作答")
        save({where: llm_server.url}, "能用")
        nothing_ran(page, watch)

        reload(page, watch)
        page.get_by_role("button", name="设置").click()
        page.wait_for_function(KEPT)
        page.get_by_role("button", name="回到对话").last.click()
        put(page, QUESTION)
        turn = page.locator("#yj-thread [data-turn='1']")
        turn.wait_for()
        assert f"1600元{IMAGE}" in turn.inner_text()
        assert f"由 openai:{IMAGE}" in turn.inner_text()
        turn.locator("[data-ask=retry]").click()
        page.locator(".yj-notice", has_text="<img").wait_for()
        nothing_ran(page, watch)


def test_names_of_users(browser: Any, encoder: Encoder, tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    path.write_text(f"{IMAGE}:$argon2id$x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="Line 1"):
        Users(path)
    path.unlink()
    with pytest.raises(SettingsError, match="can't be a user's name"):
        write_user(path, IMAGE, "correct horse")
    write_user(path, "chen", "correct horse")
    app = web_app(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder), users=Users(path))
    with serving(app) as served:
        page, watch = browser.new_context(locale="zh-CN").new_page(), Watch()
        watch.on(page)
        for tries in range(9):  # the last ones are told to wait
            page.goto(f"{served}/login")
            page.get_by_label("用户名").fill(f"{tries}{ATTACK}")
            page.get_by_label("密码").fill(ATTACK)
            page.keyboard.press("Enter")
            page.get_by_role("alert").wait_for()
            assert page.get_by_label("用户名").input_value() == f"{tries}{ATTACK}"
        page.get_by_role("alert").get_by_text("请五分钟后再试").wait_for()
        watch.errors = [error for error in watch.errors if "status of 4" not in error]  # 401 and 429, as it should be
        nothing_ran(page, watch)
