"""Models of this computer on the command line and in the settings, and a model tried out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ollama_server import ScriptedOllama
from openai_server import Reply, ScriptedServer
from typer.testing import CliRunner

from rag import Settings
from rag.generative import servers
from ui.cli import app
from ui.commands.models import offered

MODELS = {
    "thinker:8b": {"capabilities": ["completion", "tools", "thinking"], "model_info": {"x.context_length": 40960}},
    "embedder": {"capabilities": ["embedding"], "model_info": {}},
}


def run(*arguments: str, **variables: str) -> Any:
    return CliRunner().invoke(app, arguments, env=variables, catch_exceptions=True)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Any:
    real = servers.find_servers
    with ScriptedOllama(MODELS) as ollama:
        monkeypatch.setattr("rag.generative.servers.find_servers", lambda: real({"Ollama": ollama.port}))
        yield ollama


def test_models_are_listed_with_what_to_set(found: ScriptedOllama) -> None:
    text = run("models").stdout
    assert text.splitlines() == [
        f"Ollama  {found.url}",
        "  thinker:8b  40,960 tokens, tools, thinks",
        f"    YINJU_LLM=ollama:thinker:8b YINJU_LLM_BASE_URL={found.url}",
    ]
    (server,) = json.loads(run("models", "--json").stdout)
    assert (server["name"], server["models"][0]["llm"]) == ("Ollama", "ollama:thinker:8b")
    assert found.chats == []


def test_nothing_found_tells_where_was_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.generative.servers.find_servers", list)
    assert "Ollama (11434), LM Studio (1234), llama.cpp (8080), vLLM (8000)" in run("models").stdout


def test_the_page_tells_of_them_in_a_line(found: ScriptedOllama) -> None:
    assert offered(servers.find_servers()) == (
        "Language models on this computer: Ollama (1). To use one: "
        f"YINJU_LLM=ollama:thinker:8b YINJU_LLM_BASE_URL={found.url}; or the settings."
    )


def test_the_model_that_is_set_is_tried(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply(("The iron key", " [2].")), Reply(("I call no tools.",))]
    tried = run("models", "--try", YINJU_LLM="openai:scripted", YINJU_LLM_BASE_URL=llm_server.url)
    assert tried.exit_code == 0
    assert tried.stdout.splitlines()[0].endswith(" s  The iron key [2].")
    assert tried.stdout.splitlines()[1:] == [
        "yes streams its answer",
        "yes marks what it rests on",
        "no  thinks before it answers",
        "no  calls tools",
    ]
    assert "YINJU_LLM" in str(run("models", "--try").exception)


def settings_view(settings: Settings, *, fixed: bool = False) -> Any:
    import gradio as gr

    from ui.web.store.conversation_stores import ConversationStores
    from ui.web.store.preferences import Preferences
    from ui.web.views.settings import SettingsView
    from ui.web.words.interface import words

    with gr.Blocks():
        stores = ConversationStores(settings.home)
        return SettingsView(None, Preferences(settings), stores, gr.Radio(), words("en"), fixed=fixed)


def test_the_settings_offer_what_they_find_and_use_nothing(found: ScriptedOllama, tmp_path: Path) -> None:
    view = settings_view(Settings(home=tmp_path, llm="extractive"))
    offered, status = view._on_look("en")
    ((label, value),) = offered["choices"]
    assert (label, status) == ("Ollama · thinker:8b", "")
    assert view._on_found(value) == ("ollama", "thinker:8b", found.url)
    assert view.preferences.settings.llm == "extractive"
    assert found.chats == []
    view = settings_view(view.preferences.started_with, fixed=True)
    assert "set by whoever runs this page" in view._on_look("en")[1]
    assert "set by whoever runs this page" in next(view._on_test("en"))


def test_the_settings_test_the_model(llm_server: ScriptedServer, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, llm="openai:scripted", llm_base_url=llm_server.url, llm_retries=0)
    view = settings_view(settings)
    llm_server.script = [
        Reply(("The iron key", " [2]."), reasoning="Iron."),
        Reply(calls=(("key_of", {"door": "blue"}),)),
    ]
    trying, tried = view._on_test("zh-Hans")
    assert "openai:scripted" in trying
    assert tried.count("<li>✓") == 4
    assert "标注出处" in tried
    llm_server.script = [Reply(status=401, error="wrong key")]
    assert "wrong key" in list(view._on_test("zh-Hans"))[-1]
