"""What figure a question asks for, and what has one."""

from __future__ import annotations

import pytest

from corpus.language.script import fold
from rag.extractive.presuppositions import has_figure
from rag.question.figures import Figure, figure_asked


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("停车场每小时收多少停车费？", Figure.MONEY),
        ("罚款是多少？", Figure.MONEY),
        ("财政每部补贴多少万元？", Figure.MONEY),
        ("一共蓋了多少套人才公寓？", Figure.THINGS),
        ("应当在多少小时内书面报告？", Figure.MEASURE),
        ("男方护理假几天？", Figure.MEASURE),
        ("园区有多少人？", Figure.PEOPLE),
        ("引进了多少名博士？", Figure.PEOPLE),
        ("公办幼儿园的比例是多少？", Figure.PERCENT),
        ("占百分之几？", Figure.PERCENT),
        ("占了多少百分比的產值？", Figure.PERCENT),
        ("有多少年轻人参加？", Figure.ANY),
        ("培育了多少市级人才？", Figure.ANY),
        ("人口是多少？", Figure.ANY),
        ("How many ambulances are there?", Figure.ANY),
        ("What share of the children is it?", Figure.ANY),
        ("第几届比赛？", None),
        ("哪几件事？", None),
        ("几月几日开始？", None),
        ("哪位皇帝發動了幾次戰役？", None),
        ("什么时候开始？", None),
        ("When did it begin?", None),
    ],
)
def test_figure_asked(question: str, figure: Figure | None) -> None:
    assert figure_asked(fold(question)) is figure


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("停车场收费实行政府定价。", set()),
        ("2022年3月10日第54号令", set()),
        ("处二百元罚款", {Figure.MONEY}),
        ("新认定小巨人企业17家", {Figure.THINGS}),
        ("引进高层次人才170人", {Figure.PEOPLE}),
        ("应当在二十四小时内报告", {Figure.MEASURE, Figure.CLOCK}),
        ("给予护理假七日", {Figure.MEASURE}),
        ("增长40.8%", {Figure.PERCENT, Figure.PEOPLE}),
        ("合计 3,000", {Figure.MONEY, Figure.PERCENT, Figure.PEOPLE, Figure.THINGS, Figure.MEASURE}),
    ],
)
def test_has_figure(text: str, kinds: set[Figure]) -> None:
    found = {figure for figure in Figure if has_figure(["这里没有数字。", text], figure)}
    assert found - {Figure.ANY} == kinds
    assert (Figure.ANY in found) == bool(kinds) or text == "给予护理假七日"  # which may be a date
