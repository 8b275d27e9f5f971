"""Contact details that are asked for and lacking."""

from __future__ import annotations

import pytest

from rag.extractive import presuppositions
from rag.question.question import Question


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("服务中心的联系电话是多少？", "电话：0531-88888888", "中心设有联系电话，2023年开通。"),
        ("服務熱線是多少？", "拨打12345", "设立服务热线。"),
        ("火警电话是多少？", "火警电话119", "请拨打火警电话。"),
        ("What is the phone number of the office?", "Call +86 531 8888", "The office has a phone."),
        ("报名的邮箱是什么？", "发至 hr＠example.cn", "请发邮件报名。"),
        ("申报网址是什么？", "登录www.example.gov.cn申报", "请在官网申报。"),
        ("孵化基地的详细地址在哪里？", "位于济宁市任城区崇文大道6699号", "建设了孵化基地。"),
        ("What is the street address?", "12 Jingshi Road", "It stands in Jinan."),
    ],
)
def test_a_detail_by_its_form(question: str, has: str, lacks: str) -> None:
    assert not presuppositions.lacks(Question(question), [lacks, has])
    assert presuppositions.lacks(Question(question), [lacks])


@pytest.mark.parametrize(
    "question", ["谁发明了电话？", "IP地址是什么？", "公园在哪里？", "网站由谁管理？", "Who runs the website?"]
)
def test_other_questions(question: str) -> None:
    assert not presuppositions.lacks(Question(question), ["没有。"])
