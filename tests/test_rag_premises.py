from __future__ import annotations

from datetime import date

import pytest

from corpus import Document, Origin, Passage
from rag import Hit
from rag.extractive.candidates import Candidate
from rag.extractive.presuppositions import denies
from rag.question.question import Question

TEXT = "济南高新区承办第五届创新大赛，三个项目获得三等奖。青岛市派队参加。"


def about(title: str = "济南高新区人才工作", text: str = TEXT, published: str | None = "2024-04-24") -> Candidate:
    document = Document("a.txt", text, title, Origin(()), (), published=published)
    hit = Hit(1, 1.0, Passage("a.txt", 0, len(text), text, title))
    return Candidate(hit, document, 0, len(text), 0.9, 0.9, 0.5, 1.0, fits_kind=True)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("济南高新区有多少项目获奖？", False),
        ("濟南高新區承辦第幾屆大賽？", False),
        ("2024年济南高新区承办了什么？", False),
        ("2019年济南高新区承办了什么？", True),
        ("济南高新区承办第五届大赛了吗？", False),
        ("济南高新区承办第四届大赛了吗？", True),
        ("哪个项目获得一等奖？", True),
        ("第二十条规定了什么？", False),  # it has no articles
        ("青岛高新区承办了什么？", True),
        ("青岛市派队参加了吗？", False),
        ("青岛高新区和济南高新区承办了什么？", False),
        ("哪个城市派队参加？", False),
        ("曲阜市有多少人才？", True),
        ("曲阜县有多少人才？", False),  # no other county is named near by
        ("Which zone hosted the 5th contest?", False),
    ],
)
def test_what_the_document_contradicts(question: str, expected: bool) -> None:
    assert denies(Question(question), about()) is expected


def test_next_year_denies_nothing() -> None:
    rules = about("信用卡章程（2025年版）", "普卡一年内刷满6笔免次年年费。")
    assert not denies(Question("普卡要刷几次明年才不收年费？", today=date(2026, 7, 1)), rules)
    assert denies(Question("普卡去年要刷几次？", today=date(2027, 7, 1)), rules)


def test_a_quarter_of_which_a_report_of_another_says_nothing() -> None:
    report = about("经营简报", "第二季度营业收入3200万元，比一季度增长8%。")
    assert denies(Question("三季度营业收入多少？"), report)
    assert denies(Question("What was the revenue in Q3?"), report)
    assert not denies(Question("二季度营业收入多少？"), report)
    assert not denies(Question("每季度营业收入多少？"), report)


@pytest.mark.parametrize(("times", "expected"), [(2, False), (3, True)])
def test_a_document_that_often_names_another_place_is_about_it(times: int, expected: bool) -> None:
    text = "济南高新区引进人才。" * times + "新认定企业17家。"
    document = about("名单", text).document
    hit = Hit(1, 1.0, Passage("a.txt", 0, len(text), text, "名单"))
    best = Candidate(hit, document, len(text) - 9, len(text), 0.9, 0.9, 0.5, 1.0, fits_kind=True)
    assert denies(Question("青岛高新区新认定了多少企业？"), best) is expected
    assert not denies(Question("济南高新区新认定了多少企业？"), best)
