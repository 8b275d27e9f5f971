"""Values that keep their names: made-up tables in each format, read by Yinju and, where it can, by pandas.

A table has one or two rows of names, keys over several rows, periods with a unit for names, a unit over it and empty
cells; in PDF it is drawn with lines and goes on over several pages. What is counted is the share of its values that
are read with exactly the names of their row and of their column. pandas is told nothing but the file; in CSV and
Markdown, which know no spans, every table has one row of names and the first column names a row.

    python benchmarks/tables.py [TABLES_A_FORMAT]
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pptx
from measured import keep
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from corpus import Document, Limits
from corpus.readers.reading import read_bytes

_COLUMNS = ("常住人口", "户数", "产量（吨）", "面积", "联系人", "开工日期", "完成率", "备注", "等级", "地址")
_UNDER = (("男", "女"), ("一季度", "二季度", "三季度"), ("2023年", "2024年"), ("计划", "实际"))
_PERIODS = ("2022年（吨）", "2023年（吨）", "2024年（吨）")
_KEYS = (("区县", "乡镇"), ("部门", "岗位"), ("年级", "班级"), ("项目", "子项"))
_WORDS = "青山白石河口南桥东林西塘新安平湖金泉云台双溪长乐"
_NAMES = ("贺平", "葛雷", "陶敏", "鲁川", "许直", "毛宁", "卞宏")

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class _Made:
    """Rows of (text, rows spanned, columns spanned); None is covered by a span."""

    rows: list[list[tuple[str, int, int] | None]]
    triples: set[Triple]
    caption: str | None


def _made(rng: random.Random, *, spans: bool, groups: tuple[int, int] = (2, 4)) -> _Made:
    two = spans and rng.random() < 0.5
    keys = rng.choice(_KEYS)
    columns: list[tuple[str, str]] = []
    head: list[tuple[str, int, int] | None] = [(key, 2 if two else 1, 1) for key in keys]
    second: list[tuple[str, int, int] | None] = [None, None]
    names = rng.sample(_COLUMNS, rng.randint(2, 5)) if rng.random() < 0.8 else [*_PERIODS]
    for name in names:
        under = rng.choice(_UNDER) if two and rng.random() < 0.6 else ()
        columns += [(name, below) for below in under] or [(name, "")]
        head += [(name, 1, len(under)), *[None] * (len(under) - 1)] if under else [(name, 2 if two else 1, 1)]
        second += [(below, 1, 1) for below in under] or [None]
    if two and not any(below for _, below in columns):
        head = [(cell[0], 1, 1) if cell else None for cell in head]
        two = False
    rows = [head, second] if two else [head]
    triples: set[Triple] = set()
    used: set[str] = set()
    for _ in range(rng.randint(*groups)):
        group = _fresh(rng, used) + "区"
        size = rng.randint(1, 3) if spans else 1
        for i in range(size):
            own = _fresh(rng, used) + "镇"
            key = (group, size, 1) if i == 0 else None
            row: list[tuple[str, int, int] | None] = [key, (own, 1, 1)]
            for name, below in columns:
                value = "" if rng.random() < 0.15 else _value(rng, name)
                row.append((value, 1, 1))
                if value:
                    triples.add((f"{group} {own}" if spans else group, f"{name} {below}".strip(), value))
            rows.append(row)
    return _Made(rows, triples, "单位：万元" if rng.random() < 0.3 else None)


def _fresh(rng: random.Random, used: set[str]) -> str:
    pairs = ["".join(pair) for pair in product(_WORDS, _WORDS)]
    word = rng.choice([pair for pair in pairs if pair not in used])
    used.add(word)
    return word


def _value(rng: random.Random, name: str) -> str:
    if name == "联系人":
        return rng.choice(_NAMES)
    if name == "开工日期":
        return f"{rng.randint(2019, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    if name == "完成率":
        return f"{rng.randint(1, 99)}%"
    if name in ("备注", "等级", "地址"):
        return rng.choice(("甲等", "乙等", "含税", "北路2号", "待定", "详见附件"))
    return str(rng.randint(10, 99_999))


def _cells(made: _Made) -> Iterator[tuple[int, int, str, int, int]]:
    for i, row in enumerate(made.rows):
        for j, cell in enumerate(row):
            if cell is not None:
                yield i, j, *cell


def _xlsx(made: _Made) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    top = 1
    if made.caption:
        sheet.cell(1, 1, made.caption)
        top = 2
    for i, j, text, rows, columns in _cells(made):
        sheet.cell(i + top, j + 1, int(text) if text.isdigit() else text or None)
        if rows * columns > 1:
            sheet.merge_cells(start_row=i + top, start_column=j + 1, end_row=i + top + rows - 1, end_column=j + columns)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _html(made: _Made) -> bytes:
    rows = []
    for i in range(len(made.rows)):
        cells = [
            f"<td rowspan={rows} colspan={columns}>{text}</td>"
            for row, _, text, rows, columns in _cells(made)
            if row == i
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<p>{made.caption}</p>" if made.caption else ""
    prose = "<p>现将有关情况公布如下，请各单位认真核对，有异议的在五个工作日之内提出，逾期不再受理。</p>"
    return f"<html><body><h1>公示</h1>{prose}{caption}<table border=1>{''.join(rows)}</table></body></html>".encode()


def _csv(made: _Made) -> bytes:
    return "\n".join(",".join(cell[0] if cell else "" for cell in row) for row in made.rows).encode()


def _markdown(made: _Made) -> bytes:
    rows = ["| " + " | ".join(cell[0] if cell else "" for cell in row) + " |" for row in made.rows]
    return "\n".join(["# 公示", "", rows[0], "|--" * len(made.rows[0]) + "|", *rows[1:]]).encode()


def _fill(table: object, made: _Made) -> None:
    for i, j, text, rows, columns in _cells(made):
        cell = table.cell(i, j)  # type: ignore[attr-defined]
        cell.text = text
        if rows * columns > 1:
            cell.merge(table.cell(i + rows - 1, j + columns - 1))  # type: ignore[attr-defined]


def _docx(made: _Made) -> bytes:
    word = docx.Document()
    word.add_paragraph(made.caption or "公示")
    _fill(word.add_table(len(made.rows), len(made.rows[0])), made)
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def _pptx(made: _Made) -> bytes:
    slides = pptx.Presentation()
    shapes = slides.slides.add_slide(slides.slide_layouts[6]).shapes
    _fill(shapes.add_table(len(made.rows), len(made.rows[0]), 0, 0, 9_000_000, 900_000).table, made)
    stream = io.BytesIO()
    slides.save(stream)
    return stream.getvalue()


def _pdf(made: _Made) -> bytes:
    """Lines around every cell, over several pages; the names come again at the head of each."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style: list[tuple[object, ...]] = [
        ("FONT", (0, 0), (-1, -1), "STSong-Light", 10),
        ("GRID", (0, 0), (-1, -1), 0.5, "#000000"),
    ]
    for i, j, _, rows, columns in _cells(made):
        if rows * columns > 1:
            style.append(("SPAN", (j, i), (j + columns - 1, i + rows - 1)))
    head = 2 if any(cell and cell[1] > 1 for cell in made.rows[0]) else 1
    table = Table([[cell[0] if cell else "" for cell in row] for row in made.rows], style=style, repeatRows=head)
    above = Paragraph(made.caption or "公示", ParagraphStyle("above", fontName="STSong-Light", fontSize=10))
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=landscape(A4)).build([above, Spacer(1, 8), table])
    return stream.getvalue()


