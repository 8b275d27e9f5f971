"""What figure a question asks for, and what has one."""

from __future__ import annotations

import pytest

from corpus.language.script import fold
from rag.extractive.presuppositions import has_figure
from rag.question.figures import Figure, figure_asked, scales_asked, scales_in


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
        ("書掉了要付多少處理費？", Figure.MONEY),
        ("养了几天合不来，能退多少", Figure.ANY),
        ("买几台电脑自己用，要缴税吗？", None),
        ("罚多少由谁来定", None),
        ("修的那几天还要交钱吗", None),
        ("食堂几点开门", Figure.CLOCK),
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
        ("应当在二十四小时内报告", {Figure.MEASURE}),
        ("给予护理假七日", {Figure.MEASURE}),
        ("增长40.8%", {Figure.PERCENT, Figure.PEOPLE, Figure.THINGS, Figure.MONEY}),
        ("合计 3,000", {Figure.MONEY, Figure.PERCENT, Figure.PEOPLE, Figure.THINGS, Figure.MEASURE}),
    ],
)
def test_has_figure(text: str, kinds: set[Figure]) -> None:
    found = {figure for figure in Figure if has_figure(["这里没有数字。", text], figure)}
    assert found - {Figure.ANY} == kinds
    assert (Figure.ANY in found) == bool(kinds) or text == "给予护理假七日"  # which may be a date


@pytest.mark.parametrize(
    ("text", "tells"),
    [("早上7点更新", True), ("开馆：9:00 | 闭馆：17:30", True), ("Year 1 finishes at 2.", True), ("共5项", False)],
)
def test_what_tells_the_time(text: str, *, tells: bool) -> None:
    assert has_figure([text], Figure.CLOCK) is tells


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("这台锅多少瓦？", "项目：额定功率 | 参数：0.86千瓦", "项目：净重 | 参数：3.6kg"),
        ("几天能答复？", "五个工作日内答复", "缴费五元"),
        ("最多停多少天？", "不得超过三十日。", "第三十条"),
        ("保温多久？", "保温时间最长24小时。", "容量4L，重3.6kg。"),
        ("一个月多少钱？", "班级：小班 | 保教费（元/月）：1200", "名额：75人"),
        ("有多少人参加？", "约80名住户参加", "费用6.5万元"),
        ("How many hours is a shift?", "Each shift lasts 90 minutes.", "It costs £8."),
    ],
)
def test_a_figure_in_the_measure_asked_for(question: str, has: str, lacks: str) -> None:
    scales = scales_asked(fold(question))
    assert not scales.isdisjoint(scales_in(has))
    assert scales.isdisjoint(scales_in(lacks))


@pytest.mark.parametrize("question", ["第几届？", "有几家公司？", "人口是多少？", "谁负责？", "几年级？"])
def test_what_is_counted_or_not_said_has_no_measure(question: str) -> None:
    assert not scales_asked(fold(question))
