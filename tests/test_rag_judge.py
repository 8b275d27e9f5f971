"""The judge tells what a text supports, contradicts or does not speak of, and has its word in the verdicts."""

from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, rebuild
from rag import Assistant, Settings
from rag.answers import Citation
from rag.proof.bearing import SIGNALS, border, likelihood, signals_of
from rag.proof.verification import pair_of, verify
from rag.reading.judge import VERDICTS, Judge, Pair
from rag.reading.reader import Page, Reader
from rag.routes.classifier import Classifier

NOTICE = "电动自行车进入地下车库的，由物业服务人劝阻；不听劝阻的，由消防救援机构处二百元罚款。"


@pytest.fixture(scope="module")
def judge(encoder: Encoder) -> Judge:
    reader = Reader.beside(encoder)
    assert reader is not None
    return Judge(reader.shared)


def verdict(judge: Judge, statement: str, text: str = NOTICE) -> str:
    return VERDICTS[int(judge.judge([Pair(statement, text)])[0].argmax())]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("电动自行车进了地库，物业先劝，劝了不听的由消防罚200元。", "supported"),
        ("電動自行車停進地下車庫，不聽勸的要罰兩百元。", "supported"),
        ("不听劝阻的，由消防救援机构处五百元罚款。", "contradicted"),
        ("电动自行车进入地下车库的，直接由消防救援机构罚款，无须先行劝阻。", "contradicted"),
        ("地下车库每天晚上十点关门。", "silent"),
    ],
)
def test_a_statement_is_judged_by_its_text(judge: Judge, statement: str, told: str) -> None:
    assert verdict(judge, statement) == told


def test_judgements_are_probabilities_in_the_order_asked(judge: Judge) -> None:
    long = "本办法自2025年1月1日起施行。" * 20
    pairs = [Pair("地下车库每天晚上十点关门。", NOTICE), Pair("本办法2025年开始施行。", long)]
    together = judge.judge(pairs)
    assert together.shape == (2, 3)
    assert np.exp(together).sum(1) == pytest.approx([1, 1], abs=1e-4)
    assert together[0] == pytest.approx(judge.judge(pairs[:1])[0], abs=1e-2)
    assert judge.judge([]).shape == (0, 3)


def test_the_reader_reads_as_before_once_judged(encoder: Encoder, judge: Judge) -> None:
    reader = Reader.beside(encoder)
    assert reader is not None
    page = Page("", NOTICE, ((0, len(NOTICE)),))
    before = reader.read("罚多少钱？", [page])
    judge.judge([Pair("不听劝阻的要罚款。", NOTICE)])
    assert reader.read("罚多少钱？", [page]) == before


def test_the_verdict_goes_by_the_judge_where_words_tell_nothing(judge: Judge) -> None:
    citation = Citation(1, "d", "停车须知", None, None, None, None, "d#0", NOTICE, 0, len(NOTICE))
    for said, by_words, by_judge in (
        ("只要电动自行车进入地下车库，消防救援机构就处二百元罚款。", "supported", "unsupported"),  # a condition dropped
        ("骑电动车进地库又劝不走的，消防罚二百块。", "unsupported", "supported"),
    ):
        judged = judge.judge([pair_of(said, [citation])])[0]
        assert verify(said, (citation,), "zh-Hans").verdict == by_words
        assert verify(said, (citation,), "zh-Hans", judged=judged).verdict == by_judge


@pytest.mark.parametrize(
    ("said", "text", "told"),
    [
        ("办理渡口登记免费。", "办理渡口登记不收取任何费用。", "supported"),
        ("办理渡口登记免费。", "办理渡口登记每件收取20元。", "unsupported"),
        ("青鹭号没有救生筏。", "船名：青鹭号 | 救生筏：无 | 载客：40人", "supported"),
        ("青鹭号有救生筏。", "船名：青鹭号 | 救生筏：无 | 载客：40人", "unsupported"),
        ("渡船可以连续航行90分钟。", "渡船可以连续航行1.5小时。", "supported"),
        ("渡船可以连续航行80分钟。", "渡船可以连续航行1.5小时。", "unsupported"),
    ],
)
def test_what_is_said_in_other_words_of_charges_cells_and_units_is_judged_by_what_it_says(
    judge: Judge, said: str, text: str, told: str
) -> None:
    citation = Citation(1, "d", "渡口须知", None, None, None, None, "d#0", text, 0, len(text))
    judged = judge.judge([pair_of(said, [citation])])[0]
    assert verify(said, (citation,), "zh-Hans", likeness=0.93, judged=judged).verdict == told


def test_the_likelihood_falls_with_what_speaks_against_a_sentence() -> None:
    sure = np.log(np.array([0.98, 0.01, 0.01], np.float32))
    best = signals_of(sure, [], 1.0, 0.95, across=False)
    assert len(best) == len(SIGNALS)
    assert likelihood(best) > border()
    contradicted = np.log(np.array([0.01, 0.98, 0.01], np.float32))
    assert likelihood(signals_of(contradicted, ["figure"], 1.0, 0.95, across=False)) < border()
    assert likelihood(signals_of(sure, ["figure"], 1.0, 0.95, across=False)) < likelihood(best)


@pytest.mark.parametrize(
    ("question", "polar"),
    [
        ("电动车可以推进地下车库吗？", True),
        ("租户能不能自己换锁？", True),
        ("Can I bring my bike into the garage?", True),
        ("电动车推进地库罚多少钱？", False),
        ("谁负责劝阻？", False),
        ("When does the garage close?", False),
    ],
)
def test_yes_no_questions_are_told_from_others(encoder: Encoder, question: str, polar: bool) -> None:
    classifier = Classifier.beside(encoder)
    assert classifier is not None
    assert classifier.is_polar(question) is polar


def test_a_yes_no_question_is_answered_as_a_reading(tmp_path: Path, encoder: Encoder) -> None:
    settings = Settings(home=tmp_path, llm="extractive")
    settings.library.folder.mkdir(parents=True)
    rule = "# 清河图书馆入馆须知\n\n读者不得携带宠物入馆。\n\n阅览区每天九点开放。\n"
    (settings.library.folder / "入馆须知.md").write_text(rule, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    answer = Assistant.from_settings(settings).ask("读者可以携带宠物入馆吗？")
    assert [(one.text, one.verdict) for one in answer.sentences[:2]] == [
        ("按引据的理解：否。", "unchecked"),
        ("读者不得携带宠物入馆。", "supported"),
    ]
