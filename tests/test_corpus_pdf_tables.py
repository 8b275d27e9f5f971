"""Tables in PDFs as they are drawn in the wild: every row whole, every value in its column."""

from __future__ import annotations

import pytest
from drawn_tables import WAYS, drawn_table
from typeset import Sheet

from corpus import Document, Limits
from corpus.readers.formats.pdf import read


def document(data: bytes) -> Document:
    (found,) = read(data, "file.pdf", Limits())
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize("way", WAYS)
def test_tables_are_read_row_by_row_however_they_are_drawn(way: str) -> None:
    for seed in range(20):
        drawn = drawn_table(seed, way)
        lines = document(drawn.data).text.split("\n")
        assert lines == ["部门经费对照", *drawn.rows, "注：数据由财务科提供，单位为万元。"], seed


def test_highlighted_words_are_no_table() -> None:
    sheet = Sheet(595, 842)
    lines = ["供水集团表示，改造完成后", "漏损率将由百分之十八降到", "百分之九以下，水压提高。"]
    sheet.canvas.setFillColorRGB(1, 1, 0.5)
    for i in range(3):
        for j in range(3):
            sheet.canvas.rect(80 + 48 * j, 842 - 100 - 18 * (i + 1), 48, 18, stroke=0, fill=1)
    sheet.canvas.setFillColorRGB(0, 0, 0)
    for i, line in enumerate(lines):
        sheet.text(80, 103 + 18 * i, line, 12)
    assert document(sheet.done()).text == "".join(lines)


@pytest.mark.parametrize("again", [True, False])
def test_a_table_that_goes_on_over_a_page_is_one_table(again: bool) -> None:
    names = ("编号", "设备名称", "购置年份", "原值（元）")
    rows = [(f"SB{i:03}", "熔点仪", str(2015 + i % 9), str(3000 + 137 * i)) for i in range(60)]
    sheet = Sheet(595, 842)
    for page in (0, 1):
        shown = [*([names] if again or not page else []), *rows[30 * page : 30 * page + 30]]
        for i, row in enumerate(shown):
            for j, cell in enumerate(row):
                sheet.text(84 + 110 * j, 62.5 + 24 * i, cell, 11)
        for i in range(len(shown) + 1):
            sheet.rule(80, 60 + 24 * i, 520, 60 + 24 * i)
        for j in range(5):
            sheet.rule(80 + 110 * j, 60, 80 + 110 * j, 60 + 24 * len(shown))
        if not page:
            sheet.canvas.showPage()
    found = document(sheet.done())
    assert found.text.split("\n") == [" | ".join(map("：".join, zip(names, row, strict=True))) for row in rows]
    (table,) = found.tables
    assert table.row_count == 61
    values = {value.cell.text: value.column_names for value in table.values()}
    assert values["11083"] == ("原值（元）",)
    (place,) = {found.origin.locate(cell.start, cell.end) for cell in table.cells if cell.text == "11083"}
    assert place[0].page == 2


def test_a_ledger_without_rules_keeps_rows_that_leave_columns_empty() -> None:
    lefts = (60, 120, 170, 230, 360, 430, 500)
    rows = [
        ("日期", "凭证号", "类型", "摘要", "借方", "贷方", "余额"),
        ("04-01", "", "", "期初余额", "", "31500", "31500"),
        ("05-13", "38", "银付", "支付材料款", "26406", "0", "5094"),
        ("06-25", "50", "银付", "退还保证金", "133", "0", "4961"),
        ("08-19", "61", "银付", "结清尾款", "1075", "0", "3886"),
        ("", "", "", "本期合计", "27614", "31500", "3886"),
    ]
    sheet = Sheet(595, 842)
    for j, left in enumerate(lefts):  # column by column, as some programs draw
        for i, row in enumerate(rows):
            if row[j]:
                sheet.text(left, 120 + 20 * i, row[j], 11)
    found = document(sheet.done())
    (table,) = found.tables
    values = {("".join(value.row_names), value.column_names): value.cell.text for value in table.values()}
    assert values["04-01", ("贷方",)] == "31500"
    assert values["08-19", ("借方",)] == "1075"
    assert "日期：06-25 | 凭证号：50 | 类型：银付 | 摘要：退还保证金 | 借方：133 | 贷方：0 | 余额：4961" in found.text
    assert "摘要：本期合计 | 借方：27614 | 贷方：31500 | 余额：3886" in found.text
