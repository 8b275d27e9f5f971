"""Takes the pictures of the page that the README and docs/ui.md show, from the real page over the bundled articles.

Run from the repository: python docs/screenshots.py (needs playwright and a system Chromium).
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from embeddings import rebuild
from rag import Settings
from ui.web.app import web_app

DOCS = Path(__file__).parent
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
FIRST = "济南高新区聘任了多少名首席政策官？"
ENGLISH = "How many chief policy officers did Jinan High-tech Zone appoint?"
REFUSED = "2025年济南市全市的常住人口是多少？"


def main() -> None:
    """All pictures, each from a fresh visit."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        (DOCS / "ui").mkdir(exist_ok=True)

        page = visit(browser, address)
        picture(page, "ui/begin.png")
        ask(page, FIRST)
        picture(page, "ui/answer.png")
        open_mark(page)
        picture(page, "screenshot.png")

        page = visit(browser, address, locale="en-US", color_scheme="dark")
        ask(page, ENGLISH)
        open_mark(page)
        picture(page, "ui/english-dark.png")

        page = visit(browser, address)
        page.locator("#yj-filter > button").click()
        page.get_by_role("combobox", name="来源").fill("济南")
        page.keyboard.press("Enter")
        page.get_by_label("发布日期，从").fill("2024")
        page.locator("#yj-filter-clear").wait_for()
        picture(page, "ui/filters.png")
        ask(page, FIRST)
        page.locator(".yj-how summary").click()
        page.locator("[data-rate=bad]").click()
        picture(page, "ui/rating.png")
        page.get_by_role("button", name="设置").click()
        page.locator("#yj-settings fieldset label").nth(1).click()
        page.locator("#yj-settings-model").wait_for()
        picture(page, "ui/settings.png")

        page = visit(browser, address)
        ask(page, REFUSED)
        picture(page, "ui/refusal.png")
        page.get_by_role("button", name="文档库").click()
        page.locator(".yj-table").wait_for()
        picture(page, "ui/library.png")
        page.get_by_role("button", name="以前的对话").click()
        page.locator(".yj-conversations").wait_for()
        picture(page, "ui/conversations.png")

        page = visit(browser, address, locale="zh-TW", viewport=PHONE, has_touch=True)
        ask(page, "濟南高新區聘任了多少名首席政策官？")
        picture(page, "ui/phone.png")
        open_mark(page)
        picture(page, "ui/phone-evidence.png")
        page = visit(browser, address, locale="zh-TW", viewport=PHONE, has_touch=True, color_scheme="dark")
        page.locator("#yj-open-settings").tap()
        picture(page, "ui/phone-settings.png")
        browser.close()


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The page on a free port over a new home."""
    import uvicorn

    settings = Settings(home=home, llm="extractive")
    settings.library.seed()
    rebuild(settings.library.folder, settings.index_dir)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(web_app(settings), log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.1)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def visit(browser: Any, address: str, **context: Any) -> Any:
    """The page as a newcomer finds it."""
    page = browser.new_context(**{"locale": "zh-CN", "viewport": WIDE, **context}).new_page()
    page.goto(address)
    page.wait_for_selector("html[data-yj-ready]", state="attached")
    return page


def ask(page: Any, question: str) -> None:
    """Types a question and waits for the finished answer."""
    page.locator("#yj-ask textarea").fill(question)
    page.locator("#yj-ask textarea").press("Enter")
    page.locator("#yj-thread .yj-turn").wait_for()


def open_mark(page: Any) -> None:
    """Opens the first mark's document at its sentence."""
    page.locator("#yj-thread .yj-mark").first.click()
    page.locator(".yj-reader mark.yj-quote").wait_for()
    page.mouse.move(4, 400)


def picture(page: Any, name: str) -> None:
    """Writes the picture once everything has come to rest."""
    page.wait_for_timeout(900)
    page.screenshot(path=DOCS / name)


if __name__ == "__main__":
    main()
