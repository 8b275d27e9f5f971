"""Reasoning models behind real HTTP: what they think is no part of what they answer."""

from pathlib import Path

import pytest
from openai_server import Reply, ScriptedServer

from rag import Answer, Assistant, Settings
from rag.thought import Draft

FIRST = "济南高新区聘任了多少名首席政策官？"
SAID = "济南高新区聘任了39名首席政策官。"


def connect(server: ScriptedServer, home: Path, **values: object) -> Assistant:
    return Assistant.from_settings(Settings(home=home, llm="openai:scripted", llm_base_url=server.url, **values))


@pytest.mark.parametrize(
    "pieces",
    [
        ("<th", "ink>\n资料1说", "有450名[1]。\n</th", "ink>\n\n", SAID),
        ("<thinking>有450名</thinking>", SAID),
        ("<THINK>\n\n</think>\n", SAID),
        ("好，有450名。\n", "</think>\n\n", SAID),
        (SAID, "<think>真的是450名吗"),
    ],
)
def test_thought_is_no_part_of_the_answer(
    llm_server: ScriptedServer, bundled_home: Path, pieces: tuple[str, ...]
) -> None:
    llm_server.script = [Reply(pieces, reasoning="也许450名")]
    *deltas, answer = connect(llm_server, bundled_home).stream(FIRST)
    assert isinstance(answer, Answer)
    assert answer.text == f"{SAID}[1]"
    assert [sentence.verdict for sentence in answer.sentences] == ["supported"]
    if not pieces[0].startswith("好"):
        assert "".join(map(str, deltas)) == SAID


def test_thought_that_is_not_opened_is_streamed_no_second_time(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply(("好，有450名。", "</think>", SAID))]
    assistant = connect(llm_server, bundled_home)
    assistant.ask(FIRST)
    *deltas, _ = assistant.stream(FIRST)
    assert "".join(map(str, deltas)) == SAID


@pytest.mark.parametrize(
    "reply",
    [
        Reply(("<think>资料里写着39名",)),
        Reply(("<think>嗯</think>\n \n",)),
        Reply((), reasoning="嗯"),
        Reply((" ", "\n\n")),
        Reply(("。[1]",)),
    ],
)
def test_thought_or_space_alone_is_no_answer(llm_server: ScriptedServer, bundled_home: Path, reply: Reply) -> None:
    llm_server.script = [reply]
    answer = connect(llm_server, bundled_home).ask(FIRST)
    assert (answer.model, "39名" in answer.text) == ("extractive", True)
    assert (answer.notice or "").startswith("语言模型没有作答")


@pytest.mark.parametrize(
    "said",
    [
        "<think>没有。</think>NO_ANSWER",
        "**NO_ANSWER**",
        "`NO_ANSWER`。",
        "答案：NO_ANSWER",
        "抱歉，根据提供的资料，我没有找到这个问题的答案。",
        "很抱歉，资料中未提及首席政策官的人数[1]。如需更多信息，请提供其他资料。",
    ],
)
def test_a_refusal_in_any_dress(llm_server: ScriptedServer, bundled_home: Path, said: str) -> None:
    llm_server.script = [Reply(tuple(said))]
    *deltas, answer = connect(llm_server, bundled_home).stream("济南高新区的厂房租金是多少？")
    assert isinstance(answer, Answer)
    assert (answer.refused, answer.citations) == (True, ())
    assert "NO_ANSWER" not in answer.text + "".join(map(str, deltas))


def test_an_answer_with_something_missing_is_no_refusal(llm_server: ScriptedServer, bundled_home: Path) -> None:
    llm_server.script = [Reply((f"资料中没有提到补贴。{SAID}[1]",))]
    assert not connect(llm_server, bundled_home).ask(FIRST).refused


@pytest.mark.parametrize("written", [f"<think>\n它指高新区\n</think>\n\n{FIRST}", f"改写后的问题：**{FIRST}**"])
def test_thought_is_not_searched_for(llm_server: ScriptedServer, bundled_home: Path, written: str) -> None:
    llm_server.script = [Reply((written,)), Reply((SAID,))]
    history = [("user", "济南高新区有多少人才？"), ("assistant", "<think>也许450名</think>不知道。")]
    assert connect(llm_server, bundled_home).ask("那首席政策官呢？", history=history).search_question == FIRST
    assert not any("450" in message["content"] for sent in llm_server.requests for message in sent["messages"][1:-1])
    assert "也许" not in llm_server.requests[0]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "failed",
    [[Reply(status=400, error="no")] * 2, [Reply((" \n",))], [Reply(("<think>它",))]],  # a 400 is tried once more
)
def test_the_model_answers_where_it_did_not_rewrite(
    llm_server: ScriptedServer, bundled_home: Path, failed: list[Reply]
) -> None:
    llm_server.script = [*failed, Reply((SAID,))]
    history = [("user", "济南高新区引进了多少硕博人才？")]
    answer = connect(llm_server, bundled_home).ask("那济宁经开区呢？", history=history)
    assert (answer.model, answer.notice) == ("openai:scripted", None)
    assert "硕博人才" in answer.search_question


def test_only_what_may_be_a_tag_is_held_back() -> None:
    draft = Draft()
    assert [draft.add(piece) for piece in ("a <", "b <t", "h", "e> 5 <", "6 `<think>` c")] == [
        "a ",
        "<b ",
        "",
        "<the> 5 ",
        "<6 `<think>` c",
    ]
