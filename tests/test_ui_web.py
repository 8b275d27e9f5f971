"""The page in a real browser, over the real model and the bundled articles."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web_support import as_events, chromium, indexed, opened, put, reload, serving

from rag import Answer, AnswerSentence, LanguageModelError, ThoughtDelta
from ui.web.server.app import web_app

pytestmark = pytest.mark.long

FIRST = "济南高新区聘任了多少名首席政策官？"
ENGLISH = "How many chief policy officers did Jinan High-tech Zone appoint?"
REFUSED = "How tall is Mount Everest?"
IN_VIEW = """() => {
    const quote = document.querySelector(".yj-panel-body .yj-quote").getBoundingClientRect();
    const body = document.querySelector(".yj-panel-body").getBoundingClientRect();
    return quote.top >= body.top && quote.bottom <= body.bottom;
}"""
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def scripted(browser: Any, encoder: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return Scripted(indexed(tmp_path_factory.mktemp("web") / "home", encoder=encoder))


@pytest.fixture(scope="module")
def address(scripted: Any) -> Iterator[str]:
    with serving(web_app(scripted)) as served:
        yield served


class Scripted:
    """The real assistant, but for a few questions that no document can bring about."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.go_on = threading.Event()
        self.go_further = threading.Event()
        self.histories: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def events(self, question: str, **named: Any) -> Any:
        return as_events(self.stream(question, **named))

    def stream(self, question: str, *, history: Any = (), filters: Any = None) -> Any:
        self.histories.append(list(history))
        if question == "refuse":
            raise LanguageModelError("The language model <b>refused</b> the key.")
        if question == "break":
            raise ZeroDivisionError("secret detail")
        if question == "doubt":
            return self._doubt(question)
        if question == "two":
            return self._two(question)
        if question == "slow":
            return self._slow(question)
        if question == "think":
            return self._think(question)
        return self.real.stream(question, history=history, filters=filters)

    def _doubt(self, question: str) -> Iterator[Any]:
        first = self.real.ask(FIRST)
        yield "一共聘任了40名。[1]"
        sentences = (
            AnswerSentence("一共聘任了40名。", (1,), "unsupported", ("引用的原文中没有“40”",)),
            AnswerSentence("这很好。", (1,), "unchecked"),
        )
        yield Answer(question, "…", sentences, first.citations, first.hits, False, "openai:x", 1.0, {"answer": 1200.0})

    def _two(self, question: str) -> Iterator[Any]:
        one = self.real.ask(FIRST)
        other = self.real.ask("2023年济南高新区新入选市级以上高层次人才多少人？")
        citations = (one.citations[0], replace(other.citations[0], number=2))
        sentences = tuple(AnswerSentence(c.quote, (c.number,), "supported") for c in citations)
        yield Answer(question, "…", sentences, citations, one.hits, False, "extractive", 1.0, {})

    def _think(self, question: str) -> Iterator[Any]:
        yield ThoughtDelta("先看第一段，")
        self.go_on.wait(60)
        time.sleep(0.3)  # thought is shown a few times in a second
        yield ThoughtDelta("再看第二段。")
        self.go_further.wait(60)
        yield from self._slow(question)

    def _slow(self, question: str) -> Iterator[Any]:
        yield "第一部分，"
        self.go_on.wait(20)
        yield "第二部分。"
        yield Answer(question, "完。", (AnswerSentence("完。", (), "unchecked"),), (), (), False, "m", 1.0, {})


