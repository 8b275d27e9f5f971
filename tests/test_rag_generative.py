"""A language model behind real HTTP: the real client against a server that plays a script."""

from pathlib import Path

import pytest
from openai_server import Reply, ScriptedServer

from rag import Answer, Assistant, LanguageModelError, Settings

FIRST = "济南高新区聘任了多少名首席政策官？"


def connect(server: ScriptedServer, home: Path, **values: object) -> Assistant:
    return Assistant.from_settings(Settings(home=home, llm="openai:scripted", llm_base_url=server.url, **values))


def rank_of(assistant: Assistant, words: str) -> int:
    return next(hit.rank for hit in assistant.search(FIRST, 8) if words in hit.passage.text)


def test_marks_become_citations(llm_server: ScriptedServer, bundled_home: Path) -> None:
    assistant = connect(llm_server, bundled_home)
    right = rank_of(assistant, "39名")
    llm_server.script = [
        Reply(("济南高新区聘任了", f"39名首席政策官[{right}]。", "解决企业诉求3000余项。", f"[{right}][99]"))
    ]
    *pieces, answer = assistant.stream(FIRST)
    assert isinstance(answer, Answer)
    assert len(pieces) == 4
    assert answer.text == "济南高新区聘任了39名首席政策官。[1]解决企业诉求3000余项。[1]"
    assert answer.citations[0].quote == "创新聘任39名“首席政策官”,解决企业诉求3000余项。"
    assert [sentence.verdict for sentence in answer.sentences] == ["supported", "supported"]
    assert answer.model == "openai:scripted"


def test_a_wrong_figure_and_a_missing_mark_are_shown(llm_server: ScriptedServer, bundled_home: Path) -> None:
    assistant = connect(llm_server, bundled_home)
    right = rank_of(assistant, "39名")
    llm_server.script = [Reply((f"聘任了45名首席政策官[{right}]。这很了不起。",))]
    wrong, unmarked = assistant.ask(FIRST).sentences
    assert (wrong.verdict, wrong.problems) == ("unsupported", ("引用的原文中没有“45”",))
    assert (unmarked.verdict, unmarked.citations) == ("unsupported", ())


def test_passages_are_sent_numbered_and_fenced_with_the_history(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(("好[1]。",))]
    connect(llm_server, bundled_home, llm_api_key="sk-1").ask(
        FIRST, history=[{"role": "user", "content": "你好"}, ("assistant", "您好")]
    )
    request = llm_server.requests[0]
    assert (request["path"], request["stream"]) == ("/v1/chat/completions", True)
    assert request["headers"]["authorization"] == "Bearer sk-1"
    assert [message["role"] for message in request["messages"]] == ["system", "user", "assistant", "user"]
    assert "number=1 " in request["messages"][-1]["content"]
    assert request["messages"][-1]["content"].endswith(FIRST)


def test_a_model_that_finds_nothing_refuses(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(("NO_", "ANSWER"))]
    *pieces, answer = connect(llm_server, bundled_home).stream(FIRST)
    assert isinstance(answer, Answer)
    assert answer.refused
    assert "".join(map(str, pieces)) == answer.text == "文档中没有找到这个问题的答案。"


def test_a_broken_stream_keeps_what_came(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(("聘任了39名首席政策官[1]。", "还有", "更多"), cut_after=2)]
    answer = connect(llm_server, bundled_home).ask(FIRST)
    assert "39名首席政策官" in answer.text
    assert answer.notice is not None
    assert "中途断开" in answer.notice


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=401, error="Incorrect API key provided"), "Incorrect API key"),
        (Reply(status=429, error="Rate limit reached"), "Rate limit"),
        (Reply(status=500, error="overloaded"), "overloaded"),
        (Reply(("",)), "empty answer"),
        (Reply(("x",), cut_after=0), "gave no answer"),
    ],
)
def test_a_server_that_refuses_is_told_in_one_sentence(
    llm_server: ScriptedServer, bundled_home: Path, reply: Reply, words: str
) -> None:
    llm_server.script = [reply]
    with pytest.raises(LanguageModelError, match=words) as caught:
        connect(llm_server, bundled_home).ask(FIRST)
    assert "\n" not in str(caught.value)
    assert "sk-" not in str(caught.value)


def test_passing_refusals_are_tried_again(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(status=429, error="slow down"), Reply(("聘任了39名[1]。",))]
    assert "39名" in connect(llm_server, bundled_home).ask(FIRST).text
    assert len(llm_server.requests) == 2


def test_no_server_at_all(bundled_home: Path) -> None:
    settings = Settings(home=bundled_home, llm="openai:scripted", llm_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(LanguageModelError, match=r"127\.0\.0\.1:9"):
        Assistant.from_settings(settings).ask(FIRST)


@pytest.mark.parametrize("llm", ["nobody:model", "openai:model"])
def test_an_unknown_provider_or_a_missing_key(bundled_home: Path, llm: str) -> None:
    with pytest.raises(LanguageModelError, match="YINJU_LLM"):
        Assistant.from_settings(Settings(home=bundled_home, llm=llm))


def test_an_error_does_not_repeat_the_key(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(status=401, error="Incorrect API key: sk-1")]
    with pytest.raises(LanguageModelError, match="Incorrect API key: •••"):
        connect(llm_server, bundled_home, llm_api_key="sk-1").ask(FIRST)
