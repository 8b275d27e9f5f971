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