def test_a_newcomer_asks_and_opens_the_evidence(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    assert page.get_by_role("textbox").get_attribute("placeholder") == "问一个文档能回答的问题……"
    put(page, FIRST)
    mark = page.locator("#yj-thread .yj-mark").first
    mark.wait_for()
    assert "39名" in page.locator("#yj-thread .yj-answer").inner_text()
    mark.click()
    quote = page.locator(".yj-panel .yj-reader mark.yj-quote")
    quote.wait_for()
    assert "39名“首席政策官”" in quote.inner_text()
    page.wait_for_function(IN_VIEW)
    document = page.locator(".yj-reader").inner_text()
    assert "双榜提名" in document
    assert "济南高新区 · 2024-04-24" in document
    assert "全区人才总量突破39.63万人" in document  # another passage: the whole document is there
    page.get_by_role("button", name="返回依据列表").click()
    card = page.locator(".yj-panel .yj-card-active")
    assert "39名“首席政策官”" in card.locator("mark").inner_text()
    assert mark.get_attribute("aria-current") == "true"
    assert watch.foreign == []
    assert watch.errors == []
    assert len(watch.addresses) > 5


def test_the_answer_streams(browser: Any, address: str, scripted: Any) -> None:
    scripted.go_on.clear()
    page, _ = opened(browser, address)
    put(page, "slow")
    page.get_by_text("第一部分，").wait_for()
    assert page.locator(".yj-turn-live .yj-answer").get_attribute("aria-busy") == "true"
    scripted.go_on.set()
    page.locator("#yj-thread .yj-answer", has_text="完。").wait_for()
    assert page.locator(".yj-turn-live").count() == 0


def test_thought_is_folded_while_it_comes_and_kept_nowhere(browser: Any, address: str, scripted: Any) -> None:
    scripted.go_on.clear()
    page, watch = opened(browser, address)
    put(page, "think")
    thought = page.locator("#yj-live .yj-thought")
    thought.wait_for()
    assert thought.get_attribute("open") is None
    assert thought.locator("summary").inner_text() == "思考中，0 秒"
    thought.locator("summary").click()
    assert thought.locator("p").inner_text() == "先看第一段，"
    scripted.go_on.set()
    page.locator("#yj-live .yj-thought[open] p", has_text="先看第一段，再看第二段。").wait_for()
    scripted.go_further.set()
    page.locator("#yj-thread .yj-answer", has_text="完。").wait_for()
    assert "先看" not in page.locator("body").inner_text()
    assert watch.errors == []


def test_an_answer_can_be_stopped(browser: Any, address: str, scripted: Any) -> None:
    scripted.go_on.clear()
    page, _ = opened(browser, address)
    put(page, "slow")
    page.get_by_text("第一部分，").wait_for()
    page.locator("#yj-ask button").click()
    page.wait_for_function("document.querySelector('#yj-ask textarea').value === 'slow'")
    scripted.go_on.set()
    assert page.locator("#yj-thread .yj-turn").count() == 0


def test_an_example_is_one_click(browser: Any, address: str) -> None:
    page, _ = opened(browser, address)
    page.get_by_role("button", name="2020年经开区发放了多少青年人才补贴？").click()
    page.locator("#yj-thread .yj-answer", has_text="128000元").wait_for()
    assert not page.locator("#yj-examples").is_visible()


def test_an_english_question_finds_the_chinese_sentence(browser: Any, address: str) -> None:
    page, watch = opened(browser, address, locale="en-GB")
    assert page.locator("html").get_attribute("lang") == "en"
    put(page, ENGLISH)
    page.locator("#yj-thread .yj-mark").first.click()
    page.locator(".yj-reader mark.yj-quote", has_text="39名").wait_for()
    assert page.get_by_role("heading", name="Evidence", exact=True).is_visible()
    assert watch.foreign == []


def test_the_other_citations_of_a_document_are_fainter(browser: Any, address: str) -> None:
    page, _ = opened(browser, address)
    put(page, "two")
    page.locator("#yj-thread .yj-mark").first.click()
    page.locator(".yj-reader mark.yj-quote", has_text="39名").wait_for()
    other = page.locator(".yj-reader mark.yj-quote-other")
    assert "170人" in other.inner_text()
    page.locator(".yj-chip", has_text="2").click()
    assert page.locator(".yj-reader mark.yj-quote").get_attribute("data-span") == "2"
    assert "39名" in other.inner_text()


def test_a_refusal_shows_what_came_nearest(browser: Any, address: str) -> None:
    page, watch = opened(browser, address, locale="en-US")
    put(page, REFUSED)
    page.locator(".yj-refused").wait_for()
    assert "The documents do not answer this question." in page.locator(".yj-refused").inner_text()
    near = page.locator(".yj-near")
    assert near.count() == 3
    near.nth(1).click()
    assert page.locator(".yj-reader mark.yj-quote").first.get_attribute("data-span") == "2"
    assert page.locator(".yj-refused [role=alert]").count() == 0
    assert watch.errors == []


def test_verdicts_are_said_in_words(browser: Any, address: str) -> None:
    page, _ = opened(browser, address)
    put(page, "doubt")
    page.locator("#yj-thread .yj-footer").wait_for()
    text = page.locator("#yj-thread .yj-turn").inner_text()
    assert "原文未见：引用的原文中没有“40”" in text
    assert "未核对 1 句" in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("refuse", "The language model <b>refused</b> the key."),
        ("break", "出了意料之外的问题，已记入日志。请再试一次。"),
        ("问" * 3000, "问题有 3,000 个字"),
    ],
)
def test_what_goes_wrong_is_one_sentence(browser: Any, address: str, question: str, said: str) -> None:
    page, _ = opened(browser, address)
    put(page, question)
    error = page.get_by_role("alert")
    error.wait_for()
    assert said in error.inner_text()
    assert "Traceback" not in page.content()
    assert "secret detail" not in page.content()
    put(page, FIRST)
    page.locator("#yj-thread .yj-mark").first.wait_for()


