"""Tables keep the names of their values, in every format: each input is made here."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from corpus import Document, Limits, Skipped, Table, read_document, split
from corpus.readers.reading import read_bytes

Rows = list[list[object]]


def reading(tmp_path: Path, name: str, data: bytes | str) -> Document:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    document = read_document(path)
    check(document)
    return document


def check(document: Document) -> None:
    """Every cell is where it says it is, in the text and in the file, and survives being written."""
    for table in document.tables:
        for cell in table.cells:
            if cell.start is not None and cell.end is not None:
                assert document.text[cell.start : cell.end] == cell.text
                assert document.origin.locate(cell.start, cell.end)
    again = Document.from_dict(document.to_dict())
    assert [list(table.values()) for table in again.tables] == [list(table.values()) for table in document.tables]


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(rows: Rows, *merged: str) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    return book


def lines(tmp_path: Path, rows: Rows, *merged: str) -> list[str]:
    return reading(tmp_path, "a.xlsx", saved(workbook(rows, *merged))).text.split("\n")


TWO_HEADERS: Rows = [
    ["2023年各县用水统计", None, None, None, None],
    ["县", "镇", "用水量（吨）", None, "户数"],
    [None, None, "生活", "生产", None],
    ["青田县", "石溪镇", 510, 320, 88],
    [None, "高桥镇", 260, 410, 61],
    ["云和县", "紧水滩镇", 330, 120, 45],
]
MERGED = ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "A4:A5")


def test_two_rows_of_names_and_keys_over_several_rows(tmp_path: Path) -> None:
    document = reading(tmp_path, "a.xlsx", saved(workbook(TWO_HEADERS, *MERGED)))
    assert document.text.split("\n")[2] == (
        "县：青田县 | 镇：高桥镇 | 用水量（吨） 生活：260 | 用水量（吨） 生产：410 | 户数：61"
    )
    (table,) = document.tables
    assert (table.header_rows, table.header_columns) == (2, 2)
    value = next(value for value in table.values() if value.cell.text == "410")
    assert (value.row_names, value.column_names) == (("青田县", "高桥镇"), ("用水量（吨）", "生产"))
    assert [document.text[start:end] for start, end in table.captions] == ["2023年各县用水统计"]
    assert document.origin.locate(value.cell.start, value.cell.end)[0].part == "Sheet!D5"


def test_a_form_pairs_names_and_values(tmp_path: Path) -> None:
    rows: Rows = [
        ["设备登记卡", None, None, None],
        ["设备名", "离心机", "编号", "LX-08"],
        ["购置日期", "2022-03-09", "产地", "宁波"],
        ["功率", "2千瓦", "保管人", "贺平"],
    ]
    assert lines(tmp_path, rows, "A1:D1") == [
        "设备登记卡", "设备名：离心机 | 编号：LX-08", "购置日期：2022-03-09 | 产地：宁波", "功率：2千瓦 | 保管人：贺平",
    ]  # fmt: skip
    assert lines(tmp_path, [["水泵型号", "卧式单级离心泵"], ["编号", "WD-30"], ["扬程", "30米"], ["用途", "灌溉"]]) == [
        "水泵型号：卧式单级离心泵", "编号：WD-30", "扬程：30米", "用途：灌溉",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [["联系人", "冯工"], ["合同期", "三年"], ["服务费", "48.6万元"]],
            ["联系人：冯工", "合同期：三年", "服务费：48.6万元"],
        ),
        ([["租期", "三年"], ["承租方", "张三"]], ["租期：三年", "承租方：张三"]),
        # 张数, 林长 and 释义 could be people, as far as a dictionary knows.
        ([["纸型", "张数"], ["甲型", 30], ["乙型", 12]], ["纸型：甲型 | 张数：30", "纸型：乙型 | 张数：12"]),
        (
            [["山头", "林长"], ["东山", "张三"], ["西山", "李明"]],
            ["山头：东山 | 林长：张三", "山头：西山 | 林长：李明"],
        ),
        ([["词语", "释义"], ["冰轮", "指月亮"]], ["词语：冰轮 | 释义：指月亮"]),
        (
            [["职务", "姓名"], ["主任", "张三"], ["司机", "李明"]],
            ["职务：主任 | 姓名：张三", "职务：司机 | 姓名：李明"],
        ),
    ],
)
def test_two_columns_of_words_are_a_form_where_no_one_name_has_all_the_values(
    tmp_path: Path, rows: Rows, expected: list[str]
) -> None:
    assert lines(tmp_path, rows) == expected
    cells = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    assert (
        reading(tmp_path, "a.html", f"<p>详情如下。</p><table border=1>{cells}</table>").text.split("\n")[1:]
        == expected
    )


def test_a_schedule_whose_values_span_columns_is_no_form(tmp_path: Path) -> None:
    rows: Rows = [["时段", "周一", "周二", "周三"], ["上午", "例会", None, None], ["下午", "值班", "巡检", "休息"]]
    assert lines(tmp_path, rows, "B2:D2")[-1] == "时段：下午 | 周一：值班 | 周二：巡检 | 周三：休息"


def test_periods_name_columns(tmp_path: Path) -> None:
    rows: Rows = [["指标", "2021年", "2022年"], ["收入", 12.3, 14.5], ["利润", 1.7, 1.2]]
    assert lines(tmp_path, rows)[1] == "指标：利润 | 2021年：1.7 | 2022年：1.2"
    rows = [["指标", 2021, 2022], ["收入", 12.3, 14.5], ["利润", 1.7, 1.2]]
    assert lines(tmp_path, rows)[1] == "指标：利润 | 2021: 1.7 | 2022: 1.2"


def test_figures_over_figures_name_nothing(tmp_path: Path) -> None:
    assert lines(tmp_path, [[1, 2.5], [2, 3.5], [3, 1.5]]) == ["1 | 2.5", "2 | 3.5", "3 | 1.5"]


def test_measures_name_columns_whose_cells_have_other_units(tmp_path: Path) -> None:
    document = reading(
        tmp_path, "a.csv", "客户,应收合计,30天内,90天以上,业务员\n华诚建材,86,50,36,凌云\n天元房产,240,60,180,简丹\n"
    )
    assert "客户：天元房产 | 应收合计：240 | 30天内：60 | 90天以上：180 | 业务员：简丹" in split(document)[-1].text
    document = reading(tmp_path, "b.csv", "张三,5公里,男\n李四,10公里,女\n王五,5公里,男\n")
    assert document.tables[0].header_rows == 0


def test_a_table_goes_on_after_an_empty_row_but_another_begins_anew(tmp_path: Path) -> None:
    rows: Rows = [
        ["班组", "负责人", "产量"],
        ["一班", "高明", 318],
        [],
        ["三班", "罗杰", 402],
        [],
        ["品名", "规格"],
        ["螺母", "M8"],
    ]
    assert lines(tmp_path, rows)[1:] == ["班组：三班 | 负责人：罗杰 | 产量：402", "品名：螺母 | 规格：M8"]


def test_tables_side_by_side(tmp_path: Path) -> None:
    parted: Rows = [["水果", "价格", None, "蔬菜", "价格"], ["梨", 5, None, "白菜", 2], ["桃", 7, None, None, None]]
    assert lines(tmp_path, parted) == ["水果：梨 | 价格：5", "水果：桃 | 价格：7", "蔬菜：白菜 | 价格：2"]
    folded: Rows = [["姓名", "分数", "姓名", "分数"], ["陶敏", 81, "葛雷", 92], ["章程", 75, "鲁川", 64]]
    assert "姓名：葛雷 | 分数：92" in lines(tmp_path, folded)


def test_rows_say_which_group_they_are_in(tmp_path: Path) -> None:
    rows: Rows = [["课程", "学分"], ["必修课", None], ["代数", 5], ["选修课", None], ["茶艺", 2]]
    assert lines(tmp_path, rows)[1::2] == ["必修课 | 课程：代数 | 学分：5", "选修课 | 课程：茶艺 | 学分：2"]


def test_a_unit_over_a_table_stands_in_each_row(tmp_path: Path) -> None:
    rows: Rows = [["收支表", None], ["单位：万元", None], ["项目", "金额"], ["办公", 12], ["差旅", 7]]
    document = reading(tmp_path, "a.xlsx", saved(workbook(rows, "A1:B1", "A2:B2")))
    assert document.text.split("\n")[-1] == "项目：差旅 | 金额：7 | 单位：万元"
    assert document.tables[0].unit == "万元"
    office: Rows = [["单位：区教育局", None], ["项目", "金额"], ["办公", 12], ["差旅", 7]]
    assert reading(tmp_path, "b.xlsx", saved(workbook(office, "A1:B1"))).tables[0].unit is None


def test_a_long_row_names_itself_in_every_passage(tmp_path: Path) -> None:
    names = [f"第{i}项津贴标准（元/月）" for i in range(60)]
    rows: Rows = [
        ["工号", "姓名", *names],
        *(["A" + str(i), name, *range(i, i + 60)] for i, name in ((7, "毛宁"), (9, "许直"))),
    ]
    document = reading(tmp_path, "a.xlsx", saved(workbook(rows)))
    for passage in split(document):
        for line in passage.text.split("\n"):
            assert re.match("工号：A[79] | 姓名：(毛宁|许直) | 第", line)
    long = "。".join("值班时须巡视全部机房并记下温度" for _ in range(60))
    document = reading(tmp_path, "b.xlsx", saved(workbook([["岗位", "要求"], ["夜班", long], ["白班", "无"]])))
    inner = [passage for passage in split(document) if not passage.text.startswith("岗位")]
    assert inner
    assert all("岗位：夜班" in passage.headings[-1] for passage in inner if "值班" in passage.text)
    assert all(document.text[passage.start : passage.end] == passage.text for passage in split(document))


def test_values_read_as_the_sheet_shows_them(tmp_path: Path) -> None:
    book = workbook(
        [
            ["合同", "邮编", "金额", "签订", "工期", "占比"],
            ["A1", 50021, 0.21, dt.date(2025, 4, 1), dt.timedelta(hours=30), 0.125],
        ]
    )
    sheet = book.active
    for cell, form in zip(sheet[2][1:], ("000000", '0.00"万元"', 'yyyy"年"m"月"', "[h]:mm", "0.0%"), strict=True):
        cell.number_format = form
    assert reading(tmp_path, "a.xlsx", saved(book)).text == (
        "合同：A1 | 邮编：050021 | 金额：0.21万元 | 签订：2025年4月 | 工期：30:00 | 占比：12.5%"
    )


def test_formulas_without_values_comments_and_hidden_rows(tmp_path: Path) -> None:
    book = workbook([["产品", "金额"], ["滤芯", "=B9*2"], ["泵", 5], ["内部价", 1]])
    book.active["B3"].comment = Comment("含税价", "x")
    book.active.row_dimensions[4].hidden = True
    text = reading(tmp_path, "a.xlsx", saved(book)).text
    assert text == "产品：滤芯 | 金额：=B9*2\n产品：泵 | 金额：5（批注：含税价）"


def test_what_a_file_does_not_state_is_not_made_up(tmp_path: Path) -> None:
    stream = io.BytesIO()
    whole = io.BytesIO(saved(workbook([["线路", "首班"], ["1路", "5:40"]])))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name == "docProps/core.xml":
                continue
            data = old.read(name)
            if name.endswith(("[Content_Types].xml", "_rels/.rels")):
                data = re.sub(rb"<(?:Override|Relationship) [^>]*core[^>]*/>", b"", data)
            if name == "xl/worksheets/sheet1.xml":
                data = re.sub(rb'<dimension ref="[^"]*" ?/>', b'<dimension ref="A1"/>', data)
            new.writestr(name, data)
    document = reading(tmp_path, "a.xlsx", stream.getvalue())
    assert (document.author, document.published) == (None, None)
    assert document.text == "线路：1路 | 首班：5:40"
    word = docx.Document()
    word.add_paragraph("正文")
    stream = io.BytesIO()
    word.save(stream)
    document = reading(tmp_path, "a.docx", stream.getvalue())
    assert (document.author, document.published) == (None, None)


def test_a_cell_formatted_far_to_the_right_costs_nothing(tmp_path: Path) -> None:
    book = workbook([["线路", "首班"], *([f"{i}路", "5:40"] for i in range(400))])
    for row in range(1, 401):
        book.active.cell(row, 16_384).font = Font(bold=True)
    assert reading(tmp_path, "a.xlsx", saved(book)).text.count("\n") == 399


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (",城市,门店\n0,苏州,12\n1,嘉兴,7\n", "1 | 城市：嘉兴 | 门店：7"),
        ('单号,重量\n="00123",3\n="00124",4\n', "单号：00124 | 重量：4"),
        ("sep=;\n品名;库存\n核桃;420\n红枣;515\n", "品名：红枣 | 库存：515"),
        ("项目,预算,备注\n差旅,6,无\n会议,58,", "项目：会议 | 预算：58"),
        ("项目,2023年,2024年\n差旅,64,\n会议,,58\n", "项目：会议 | 2024年：58"),
    ],
)
def test_separated_values(tmp_path: Path, raw: str, line: str) -> None:
    text = reading(tmp_path, "a.csv", raw).text
    assert text.split("\n")[-1] == line
    assert "sep=" not in text


PAGE = """<html><body><article><h1>岗位一览</h1><p>现面向社会公开招聘下列岗位的人员，报名时间为四月七日至十一日。</p>
{}<p>请将材料送至人事科，逾期不再受理，详情请咨询各科室的负责人员。</p></article></body></html>"""


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (
            (
                "<table><tr><td><p>岗位</p></td><td><p>人数</p></td><td><p>学历</p></td></tr>"
                "<tr><td><p>护理</p></td><td><p>12</p></td><td><p>大专</p></td></tr></table>"
            ),
            "岗位：护理 | 人数：12 | 学历：大专",
        ),
        (
            (
                "<table><tr><th>科室</th><th>方向</th><th>名额</th></tr>"
                "<tr><td rowspan=2>外科</td><td>腔镜</td><td>2</td></tr>"
                "<tr><td>骨折</td><td>5</td></tr></table>"
            ),
            "科室：外科 | 方向：骨折 | 名额：5",
        ),
        (
            (
                "<table><tr><th rowspan=2>区</th><th colspan=2>教师</th></tr><tr><th>小学</th><th>初中</th></tr>"
                "<tr><td>东区</td><td>33</td><td>75</td></tr></table>"
            ),
            "区：东区 | 教师 小学：33 | 教师 初中：75",
        ),
        ("<table><tr><th>电话</th><td>110</td></tr><tr><th>地址</th><td>北路2号</td></tr></table>", "地址：北路2号"),
    ],
)
def test_tables_of_pages(tmp_path: Path, table: str, line: str) -> None:
    assert line in reading(tmp_path, "a.html", PAGE.format(table)).text.split("\n")


def test_markdown(tmp_path: Path) -> None:
    raw = (
        "# 手册\n\n"
        "| 环境 | 主机 |\n|--|--|\n| 生产 | 甲 |\n| 测试 |  |\n\n<!-- 密码是 abc -->\n\n"
        "<table><tr><th>级别</th><th>时间</th></tr><tr><td>P2</td><td>4小时</td></tr></table>\n\n"
        "<details><summary>故障</summary>\n\n- 外层\n  - [x] 内层\n\n</details>\n\n"
        "见脚注[^1]。\n\n[^1]: 由2024年测得。\n\n"
        "目标\n: 三十分钟。\n"
    )
    assert reading(tmp_path, "a.md", raw).text.split("\n")[1:] == [
        "环境：生产 | 主机：甲", "环境：测试", "级别：P2 | 时间：4小时", "故障", "外层", "- [x] 内层",
        "见脚注。", "由2024年测得。", "目标：三十分钟。",
    ]  # fmt: skip


def test_word_and_slides(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_paragraph("教师人数")
    table = word.add_table(4, 3)
    for i, row in enumerate([["区", "人数", ""], ["", "小学", "初中"], ["东区", "33", "75"], ["", "41", "37"]]):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 0).merge(table.cell(3, 0))
    stream = io.BytesIO()
    word.save(stream)
    assert reading(tmp_path, "a.docx", stream.getvalue()).text.split("\n")[1:] == [
        "区：东区 | 人数 小学：33 | 人数 初中：75", "区：东区 | 人数 小学：41 | 人数 初中：37",
    ]  # fmt: skip
    slides = pptx.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[6])
    shape = slide.shapes.add_table(3, 3, 0, 0, 9_000_000, 900_000).table
    for i, row in enumerate([["标段", "2024年", ""], ["", "上半年", "下半年"], ["二标", "22%", "68%"]]):
        for j, text in enumerate(row):
            shape.cell(i, j).text = text
    shape.cell(0, 1).merge(shape.cell(0, 2))
    shape.cell(0, 0).merge(shape.cell(1, 0))
    stream = io.BytesIO()
    slides.save(stream)
    assert reading(tmp_path, "a.pptx", stream.getvalue()).text == "标段：二标 | 2024年 上半年：22% | 2024年 下半年：68%"


def test_a_word_table_with_cells_left_out_is_read(tmp_path: Path) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    word = docx.Document()
    table = word.add_table(3, 2)
    for i, row in enumerate([["天数", "审批"], ["一天", "班长"], ["", "厂长"]]):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    last = table._tbl.tr_lst[2]
    last.remove(last.tc_lst[0])
    last.get_or_add_trPr().append(parse_xml(f'<w:gridBefore {nsdecls("w")} w:val="1"/>'))
    stream = io.BytesIO()
    word.save(stream)
    rows = reading(tmp_path, "a.docx", stream.getvalue()).text.split("\n")
    assert rows == ["天数：一天 | 审批：班长", "天数：一天 | 审批：厂长"]


def test_a_table_without_cells_in_the_text_says_nothing() -> None:
    assert not list(Table((), 0, 0, 0, 0).values())


def test_periods_with_a_unit_name_columns(tmp_path: Path) -> None:
    raw = "产品,2023年（吨）,2024年（吨）\n青砖,310,295\n红瓦,120,146\n"
    assert reading(tmp_path, "a.csv", raw).text.split("\n")[1] == "产品：红瓦 | 2023年（吨）：120 | 2024年（吨）：146"


def test_what_a_workbook_leaves_out_is_told(tmp_path: Path) -> None:
    book = workbook([["产品", "金额"], ["滤芯", "=B9*2"], ["泵", 5], ["内部价", 1]])
    book.active.row_dimensions[4].hidden = True
    book.create_sheet("底稿")["A1"] = "草稿"
    book["底稿"].sheet_state = "hidden"
    told = [found.id for found in read_bytes(saved(book), "a.xlsx", "a.xlsx", Limits()) if isinstance(found, Skipped)]
    assert sorted(told) == [
        "a.xlsx#hidden rows and columns", "a.xlsx#hidden sheets", "a.xlsx#values of formulas that were not saved",
    ]  # fmt: skip


def test_a_chart_reads_as_its_figures_and_slides_in_their_order(tmp_path: Path) -> None:
    slides = pptx.Presentation()
    plan, chart, hidden = (slides.slides.add_slide(slides.slide_layouts[6]) for _ in range(3))
    for left, texts in (
        (0, ("方案甲：高架", "投资九亿元", "工期二十个月")),
        (5, ("方案乙：隧道", "投资十四亿元", "工期三十个月")),
    ):
        for i, text in enumerate(texts):
            plan.shapes.add_textbox(Inches(left), Inches(i), Inches(4), Inches(0.8)).text_frame.text = text
    data = CategoryChartData()
    data.categories = ["2026年", "2028年"]
    data.add_series("客流（万人次）", (12.5, 18.2))
    chart.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(5), Inches(4), data)
    hidden.shapes.add_textbox(0, 0, Inches(4), Inches(1)).text_frame.text = "作废页"
    hidden._element.set("show", "0")
    stream = io.BytesIO()
    slides.save(stream)
    found = list(read_bytes(stream.getvalue(), "a.pptx", "a.pptx", Limits()))
    assert [one.id for one in found if isinstance(one, Skipped)] == ["a.pptx#hidden slides"]
    assert found[0].text.split("\n") == [
        "方案甲：高架", "投资九亿元", "工期二十个月", "方案乙：隧道", "投资十四亿元", "工期三十个月",
        "2026年 | 客流（万人次）：12.5", "2028年 | 客流（万人次）：18.2",
    ]  # fmt: skip
