"""What a language model writes, in whatever dress: cited, verified, and its structure kept. Over real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openai_server import Reply, ScriptedServer
from quick_encoder import QuickEncoder
from web_support import indexed

from embeddings import open_index
from rag import Answer, Assistant, Settings

DOCUMENTS = {
    "青岚A7空气净化器手册.md": (
        "# 青岚A7空气净化器手册\n\n## 参数\n\n"
        "青岚A7的洁净空气量为410m³/h，额定功率38W，噪声最高52分贝，整机重量7.5千克。\n\n"
        "青岚A7的滤芯寿命为12个月，适用面积28至49平方米。\n\n## 保修\n\n整机保修3年，滤芯不在保修范围内。\n"
    ),
    "青岚A9空气净化器手册.md": (
        "# 青岚A9空气净化器手册\n\n## 参数\n\n"
        "青岚A9的洁净空气量为620m³/h，额定功率55W，噪声最高58分贝，整机重量9.8千克。\n\n"
        "青岚A9的滤芯寿命为18个月，适用面积43至74平方米。\n\n## 保修\n\n整机保修5年，滤芯不在保修范围内。\n"
    ),
}
ASKED = "青岚A7有哪些参数？"


@pytest.fixture(scope="module")
def manuals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("manuals")
    indexed(home, DOCUMENTS, encoder=QuickEncoder())
    return home


Writes = Callable[..., Answer]


@pytest.fixture
def writes(manuals: Path, llm_server: ScriptedServer) -> Iterator[Writes]:
    """Asks, and has the model reply; {A7} and {A9} in the reply are the numbers of the passages with figures."""
    index = open_index(manuals / "index")

    def answered(reply: str, question: str = ASKED, *, strict: bool = False) -> Answer:
        settings = Settings(
            home=manuals, llm="openai:scripted", llm_base_url=llm_server.url, reader="none", strict=strict
        )
        assistant = Assistant(index, QuickEncoder(), settings)
        ranks = {
            hit.passage.title[2:4]: str(hit.rank) for hit in assistant.search(question) if "功率" in hit.passage.text
        }
        for name, rank in ranks.items():
            reply = reply.replace("{" + name + "}", rank)
        llm_server.script = [Reply((reply,))]
        return assistant.ask(question)

    yield answered
    index.close()


def told(answer: Answer) -> list[tuple[str, str]]:
    return [(sentence.text, sentence.verdict) for sentence in answer.sentences if not sentence.frame]


@pytest.mark.parametrize(
    "reply",
    [
        "青岚A7的额定功率为38W[{A7}]。",
        "青岚A7的额定功率为38W。【{A7}†source】",
        "青岚A7的额定功率为38W[citation:{A7}]。",
        "根据资料{A7}，青岚A7的额定功率为38W。",
        "青岚A7的额定功率为38W（{A7}）。",
        "青岚A7的额定功率为38W。\n\n参考资料：\n[{A7}] 青岚A7空气净化器手册",
        "青岚A7的额定功率为38W。",
    ],
)
def test_whatever_the_mark_looks_like_it_becomes_a_citation(writes: Writes, reply: str) -> None:
    answer = writes(reply)
    assert answer.text == "青岚A7的额定功率为38W。[1]"
    assert told(answer) == [("青岚A7的额定功率为38W。", "supported")]
    assert [citation.document_id for citation in answer.citations] == ["青岚A7空气净化器手册.md"]


def test_an_items_number_is_no_figure_and_the_list_stays_one(writes: Writes) -> None:
    answer = writes(
        "青岚A7的参数如下：\n\n1. 额定功率为38W[{A7}]。\n2. 噪声最高52分贝[{A7}]。\n3. 整机重量8.5千克[{A7}]。"
    )
    assert told(answer) == [
        ("额定功率为38W。", "supported"),
        ("噪声最高52分贝。", "supported"),
        ("整机重量8.5千克。", "unsupported"),
    ]
    lead = answer.sentences[0]
    assert (lead.text, lead.verdict, lead.frame) == ("青岚A7的参数如下：", "unchecked", True)
    assert answer.text == (
        "青岚A7的参数如下：\n\n1. 额定功率为38W。[1]\n2. 噪声最高52分贝。[1]\n3. 整机重量8.5千克。[1]"
    )


def test_each_cell_of_a_table_is_held_against_what_its_row_and_column_name(writes: Writes) -> None:
    table = (
        "## 参数对比\n\n| 型号 | 额定功率 | 噪声最高 |\n|---|---|---|\n"
        "| 青岚A7 | 38W[{A7}] | 58分贝[{A7}] |\n| 青岚A9 | 55W[{A9}] | 58分贝[{A9}] |"
    )
    answer = writes(table, "青岚A7和青岚A9的额定功率和噪声是多少？")
    assert told(answer) == [
        ("38W", "supported"),
        ("58分贝", "unsupported"),
        ("55W", "supported"),
        ("58分贝", "supported"),
    ]
    assert answer.text.startswith("## 参数对比\n\n| 型号 | 额定功率 | 噪声最高 |\n|---|---|---|\n| 青岚A7 | 38W[1] |")
    assert all(sentence.verdict == "unchecked" for sentence in answer.sentences if sentence.frame)


def test_code_and_formulas_stay_what_they_are(writes: Writes) -> None:
    reply = "额定功率为38W[{A7}]。\n\n```python\nwatts = a[1]\n```\n\n$$\nE = P \\times t\n$$\n\n噪声最高52分贝。"
    answer = writes(reply)
    assert "```python\nwatts = a[1]\n```\n\n$$\nE = P \\times t\n$$" in answer.text
    assert [verdict for _, verdict in told(answer)] == ["supported", "unchecked", "unchecked", "supported"]


def test_an_unmarked_sentence_over_two_documents_finds_both(writes: Writes) -> None:
    answer = writes("青岚A7的额定功率为38W，青岚A9的额定功率为55W。", "青岚A7和青岚A9的额定功率分别是多少？")
    assert [sentence.verdict for sentence in answer.sentences] == ["supported"]
    assert {citation.document_id[2:4] for citation in answer.citations} == {"A7", "A9"}


def test_a_figure_of_another_sentence_does_not_bear_a_clause_out(writes: Writes) -> None:
    answer = writes("青岚A7的滤芯寿命，3个月。整机保修，12个月。", "青岚A7的滤芯寿命和保修多久？")
    assert [sentence.verdict for sentence in answer.sentences] == ["unsupported", "unsupported"]


def test_figures_of_two_documents_are_not_swapped(writes: Writes) -> None:
    answer = writes("青岚A7的额定功率为55W，青岚A9的额定功率为38W。", "青岚A7和青岚A9的额定功率分别是多少？")
    assert [sentence.verdict for sentence in answer.sentences] == ["unsupported"]


def test_a_word_of_another_language_is_not_borne_out_by_chance(writes: Writes) -> None:
    answer = writes("HACKED[{A7}]。青岚A7的额定功率为38W[{A7}]。")
    assert [sentence.verdict for sentence in answer.sentences] == ["unsupported", "supported"]


def test_a_list_of_sources_does_not_bear_a_sentence_out_together(writes: Writes) -> None:
    answer = writes("青岚A7的额定功率为55W。\n\n来源：[{A7}]、[{A9}]", "青岚A7和青岚A9的额定功率分别是多少？")
    assert [sentence.verdict for sentence in answer.sentences] == ["unsupported"]


def test_a_figure_by_itself_finds_the_passage_that_was_asked_about(writes: Writes) -> None:
    answer = writes("38W", "青岚A7的额定功率是多少？")
    assert [sentence.verdict for sentence in answer.sentences] == ["supported"]
    assert "额定功率38W" in answer.citations[0].quote
    assert [one.verdict for one in writes("39W", "青岚A7的额定功率是多少？").sentences] == ["unsupported"]


def test_what_is_told_is_proven_and_what_is_not_is_unchecked(writes: Writes) -> None:
    answer = writes("青岚A7的额定功率为38W[{A7}]，但资料中没有提到待机功率。", "青岚A7的额定功率和待机功率是多少？")
    assert told(answer) == [("青岚A7的额定功率为38W，", "supported"), ("但资料中没有提到待机功率。", "unchecked")]
    assert answer.text == "青岚A7的额定功率为38W，[1]但资料中没有提到待机功率。"
    assert not answer.refused
    parted = writes(
        "青岚A7的额定功率为38W[{A7}]。\n\n未提及待机功率。\n\n**NO_ANSWER**", "青岚A7的额定功率和待机功率是多少？"
    )
    assert told(parted) == [("青岚A7的额定功率为38W。", "supported"), ("未提及待机功率。", "unchecked")]


def test_a_false_figure_does_not_hide_behind_a_denial(writes: Writes) -> None:
    answer = writes("青岚A7的额定功率为83W[{A7}]，但资料中没有提到待机功率。", "青岚A7的额定功率和待机功率是多少？")
    assert [verdict for _, verdict in told(answer)] == ["unsupported", "unchecked"]


@pytest.mark.parametrize("reply", ["**NO_ANSWER**", "抱歉，资料中没有找到相关信息。", "答案：NO_ANSWER。"])
def test_a_refusal_in_any_dress_is_one(writes: Writes, reply: str) -> None:
    assert writes(reply, "青岚A7的电机是哪家公司生产的？").refused


def test_strict_keeps_the_table_whole(writes: Writes) -> None:
    table = "| 参数 | 数值 |\n|---|---|\n| 额定功率 | 83W[{A7}] |\n| 噪声最高 | 52分贝[{A7}] |\n\n整机保修9年。"
    answer = writes(table, strict=True)
    assert answer.text == "| 参数 | 数值 |\n|---|---|\n| 额定功率 |  |\n| 噪声最高 | 52分贝[1] |"
    assert "2 句" in (answer.notice or "")
