"""Whether questions are researched in steps: said on the command line for one, in the settings for all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args, get_type_hints

import gradio as gr
import httpx
import pytest
from openai_server import Reply, ScriptedServer
from quick_encoder import QuickEncoder
from test_rag_research import LIBRARIES, QUESTION
from test_ui_cli import FIRST
from typer.testing import CliRunner
from web_support import indexed, serving

from rag import Assistant, Step
from rag.settings import ResearchMode
from ui.cli import app
from ui.commands import asking
from ui.terminal import step_text
from ui.web.server.app import web_app
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.library_service import LibraryService
from ui.web.store.preferences import Preferences
from ui.web.views.settings import SettingsView
from ui.web.words.interface import words

SAID = "济南高新区聘任了39名首席政策官[1]。"
SEARCH = ("search", {"query": "首席政策官 聘任", "documents": ["003_5e9ebf8f6c1b539e.txt"]})


def yinju(*arguments: str, home: Path, **variables: str) -> Any:
    """The command in this process: what it said, and how it ended."""
    return CliRunner().invoke(app, arguments, env={"YINJU_HOME": str(home), **variables})


def written_by(server: ScriptedServer) -> dict[str, str]:
    """The variables that have a server's model write."""
    return {"YINJU_LLM": "openai:scripted", "YINJU_LLM_BASE_URL": server.url, "YINJU_LLM_RETRIES": "0"}


def test_the_steps_are_told_while_the_answer_is_on_its_way(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(calls=(SEARCH,)), Reply((SAID, ""), pause_s=3)]
    environment = {**os.environ, **written_by(llm_server), "YINJU_HOME": str(bundled_home), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", "from ui.cli import main; main()", "ask", FIRST, "--research", "always"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stderr is not None
        step = process.stderr.readline()
        assert process.poll() is None
        told, more = process.communicate(timeout=240)
    assert step.startswith("1. Searched 首席政策官 聘任: ")
    assert step.endswith(" found\n")
    assert (process.returncode, more) == (0, "")
    assert told.startswith("济南高新区聘任了39名首席政策官。[1]")
    assert "Searched" not in told


def test_json_is_the_answer_alone(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(calls=(SEARCH,)), Reply((SAID,))]
    process = yinju("ask", FIRST, "--json", "--research", "always", home=bundled_home, **written_by(llm_server))
    values = json.loads(process.stdout)
    assert (process.exit_code, values["model"], len(values["steps"])) == (0, "openai:scripted", 1)
    assert process.stderr.startswith("1. Searched ")


def test_it_is_said_for_one_question(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply((SAID,))]
    variables = {**written_by(llm_server), "YINJU_RESEARCH": "always"}
    process = yinju("ask", FIRST, "--research", "never", home=bundled_home, **variables)
    assert (process.exit_code, process.stderr) == (0, "")
    assert ["tools" in request for request in llm_server.requests] == [False]
    yinju("ask", FIRST, home=bundled_home, **variables)
    assert "tools" in llm_server.requests[1]


def test_without_a_language_model_the_answer_comes_and_a_sentence(bundled_home: Path) -> None:
    process = yinju("ask", FIRST, "--json", "--research", "always", home=bundled_home)
    assert process.exit_code == 0
    assert "39名" in json.loads(process.stdout)["text"]
    assert process.stderr == (
        "--research always needs a language model, and none is set (YINJU_LLM): the documents' own words answer.\n"
    )
    assert yinju("ask", FIRST, "--research", "auto", home=bundled_home).stderr == ""


def test_the_option_takes_what_the_settings_take(home: Path) -> None:
    offered, none = get_args(get_type_hints(asking.ask)["research"])
    assert (get_args(offered), none) == (get_args(ResearchMode), type(None))
    process = yinju("ask", FIRST, "--research", "often", home=home)
    assert process.exit_code == 2
    assert "'auto', 'always', 'never'" in process.stderr


def test_a_step_is_one_line_that_moves_no_cursor() -> None:
    assert step_text(Step(2, "read", "年报\n\x1b[2J 节", 3)) == "2. Read 年报  [2J 节: 3 found"
    assert step_text(Step(1, "table", "", 0)) == "1. Looked into a table: nothing found"


class TestSettings:
    @pytest.fixture
    def libraries(self, tmp_path: Path) -> Assistant:
        return indexed(tmp_path / "libraries", LIBRARIES, encoder=QuickEncoder())

    def view(self, assistant: Assistant) -> SettingsView:
        stores = ConversationStores(assistant.settings.home)
        service = LibraryService(assistant)
        with gr.Blocks():
            return SettingsView(service, Preferences(assistant.settings), stores, gr.Radio(), words("en"), fixed=False)

    def test_what_is_chosen_is_kept_and_used(self, libraries: Assistant, llm_server: ScriptedServer) -> None:
        view = self.view(libraries)
        llm_server.script = [Reply(("NO_ANSWER",))]

        def save(research: str, source: str = "model") -> Any:
            return list(view._on_save("en", source, "openai", "scripted", llm_server.url, "", research, 8, 0.5, False))

        def asked_with_tools() -> bool:
            llm_server.requests.clear()
            list(view.service.assistant.events(QUESTION))
            return "tools" in llm_server.requests[0]

        (first, *_), (last, *_) = save("always")
        assert "openai:scripted answers" in last, first
        assert asked_with_tools()
        assert Preferences(libraries.settings).settings.research == "always"
        save("never")
        assert not asked_with_tools()
        assert Preferences(libraries.settings).settings.research == "never"
        save("always", "extractive")  # it is not seen then, and not chosen
        assert Preferences(libraries.settings).settings.research == "never"
        place = view._values.index(view._research)
        assert view._current(words("en"))[place] == "never"

    @pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
    def test_the_choice_is_told_in_every_language(self, libraries: Assistant, language: Any) -> None:
        view = self.view(libraries)
        told = view.words(words(language), None)[view.spoken.index(view._research)]
        assert [value for _, value in told["choices"]] == list(get_args(ResearchMode))
        assert len({name for name, _ in told["choices"]} | {told["label"], told["info"]}) == 5

    @pytest.mark.parametrize(("research", "shown"), [("auto", True), ("always", False), ("never", True)])
    def test_no_switch_where_all_are_researched(self, libraries: Assistant, research: str, shown: bool) -> None:
        written = {"llm": "openai:scripted", "llm_base_url": "http://127.0.0.1:9/v1", "research": research}
        settings = libraries.settings.model_copy(update=written)
        with serving(web_app(Assistant(libraries.index, libraries.encoder, settings))) as address:
            components = httpx.get(f"{address}/config").json()["components"]
        (switch,) = [part for part in components if part["props"].get("elem_id") == "yj-research"]
        assert switch["props"]["visible"] is shown
