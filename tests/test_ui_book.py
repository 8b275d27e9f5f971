"""A document's own page, the folders of the library, pasted text, and the questions that are offered."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shelf import SHELF

from corpus import Document, Problem, read_document
from embeddings import Encoder, rebuild
from rag import Assistant, Citation, Settings
from rag.answers import AnswerSentence
from rag.routes.room import Reply
from rag.suggesting.suggestions import Suggestion
from ui.web.html.book import book_page, offers
from ui.web.html.shelf import shelf
from ui.web.store.library_service import Book, LibraryService
from ui.web.store.suggested import Suggested
from ui.web.store.watching import FolderWatch
from ui.web.words.interface import words

ZH, EN = words("zh-Hans"), words("en")
RULES = "制度/清河图书馆借阅办法.md"


@pytest.fixture
def document(tmp_path: Path) -> Document:
    for name, text in SHELF.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return read_document(tmp_path / "制度/2025年/清河图书馆分馆情况.md", tmp_path)


@pytest.fixture
def service(home: Path, encoder: Encoder) -> LibraryService:
    settings = Settings(home=home)
    settings.library.folder.mkdir(parents=True)
    (settings.library.folder / "a.md").write_text(SHELF[RULES], encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return LibraryService(Assistant.from_settings(settings))


def test_folders_stand_as_a_tree_and_a_search_as_a_list() -> None:
    books = [
        Book(name, name, name, passages=1) for name in ("a.txt", "规定/b.txt", "规定/2025/c.txt", "规定/2025/d.txt")
    ]
    tree = shelf(books, ZH)
    folders = [part.split('"')[0] for part in tree.split('data-folder="')[1:]]
    assert folders == ["规定", "规定/2025", ""]
    assert "<small>3 篇</small>" in tree
    assert "<small>2 篇</small>" in tree
    assert tree.index('data-open-book="规定/2025/c.txt"') < tree.index('data-open-book="规定/b.txt"')
    assert "data-folder" not in shelf(books, ZH, found=True)
    assert "data-folder" not in shelf(books[:1], ZH)
    assert "&lt;b&gt;" in shelf([Book("<b>/x", "<b>/x", "<i>", passages=1)], ZH)
    assert "<b>" not in shelf([Book("<b>/x", "<b>/x", "<i>", passages=1)], ZH)


def test_what_waits_or_was_not_read_can_not_be_opened() -> None:
    assert "data-open-book" not in shelf([Book("a.txt", "a.txt", "a.txt")], ZH)


def test_a_page_tells_what_a_document_is(document: Document) -> None:
    document = replace(document, number="清图〔2025〕3号", source="清河<b>图书馆")
    book = Book(document.id, document.id, document.title, passages=2, problems=(Problem("第 3 页读不了<i>"),))
    shown = book_page(document, book, ZH, making=True, file="document/file")
    for fact in ("清图〔2025〕3号", "清河&lt;b&gt;图书馆", "第 3 页读不了&lt;i&gt;", "日期不详", "没有读到的内容"):
        assert fact in shown
    assert '<dt>表格</dt><dd dir="auto">1</dd>' in shown
    assert "document/file?id=%E5%88%B6" in shown
    assert "<b>" not in shown
    assert shown.count("正在准备") == 2  # the overview and the questions
    table = document.tables[0]
    assert f'data-start="{table.start}"' in shown
    assert "表：分馆 · 藏书量（册） · 开馆日期 · 负责人" in shown
    done = book_page(document, book, EN, questions=["东湖分馆的藏书量是多少？"])
    assert 'data-put="东湖分馆的藏书量是多少？"' in done
    assert "The document has no full sentences to quote." in done
    assert "No question to suggest was found" in book_page(document, book, EN, questions=[])


def test_an_overview_is_shown_under_its_headings(document: Document) -> None:
    start = document.text.index("清河图书馆全年")
    quote = document.text[start:].strip()
    cited = Citation(1, document.id, "t", None, None, None, None, "p", quote, start, start + len(quote))
    told = (
        AnswerSentence(quote, (1,), "supported", lead="活动"),
        AnswerSentence("又一句。", (), "unchecked"),
    )
    book = Book(document.id, document.id, document.title, passages=2)
    shown = book_page(document, book, ZH, overview=Reply(told, (cited,), (), 1.0))
    assert shown.count("<h4") == 1
    assert '<h4 dir="auto">活动</h4>' in shown
    assert f'data-start="{start}" data-end="{start + len(quote)}" dir="auto">{quote}</button>' in shown


def test_offers_are_escaped_and_nothing_is_shown_of_none() -> None:
    assert 'data-put="&lt;b&gt;&#34;"' in offers(['<b>"'], EN)
    assert offers([], EN) == ""


class _Answering:
    """What ``Suggested`` asks for of an assistant before it makes anything."""

    def __init__(self, generation: str, documents: list[Any]) -> None:
        self.index = self
        self.manifest = self
        self.generation = generation
        self.documents = lambda: documents


def test_offered_questions_are_kept_with_their_generation(tmp_path: Path) -> None:
    path = tmp_path / "suggestions.json"
    one = Suggestion("借期为多少天？", "a.md", "zh-Hans")
    path.write_text(json.dumps({"generation": "g1", "documents": {"a.md": [one.to_dict()]}}), encoding="utf-8")
    now = _Answering("g1", [])
    suggested = Suggested(lambda: now, path, lambda: False)  # type: ignore[arg-type, return-value]
    assert suggested.of("a.md") == (one,)
    assert suggested.is_done
    now = _Answering("g2", [])
    assert suggested.first() == []
    with suggested._lock:
        assert "a.md" not in suggested._made


@pytest.mark.long
def test_questions_are_made_beside_the_page_and_again_after_a_rebuild(service: LibraryService) -> None:
    suggested = service.suggested
    assert suggested.first() == []
    suggested.begin()
    assert suggested.wait(240)
    (first,) = suggested.first()
    assert first.document_id == "a.md"
    assert service.assistant.ask(first.question).certainty == "answered"
    kept = json.loads((service.assistant.settings.home / "suggestions.json").read_text(encoding="utf-8"))
    assert kept["generation"] == service.assistant.index.manifest.generation
    assert kept["documents"]["a.md"][0]["question"] == first.question
    assert LibraryService(service.assistant).suggested.first() == [first]  # after a restart

    list(service.paste("闭馆通知", "清河图书馆在2025年5月6日闭馆盘点。"))
    assert service.wait(120)
    assert suggested.wait(240)
    assert suggested.of("闭馆通知.txt") is not None


@pytest.mark.long
def test_nothing_is_made_while_questions_are_answered(service: LibraryService) -> None:
    suggested = service.suggested
    with suggested.giving_way():
        suggested.begin()
        assert not suggested.wait(5)
    assert suggested.wait(240)


def test_pasted_text_is_a_document(service: LibraryService) -> None:
    (outcome,) = service.paste("闭馆通知/../2025", "清河图书馆在2025年5月6日闭馆盘点。")
    assert outcome.problem is None
    assert outcome.name == "闭馆通知 2025.txt"
    path = service.assistant.settings.library.folder / "闭馆通知 2025.txt"
    assert path.read_text(encoding="utf-8") == "闭馆通知/../2025\n\n清河图书馆在2025年5月6日闭馆盘点。\n"
    assert service.wait(120)
    assert service.book("闭馆通知 2025.txt") is not None
    (again,) = service.paste("闭馆通知/../2025", "别的文字。")
    assert "闭馆通知 2025.txt" in (again.problem or "")  # what is there is not overwritten


def test_a_watched_folder_tells_once_what_changed_and_hidden_files_do_not_count(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    changed = threading.Event()
    watch = FolderWatch(tmp_path, changed.set)
    watch.start()
    watch.start()
    assert watch.is_on
    time.sleep(1)
    (tmp_path / ".part").write_text("x")
    assert not changed.wait(4)
    (tmp_path / "a.txt").write_text("x")
    assert changed.wait(30)
    watch.stop()
    assert not watch.is_on


def test_the_folder_is_watched_only_where_it_is_set() -> None:
    assert Settings().watch is False
    assert Settings(watch=True).watch is True
