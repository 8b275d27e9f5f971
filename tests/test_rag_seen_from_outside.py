"""What others see of an answer being made: LangChain's callbacks, and OpenTelemetry's spans."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from openai_server import Reply, ScriptedServer
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, TraceFlags, Tracer, TracerProvider
from quick_encoder import QuickEncoder

from embeddings import open_index, rebuild
from rag import Assistant, Settings, TextDelta
from rag.langchain import as_runnable

QUESTION = "灯塔几点亮？"
SAID = "灯塔每晚七点亮[1]。"


@pytest.fixture(scope="module")
def island(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("island")
    settings = Settings(home=home)
    settings.library.folder.mkdir(parents=True)
    (settings.library.folder / "island.txt").write_text("岛\n\n灯塔每晚七点亮。码头每天六点开。\n", encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=QuickEncoder())
    return home


def assistant_of(home: Path, server: ScriptedServer | None = None) -> Assistant:
    llm = {"llm": "openai:scripted", "llm_base_url": server.url} if server else {"llm": "extractive"}
    settings = Settings(home=home, reader="none", **llm)
    return Assistant(open_index(settings.index_dir), QuickEncoder(), settings)


class Watching(BaseCallbackHandler):
    def __init__(self) -> None:
        self.runs: list[tuple[str, Any, Any]] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self.metadata: dict[str, Any] = {}

    def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: Any, parent_run_id: Any = None, **_: Any) -> None:
        self.runs.append(("chain", run_id, parent_run_id))

    def on_chat_model_start(
        self,
        serialized: Any,
        messages: Any,
        *,
        run_id: Any,
        parent_run_id: Any = None,
        tags: Any = None,
        metadata: Any = None,
        **_: Any,
    ) -> None:
        self.runs.append(("model", run_id, parent_run_id))
        self.tags, self.metadata = tags, metadata

    def on_llm_new_token(self, token: str, **_: Any) -> None:
        self.words.append(token)


@pytest.mark.parametrize("beside_a_loop", [False, True])
def test_callbacks_and_config_reach_the_model(island: Path, llm_server: ScriptedServer, beside_a_loop: bool) -> None:
    llm_server.script = [Reply(("灯塔每晚", "七点亮[1]。"))]
    runnable, watching = as_runnable(assistant_of(island, llm_server)), Watching()
    config: Any = {"callbacks": [watching], "tags": ["nightly"], "metadata": {"desk": 7}}
    answer = asyncio.run(runnable.ainvoke(QUESTION, config)) if beside_a_loop else runnable.invoke(QUESTION, config)
    assert answer.text == "灯塔每晚七点亮。[1]"
    (_, chain, _), (_, _, parent) = watching.runs
    assert [kind for kind, *_ in watching.runs] == ["chain", "model"]
    assert parent == chain
    assert "".join(watching.words) == SAID
    assert "nightly" in watching.tags
    assert watching.metadata["desk"] == 7


class Recorded(NonRecordingSpan):
    def __init__(self, name: str, parent: Span, attributes: dict[str, Any], number: int) -> None:
        super().__init__(SpanContext(1, number, is_remote=False, trace_flags=TraceFlags(1)))
        self.name, self.parent, self.attributes = name, getattr(parent, "name", None), dict(attributes)
        self.ended, self.failed = False, False

    def end(self, end_time: int | None = None) -> None:
        self.ended = True

    def is_recording(self) -> bool:
        return True

    def set_attributes(self, attributes: Any) -> None:
        self.attributes |= attributes

    def record_exception(self, *_: Any, **__: Any) -> None:
        self.failed = True


class Collector(TracerProvider, Tracer):
    """A provider that keeps its spans, as an exporter would."""

    def __init__(self) -> None:
        self.spans: list[Recorded] = []

    def get_tracer(self, *_: Any, **__: Any) -> Tracer:
        return self

    def start_span(self, name: str, context: Any = None, *_: Any, attributes: Any = None, **__: Any) -> Span:
        span = Recorded(name, trace.get_current_span(context), attributes or {}, len(self.spans) + 1)
        self.spans.append(span)
        return span

    def start_as_current_span(self, name: str, *_: Any, attributes: Any = None, **__: Any) -> Any:
        return trace.use_span(self.start_span(name, attributes=attributes), end_on_exit=True)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    collector = Collector()
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: collector)
    monkeypatch.setattr("opentelemetry.trace.get_tracer", lambda *_, **__: collector)
    yield collector
    assert all(span.ended for span in collector.spans)
    assert isinstance(trace.get_current_span(), NonRecordingSpan)
    assert not isinstance(trace.get_current_span(), Recorded)


def test_a_written_answer_is_a_tree_of_spans(island: Path, llm_server: ScriptedServer, collector: Collector) -> None:
    llm_server.script = [Reply((SAID,))]
    assistant_of(island, llm_server).ask(QUESTION, history=[("user", "岛上有什么？")])
    assert [(span.name, span.parent) for span in collector.spans] == [
        ("yinju.question", None),
        ("yinju.rewriting", "yinju.question"),
        ("yinju.search", "yinju.question"),
        ("yinju.model", "yinju.question"),
        ("yinju.verification", "yinju.question"),
    ]
    told = {span.name: span.attributes for span in collector.spans}
    assert told["yinju.model"]["model"] == "openai:scripted"
    assert told["yinju.search"]["hits"] >= 1
    assert not any("灯塔" in str(span.attributes) for span in collector.spans)


def test_a_quoted_answer_is_read(island: Path, collector: Collector) -> None:
    assistant_of(island).ask(QUESTION)
    assert [span.name for span in collector.spans] == ["yinju.question", "yinju.search", "yinju.reading"]


def test_a_model_that_fails_is_a_failed_span(island: Path, llm_server: ScriptedServer, collector: Collector) -> None:
    llm_server.script = [Reply(status=401, error="no key")]
    assert assistant_of(island, llm_server).ask(QUESTION).model == "extractive"
    assert [span.name for span in collector.spans if span.failed] == ["yinju.model"]


def test_no_span_is_current_between_events(island: Path, llm_server: ScriptedServer, collector: Collector) -> None:
    llm_server.script = [Reply(("灯塔每晚", "七点亮[1]。"))]
    events = assistant_of(island, llm_server).events(QUESTION)
    for event in events:
        assert not isinstance(trace.get_current_span(), Recorded)
        if isinstance(event, TextDelta):
            break
    events.close()
