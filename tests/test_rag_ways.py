"""Which of several ways to take a question is gone, told by what the documents have for each."""

from __future__ import annotations

from unittest import mock

import pytest

from embeddings import Encoder, open_index, rebuild
from rag import Assistant, Settings
from rag.question.wording import wording_of
from rag.retrieval.retriever import Retriever

DOCUMENTS = {
    "医院.md": (
        "# 银鹭医院就诊手册\n\n普通病房的探视时间是每天15:00至17:30。\n\n"
        "门诊挂号费每次12元。\n\n急诊挂号费每次20元，夜间另收5元。\n"
    ),
    "年会.md": "# 2026年年会筹备会议纪要\n\n年会定在1月23日，由行政部筹备。\n",
    "搬迁.md": "# 2026年仓库搬迁会议纪要\n\n仓库5月搬到石桥路，旧仓库退租。\n",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    home = tmp_path_factory.mktemp("ways")
    documents = home / "documents"
    documents.mkdir()
    for name, text in DOCUMENTS.items():
        (documents / name).write_text(text, encoding="utf-8")
    settings = Settings(home=home, llm="extractive")
    rebuild(documents, settings.index_dir, encoder=encoder)
    return Assistant(open_index(settings.index_dir), encoder, settings)


def test_of_the_ways_to_complete_a_question_the_one_with_evidence_is_taken(assistant: Assistant) -> None:
    ways = [("海棠剧院的门票多少钱？", 0.6), ("银鹭医院的挂号费多少钱？", 0.4)]
    with mock.patch("rag.answering.way.candidates", return_value=ways):
        answer = assistant.ask("那挂号呢", history=[("user", "x"), ("assistant", "y")])
    assert answer.search_question == ways[1][0]
    assert "12元" in answer.text


def test_who_asks_on_does_not_hear_the_same_again(assistant: Assistant) -> None:
    ways = [("银鹭医院的门诊挂号费多少钱？", 0.9), ("银鹭医院的急诊挂号费多少钱？", 0.1)]
    history = [("user", "挂号多少钱"), ("assistant", "门诊挂号费每次12元。[1]")]
    with mock.patch("rag.answering.way.candidates", return_value=ways):
        answer = assistant.ask("还有呢", history=history)
    assert answer.search_question == ways[1][0]
    assert "20元" in answer.text


def test_where_a_way_has_enough_no_other_is_searched(assistant: Assistant) -> None:
    ways = [("门诊挂号费每次多少元？", 0.6), ("银鹭医院几点可以探视？", 0.4)]
    with (
        mock.patch("rag.answering.way.candidates", return_value=ways),
        mock.patch.object(Retriever, "search", autospec=True, side_effect=Retriever.search) as search,
    ):
        answer = assistant.ask("那挂号呢", history=[("user", "x"), ("assistant", "y")])
    assert "12元" in answer.text
    assert {call.args[1].question.text for call in search.call_args_list} == {ways[0][0]}


def test_where_a_sure_way_has_nothing_the_next_is_gone(assistant: Assistant) -> None:
    ways = [("comparison", 0.93), ("library", 0.06), ("fact", 0.01)]
    with mock.patch("rag.answering.quoting.routes_of", return_value=ways):
        answer = assistant.ask("会议纪要有哪几份")
    assert answer.route == "library"
    assert "年会筹备" in answer.text
    assert "仓库搬迁" in answer.text


@pytest.mark.parametrize(("text", "word"), [("银鹭医院几点可以探视", "银鹭"), ("2025年公司营收多少", "营收")])
def test_a_word_that_no_dictionary_has_is_not_cut_in_two(text: str, word: str) -> None:
    assert word in [one.folded for one in wording_of(text).words]
