"""What a language model writes, held against the documents by the bundled judge and reader. Over real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openai_server import Reply, ScriptedServer
from web_support import indexed

from embeddings import Encoder, open_index
from rag import Answer, Assistant, Settings

DOCUMENTS = {
    "海狮H1水泵说明书.md": (
        "# 海狮H1水泵说明书\n\n## 参数\n\n海狮H1的型号为HS-H1-30，电机转速为1450rpm，额定功率750W，净重11千克。\n\n"
        "海狮H1的工作压力为320kPa，连续运行不超过8小时，适合水温低于60度的管路。\n\n"
        "## 服务\n\n整机保修3年，密封圈不在保修范围内。\n\n报修电话：400-600-1203，每天8:00至20:00。\n"
    ),
    "海狮H2水泵说明书.md": (
        "# 海狮H2水泵说明书\n\n## 参数\n\n海狮H2的型号为HS-H2-45，电机转速为2900rpm，额定功率1100W，净重14千克。\n\n"
        "海狮H2的工作压力为450kPa，连续运行不超过12小时，适合水温低于80度的管路。\n\n"
        "## 服务\n\n整机保修5年，密封圈不在保修范围内。\n"
    ),
}

Writes = Callable[[str, str], Answer]


@pytest.fixture(scope="module")
def manuals(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    home = tmp_path_factory.mktemp("pumps")
    indexed(home, DOCUMENTS, encoder=encoder)
    return home


@pytest.fixture
def writes(manuals: Path, encoder: Encoder, llm_server: ScriptedServer) -> Iterator[Writes]:
    index = open_index(manuals / "index")
    settings = Settings(home=manuals, llm="openai:scripted", llm_base_url=llm_server.url, research="never")
    assistant = Assistant(index, encoder, settings)

    def answered(reply: str, question: str) -> Answer:
        llm_server.script = [Reply((reply,))]
        return assistant.ask(question)

    yield answered
    index.close()


def verdicts(answer: Answer) -> list[str]:
    return [sentence.verdict for sentence in answer.sentences]


def test_each_clause_is_judged_by_the_document_that_it_rests_on(writes: Writes) -> None:
    asked = "海狮H1和H2的工作压力分别是多少？"
    answer = writes("海狮H1的工作压力为320kPa，H2的工作压力为450kPa。", asked)
    assert verdicts(answer) == ["supported"]
    assert {citation.document_id[2:4] for citation in answer.citations} == {"H1", "H2"}
    assert verdicts(writes("海狮H1的工作压力为450kPa，H2的工作压力为320kPa。", asked)) == ["unsupported"]


def test_in_another_language_a_sentence_finds_its_figure(writes: Writes) -> None:
    answer = writes(
        "The motor speed of the Haishi H1 is 1450 rpm [1]. Its working pressure is 320 kPa.",
        "海狮H1的转速和工作压力是多少？",
    )
    assert verdicts(answer) == ["supported", "supported"]
    assert "320kPa" in answer.citations[-1].quote


def test_a_false_denial_is_shown_what_tells_it(writes: Writes) -> None:
    answer = writes(
        "海狮H1的净重为11千克[1]。资料没有提供报修电话的信息。资料没有提到能否遥控。", "海狮H1有多重，怎么报修？"
    )
    assert verdicts(answer) == ["supported", "unsupported", "unchecked"]
    assert "写到了" in answer.sentences[1].problems[0]
    assert "400-600-1203" in answer.citations[answer.sentences[1].citations[0] - 1].quote
    assert {number for sentence in answer.sentences for number in sentence.citations} == {
        citation.number for citation in answer.citations
    }


def test_what_stands_there_word_for_word_passes_and_an_exchanged_unit_does_not(writes: Writes) -> None:
    asked = "海狮H2的参数有哪些？"
    whole = "海狮H2的型号为HS-H2-45，电机转速为2900rpm，额定功率1100W，净重14千克[1]。"
    assert verdicts(writes(whole, asked)) == ["supported"]
    assert verdicts(writes(whole.replace("14千克", "14吨"), asked)) == ["unsupported"]
    assert verdicts(writes(whole.replace("2900rpm", "1450rpm"), asked)) == ["unsupported"]


def test_a_word_denied_in_a_passages_own_words_is_not_borne_out_by_the_sentence_beside_it(writes: Writes) -> None:
    asked = "海狮H2可以用在多热的管路上？"
    whole = "海狮H2的工作压力为450kPa，连续运行不超过12小时，适合水温低于80度的管路"
    assert verdicts(writes(f"{whole}[1]。", asked)) == ["supported"]
    answer = writes(f"{whole.replace('适合', '不适合')}[1]。", asked)
    assert verdicts(answer) == ["unsupported"]
    assert "适合水温低于80度" in answer.citations[0].quote
    assert verdicts(writes(f"{whole.replace('12', '16')}[1]。", asked)) == ["unsupported"]