def test_the_conversation_goes_along(browser: Any, address: str, scripted: Any) -> None:
    page, _ = opened(browser, address)
    put(page, FIRST)
    page.locator("#yj-thread .yj-mark").first.wait_for()
    put(page, ENGLISH)
    page.locator("#yj-thread [data-turn='2']").wait_for()
    assert [role for role, _ in scripted.histories[-1]] == ["user", "assistant"]
    assert scripted.histories[-1][0] == ("user", FIRST)
    page.get_by_role("button", name="新对话").click()
    page.locator(".yj-welcome").wait_for()
    assert page.locator("#yj-thread .yj-turn").count() == 0
    assert not page.locator(".yj-panel").is_visible()


def test_the_language_is_switched_and_kept(browser: Any, address: str) -> None:
    page, _ = opened(browser, address, locale="zh-HK")
    assert "每句話都有原文為證" in page.locator(".yj-welcome").inner_text()
    put(page, FIRST)
    page.locator("#yj-thread .yj-mark").first.wait_for()
    page.locator("#yj-language").get_by_text("EN").click()
    page.locator("#yj-thread .yj-footer", has_text="In the source").wait_for()
    page.locator(".yj-panel h2", has_text="Evidence").wait_for()
    page.locator(".yj-panel .yj-card", has_text="Read in full").wait_for()
    page.reload()
    page.get_by_text("Every sentence proves itself").first.wait_for()


