"""From a mark to its evidence in every kind of file: printed pages, scans, web pages, text. None of it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from test_corpus_image import bytes_of, rendered
from test_corpus_pdf import column, typed
from web_support import chromium, opened, put, serving

from corpus import Document, Library, Origin, Place, Segment, UnreadableDocument, read_document
from embeddings import Encoder, open_index, rebuild
from rag import Assistant, Settings
from ui.web.html.evidence import Span
from ui.web.html.originals import source_text, web_page
from ui.web.html.page_images import boxes, facsimile
from ui.web.server.app import web_app
from ui.web.store.library_service import LibraryService
from ui.web.store.originals import Originals
from ui.web.views.document import open_document
from ui.web.words.interface import words

pytestmark = pytest.mark.long

ZH = words("zh-Hans")
WEB = """<!doctype html><html><head><meta charset="gbk"><title>土星基地公告</title><style>p { color: #123 }</style>
<meta http-equiv="refresh" content="1;url=http://elsewhere.invalid/">
<script>alert(1); parent.document.title = "taken"</script></head><body onload="alert(2)">
<img src="http://elsewhere.invalid/x.png" onerror="alert(3)"><form action="http://elsewhere.invalid/"><button>送出</button></form>
<article><h1>土星基地公告</h1><p>来源：环城日报　2031-05-06</p>
<p>土星基地管理委员会五月六日宣布，本年度共聘任工程师<b>213名</b>，比上年增加四十二名。</p>
<p>管理委员会同时表示，土星环观测站的年度预算为7.5亿元，将主要用于望远镜与通信设备的更新。</p></article></body></html>"""
PRINTED = [
    "木星基地年报",
    "  木星基地去年共聘任医生87名，来自",
    "十二个国家，比上年增加九名。",
    "  基地图书馆藏书三万册，全天开放。",
]
SCANNED = [
    "金星基地年报",
    "  金星基地去年共聘任教师64名，来自",
    "十五个国家，比上年增加七名。",
    "  基地学校有学生八百余人，新校舍明年竣工。",
]
TYPED = "水星基地年报\n\n水星基地去年共聘任厨师31名，来自六个国家，<script>alert(4)</script>比上年增加两名。\n"
PHONE = {"width": 360, "height": 740}
IN_VIEW = """(selector) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    const body = document.querySelector(".yj-pages, .yj-panel-body").getBoundingClientRect();
    return box.top >= body.top && box.bottom <= body.bottom && box.left >= body.left && box.width > 10;
}"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("evidence"), llm="extractive")
    folder = settings.library.folder
    folder.mkdir()
    (folder / "printed <b>.pdf").write_bytes(typed(column(PRINTED)))
    scan = rendered(typed(column(SCANNED, top=160, size=16)))
    (folder / "scan.png").write_bytes(bytes_of(scan.crop((150, 360, 1250, 900))))
    (folder / "page.html").write_text(WEB, encoding="gbk")
    (folder / "typed.txt").write_text(TYPED, encoding="gb18030")
    rebuild(folder, settings.index_dir, encoder=encoder)
    return settings


@pytest.fixture(scope="module")
def address(settings: Settings, encoder: Encoder) -> Iterator[str]:
    with serving(web_app(Assistant(open_index(settings.index_dir), encoder, settings))) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


def to_evidence(page: Any, question: str) -> None:
    put(page, question)
    page.locator("#yj-thread .yj-mark").first.click()
    page.locator(".yj-reader").wait_for()


