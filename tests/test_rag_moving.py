"""An assistant that runs on while its index is rebuilt."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from quick_encoder import QuickEncoder

from embeddings import open_index, rebuild, rollback
from rag import Assistant, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, llm="extractive", answer_threshold=0)
    settings.library.folder.mkdir(parents=True)
    return settings


def write(settings: Settings, name: str, text: str) -> None:
    (settings.library.folder / name).write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=QuickEncoder())


def found(assistant: Assistant) -> set[str]:
    return {hit.passage.document_id for hit in assistant.search("图书馆几点开馆？")}


def test_the_next_question_is_put_to_the_new_index(settings: Settings) -> None:
    write(settings, "一.txt", "市图书馆周二至周日九点开馆。")
    assistant = Assistant(open_index(settings.index_dir), QuickEncoder(), settings)
    assert found(assistant) == {"一.txt"}
    stream = assistant.stream("图书馆几点开馆？")
    write(settings, "二.txt", "区图书馆每天八点开馆。")
    *_, answer = stream  # begun before: of the old index
    assert {hit.passage.document_id for hit in answer.hits} == {"一.txt"}  # type: ignore[union-attr]
    assert found(assistant) == {"一.txt", "二.txt"}
    assert assistant.document("二.txt").text == "区图书馆每天八点开馆。"
    rollback(settings.index_dir)
    assert found(assistant) == {"一.txt"}


def test_an_index_of_another_model_is_not_moved_to(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    write(settings, "一.txt", "市图书馆周二至周日九点开馆。")
    assistant = Assistant(open_index(settings.index_dir), QuickEncoder(), settings)
    (settings.library.folder / "二.txt").write_text("区图书馆每天八点开馆。", encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=QuickEncoder("other"))
    assert found(assistant) == found(assistant) == {"一.txt"}
    assert caplog.text.count("Until then the index of") == 1


def test_a_damaged_new_index_is_not_moved_to(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    write(settings, "一.txt", "市图书馆周二至周日九点开馆。")
    assistant = Assistant(open_index(settings.index_dir), QuickEncoder(), settings)
    write(settings, "二.txt", "区图书馆每天八点开馆。")
    (settings.index_dir / "generation-000002" / "rows.sqlite").write_bytes(b"")
    assert found(assistant) == {"一.txt"}
    assert "generation-000001 answers" in caplog.text


def test_questions_in_many_threads_while_the_index_changes(settings: Settings) -> None:
    write(settings, "0.txt", "市图书馆周二至周日九点开馆。")
    assistant = Assistant(open_index(settings.index_dir), QuickEncoder(), settings)
    done, problems = threading.Event(), list[Exception]()

    def ask() -> None:
        while not done.wait(0.02):
            try:
                answer = assistant.ask("图书馆几点开馆？")
                assert answer.citations
                for citation in answer.citations:
                    text = assistant.document(citation.document_id).text
                    assert text[citation.start : citation.end] == citation.quote
            except Exception as exc:  # noqa: BLE001 - of a thread: told below
                problems.append(exc)
                return

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(1, 6):
        write(settings, f"{n}.txt", f"第{n}图书馆每天{n}点开馆。")
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(found(assistant)) == 6