def test_dark_follows_the_system_and_the_switch(browser: Any, address: str) -> None:
    page, _ = opened(browser, address, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(25, 23, 21)"
    page.get_by_role("button", name="设置").click()
    page.locator("#yj-settings-theme").get_by_text("浅色", exact=True).click()
    page.wait_for_function(f"{ground} === 'rgb(253, 252, 249)'")
    page.reload()
    page.wait_for_selector("html[data-yj-ready]", state="attached")
    assert page.evaluate(ground) == "rgb(253, 252, 249)"


def test_a_phone_has_the_evidence_over_the_answer(browser: Any, address: str) -> None:
    page, _ = opened(browser, address, viewport=PHONE, has_touch=True)
    wide = "document.documentElement.scrollWidth > 360 || document.querySelector('#yj-scroll').scrollWidth > 360"
    assert not page.evaluate(wide)
    put(page, FIRST)
    mark = page.locator("#yj-thread .yj-mark").first
    mark.wait_for()
    assert not page.locator(".yj-panel").is_visible()
    mark.tap()
    page.locator(".yj-reader mark.yj-quote").wait_for()
    assert not page.evaluate(wide)
    page.get_by_role("button", name="关闭").tap()
    page.wait_for_function("getComputedStyle(document.querySelector('#yj-panel')).visibility === 'hidden'")


def test_the_keyboard_reaches_everything(browser: Any, address: str) -> None:
    page, _ = opened(browser, address, viewport=PHONE)
    page.get_by_role("textbox").focus()
    page.keyboard.type(FIRST)
    page.keyboard.press("Enter")
    page.locator("#yj-thread .yj-mark").first.wait_for()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.yj-mark')"):
            break
    assert page.evaluate("document.activeElement.matches('.yj-mark')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.locator("#yj-tip").get_by_text("39名").wait_for()
    page.keyboard.press("Enter")
    page.locator(".yj-reader mark.yj-quote").wait_for()
    page.wait_for_function("document.activeElement.matches('mark.yj-quote')")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.yj-mark')")


def test_nothing_in_a_document_runs(browser: Any, encoder: Any, tmp_path: Path) -> None:
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}${alert(3)}`<b onmouseover='alert(4)'>粗</b>"
    documents = {
        "<img src=x onerror=alert(5)>.txt": f"{attack}报告\n\n火星基地的负责人是{attack}李四，共有57名工程师。\n",
        "quote\"'.txt": '"><svg onload=alert(6)>\n\n木星基地共有58名工程师" onfocus="alert(7)" autofocus="。\n',
    }
    hostile = indexed(tmp_path / "hostile", documents, encoder=encoder)
    with serving(web_app(hostile)) as served:
        page, watch = opened(browser, served)
        for i, question in enumerate(["火星基地有多少名工程师？", f"木星基地有多少名工程师？{attack}"], 1):
            put(page, question)
            page.locator(f"#yj-thread [data-turn='{i}']").wait_for()
            buttons = page.locator(f"#yj-thread [data-turn='{i}'] .yj-answer [data-cite]")
            buttons.first.hover()
            buttons.first.click()
            page.locator(".yj-panel .yj-reader").wait_for()
        page.wait_for_timeout(500)
        assert watch.dialogs == []
        assert watch.errors == []
        assert watch.foreign == []
        assert not [address for address in watch.addresses if address.endswith("/x")]
        planted = "img, script, [onmouseover], [onfocus], svg[onload]"
        assert page.locator("#yj-thread").locator(planted).count() == 0
        assert page.locator("#yj-panel").locator(planted).count() == 0
        assert "<img src=x onerror=alert(1)>" in page.locator("#yj-stage").inner_text()


def test_only_this_computers_names_are_answered(address: str) -> None:
    import httpx

    assert httpx.get(address).status_code == 200
    assert httpx.get(address, headers={"host": "evil.example"}).status_code == 400
    headers = httpx.get(address).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"""(?:src|href)=["']https?://""", httpx.get(address).text)


def test_a_document_is_added_asked_about_and_removed(browser: Any, encoder: Any, tmp_path: Path) -> None:
    lunar = tmp_path / "月球<b>基地.txt"
    lunar.write_text("月球基地年报\n\n2031年月球基地共有57名工程师，年度预算为3.2亿元。\n", encoding="utf-8")
    (tmp_path / "bad.xyz").write_text("x")
    own = indexed(tmp_path / "own", encoder=encoder)
    with serving(web_app(own)) as served:
        page, watch = opened(browser, served)
        page.get_by_role("button", name="文档库").click()
        page.locator(".yj-table tbody tr").nth(1).wait_for()
        page.set_input_files("#yj-upload input[type=file]", [lunar, tmp_path / "bad.xyz"])
        page.locator("[data-outcome=read]").wait_for()
        assert ".xyz" in page.locator("[data-outcome=refused]").inner_text()
        page.locator(".yj-table tbody tr", has_text="月球基地年报").wait_for()
        page.get_by_placeholder("按标题、来源或文件名查找").fill("月球")
        page.wait_for_function("document.querySelectorAll('.yj-table tbody tr').length === 1")
        page.get_by_role("button", name="回到对话").click()
        put(page, "2031年月球基地有多少名工程师？")
        page.locator("#yj-thread .yj-answer", has_text="57名").wait_for()

        page.get_by_role("button", name="文档库").click()
        page.get_by_role("button", name="移除：月球基地年报").click()
        page.locator(".yj-table tbody tr").wait_for(state="detached")
        page.get_by_role("button", name="撤销移除").click()
        page.locator(".yj-table tbody tr", has_text="月球基地年报").wait_for()
        page.keyboard.press("Escape")
        assert watch.foreign == []
        assert watch.errors == []


def test_a_conversation_stays(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    put(page, FIRST)
    page.locator("#yj-thread .yj-mark").first.wait_for()
    page.wait_for_function("location.hash.length === 33")
    link = page.url
    reload(page, watch)
    page.locator("#yj-thread .yj-mark").first.click()
    page.locator(".yj-reader mark.yj-quote", has_text="39名").wait_for()
    put(page, "2020年经开区发放了多少青年人才补贴？")
    page.locator("#yj-thread [data-turn='2']").wait_for()
    assert page.url == link

    page.get_by_role("button", name="新对话").click()
    page.locator(".yj-welcome").wait_for()
    page.wait_for_function("location.hash === ''")
    page.get_by_role("button", name="以前的对话").click()
    line = page.locator(f".yj-conversation[data-id='{link[-32:]}']")
    line.wait_for()
    assert "2 问" in line.inner_text()
    with page.expect_download() as download:
        page.locator(f"a[href='export/{link[-32:]}.md']").click()
    assert "39名" in Path(download.value.path()).read_text(encoding="utf-8")
    line.click()
    page.locator("#yj-thread [data-turn='2']").wait_for()
    page.wait_for_function(f"location.hash === '#{link[-32:]}'")
    assert not page.locator("#yj-drawer").is_visible()
    assert watch.foreign == []
    assert watch.errors == []