@pytest.mark.parametrize(
    ("question", "figure"),
    [("木星基地聘任了多少名医生？", "87名"), ("金星基地聘任了多少名教师？", "64名")],
    ids=["pdf", "scan"],
)
@pytest.mark.parametrize("context", [{}, {"viewport": PHONE, "color_scheme": "dark"}], ids=["wide", "phone"])
def test_a_mark_opens_the_page_with_its_boxes(
    browser: Any, address: str, question: str, figure: str, context: dict[str, Any]
) -> None:
    page, watch = opened(browser, address, **context)
    to_evidence(page, question)
    box = page.locator(".yj-pages mark.yj-box.yj-quote").first
    box.wait_for()
    assert figure in (box.text_content() or "")
    page.wait_for_function(IN_VIEW, arg=".yj-box.yj-quote")
    page.wait_for_function("document.querySelector('.yj-page img').naturalWidth > 500")
    assert page.evaluate("document.activeElement.matches('.yj-box')")
    assert page.locator(".yj-page img").get_attribute("alt").startswith("第 1 页：")
    before = box.bounding_box()
    page.get_by_role("button", name="放大").click()
    assert box.bounding_box()["width"] > 1.2 * before["width"]
    page.get_by_role("button", name="文字").focus()
    page.keyboard.press("Enter")
    page.locator(".yj-document mark.yj-quote", has_text=figure).first.wait_for()
    page.wait_for_function("document.activeElement.dataset.look === 'text'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watch.errors == []
    assert watch.foreign == []


def test_a_saved_web_page_is_shown_and_does_nothing(browser: Any, address: str) -> None:
    page, watch = opened(browser, address)
    to_evidence(page, "土星基地聘任了多少名工程师？")
    page.locator(".yj-document mark.yj-quote", has_text="213名").wait_for()
    page.get_by_role("button", name="原文件").click()
    frame = page.frame_locator(".yj-frame")
    marks = frame.locator("mark")
    marks.first.wait_for()
    assert (
        "".join(marks.all_inner_texts())
        == "土星基地管理委员会五月六日宣布，本年度共聘任工程师213名，比上年增加四十二名。"
    )
    page.wait_for_timeout(1500)  # as long as its refresh would wait
    assert page.title() == "引据 Yinju"
    assert page.frames[-1].url.startswith(f"{address}/document/web")
    assert watch.dialogs == []
    refused = (
        "Blocked script execution",
        "violates the following Content Security Policy",
        "Refused to execute the redirect",
    )
    assert [error for error in watch.errors if not any(said in error for said in refused)] == []
    assert page.evaluate("fetch('document/web?id=page.html').then((r) => r.headers.get('content-security-policy'))")
    assert page.locator(".yj-frame").get_attribute("sandbox") == ""


def test_the_file_of_a_text_is_shown_as_it_is(browser: Any, address: str) -> None:
    page, watch = opened(browser, address, locale="en-US", color_scheme="dark")
    to_evidence(page, "水星基地聘任了多少名厨师？")
    page.get_by_role("button", name="Original", exact=True).click()
    page.locator(".yj-source mark.yj-quote", has_text="31名").wait_for()
    assert "<script>alert(4)</script>" in page.locator(".yj-source").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").click()
    assert download.value.suggested_filename == "typed.txt"
    assert Path(download.value.path()).read_text(encoding="gb18030") == TYPED
    assert watch.dialogs == []
    assert watch.errors == []


@pytest.mark.parametrize(
    "context",
    [{}, {"color_scheme": "dark"}, {"viewport": PHONE, "locale": "zh-TW"}],
    ids=["wide", "dark", "phone"],
)
def test_the_views_of_evidence_have_no_violation(browser: Any, address: str, context: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for question, view in (
        ("木星基地聘任了多少名医生？", "pages"),
        ("土星基地聘任了多少名工程师？", "web"),
        ("水星基地聘任了多少名厨师？", "source"),
    ):
        page, _ = opened(browser, address, **context)
        to_evidence(page, question)
        page.locator(f"[data-look={view}]").click()
        page.locator(f"[data-look={view}][aria-pressed=true]").wait_for()
        page.wait_for_timeout(400)
        found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        told = [
            (rule["id"], [node["html"][:160] for node in rule["nodes"][:4]]) for rule in found.response["violations"]
        ]
        assert told == [], view
        page.close()


def test_files_are_served_from_the_library_only(address: str, settings: Settings) -> None:
    (settings.home / "secret.txt").write_text("secret")
    (settings.library.folder / "unindexed.txt").write_text("secret")
    for name in ("../secret.txt", "unindexed.txt", str(settings.home / "secret.txt"), "..%2Fsecret.txt", ""):
        for where in ("file", "page", "web"):
            response = httpx.get(f"{address}/document/{where}?page=1&id={quote(name)}")
            assert response.status_code == 404
            assert "secret" not in response.text
    assert httpx.get(f"{address}/document/page?id=scan.png&page=2").status_code == 404
    assert httpx.get(f"{address}/document/page?id=typed.txt&page=1").status_code == 404
    assert httpx.get(f"{address}/document/web?id=typed.txt").status_code == 404
    assert httpx.get(f"{address}/document/web?id=page.html&quote=1-9-2").status_code == 400
    served = httpx.get(f"{address}/document/file?id=page.html")
    assert served.content == (settings.library.folder / "page.html").read_bytes()
    assert served.headers["content-disposition"].startswith("attachment")
    assert httpx.get(f"{address}/document/web?id=page.html").headers["content-security-policy"].startswith("sandbox;")


def test_a_line_cited_in_part_is_boxed_in_part() -> None:
    text = "甲乙丙丁abcd"
    origin = Origin((Segment(0, 8, Place(page=2, box=(0.1, 0.2, 0.7, 0.25))),))
    document = Document("a.pdf", text, "a", origin)
    (box,) = boxes(document, [(600, 800), (600, 800)], [Span(1, 2, 4)])
    assert (box.page, box.left, box.right) == (2, pytest.approx(0.3), pytest.approx(0.5))
    upright = Document("a.pdf", text, "a", Origin((Segment(0, 8, Place(page=1, box=(0.5, 0.1, 0.54, 0.7))),)))
    (box,) = boxes(upright, [(600, 800)], [Span(1, 0, 4)])
    assert (box.left, box.right, box.bottom) == (0.5, 0.54, pytest.approx(0.5))
    assert list(boxes(document, [(600, 800)], [Span(1, 2, 4)])) == []  # a page the file no longer has


def test_a_page_says_once_what_is_cited_on_it() -> None:
    lines = (Segment(0, 4, Place(page=1, box=(0, 0, 1, 0.1))), Segment(4, 4, Place(page=1, box=(0, 0.1, 1, 0.2))))
    document = Document("a.pdf", "甲乙<丙丁戊己庚", "<a>", Origin(lines))
    shown = facsimile(document, [(600, 0)], [Span(1, 0, 8)], address="p?id=%3C", active=1, words=ZH)
    assert shown.count("yj-box yj-quote") == 2
    assert shown.count("依据 1 的引文：甲乙&lt;丙丁戊己庚") == 1
    assert 'alt="第 1 页：&lt;a&gt;"' in shown
    assert "p?id=%3C&amp;page=1" in shown


def test_a_file_that_has_changed_is_shown_without_marks(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(WEB, encoding="gbk")
    document = read_document(path)
    start = document.text.index("213名")
    spans = [Span(1, start, start + 4)]
    assert web_page(document, WEB, spans, 1).count("<mark") == 1
    changed = WEB.replace("213", "314")
    assert web_page(document, changed, spans, 1) == changed
    assert ZH.original_changed in source_text(document, changed, spans, 1, ZH)
    assert "<mark" in source_text(document, WEB, spans, 1, ZH)


def test_a_quote_of_before_a_change_is_marked_where_it_stands_now_or_told_as_gone(settings: Settings) -> None:
    service = LibraryService(Assistant.from_settings(settings))
    text = service.assistant.document("typed.txt").text
    start = text.index("31名")
    asked = {"document": "typed.txt", "active": 1, "language": "zh-Hans", "view": "text"}
    moved = open_document(service, asked | {"spans": [[1, 0, 3, "31名"]]})
    assert moved == open_document(service, asked | {"spans": [[1, start, start + 3, "31名"]]})
    assert '<mark class="yj-quote" data-span="1">31名</mark>' in moved
    assert ZH.quote_gone not in moved
    for gone in ("41名", "水星基地"):  # the latter stands there twice
        shown = open_document(service, asked | {"spans": [[1, 5, 9, gone]]})
        assert ZH.quote_gone in shown
        assert "<mark" not in shown
        assert "31名" in shown


def test_of_a_long_file_the_surroundings_are_shown() -> None:
    source = "\n".join(f"第{i}行" for i in range(100_000))
    at = source.index("第70000行")
    document = Document("a.txt", "第70000行", "a", Origin((Segment(0, 7, Place(at, at + 7)),)))
    shown = source_text(document, source, [Span(1, 0, 7)], 1, ZH)
    assert '<mark class="yj-quote" data-span="1">第70000行</mark>' in shown
    assert "第70001行" in shown
    assert "第1行" not in shown
    assert len(shown) < 250_000


def test_what_can_be_shown_of_a_file(tmp_path: Path) -> None:
    originals = Originals(Library(tmp_path))
    for name in ("a.pdf", "b.PNG", "c.htm", "d.md", "e.docx", "f.zip", "g.json"):
        (tmp_path / name).write_bytes(b"%PDF-broken")
    views = {name: originals.view(name) for name in ("a.pdf", "b.PNG", "c.htm", "d.md", "e.docx", "g.json", "g.json#2")}
    assert views == {
        "a.pdf": "pages", "b.PNG": "pages", "c.htm": "web", "d.md": "source", "e.docx": None, "g.json": "source",
        "g.json#2": "source",
    }  # fmt: skip
    assert originals.view("f.zip/inner.pdf") is None
    assert originals.view("gone.pdf") is None
    with pytest.raises(UnreadableDocument, match="not a PDF"):
        originals.sizes("a.pdf")
    with pytest.raises(UnreadableDocument, match="no pages"):
        originals.picture("c.htm", 1)
