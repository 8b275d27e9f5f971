"""The filters beside the question: what is chosen, and how it is said."""

from __future__ import annotations

import pytest

from rag import Filters, QuestionError
from ui.web.views.filter_bar import describe, iso_date
from ui.web.words.interface import words

ZH, EN = words("zh-Hans"), words("en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        (" ", None),
        ("2023", "2023"),
        ("2023年", "2023"),
        ("2023-05", "2023-05"),
        ("2023年5月", "2023-05"),
        ("2023/5/1", "2023-05-01"),
        ("2023 年 5 月 1 日", "2023-05-01"),
        ("2023.12.31", "2023-12-31"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, expected: str | None) -> None:
    assert iso_date(text) == expected


@pytest.mark.parametrize("text", ["去年", "23", "2023-13", "2023-02-32", "2023-5-", "20230501"])
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(QuestionError, match="is no date"):
        iso_date(text)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(), ""),
        (Filters(documents=("a",)), "标题"),
        (Filters(documents=("a", "b"), sources=("日报", "晚报")), "2 篇选定的文档 · 日报, 晚报"),
        (Filters(languages=("zh-Hant",), published_from="2023"), "繁体中文 · 2023 以来"),
        (Filters(folders=("a/b",), published_to="2023"), "a/b · 到 2023 为止"),
        (Filters(published_from="2022", published_to="2023"), "2022 到 2023"),
    ],
)
def test_filters_are_said_in_words(filters: Filters, said: str) -> None:
    assert describe(filters, ZH, {"a": "标题"}) == said
