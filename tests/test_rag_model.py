"""Servers as they are, over real HTTP: what they send, and what they refuse."""

from __future__ import annotations

import pytest
from openai_server import Reply, ScriptedServer

from corpus import Passage
from rag import LanguageModelError, Settings
from rag.answers import Hit
from rag.events import ThoughtDelta
from rag.generative.model import LanguageModel
from rag.generative.pieces import Piece, Remark
from rag.generative.trial import try_model
from rag.generative.windows import count_tokens

QUESTION = "灯塔几点亮？"
SAID = "灯塔每晚七点亮[1]。"
TEXTS = ("灯塔每晚七点亮。", "码头每天六点开。" * 60, "渡船每小时一班。" * 60)
HITS = [Hit(rank, 1.0, Passage(f"{rank}.txt", 0, len(text), text, "岛")) for rank, text in enumerate(TEXTS, 1)]
HISTORY = [("user", "灯塔在哪里？"), ("assistant", "在东岸。[3]")]


def model_of(server: ScriptedServer, **values: object) -> LanguageModel:
    values = {"llm_base_url": server.url, "llm_retries": 0, **values}
    return LanguageModel(Settings(llm="openai:scripted", **values))


def written(model: LanguageModel) -> list[Piece]:
    return list(model.stream(QUESTION, HITS, (), "zh-Hans"))


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("whole", [False, True])
def test_thought_in_a_field_of_its_own_is_told_as_thought(llm_server: ScriptedServer, name: str, whole: bool) -> None:
    llm_server.script = [Reply((SAID,), reasoning="七点还是八点？", reasoning_in=(name,))]
    llm_server.ignores_stream = whole
    assert written(model_of(llm_server)) == [ThoughtDelta("七点还是八点？"), SAID]


def test_thought_alone_is_no_answer(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply((), reasoning="七点还是八点？"), Reply(())]
    model = model_of(llm_server)
    for code in ("model_only_thought", "model_empty"):
        with pytest.raises(LanguageModelError) as raised:
            written(model)
        assert raised.value.code == code


def test_thought_that_is_not_opened_is_told_as_thought_from_the_second_time(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply(("七点", "？</think>", SAID))]
    model = model_of(llm_server)
    assert written(model) == ["七点", "？</think>", SAID]
    second = written(model)
    assert second[:1] == [ThoughtDelta("七点")]
    assert "".join(piece for piece in second if isinstance(piece, str)) == SAID
    llm_server.script = [Reply(("灯塔每晚", "七点亮[1]。"))]
    third = written(model)
    assert "".join(piece for piece in third if isinstance(piece, str)) == SAID


def test_a_server_that_knows_no_streaming(llm_server: ScriptedServer) -> None:
    llm_server.refuses = lambda body: Reply(status=400, error="stream is not supported") if body.get("stream") else None
    llm_server.script = [Reply((SAID,))]
    model = model_of(llm_server)
    assert written(model) == [SAID]
    assert written(model) == [SAID]
    assert [request.get("stream", False) for request in llm_server.requests] == [True, False, False]


def test_a_server_that_sends_whole_answers_when_asked_for_a_stream(llm_server: ScriptedServer) -> None:
    llm_server.ignores_stream = True
    llm_server.script = [Reply((SAID,))]
    assert written(model_of(llm_server)) == [SAID]


def test_a_server_that_knows_nothing_but_streaming_rewrites_too(llm_server: ScriptedServer) -> None:
    refusal = Reply(status=400, error="enable_thinking must be set to false for non-streaming calls")
    llm_server.refuses = lambda body: None if body.get("stream") else refusal
    llm_server.script = [Reply(("<think>它？</think>", "灯塔几点", "亮？"))]
    assert model_of(llm_server).rewrite("它几点亮？", HISTORY, "zh-Hans") == QUESTION
    assert "[3]" not in str(llm_server.requests[0]["messages"])


def reads(most: int, error: str, status: int = 400, **fields: object) -> object:
    def refuses(body: dict) -> Reply | None:
        tokens = sum(count_tokens(message["content"]) for message in body["messages"])
        return Reply(status=status, error=error, fields=fields) if tokens > most else None

    return refuses


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        ("This model's maximum context length is 1600 tokens.", {"code": "context_length_exceeded"}),
        ("the request exceeds the available context size", {"type": "exceed_context_size_error", "n_ctx": 2200}),
        ("Range of input length should be [1, 1600]", {"code": "invalid_parameter_error"}),
    ],
)
def test_what_is_too_long_is_sent_again_with_less(llm_server: ScriptedServer, error: str, fields: dict) -> None:
    llm_server.refuses = reads(1500, error, **fields)
    llm_server.script = [Reply((SAID,))]
    model = model_of(llm_server)
    remark, said = written(model)
    assert isinstance(remark, Remark)
    assert "YINJU_LLM_WINDOW_TOKENS" in remark.problem
    assert remark.problem.fields["tokens"] == 8192
    assert said == SAID
    first, *_, last = (str(request["messages"]) for request in llm_server.requests)
    assert (first.count("渡船"), last.count("渡船")) == (60, 0)
    assert "灯塔每晚七点亮" in last
    sent = len(llm_server.requests)
    assert written(model) == [SAID]
    assert len(llm_server.requests) == sent + 1


def test_tokens_are_counted_by_the_tokenizer_that_the_server_lends(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply((SAID,))]
    llm_server.tokenizes = lambda text: len(text) // 3
    hits = [Hit(n, 1.0, Passage(f"{n}.txt", 0, 240, "灯塔每晚七点亮。" * 30, "岛")) for n in range(1, 9)]
    sent = {}
    for window in (8192, 2048):
        list(model_of(llm_server, llm_window_tokens=window, llm_api_key="k-1").stream(QUESTION, hits, (), "zh-Hans"))
        sent[window] = str(llm_server.requests[-1]["messages"]).count("number=")
        if window == 8192:
            assert not llm_server.counted  # by the estimate all of it fits
    assert sent == {8192: 8, 2048: 8}  # of which the estimate would leave half out
    assert {(body["model"], body["content"] == body["prompt"]) for body in llm_server.counted} == {("scripted", True)}


