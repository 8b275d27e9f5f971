"""The room of tables: the right cell, conditions, what reaches furthest, and exact arithmetic, each cell cited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from embeddings import Encoder, open_index, rebuild
from rag.proof.citations import join_sentences
from rag.question.question import Question
from rag.reading.reader import Reader
from rag.retrieval.retriever import Retriever
from rag.routes.room import Asking, Reply
from rag.routes.tables import table_room

STOCK = (
    ("货号", "商品", "单价（元）", "现存（件）", "最低存量（件）", "供应商"),
    ("P-01", "保温杯", 89, 120, 60, "远山百货"),
    ("P-02", "雨伞", 45, 18, 40, "晴川日用"),
    ("P-03", "行李箱", 399, 25, 30, "远山百货"),
    ("P-04", "台灯", 158, 64, 20, "明澈电器"),
)
FIGURES = "# 白鹿书店{year}年经营简报\n\n{year}年，书店营业收入{income}万元，到店读者{readers}人次。\n"


@pytest.fixture(scope="module")
def asked(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Reply | None]:
    """Asks the room over a workbook and two years' briefs."""
    folder = tmp_path_factory.mktemp("tables")
    documents = folder / "documents"
    documents.mkdir()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in STOCK:
        sheet.append(row)
    months = book.create_sheet("各月")
    for month in (
        ("月份", "营业额（元）", "客人（人）"),
        ("1月", 31200, 812),
        ("2月", 28600, 745),
        ("3月", 30500, 790),
    ):
        months.append(month)
    book.save(documents / "杂货店存货表.xlsx")
    for year, income, readers in ((2023, "318.5", 41200), (2024, "362.75", 45800)):
        brief = FIGURES.format(year=year, income=income, readers=readers)
        Path(documents / f"书店简报{year}.md").write_text(brief, encoding="utf-8")
    rebuild(documents, folder / "index", encoder=encoder)
    retriever = Retriever(open_index(folder / "index"), encoder)
    reader = Reader.beside(encoder)
    return lambda question: table_room(Asking(Question.of(question), retriever, reader, None, 8, date(2025, 3, 1)))


def told(reply: Reply | None) -> str:
    assert reply is not None
    return join_sentences(reply.sentences)


@pytest.mark.parametrize(
    ("question", "wanted", "unwanted"),
    [
        ("台灯卖多少钱", "158", "89"),
        ("雨傘的供應商是誰", "晴川日用", "远山百货"),
        ("哪些商品的现存低于最低存量", "行李箱", "保温杯"),
        ("单价最贵的商品是哪个", "行李箱", "台灯"),
        ("单价100元以上的有哪些商品", "台灯", "雨伞"),
        ("保温杯和台灯现存一共多少件", "184件 = 120 + 64", "行李箱"),
        ("行李箱比雨伞单价贵多少", "354元 = 399 − 45", "台灯"),
        ("买3个台灯要多少钱", "474元 = 158 × 3", "雨伞"),
        ("行李比保温杯单价贵多少", "310元 = 399 − 89", "台灯"),
        ("雨伞离最低存量还差多少件", "22件 = 40 − 18", "台灯"),
        ("雨伞现存是最低存量的百分之几", "45%", "台灯"),
        ("单价最贵的和最便宜的差多少", "354元 = 399 − 45", "台灯"),
        ("保温杯的单价比台灯便宜百分之几", "43.67% = (158 − 89) ÷ 158", "雨伞"),
        ("两把雨伞加一个台灯，一共多少钱", "248元 = 2 × 45 + 158", "保温杯"),
        ("晴川那家供的是什么商品", "雨伞", "保温杯"),
        ("前两个月营业额一共多少", "59800元 = 31200 + 28600", "30500"),
    ],
)
def test_the_right_cells_only(asked: Callable[[str], Reply | None], question: str, wanted: str, unwanted: str) -> None:
    text = told(asked(question))
    assert wanted in text
    assert unwanted not in text


def test_every_cell_of_a_sum_is_cited(asked: Callable[[str], Reply | None]) -> None:
    reply = asked("现存总共多少件")
    assert "227件 = 120 + 18 + 25 + 64" in told(reply)
    assert reply is not None
    keys = {one.quote[one.key[0] - one.start : one.key[1] - one.start] for one in reply.citations if one.key}
    assert keys == {"120", "18", "25", "64"}


def test_figures_of_two_years_sentences_are_added(asked: Callable[[str], Reply | None]) -> None:
    reply = asked("2023年和2024年书店营业收入合计多少")
    assert "681.25万元 = 318.5 + 362.75" in told(reply)
    assert reply is not None
    assert {one.document_id for one in reply.citations} == {"书店简报2023.md", "书店简报2024.md"}


def test_what_no_record_is_about_is_not_sure(asked: Callable[[str], Reply | None]) -> None:
    reply = asked("P-09的单价是多少")
    assert reply is None


def test_a_figure_that_neither_year_states_is_not_reckoned_with(asked: Callable[[str], Reply | None]) -> None:
    reply = asked("2023年和2024年书店净利润合计多少")
    assert reply is None or reply.confidence < 0.5 or "+" not in join_sentences(reply.sentences)
