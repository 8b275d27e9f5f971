"""Answers as they come, beside an event loop, of exchanged parts, and after a rebuild."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from openai_server import Reply, ScriptedServer

from corpus import Passage
from embeddings import Encoder, open_index, rebuild
from embeddings.encoders.protocol import Vectors
from rag import Answer, Answered, Assistant, Searched, Settings, TextDelta
from rag.reading.reader import Page, Reading

QUESTION = "济南高新区聘任了多少名首席政策官？"


def test_events_come_in_their_order(assistant: Assistant) -> None:
    searched, *deltas, answered = assistant.events(QUESTION)
    assert isinstance(searched, Searched)
    assert searched.search_question == QUESTION
    assert searched.hits[0].rank == 1
    assert all(isinstance(delta, TextDelta) for delta in deltas)
    assert isinstance(answered, Answered)
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == answered.answer.text
    *pieces, last = assistant.stream(QUESTION)
    assert "".join(str(piece) for piece in pieces) == answered.answer.text
    assert isinstance(last, Answer)


def test_an_answer_is_read_back_from_its_values(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    values = json.loads(json.dumps(answer.to_dict(), ensure_ascii=False))
    again = Answer.from_dict(values)
    assert again.to_dict() == answer.to_dict()
    assert again.citations == answer.citations
    assert Answer.from_dict({**values, "of_a_later_version": 1}).text == answer.text
    del values["generation"]
    assert Answer.from_dict(values).generation == ""


def test_questions_beside_an_event_loop(assistant: Assistant) -> None:
    async def both() -> tuple[Answer, Answer]:
        first, second = await asyncio.gather(assistant.aask(QUESTION), assistant.aask("人才补贴？"))
        return first, second

    first, second = asyncio.run(both())
    assert first.text == assistant.ask(QUESTION).text
    assert second.question == "人才补贴？"


def test_leaving_a_stream_early_ends_the_request(bundled_home: Path, llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply(pieces=("第一句。",) * 200, pause_s=0.05)]
    settings = Settings(home=bundled_home, llm="openai:test", llm_base_url=llm_server.url, llm_api_key="x")
    writing = Assistant.from_settings(settings)

    async def leave() -> None:
        events = writing.astream(QUESTION)
        async for event in events:
            if isinstance(event, TextDelta):
                break
        await events.aclose()

    asyncio.run(leave())
    for _ in range(100):
        if llm_server.left:
            break
        threading.Event().wait(0.1)
    assert llm_server.left == 1


class ByLength:
    """A reader that takes the longest sentence for the answer."""

    def read(self, question: str, pages: Sequence[Page]) -> list[list[Reading]]:
        return [[Reading(float(end - start), start, end) for start, end in page.sentences] for page in pages]


class Backwards:
    """A reranker that turns the order round."""

    def scores(self, question: str, passages: Sequence[Passage]) -> Vectors:
        import numpy as np

        return np.arange(len(passages), dtype=np.float32)


class Parrot:
    """A writer that says the first passage again."""

    name = "parrot"

    def stream(self, question: str, hits: Sequence, history: Sequence, language: str) -> Generator[str, None, None]:
        yield f"{hits[0].passage.text.splitlines()[-1]}[1]"

    def rewrite(self, question: str, history: Sequence, language: str) -> str:
        return question


def test_each_part_may_be_exchanged(assistant: Assistant) -> None:
    parts = assistant.index, assistant.encoder, assistant.settings
    plain = Assistant(*parts)
    assert Assistant(*parts, reader=ByLength()).ask(QUESTION).hits == plain.ask(QUESTION).hits
    reranked = Assistant(*parts, reranker=Backwards()).search(QUESTION, 5)
    assert [hit.passage.id for hit in reranked] != [hit.passage.id for hit in plain.search(QUESTION, 5)]
    written = Assistant(*parts, model=Parrot()).ask(QUESTION)
    assert written.model == "parrot"
    assert written.citations


def test_an_answers_document_is_the_one_it_was_made_from(tmp_path: Path, encoder: Encoder) -> None:
    settings = Settings(home=tmp_path, llm="extractive")
    settings.library.folder.mkdir(parents=True)
    file = settings.library.folder / "a.txt"
    file.write_text("青山区图书馆每天八点开馆。\n", encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    assistant = Assistant(open_index(settings.index_dir), encoder, settings)
    answer = assistant.ask("青山区图书馆几点开馆？")
    (citation,) = answer.citations
    file.write_text("通知\n\n从下月起有变动，请读者留意。青山区图书馆每天九点开馆。\n", encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    assert "九点" in assistant.ask("青山区图书馆几点开馆？").text
    text = assistant.document(citation.document_id, answer.generation).text
    assert text[citation.start : citation.end] == citation.quote
    assert "九点" in assistant.document(citation.document_id).text


def test_a_question_is_read_once() -> None:
    from rag.question.figures import Figure
    from rag.question.kinds import Kind
    from rag.question.question import Question

    question = Question.of("第四届大会X2奖发了多少万元？GB/T 19001呢？2024年呢？")
    assert question.figure is Figure.MONEY
    assert question.kind is Kind.NUMBER
    assert question.language == "zh-Hans"
    assert "x2" in question.identifiers
    assert question.years == {"2024"}
    assert any(unit == "届" and value == 4 for unit, value in question.numbers)
    assert len(question.parts) == 3
    assert question.terms("zh") == Question(question.text, "en").terms("zh")
    assert Question.of("2020?", [("user", "How many?")]).language == "en"
    with pytest.raises(AttributeError):
        question.text = "x"  # type: ignore[misc]
