"""The library behind the page: files in and out, the index rebuilt while the old one answers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from corpus import Library, Problem, UnknownDocument
from embeddings import Encoder, Manifest, Progress, rebuild
from rag import Assistant, Settings
from ui.web.html import library
from ui.web.store.library_service import Book, LibraryService, Outcome
from ui.web.store.removed import Removed
from ui.web.words.interface import words

ZH = words("zh-Hans")
NEWS = "月球基地年报\n\n2031年月球基地共有57名工程师，年度预算为3.2亿元。\n"


@pytest.fixture
def service(home: Path, encoder: Encoder) -> LibraryService:
    settings = Settings(home=home)
    settings.library.folder.mkdir(parents=True)
    (settings.library.folder / "old.txt").write_text("火星基地年报\n\n火星基地有9名工程师。\n", encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return LibraryService(Assistant.from_settings(settings))


def test_added_files_are_answered_from_and_removed_ones_are_not(service: LibraryService, tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "bad.xyz").write_text("x")
    good, bad = service.add([tmp_path / "news.txt", tmp_path / "bad.xyz"])
    assert good == Outcome("news.txt")
    assert bad.problem is not None
    assert ".xyz" in bad.problem
    assert service.wait(60)
    assert {book.id for book in service.books()} == {"old.txt", "news.txt"}
    assert "57名" in service.assistant.ask("2031年月球基地有多少名工程师？").text

    service.remove("news.txt")
    assert service.wait(60)
    assert {book.id for book in service.books()} == {"old.txt"}
    assert service.removed == "news.txt"
    assert LibraryService(service.assistant).removed == "news.txt"  # after a restart too
    service.restore()
    assert service.wait(60)
    assert {book.id for book in service.books()} == {"old.txt", "news.txt"}
    assert service.removed is None


def test_what_was_removed_last_comes_back_first_and_not_for_ever(tmp_path: Path) -> None:
    library = Library(tmp_path / "documents")
    (library.folder / "sub").mkdir(parents=True)
    (library.folder / "sub" / "a.txt").write_text("a")
    (library.folder / "b.txt").write_text("b")
    removed = Removed(library, tmp_path / "removed")
    removed.remove("sub/a.txt")
    removed.remove("b.txt")
    assert list(library.files()) == []
    removed = Removed(library, tmp_path / "removed")
    assert removed.last == "b.txt"
    (library.folder / "b.txt").write_text("another")
    removed.restore()
    assert (library.folder / "b.txt").read_text() == "another"
    removed.restore()
    assert (library.folder / "sub" / "a.txt").read_text() == "a"
    assert removed.last is None
    removed.restore()
    removed.remove("b.txt")
    (moment,) = (tmp_path / "removed").iterdir()
    moment.rename(moment.with_name(str(int(moment.name) - 31 * 86_400 * 10**9)))
    assert Removed(library, tmp_path / "removed").last is None


def test_an_assistant_that_is_held_goes_on_answering(service: LibraryService, tmp_path: Path) -> None:
    held = service.assistant
    (tmp_path / "news.txt").write_text(NEWS, encoding="utf-8")
    assert list(service.add([tmp_path / "news.txt"])) == [Outcome("news.txt")]
    assert service.wait(60)
    assert service.assistant is not held
    assert held.ask("火星基地有多少名工程师？").hits


def test_a_file_the_index_does_not_know_is_waiting(service: LibraryService, monkeypatch: pytest.MonkeyPatch) -> None:
    held, going = threading.Event(), threading.Event()

    def slow(*arguments: Any, **named: Any) -> Any:
        going.set()
        held.wait(20)
        return rebuild(*arguments, **named)

    monkeypatch.setattr("ui.web.store.library_service.rebuild", slow)
    folder = service.assistant.settings.library.folder
    (folder / "news.txt").write_text(NEWS, encoding="utf-8")
    service.rebuild()
    assert going.wait(20)
    service.rebuild()  # asked for again while one runs: no second thread
    assert service.busy
    waiting = next(book for book in service.books() if book.id == "news.txt")
    assert waiting.passages is None
    held.set()
    assert service.wait(60)
    assert {book.passages for book in service.books()} == {1}


def test_an_unreadable_file_says_why(service: LibraryService) -> None:
    (service.assistant.settings.library.folder / "odd.xyz").write_text("x")
    service.rebuild()
    assert service.wait(60)
    odd = next(book for book in service.books() if book.id == "odd.xyz")
    assert ".xyz" in odd.problems[0]


def test_a_failed_rebuild_is_said_and_the_old_index_answers(
    service: LibraryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any, **named: Any) -> Any:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("ui.web.store.library_service.rebuild", broken)
    before = service.assistant
    service.rebuild()
    assert service.wait(20)
    assert "disk on fire" in (service.error or "")
    assert service.assistant is before


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", "nothing.txt"])
def test_only_files_of_the_library_can_be_removed(service: LibraryService, name: str) -> None:
    with pytest.raises(UnknownDocument):
        service.remove(name)


BOOKS = [
    Book("a.txt", "a.txt", "乙", "日报", "2024-01-01", 3),
    Book("b.txt", "b.txt", "甲", None, None, 9),
    Book("new.txt", "new.txt", "new.txt"),
]


def test_books_are_found_and_sorted_the_waiting_first() -> None:
    assert [book.id for book in library.selected(BOOKS, "", "title")] == ["new.txt", "a.txt", "b.txt"]
    assert [book.id for book in library.selected(BOOKS, "", "date")] == ["new.txt", "a.txt", "b.txt"]
    assert [book.id for book in library.selected(BOOKS, "", "passages")] == ["new.txt", "b.txt", "a.txt"]
    assert [book.id for book in library.selected(BOOKS, "日报 A.TXT", "title")] == ["a.txt"]


def test_the_table_is_escaped_and_bounded() -> None:
    bad = Book("<b>.txt", "<b>.txt", "<script>", "<i>", "<u>", None, (Problem("<img>"),))
    shown = library.catalogue([bad], ZH)
    assert not {"<b>", "<script>", "<i>", "<u>", "<img>"} & {
        shown[i : i + n] for n in range(3, 9) for i in range(len(shown))
    }
    many = library.catalogue([Book(str(i), str(i), str(i), passages=1) for i in range(305)], ZH)
    assert many.count("<tr>") == 301
    assert "另有 5 篇" in many
    assert "没有这样的文档" in library.catalogue([], ZH)


def test_the_index_says_how_it_is() -> None:
    manifest = Manifest(1, "m", 1, 400, 1234, 5678, 9, "", {})
    assert "1,234 篇文档、5,678 个段落" in library.index_state(manifest, None, None, ZH)
    assert "3/10" in library.index_state(manifest, Progress("encoding", 3, 10), None, ZH)
    assert "&lt;full&gt;" in library.index_state(manifest, None, Problem("<full>"), ZH)
    assert "&lt;x&gt;" in library.outcomes([Outcome("<x>", Problem("<y>"))], ZH)