def test_a_server_without_a_tokenizer_is_asked_for_it_once(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply((SAID,))]
    model = model_of(llm_server, llm_window_tokens=1024)
    for _ in range(2):
        assert written(model) == [SAID]
    assert len(llm_server.counted) == 1
    assert sum(count_tokens(one["content"]) for one in llm_server.requests[-1]["messages"]) < 1024


def test_turns_that_the_servers_tokenizer_finds_room_for_are_kept(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply((QUESTION,))]
    llm_server.tokenizes = lambda text: len(text) // 3
    long = [("user", "岛上的码头每天六点开。" * 80), ("assistant", "在东岸。")]
    model_of(llm_server, llm_window_tokens=1024).rewrite("它几点亮？", long, "zh-Hans")
    assert "码头" in str(llm_server.requests[-1]["messages"])


@pytest.mark.parametrize(
    ("error", "fields"),
    [("maximum context length is 90 tokens", {}), ("too long", {"code": "context_length_exceeded"})],
)
def test_what_can_not_be_made_short_enough_names_the_setting(
    llm_server: ScriptedServer, error: str, fields: dict
) -> None:
    llm_server.refuses = reads(90, error, **fields)
    llm_server.script = [Reply((SAID,))]
    with pytest.raises(LanguageModelError, match="YINJU_LLM_WINDOW_TOKENS") as raised:
        written(model_of(llm_server))
    assert raised.value.code == "model_window_over"
    assert len(llm_server.requests) <= 5


def test_any_other_refusal_is_told_as_it_is(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply(status=400, error="no such parameter: enable_thinking")]
    with pytest.raises(LanguageModelError, match="no such parameter: enable_thinking"):
        written(model_of(llm_server))
    assert len(llm_server.requests) <= 5


def test_a_model_that_takes_no_temperature(llm_server: ScriptedServer) -> None:
    refusal = Reply(status=400, error="temperature does not support 0", fields={"param": "temperature"})
    llm_server.refuses = lambda body: refusal if "temperature" in body else None
    llm_server.script = [Reply((SAID,))]
    model = model_of(llm_server)
    assert written(model) == written(model) == [SAID]
    assert ["temperature" in request for request in llm_server.requests] == [True, False, False]


def test_a_missing_v1_is_hinted_at(llm_server: ScriptedServer) -> None:
    bare = llm_server.url.removesuffix("/v1")
    with pytest.raises(LanguageModelError, match=f"YINJU_LLM_BASE_URL={bare}/v1") as raised:
        written(model_of(llm_server, llm_base_url=f"{bare}/"))
    assert raised.value.code == "model_address_bare"
    llm_server.pages["/chat/completions"] = {"error": "Unexpected endpoint or method. (POST /chat/completions)"}
    with pytest.raises(LanguageModelError, match="Unexpected endpoint") as raised:
        written(model_of(llm_server, llm_base_url=bare))
    assert raised.value.code == "model_address_bare"
    with pytest.raises(LanguageModelError) as raised:
        written(model_of(llm_server, llm_base_url="http://127.0.0.1:9"))
    assert raised.value.code == "model_no_answer"


def test_what_is_set_is_sent(llm_server: ScriptedServer) -> None:
    llm_server.script = [Reply((SAID,))]
    written(model_of(llm_server))
    written(model_of(llm_server, llm_temperature=0.7, llm_reasoning="low"))
    written(model_of(llm_server, llm_reasoning="off"))
    plain, warm, silent = llm_server.requests
    assert (plain["temperature"], "reasoning_effort" in plain) == (0.0, False)
    assert (warm["temperature"], warm["reasoning_effort"]) == (0.7, "low")
    assert (silent["enable_thinking"], silent["chat_template_kwargs"]) == (False, {"enable_thinking": False})


@pytest.mark.parametrize(
    ("llm", "code", "words"),
    [
        ("dashscope:qwen-max", "provider_unknown", "YINJU_LLM=openai:qwen-max and YINJU_LLM_BASE_URL"),
        ("qwen3:8b", "provider_unknown", "ollama:qwen3:8b"),
        ("fireworks:m", "model_without_package", "pip install langchain-fireworks"),
    ],
)
def test_a_provider_that_is_not_there_is_told_with_a_way_out(llm: str, code: str, words: str) -> None:
    with pytest.raises(LanguageModelError) as raised:
        LanguageModel(Settings(llm=llm))
    assert raised.value.code == code
    assert words in str(raised.value)


def test_a_model_is_tried_out(llm_server: ScriptedServer) -> None:
    call = ("key_of", {"door": "blue"})
    llm_server.script = [Reply(("The iron key", " opens it [2]."), reasoning="Iron."), Reply(calls=(call,))]
    trial = try_model(Settings(llm="openai:scripted", llm_base_url=llm_server.url))
    assert (trial.streams, trial.marks, trial.thinks, trial.tools) == (True, True, True, True)
    assert trial.text == "The iron key opens it [2]."
    assert 0 < trial.first_words_s < 30
    assert llm_server.requests[1]["tools"][0]["function"]["name"] == "key_of"
    llm_server.script = [Reply(("It is the iron key.",)), Reply(status=400, error="tools are not supported")]
    trial = try_model(Settings(llm="openai:scripted", llm_base_url=llm_server.url))
    assert (trial.streams, trial.marks, trial.thinks, trial.tools) == (False, False, False, False)
