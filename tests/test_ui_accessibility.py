"""Every view against axe-core: no violation of WCAG 2 level A or AA, in light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from web_support import chromium, opened, put, serving

from rag import Assistant, Settings
from ui.web.server.app import web_app

pytestmark = pytest.mark.long

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, assistant: Assistant) -> Iterator[str]:
    settings = Settings(home=tmp_path_factory.mktemp("own"), llm="extractive")
    settings.library.seed()
    with serving(web_app(Assistant(assistant.index, assistant.encoder, settings))) as served:
        yield served


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"color_scheme": "dark"},
        {"viewport": {"width": 360, "height": 740}, "locale": "zh-TW"},
        {"locale": "en-US", "color_scheme": "dark", "viewport": {"width": 820, "height": 1180}},
    ],
    ids=["wide", "dark", "phone", "tablet"],
)
def test_no_view_has_a_violation(address: str, context: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def check(view: str) -> None:
        page.wait_for_timeout(400)
        found = axe.run(page, options={"runOnly": LEVELS}).response["violations"]
        told = [(rule["id"], [node["html"][:160] for node in rule["nodes"][:4]]) for rule in found]
        assert told == [], view

    with chromium() as browser:
        page, _ = opened(browser, address, **context)
        check("welcome")
        page.locator("#yj-filter > button").click()
        page.get_by_role("combobox").last.wait_for()
        check("filters")
        page.keyboard.press("Escape")
        put(page, "济南高新区聘任了多少名首席政策官？")
        page.locator("#yj-thread .yj-mark").first.wait_for()
        check("answer")
        page.locator(".yj-how summary").click()
        page.locator("[data-rate=bad]").click()
        page.locator(".yj-rating").wait_for()
        check("rating")
        page.keyboard.press("Escape")
        page.locator("[data-ask=retry]").click()
        page.locator("#yj-thread [data-turn='2'] .yj-versions").wait_for()
        check("answered again")
        page.locator("[data-step='-1']").click()
        page.locator("#yj-thread [data-turn='1'] .yj-versions").wait_for()
        check("earlier version")
        page.locator("#yj-thread .yj-mark").first.click()
        page.locator(".yj-reader").wait_for()
        check("document")
        page.locator(".yj-close").click()
        put(page, "How tall is Mount Everest?")
        page.locator(".yj-refused").wait_for()
        check("refusal")
        page.locator("[data-ask=edit]").first.click()
        page.locator("#yj-editing").wait_for()
        check("editing")
        page.locator("#yj-open-drawer").click()
        page.locator(".yj-conversations").wait_for()
        check("conversations")
        page.keyboard.press("Escape")
        page.locator("#yj-open-library").click()
        page.locator(".yj-table").wait_for()
        check("library")
        page.locator("#yj-open-settings").click()
        page.locator("#yj-settings fieldset label").nth(1).click()
        page.locator("#yj-settings-model").wait_for()
        check("settings")
