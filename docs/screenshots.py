"""Takes the pictures of the page that the README and docs/ui.md show, from the real page over the bundled articles.

Run from the repository: python docs/screenshots.py (needs playwright and a system Chromium). "evidence" after it takes
only the pictures of evidence in other kinds of files: a typeset newspaper page and a saved web page, both made up.
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

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent.parent))

from test_corpus_image import bytes_of, rendered
from test_corpus_pdf import column, typed
from typeset import newspaper_b

from embeddings import rebuild
from rag import Settings
from ui.web.server.app import http_server, web_app

DOCS = Path(__file__).parent
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
SMALL = {"width": 360, "height": 740}
SCANNED = [
    "金星基地年报",
    "  金星基地去年共聘任教师64名，来自十五",
    "个国家，比上年增加七名，其中三名教数学。",
    "  基地学校有学生八百余人，新校舍明年竣工。",
]
FIRST = "济南高新区聘任了多少名首席政策官？"
ENGLISH = "How many chief policy officers did Jinan High-tech Zone appoint?"
WEB_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>土星基地公告</title>
<style>body { max-width: 40em; margin: 0 auto; padding: 0 20px; font: 17px/1.8 sans-serif }
nav { padding: 8px; background: #e4eef5 }
h1 { font-size: 26px } footer { color: #777 }</style><script>document.title = "…"</script></head>
<body><nav><a href="/">首页</a> · <a href="/news">新闻</a> · <a href="/law">政策法规</a></nav>
<article><h1>土星基地公告</h1><p>来源：环城日报　2031-05-06</p>
<p>土星基地管理委员会五月六日宣布，本年度共聘任工程师<b>213名</b>，比上年增加四十二名。</p>
<p>管理委员会同时表示，土星环观测站的年度预算为7.5亿元，将主要用于望远镜与通信设备的更新，并为新聘人员提供住房。</p>
<p>基地现有居民一千八百余人，计划在三年内扩建两座温室，以满足日益增长的蔬菜需求。</p></article>
<footer>主办：土星基地管理委员会</footer></body></html>"""
REFUSED = "2025年济南市全市的常住人口是多少？"


def main() -> None:
    """All pictures, each from a fresh visit."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        (DOCS / "ui").mkdir(exist_ok=True)
        if "evidence" not in sys.argv[1:]:
            conversation(browser)
        evidence(browser)
        browser.close()


def conversation(browser: Any) -> None:
    """The page over the bundled articles."""
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address:
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
        page.locator("#yj-filter-clear:not(.yj-off)").wait_for()
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
        page = visit(browser, address, locale="en-US", viewport=SMALL, has_touch=True)
        ask(page, ENGLISH)
        picture(page, "ui/small-english.png")


def evidence(browser: Any) -> None:
    """Proof in a PDF and in a saved web page."""
    with tempfile.TemporaryDirectory() as home:
        folder = Settings(home=Path(home)).library.folder
        folder.mkdir()
        (folder / "东河日报.pdf").write_bytes(newspaper_b()[0])
        (folder / "土星基地公告.html").write_text(WEB_PAGE, encoding="utf-8")
        scan = rendered(typed(column(SCANNED, top=160, size=16)))
        (folder / "金星基地年报.png").write_bytes(bytes_of(scan.crop((150, 360, 1250, 900))))
        with served(Path(home)) as address:
            page = visit(browser, address)
            ask(page, "青石桥全长多少米？")
            open_mark(page, ".yj-box.yj-quote")
            page.wait_for_function("document.querySelector('.yj-page img').complete")
            picture(page, "ui/evidence-pdf.png")

            page = visit(browser, address)
            ask(page, "金星基地聘任了多少名教师？")
            open_mark(page, ".yj-box.yj-quote")
            page.wait_for_function("document.querySelector('.yj-page img').complete")
            picture(page, "ui/evidence-scan.png")

            page = visit(browser, address, locale="en-US", color_scheme="dark")
            ask(page, "土星基地聘任了多少名工程师？")
            open_mark(page)
            page.get_by_role("button", name="Original", exact=True).click()
            page.frame_locator(".yj-frame").locator("mark").first.wait_for()
            picture(page, "ui/evidence-web.png")

            page = visit(browser, address, locale="zh-TW", viewport=PHONE, has_touch=True, color_scheme="dark")
            ask(page, "青石桥全长多少米？")
            open_mark(page, ".yj-box.yj-quote")
            page.wait_for_function("document.querySelector('.yj-page img').complete")
            picture(page, "ui/evidence-phone.png")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The page on a free port over a new home."""
    settings = Settings(home=home, llm="extractive")
    settings.library.seed()
    rebuild(settings.library.folder, settings.index_dir)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = http_server(web_app(settings), log_level="error", grace_s=1)
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


def open_mark(page: Any, quote: str = "mark.yj-quote") -> None:
    """Opens the first mark's document at its sentence."""
    page.locator("#yj-thread .yj-mark").first.click()
    page.locator(f".yj-reader {quote}").first.wait_for()
    page.mouse.move(4, 400)


def picture(page: Any, name: str) -> None:
    """Writes the picture once everything has come to rest."""
    page.wait_for_timeout(900)
    page.screenshot(path=DOCS / name)


if __name__ == "__main__":
    main()
