"""Tables with spans, empty cells and cells of several lines, drawn as office programs and exporters draw them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from typeset import Sheet

NAMES = ["办公费", "差旅费", "培训费", "会议费", "维修费", "印刷费", "邮寄费", "水电费", "租赁费", "劳务费"]
WAYS = ["lines", "pieces", "rectangles", "thin", "one path", "open sides", "dots"]


@dataclass
class Drawn:
    """A page with one table, and the rows that are to be read."""

    data: bytes
    rows: list[str]


def drawn_table(seed: int, way: str) -> Drawn:
    """A table of two header rows (the upper one over pairs of columns) and some rows of figures, a few missing."""
    rng = random.Random(seed)
    pairs, count = rng.randint(1, 3), rng.randint(2, 7)
    width, height = 32.0 + 8 * rng.randint(0, 3), 15.6
    lefts = [70.0, 150.0, *(150.0 + width * (i + 1) for i in range(2 * pairs))]
    tall = [rng.random() < 0.25 for _ in range(count)]
    tops = [100.0]
    for row in range(count + 2):
        tops.append(tops[-1] + (2 * height if row > 1 and tall[row - 2] else height))
    cells: list[tuple[int, int, int, int, str]] = [(0, 0, 2, 1, "项目")]
    for pair in range(pairs):
        cells.append((0, 1 + 2 * pair, 1, 2, f"{2021 + pair}年"))
        cells += [(1, 1 + 2 * pair, 1, 1, "预算"), (1, 2 + 2 * pair, 1, 1, "决算")]
    for i, name in enumerate(rng.sample(NAMES, count)):
        cells.append((i + 2, 0, 1, 1, f"{name}（含往年\n结转部分）" if tall[i] else name))
        for column in range(2 * pairs):
            cells.append((i + 2, column + 1, 1, 1, "" if i and rng.random() < 0.2 else str(rng.randint(1, 9999))))
    sheet = Sheet(595, 842)
    sheet.text(90, 60, "部门经费对照", 16)
    sheet.text(70, tops[-1] + 30, "注：数据由财务科提供，单位为万元。", 10)
    order = cells[:]
    if rng.random() < 0.5:
        order.sort(key=lambda cell: cell[1])  # column by column
    for row, column, _, _, text in order:
        for i, line in enumerate(text.split("\n")):
            sheet.text(lefts[column] + 3, tops[row] + 2.5 + 13 * i, line, 10)
    boxes = [(lefts[c], tops[r], lefts[c + cs], tops[r + rs]) for r, c, rs, cs, _ in cells]
    _draw(sheet, boxes, way)
    names = {0: "项目"} | {1 + i: f"{2021 + i // 2}年 {('预算', '决算')[i % 2]}" for i in range(2 * pairs)}
    read = [
        " | ".join(f"{names[c]}：{text}".replace("\n", "") for r, c, _, _, text in sorted(cells) if r == row and text)
        for row in range(2, count + 2)
    ]
    return Drawn(sheet.done(), read)


def _draw(sheet: Sheet, boxes: list[tuple[float, float, float, float]], way: str) -> None:  # noqa: C901 - one way after another
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    path = sheet.canvas.beginPath()
    for x0, y0, x1, y1 in boxes:
        bottom = sheet.height - y1
        if way == "rectangles":
            sheet.canvas.rect(x0, bottom, x1 - x0, y1 - y0)
            continue
        for a, b, c, d in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            if way == "open sides" and a == c and a in {left, right}:
                continue
            if way == "thin":
                sheet.canvas.rect(a, sheet.height - d, max(c - a, 0.5), max(d - b, 0.5), stroke=0, fill=1)
            elif way == "dots":
                steps = int(max(c - a, d - b) / 2)
                for i in range(steps + 1):
                    x, y = a + (c - a) * i / steps, b + (d - b) * i / steps
                    sheet.canvas.rect(x, sheet.height - y, 0.7, 0.7, stroke=0, fill=1)
            elif way == "pieces":
                sheet.rule(a, b, (a + c) / 2, (b + d) / 2)
                sheet.rule((a + c) / 2, (b + d) / 2, c, d)
            elif way == "one path":
                path.moveTo(a, sheet.height - b)
                path.lineTo(c, sheet.height - d)
            else:
                sheet.rule(a, b, c, d)
    if way == "one path":
        sheet.canvas.drawPath(path)
