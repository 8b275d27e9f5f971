"""Journeys over the library's page in a real browser: folders, a document's own page, pasted text, next questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from shelf import SHELF
from web_support import chromium, opened, put, serving

from embeddings import Encoder, open_index, rebuild
from rag import Assistant, Settings
from ui.web.server.app import web_app

pytestmark = pytest.mark.long

RULES = "制度/清河图书馆借阅办法.md"
BRANCHES = "制度/2025年/清河图书馆分馆情况.md"
LEASE = "English/Harbour Studio Tenancy Agreement.md"
OFFERED = {
    RULES: [("普通读者的借期为多少天？", "zh-Hans"), ("普通读者每次最多可借图书多少册？", "zh-Hans")],
    BRANCHES: [("东湖分馆的藏书量是多少？", "zh-Hans")],
    LEASE: [("How much is the deposit?", "en")],
    "港口/濱海港年報.txt": [("濱海港新增國際航線有多少條？", "zh-Hant")],
}
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(home=tmp_path_factory.mktemp("shelf") / "home")
    for name, text in SHELF.items():
        path = settings.library.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    index = open_index(settings.index_dir)
    made = {  # how they are made is tested in test_ui_book.py
        document: [{"question": question, "document_id": document, "language": tag} for question, tag in questions]
        for document, questions in OFFERED.items()
    }
    kept = {"generation": index.manifest.generation, "documents": made}
    (settings.home / "suggestions.json").write_text(json.dumps(kept), encoding="utf-8")
    with serving(web_app(Assistant(index, encoder, settings))) as served:
        yield served


def test_examples_are_of_the_readers_own_documents_in_their_language_first(browser: Any, address: str) -> None:
    page, watch = opened(browser, address, locale="en-GB")
    shown = page.locator("#yj-examples button:visible")
    page.wait_for_function("document.querySelectorAll('#yj-examples button').length === 4")
    assert shown.first.inner_text() == "How much is the deposit?"
    traditional, _ = opened(browser, address, locale="zh-TW")
    traditional.get_by_role("button", name="濱海港新增國際航線有多少條？").wait_for()
    assert traditional.get_by_role("button", name="東湖分館的藏書量是多少？").count() == 1
    assert watch.errors == []


def test_an_answer_is_followed_by_questions_its_documents_answer(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    page.locator("#yj-examples button", has_text="普通读者的借期为多少天？").click()
    page.locator("#yj-thread .yj-answer", has_text="30天").wait_for()
    offered = page.locator("#yj-next [data-put]")
    offered.first.wait_for()
    assert offered.all_inner_texts() == ["普通读者每次最多可借图书多少册？"]  # the one asked is not offered again
    offered.first.click()
    page.locator("#yj-thread .yj-answer", has_text="10册").wait_for()
    page.locator("#yj-next [data-put]").wait_for(state="detached")
    assert watch.errors == []
    assert watch.foreign == []


def test_a_document_has_a_page_of_its_own(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    page.locator("#yj-open-library").click()
    folder = page.locator('[data-folder="制度/2025年"] > summary')
    folder.click()
    assert not page.get_by_role("button", name="清河图书馆分馆情况", exact=True).is_visible()
    folder.click()
    page.get_by_role("button", name="清河图书馆借阅办法", exact=True).click()
    page.get_by_role("heading", name="清河图书馆借阅办法", level=2).wait_for()
    page.locator("#yj-book .yj-overview [data-leaf]").first.wait_for()
    facts = page.locator(".yj-facts").inner_text()
    assert RULES in facts

    outline = page.locator("#yj-book .yj-outline")
    outline.get_by_role("button", name="逾期处理").click()
    page.locator(".yj-panel .yj-reader mark.yj-quote", has_text="逾期处理").wait_for()
    assert page.locator("#yj-panel").is_visible()
    page.keyboard.press("Escape")
    assert outline.get_by_role("button", name="逾期处理").evaluate("element => element === document.activeElement")

    page.locator("#yj-book [data-put]", has_text="普通读者的借期为多少天？").click()
    page.locator("#yj-thread .yj-answer", has_text="30天").wait_for()
    assert not page.locator("#yj-book").is_visible()
    assert watch.errors == []
    assert watch.foreign == []


def test_the_page_of_a_document_is_left_for_its_line(browser: Any, address: str) -> None:
    page, _ = opened(browser, address, locale="en-US")
    page.locator("#yj-open-library").click()
    line = page.get_by_role("button", name="Harbour Studio Tenancy Agreement", exact=True)
    line.press("Enter")
    page.get_by_role("heading", name="Harbour Studio Tenancy Agreement", level=2).wait_for()
    page.locator("#yj-book .yj-book-back").click()
    assert line.evaluate("element => element === document.activeElement")


def test_text_is_pasted_and_asked_about(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    page.locator("#yj-open-library").click()
    page.locator("#yj-paste > button").click()
    page.get_by_label("标题", exact=True).fill("夜间巡查记录")
    page.get_by_label("文字", exact=True).fill("2031年夜间巡查共发现故障灯具57盏。")
    page.get_by_role("button", name="加入文档库").click()
    page.locator("[data-outcome=read]").wait_for()
    page.get_by_role("button", name="夜间巡查记录", exact=True).wait_for()
    page.get_by_role("button", name="回到对话").click()
    put(page, "2031年夜间巡查共发现多少盏故障灯具？")
    page.locator("#yj-thread .yj-answer", has_text="57盏").wait_for()
    assert watch.errors == []


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"color_scheme": "dark", "locale": "en-US"},
        {"viewport": {"width": 360, "height": 740}, "locale": "zh-TW"},
    ],
    ids=["wide", "dark", "phone"],
)
def test_no_view_has_a_violation_and_none_is_wider_than_the_screen(
    browser: Any, address: str, context: dict[str, Any]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page, _ = opened(browser, address, **context)

    def check(view: str) -> None:
        page.wait_for_timeout(400)
        found = axe.run(page, options={"runOnly": LEVELS}).response["violations"]
        assert [(rule["id"], [node["html"][:160] for node in rule["nodes"][:4]]) for rule in found] == [], view
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        over = (
            "[...document.querySelectorAll('#yj-library, #yj-book')].every((one) => one.scrollWidth <= one.clientWidth)"
        )
        assert page.evaluate(over), view

    page.locator("#yj-open-library").click()
    page.locator(".yj-shelf").wait_for()
    page.locator("#yj-paste > button").click()
    check("library")
    page.locator(f'[data-open-book="{BRANCHES}"]').click()
    page.locator("#yj-book [data-put]").first.wait_for()
    check("document")
    page.locator("#yj-book .yj-outline [data-leaf]").last.click()
    page.locator(".yj-panel .yj-reader").wait_for()
    check("original")