_FORMATS: dict[str, Callable[[_Made], bytes]] = {
    "xlsx": _xlsx, "html": _html, "docx": _docx, "pptx": _pptx, "csv": _csv, "md": _markdown, "pdf": _pdf,
}  # fmt: skip


def _ours(path: Path) -> set[Triple]:
    return {
        (" ".join(value.row_names), " ".join(value.column_names), value.cell.text)
        for document in read_bytes(path.read_bytes(), path.name, path.name, Limits())
        if isinstance(document, Document)
        for table in document.tables
        for value in table.values()
    }


def _pandas(path: Path) -> set[Triple]:
    if path.suffix == ".html":
        frame = pd.read_html(path, header=0)[0]
    else:
        frame = pd.read_excel(path) if path.suffix == ".xlsx" else pd.read_csv(path)
    frame = frame.astype(object).where(frame.notna(), "")
    rows = frame.to_dict("split")
    return {
        (
            str(row[0]) if path.suffix == ".csv" else f"{row[0]} {row[1]}",
            str(column),
            str(int(value)) if isinstance(value, float) else str(value),
        )
        for row in rows["data"]
        for column, value in list(zip(rows["columns"], row, strict=True))[2:]
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix, write in _FORMATS.items():
            rng = random.Random(17)
            right = {"yinju": 0, "pandas": 0}
            wanted = 0
            for _ in range(count):
                made = _made(rng, spans=suffix not in ("csv", "md"), groups=(8, 24) if suffix == "pdf" else (2, 4))
                path = Path(folder) / f"a.{suffix}"
                path.write_bytes(write(made))
                wanted += len(made.triples)
                right["yinju"] += len(_ours(path) & made.triples)
                if suffix in ("xlsx", "html", "csv"):
                    right["pandas"] += len(_pandas(path) & made.triples)
            figures[suffix] = {"yinju": round(right["yinju"] / wanted, 4)}
            if suffix in ("xlsx", "html", "csv"):
                figures[suffix]["pandas"] = round(right["pandas"] / wanted, 4)
    keep(
        "tables",
        {"tables_a_format": count, "right": figures},
        ("openpyxl", "python-docx", "python-pptx", "pypdfium2", "pandas"),
    )


if __name__ == "__main__":
    main()
