"""A table that numbers its rows or columns says nothing of a number that it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import read_document
from corpus.language.script import fold
from embeddings import Encoder, rebuild
from rag import Assistant, Settings
from rag.question.series import strangers_among

PRICES = (
    "# 云岭茶行价目\n\n"
    "| 等级 | 单价（元/斤） |\n|---|---|\n| 白毫一级 | 260 |\n| 白毫二级 | 180 |\n\n"
    "| 项目 | 1月 | 2月 | 3月 |\n|---|---|---|---|\n| 营业额（万元） | 12 | 9 | 15 |\n\n"
    "| 桌型 | 数量 |\n|---|---|\n| 2人桌 | 6 |\n| 4人桌 | 8 |\n\n"
    "| 门店 | 店长 |\n|---|---|\n| A店 | 苏沐 |\n| B店 | 顾川 |\n| 五号店 | 林溪 |\n\n"
    "三号店下月开张。\n\n"
    "| 楼层 | 科室 |\n|---|---|\n| 1楼 | 儿科、急诊科 |\n| 2楼 | 骨科、眼科 |\n| 3楼 | 中医科 |\n"
)


@pytest.mark.parametrize(
    ("question", "stranger"),
    [
        ("白毫三级一斤多少钱", "白毫三级"),
        ("白毫3級多少錢", "白毫3级"),
        ("三级的多少钱一斤", "三级"),
        ("白毫二级一斤多少钱", ""),
        ("四月做了多少营业额", "四月"),
        ("二月做了多少营业额", ""),
        ("4月5日做了多少营业额", ""),
        ("3人桌有几张", ""),
        ("C店的店长是谁", "c店"),
        ("B店的店长是谁", ""),
        ("三号店什么时候开", ""),
    ],
)
def test_what_is_not_of_the_series_is_told(tmp_path: Path, question: str, stranger: str) -> None:
    (tmp_path / "价目.md").write_text(PRICES, encoding="utf-8")
    document = read_document(tmp_path / "价目.md")
    found = strangers_among(fold(question), document.tables, fold(document.text))
    assert next((one.text for one in found), "") == stranger


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    settings = Settings(home=tmp_path_factory.mktemp("series"), llm="extractive")
    settings.library.folder.mkdir(parents=True)
    (settings.library.folder / "价目.md").write_text(PRICES, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return Assistant.from_settings(settings)


def test_a_grade_that_the_price_list_has_not_is_refused_with_those_it_has(assistant: Assistant) -> None:
    answer = assistant.ask("白毫三级一斤多少钱？")
    assert answer.refused
    assert "白毫一级" in answer.text
    assert "180" in assistant.ask("白毫二级一斤多少钱？").text


def test_a_department_that_the_table_has_not_is_at_most_offered_with_those_it_has(assistant: Assistant) -> None:
    answer = assistant.ask("皮膚科在幾樓？")
    assert answer.certainty != "answered"
    assert "皮膚科" in answer.text
    assert "骨科" in answer.text
    known = assistant.ask("骨科在几楼？")
    assert known.certainty == "answered"
    assert "2楼" in known.text


def test_a_long_table_is_left_out(tmp_path: Path) -> None:
    rows = "".join(f"第{i}组,{i}\n" for i in range(1, 300))
    (tmp_path / "小组.csv").write_text(f"组别,人数\n{rows}", encoding="utf-8")
    document = read_document(tmp_path / "小组.csv")
    assert not list(strangers_among("第301组有几人", document.tables, fold(document.text)))
    (tmp_path / "小组.csv").write_text("组别,人数\n第1组,5\n第2组,6\n", encoding="utf-8")
    document = read_document(tmp_path / "小组.csv")
    assert list(strangers_among("第301组有几人", document.tables, fold(document.text)))
