"""Ollama over real HTTP, by its own protocol; and the servers of this computer found."""

from __future__ import annotations

import time

import pytest
from ollama_server import ScriptedOllama
from openai_server import ScriptedServer

from corpus import Passage
from rag import LanguageModelError, Settings
from rag.answers import Hit
from rag.events import ThoughtDelta
from rag.generative.model import LanguageModel
from rag.generative.pieces import Piece
from rag.generative.servers import LocalModel, LocalServer, find_servers

pytest.importorskip("langchain_ollama")
HITS = [Hit(1, 1.0, Passage("1.txt", 0, 8, "灯塔每晚七点亮。", "岛"))]
MODELS = {
    "thinker:8b": {
        "capabilities": ["completion", "tools", "thinking"],
        "model_info": {"general.architecture": "thinker", "thinker.context_length": 40960},
    },
    "plain:1b": {"capabilities": ["completion"], "model_info": {"plain.context_length": 2048}},
    "embedder:latest": {"capabilities": ["embedding"], "model_info": {"bert.context_length": 512}},
}


def asked(server: ScriptedOllama, model: str, **values: object) -> list[Piece]:
    settings = Settings(llm=f"ollama:{model}", **{"llm_base_url": server.url, **values})
    return list(LanguageModel(settings).stream("灯塔几点亮？", HITS, (), "zh-Hans"))


def test_what_is_set_is_sent_and_thought_is_parted() -> None:
    with ScriptedOllama(MODELS, ("七点", "[1]。"), ("嗯", "，七点。")) as server:
        pieces = asked(server, "thinker:8b", llm_window_tokens=12_000, llm_api_key="k-1")
        assert [piece for piece in pieces if piece != ""] == [
            ThoughtDelta("嗯"),
            ThoughtDelta("，七点。"),
            "七点",
            "[1]。",
        ]
        (chat,) = server.chats
        assert chat["think"] is True
        assert (chat["options"]["num_ctx"], chat["options"]["temperature"]) == (12_000, 0.0)
        assert chat["headers"]["authorization"] == "Bearer k-1"
        assert asked(server, "plain:1b") == ["七点", "[1]。"]
        assert server.chats[1].get("think") is None


def test_reasoning_as_it_is_set() -> None:
    with ScriptedOllama(MODELS, ("七点[1]。",), ("嗯",)) as server:
        assert asked(server, "thinker:8b", llm_reasoning="off") == ["七点[1]。"]
        asked(server, "thinker:8b", llm_reasoning="low")
        assert [chat["think"] for chat in server.chats] == [False, "low"]


def test_an_address_with_v1_is_that_of_ollama_all_the_same() -> None:
    with ScriptedOllama(MODELS, ("七点[1]。",)) as server:
        assert asked(server, "plain:1b", llm_base_url=f"{server.url}/v1") == ["七点[1]。"]


def test_passing_failures_are_tried_again_as_often_as_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.generative.chat_models._FIRST_WAIT_S", 0.01)
    with ScriptedOllama(MODELS, ("七点[1]。",), failures=[503, 503]) as server:
        assert asked(server, "plain:1b", llm_retries=2) == ["七点[1]。"]
        assert len(server.chats) == 3
        server.failures = [503, 503]
        with pytest.raises(LanguageModelError, match="server busy"):
            asked(server, "plain:1b", llm_retries=1)


def test_its_words_are_waited_for_as_long_as_set() -> None:
    with ScriptedOllama(MODELS, ("七点", "[1]。"), pause_s=0.4) as server:
        assert asked(server, "plain:1b", llm_timeout_s=30) == ["七点", "[1]。"]
        server.pause_s = 5
        with pytest.raises(LanguageModelError, match="timed out"):
            asked(server, "plain:1b", llm_timeout_s=1, llm_retries=0)


def test_an_unknown_model_and_no_server() -> None:
    with ScriptedOllama(MODELS) as server, pytest.raises(LanguageModelError, match="model 'other' not found"):
        asked(server, "other")
    with pytest.raises(LanguageModelError, match=f"at {server.url}"):
        asked(server, "plain:1b", llm_retries=0)


def test_servers_of_this_computer_are_found_with_their_models(llm_server: ScriptedServer) -> None:
    studio, llama, ours = ScriptedServer(), ScriptedServer(), ScriptedServer()
    llm_server.pages["/v1/models"] = {"data": [{"id": "Qwen/Qwen3-8B", "max_model_len": 32768, "owned_by": "vllm"}]}
    studio.pages["/api/v0/models"] = {
        "data": [
            {"id": "qwen3-4b", "type": "llm", "max_context_length": 32768, "capabilities": ["tool_use"]},
            {"id": "nomic-embed", "type": "embeddings", "max_context_length": 2048},
        ]
    }
    llama.pages = {
        "/v1/models": {"data": [{"id": "gemma.gguf"}]},
        "/props": {"default_generation_settings": {"n_ctx": 4096}},
    }
    ours.pages["/v1/models"] = {"data": [{"id": "yinju", "owned_by": "yinju"}]}
    with ScriptedOllama(MODELS) as ollama, studio, llama, ours:

        def port(server: ScriptedServer) -> int:
            return int(server.url.removesuffix("/v1").rpartition(":")[2])

        ports = {"Ollama": ollama.port, "LM Studio": port(studio), "llama.cpp": port(llama), "vLLM": port(llm_server)}
        assert find_servers(ports) == [
            LocalServer(
                "Ollama",
                ollama.url,
                (
                    LocalModel("thinker:8b", "ollama:thinker:8b", 40960, tools=True, thinks=True),
                    LocalModel("plain:1b", "ollama:plain:1b", 2048, tools=False, thinks=False),
                ),
            ),
            LocalServer("LM Studio", studio.url, (LocalModel("qwen3-4b", "openai:qwen3-4b", 32768, tools=True),)),
            LocalServer("llama.cpp", llama.url, (LocalModel("gemma.gguf", "openai:gemma.gguf", 4096),)),
            LocalServer("vLLM", llm_server.url, (LocalModel("Qwen/Qwen3-8B", "openai:Qwen/Qwen3-8B", 32768),)),
        ]
        assert find_servers({"vLLM": port(ours), "llama.cpp": ollama.port, "Ollama": port(llama)}) == []
        assert llm_server.requests == []


def test_nobody_there_is_told_at_once() -> None:
    began = time.monotonic()
    assert find_servers({"Ollama": 9, "vLLM": 9}) == []
    assert time.monotonic() - began < 2
