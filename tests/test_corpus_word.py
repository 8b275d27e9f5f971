"""Word files as office programs write them: nothing that their reader sees is lost, and nothing hidden shows."""

import datetime as dt

import pytest
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.enum.chart import XL_CHART_TYPE

from corpus import Document, Limits, Skipped
from corpus.readers.reading import read_bytes
from tests.word_files import SPACES, p, r, table, tc, tr, word_file

LIMITS = Limits()


def found(data: bytes, name: str = "a.docx") -> tuple[Document, list[Skipped]]:
    document, *told = read_bytes(data, name, name, LIMITS)
    assert isinstance(document, Document)
    return document, [item for item in told if isinstance(item, Skipped)]


def lines(body: str, **parts: str) -> list[str]:
    return found(word_file(body, parts))[0].text.split("\n")


def place_of(document: Document, text: str) -> list[str | None]:
    start = document.text.index(text)
    return [place.part for place in document.origin.locate(start, start + len(text))]


def level(at: int, text: str, form: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str) -> str:
    return (
        f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="4"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num>"
    )


def numbered(text: str, at: int = 0, number: int = 3) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr>')


def test_articles_count_on_through_chapters_and_items_begin_anew() -> None:
    count = numbering(
        level(0, "第%1章", "chineseCountingThousand"),
        level(1, "第%2条", "chineseCountingThousand", '<w:lvlRestart w:val="0"/>'),
        level(2, "（%3）", "chineseCounting"),
    )
    body = "".join(
        [
            p("滨江公园管理办法", '<w:jc w:val="center"/>'), numbered("总则"),
            numbered("为了管理公园，制定本办法。", 1),
            numbered("收费"), numbered("门票十二元。", 1), numbered("免收门票：", 1), numbered("军人；", 2),
            numbered("老人。", 2), numbered("下列时间闭园：", 1), numbered("周一。", 2),
        ]
    )  # fmt: skip
    document, _ = found(word_file(body, {"numbering": count}))
    assert document.text.split("\n") == [
        "滨江公园管理办法", "第一章总则", "第一条为了管理公园，制定本办法。", "第二章收费", "第二条门票十二元。",
        "第三条免收门票：",
        "（一）军人；", "（二）老人。", "第四条下列时间闭园：", "（一）周一。",
    ]  # fmt: skip
    assert document.title == "滨江公园管理办法"
    assert [document.text[h.start : h.end] for h in document.headings] == ["第一章总则", "第二章收费"]
    assert place_of(document, "门票十二元。") == ["paragraph 5"]


def test_numbers_of_styles_with_the_levels_above_and_lists_that_begin_again() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="3"/>'
        '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr>'
        '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
    )
    count = numbering(level(0, "%1"), level(1, "%1.%2"))
    body = (
        p("概述", '<w:pStyle w:val="H1"/>') + p("方法", '<w:pStyle w:val="H1"/>') + p("取样", '<w:pStyle w:val="H2"/>')
        + p("化验", '<w:pStyle w:val="H2"/>') + numbered("另起一张清单", 0, 4)
    )  # fmt: skip
    document, _ = found(word_file(body, {"styles": styles, "numbering": count}))
    assert document.text.split("\n") == ["1 概述", "2 方法", "2.1 取样", "2.2 化验", "1 另起一张清单"]
    assert document.heading_path(document.text.index("2.2")) == ("2 方法", "2.2 化验")


@pytest.mark.parametrize(
    ("form", "third", "twelfth"),
    [
        ("upperRoman", "III", "XII"), ("lowerLetter", "c", "l"), ("decimalEnclosedCircle", "③", "⑫"),
        ("ideographTraditional", "丙", "12"), ("chineseLegalSimplified", "叁", "壹拾贰"), ("decimalZero", "03", "12"),
        ("ideographDigital", "三", "一二"), ("chineseCountingThousand", "三", "十二"),
    ],
)  # fmt: skip
def test_forms_of_numbers(form: str, third: str, twelfth: str) -> None:
    count = numbering(level(0, "%1、", form))
    read = lines("".join(numbered(f"条目{i}。") for i in range(12)), numbering=count)
    assert (read[2], read[11]) == (f"{third}、条目2。", f"{twelfth}、条目11。")


def test_text_boxes_are_read_once_though_written_twice() -> None:
    box = "<w:txbxContent>" + p("特别约定：质保三年。") + p("违约金千分之五。") + "</w:txbxContent>"
    body = (
        "<w:p>" + r("合同总价八万元。") + "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp>"
        f"<wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{box}"
        "</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>" + p("交货在港口。")
    )
    document, told = found(word_file(body))
    assert document.text.split("\n") == ["合同总价八万元。", "特别约定：质保三年。", "违约金千分之五。", "交货在港口。"]
    assert place_of(document, "违约金") == ["paragraph 1, text box 1, paragraph 2"]
    assert told == []


def test_what_was_inserted_stands_and_what_was_deleted_or_moved_away_does_not() -> None:
    body = (
        "<w:p>" + r("租金") + "<w:del><w:r><w:delText>五千</w:delText></w:r></w:del><w:ins>" + r("六千") + "</w:ins>"
        + r("元") + "<w:moveFrom>" + r("，押金二千元") + "</w:moveFrom>" + r("。") + "</w:p><w:p><w:moveTo>"
        + r("押金二千元。") + "</w:moveTo></w:p>"
        + table(tr("项目", "金额"), tr("旧行", "作废", properties="<w:del/>"), tr("物业费", "三百元"),
                tr("水费", "自付", properties="<w:ins/>"))
    )  # fmt: skip
    assert lines(body) == ["租金六千元。", "押金二千元。", "项目：物业费 | 金额：三百元", "项目：水费 | 金额：自付"]


def test_content_controls_show_what_was_filled_in_and_no_prompt() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>".format
    body = (
        control("", p("检测单位：路桥中心")) + "<w:p>" + r("日期：") + control("", r("2025年5月18日")) + r("。")
        + control("<w:showingPlcHdr/>", r("单击此处输入文字")) + "</w:p>"
        + table(tr("项目", "结果"), control("", tr("支座", f"<w:tc>{control('', p('完好'))}</w:tc>")))
    )  # fmt: skip
    assert lines(body) == ["检测单位：路桥中心", "日期：2025年5月18日。", "项目：支座 | 结果：完好"]


def test_a_filled_table_of_contents_is_not_text() -> None:
    field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    body = (
        "<w:p>" + field("begin") + '<w:r><w:instrText>TOC \\o "1-3"</w:instrText></w:r>' + field("separate")
        + r("第一章 总则 1") + "</w:p>" + p("第二章 收费 3") + "<w:p>" + field("end") + "</w:p>" + p("正文从这里开始。")
    )  # fmt: skip
    assert lines(body) == ["正文从这里开始。"]


def test_fields_show_their_results_boxes_whether_they_are_ticked_and_hidden_text_does_not_show() -> None:
    field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    ticked = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>'
        "</w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>" + field("end")
    )
    styles = '<w:style w:type="character" w:styleId="Hid"><w:name w:val="h"/><w:rPr><w:vanish/></w:rPr></w:style>'
    body = (
        '<w:p><w:fldSimple w:instr="DOCPROPERTY x">' + r("和平厅") + "</w:fldSimple>" + field("begin")
        + "<w:r><w:instrText>REF a</w:instrText></w:r>" + field("separate") + r("4471") + field("end")
        + r("内部备注", "<w:vanish/>") + r("密码", '<w:rStyle w:val="Hid"/>') + r("可见", '<w:vanish w:val="0"/>')
        + "<w:smartTag>" + r("五十二人") + "</w:smartTag></w:p><w:p>" + ticked + r("同意")
        + '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>' + r("不同意") + "</w:p><w:p><w:r><w:ruby><w:rt>"
        + r("yǔ") + "</w:rt><w:rubyBase>" + r("屿") + "</w:rubyBase></w:ruby></w:r>" + r("头镇") + "</w:p>"
    )  # fmt: skip
    assert lines(body, styles=styles) == ["和平厅4471可见五十二人", "☑同意☐不同意", "屿头镇"]


def test_notes_and_comments_stand_after_their_paragraph() -> None:
    body = (
        "<w:p>" + r("游客318万人次") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r("。")
        + '<w:r><w:commentReference w:id="0"/></w:r></w:p>' + p("新增民宿86家。")
    )  # fmt: skip
    document, _ = found(
        word_file(
            body,
            {
                "footnotes": f'<w:footnote w:type="separator" w:id="0">{p("x")}</w:footnote>'
                f'<w:footnote w:id="2">{p("不含邮轮游客4.7万人次。")}</w:footnote>',
                "comments": f'<w:comment w:id="0" w:author="冯工">{p("请核实。")}</w:comment>',
            },
        )
    )
    assert document.text.split("\n") == [
        "游客318万人次。", "注1：不含邮轮游客4.7万人次。", "批注（冯工）：请核实。", "新增民宿86家。",
    ]  # fmt: skip
    assert place_of(document, "不含邮轮") == ["footnote 1, paragraph 1"]


def test_equations_are_read_as_a_line() -> None:
    t = "<m:r><m:t>{}</m:t></m:r>".format
    body = (
        "<w:p>" + r("水费") + f"<m:oMath>{t('W=Q×P+')}<m:f>"
        f"<m:num>{t('S')}</m:num><m:den>{t('12')}</m:den></m:f></m:oMath>"
        + r("元。") + "</w:p><w:p><m:oMathPara><m:oMath><m:sSup><m:e>" + t("x") + "</m:e><m:sup>" + t("n+1")
        + "</m:sup></m:sSup><m:rad><m:deg/><m:e>" + t("a+b") + "</m:e></m:rad></m:oMath></m:oMathPara></w:p>"
    )  # fmt: skip
    assert lines(body) == ["水费W=Q×P+S/12元。", "x^(n+1)√(a+b)"]


def test_tables_with_merged_missing_and_nested_cells() -> None:
    restart, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        tr(tc("区", restart), tc("学校", restart), tc("教师", '<w:gridSpan w:val="2"/>')),
        tr(tc("", goes_on), tc("", goes_on), "小学", "初中"),
        tr(tc("西湖", restart), "翠苑", "62", "58"),
        tr(tc("", goes_on), tc("文澜", more=table(tr("校长", "王"))), "33", "75"),
        tr("学院", "12", "34", properties='<w:gridBefore w:val="1"/>'),
    )
    assert lines(body) == [
        "区：西湖 | 学校：翠苑 | 教师 小学：62 | 教师 初中：58",
        "区：西湖 | 学校：文澜 | 教师 小学：33 | 教师 初中：75",
        "区：西湖 | 学校：学院 | 教师 小学：12 | 教师 初中：34",
        "校长 | 王",
    ]


def test_strict_files_are_read_and_headers_tell_the_number() -> None:
    body = p("关于防火的通知", '<w:jc w:val="center"/>') + p("各县三月底前完成排查。")
    data = word_file(
        body,
        {"header": p("衡政办发〔2025〕17号") + p("第 3 页"), "footer": p("衡川市人民政府办公室　2025年2月8日印发")},
        "<dcterms:created>2013-12-23T23:15:00Z</dcterms:created><dcterms:modified>2019-01-01T00:00:00Z</dcterms:modified>"
        "<dc:creator>python-docx</dc:creator>",
        strict=True,
    )
    document, _ = found(data)
    assert document.title == "关于防火的通知"
    assert (document.number, document.published) == ("衡政办发〔2025〕17号", "2025-02-08")
    assert (document.source, document.author) == ("衡川市人民政府办公室", None)
    assert "衡政办发〔2025〕17号" in document.text
    assert "第 3 页" not in document.text


def test_a_table_of_which_only_the_caption_is_filled_in_is_read_as_that_line() -> None:
    caption = tr(tc("表1 各区教师人数", '<w:gridSpan w:val="2"/>'))
    document, _ = found(word_file(table(caption, tr("", ""), tr("", ""))), "表.docx")
    assert (document.text, document.tables) == ("表1 各区教师人数", ())


def test_a_heading_among_others_is_not_the_title() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    heading = '<w:pStyle w:val="H1"/>'
    body = p("本周进展", heading) + p("完成设计。") + p("下周计划", heading) + p("开始施工。")
    assert found(word_file(body, {"styles": styles}), "周报.docx")[0].title == "周报"


def test_charts_drawings_and_pictures_are_told() -> None:
    drawing = "<w:p><w:r><w:drawing>{}</w:drawing></w:r></w:p>".format
    body = (
        p("如图。") + drawing('<c:chart r:id="rId8"/>') + drawing('<dgm:relIds r:dm="rId9"/>')
        + drawing('<a:blip r:embed="rId7"/>') * 2
    )  # fmt: skip
    _, told = found(word_file(body), "报告.docx")
    assert [item.problem for item in told] == [
        "报告.docx was read, but not its SmartArt drawings (1).",
        "报告.docx was read, but not its charts (1).",
        "报告.docx was read, but not its pictures (2).",
    ]


def drawing(inside: str) -> str:
    return f"<w:p><w:r><w:drawing>{inside}</w:drawing></w:r></w:p>"


def chart(xml: str) -> tuple[Document, list[Skipped]]:
    xml = xml.replace("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>", "")
    body = p("各年客流如图所示。") + drawing('<c:chart r:id="chart"/>')
    return found(word_file(body, embedded={"chart": xml}), "图.docx")


@pytest.mark.parametrize("kind", ["COLUMN_CLUSTERED", "LINE", "PIE", "THREE_D_COLUMN"])
def test_a_chart_is_a_table_of_the_figures_saved_with_it(kind: str) -> None:
    data = CategoryChartData(number_format="#,##0.0")
    data.categories = ["2026年", "2028年"]
    data.add_series("客流（万人次）", (1234567.5, None))
    if kind != "PIE":
        data.add_series("其中：换乘", (3, 0.25), number_format="0%")
    written = getattr(XL_CHART_TYPE, "COLUMN_CLUSTERED" if kind == "THREE_D_COLUMN" else kind)
    xml = str(ChartXmlWriter(written, data).xml)
    if kind == "THREE_D_COLUMN":
        xml = xml.replace("c:barChart", "c:bar3DChart")
    document, told = chart(xml)
    assert not told
    assert document.text.split("\n")[1:] == (
        ["2026年 | 客流（万人次）：1,234,567.5", "2028年"]
        if kind == "PIE"
        else ["2026年 | 客流（万人次）：1,234,567.5 | 其中：换乘：300%", "2028年 | 其中：换乘：25%"]
    )
    (table,) = document.tables
    assert (table.header_rows, table.header_columns) == (1, 1)
    assert place_of(document, "1,234,567.5") == ["paragraph 2, chart 1"]


def test_a_chart_keeps_its_titles_the_levels_of_its_categories_and_its_days() -> None:
    data = CategoryChartData()
    for year in ("2025年", "2026年"):
        category = data.add_category(year)
        category.add_sub_category("上半年")
        category.add_sub_category("下半年")
    data.add_series("产量", (1, 2, 3, 4))
    xml = str(ChartXmlWriter(XL_CHART_TYPE.COLUMN_CLUSTERED, data).xml)
    said = "<c:title><c:tx><c:rich><a:p><a:r><a:t>{}</a:t></a:r></a:p></c:rich></c:tx></c:title>".format
    xml = xml.replace("<c:chart>", f"<c:chart>{said('钢材产量')}").replace(
        "<c:valAx>", f"<c:valAx>{said('单位：万吨')}"
    )
    document, _ = chart(xml)
    assert document.text.split("\n")[1:] == [
        "钢材产量", "单位：万吨",
        "2025年 | 上半年 | 产量：1 | 单位：万吨", "2025年 | 下半年 | 产量：2 | 单位：万吨",
        "2026年 | 上半年 | 产量：3 | 单位：万吨", "2026年 | 下半年 | 产量：4 | 单位：万吨",
    ]  # fmt: skip
    days = CategoryChartData()
    days.categories = [dt.date(2026, 3, 4), dt.date(2026, 3, 5)]
    days.add_series("水位", (2.5, 2.75))
    document, _ = chart(str(ChartXmlWriter(XL_CHART_TYPE.LINE, days).xml))
    assert document.text.split("\n")[1:] == ["2026-03-04 | 水位：2.5", "2026-03-05 | 水位：2.75"]


def test_series_over_other_categories_are_a_table_of_their_own() -> None:
    data = XyChartData()
    for name, points in (("甲泵", [(1, 10), (2, 12)]), ("乙泵", [(1.5, 7)])):
        series = data.add_series(name)
        for point in points:
            series.add_data_point(*point)
    document, _ = chart(str(ChartXmlWriter(XL_CHART_TYPE.XY_SCATTER, data).xml))
    assert document.text.split("\n")[1:] == ["1 | 甲泵：10", "2 | 甲泵：12", "1.5 | 乙泵：7"]
    assert len(document.tables) == 2


@pytest.mark.parametrize("xml", ["<c:chartSpace", f"<c:chartSpace {SPACES}><c:chart/></c:chartSpace>"])
def test_a_chart_that_is_broken_or_has_saved_no_figures_is_told(xml: str) -> None:
    document, told = chart(xml)
    assert document.text == "各年客流如图所示。"
    assert [item.problem for item in told] == ["图.docx was read, but not its charts (1)."]


def test_smartart_reads_as_its_outline() -> None:
    points = {"0": "", "3": "工程部", "1": "总经理", "2": "财务部", "4": "预算科"}
    links = [("0", 0, "1"), ("1", 1, "3"), ("1", 0, "2"), ("2", 0, "4"), ("4", 0, "1")]
    xml = f"<dgm:dataModel {SPACES}><dgm:ptLst>" + "".join(
        f'<dgm:pt modelId="{name}" type="{"node" if text else "doc"}">'
        f"<dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>"
        for name, text in points.items()
    )
    xml += "</dgm:ptLst><dgm:cxnLst>" + "".join(
        f'<dgm:cxn modelId="9{i}" srcId="{source}" destId="{below}" srcOrd="{order}" destOrd="0"/>'
        for i, (source, order, below) in enumerate(links)
    )
    xml += "</dgm:cxnLst></dgm:dataModel>"
    body = p("机构如图。") + drawing('<dgm:relIds r:dm="diagramData"/>')
    document, told = found(word_file(body, embedded={"diagramData": xml}))
    assert document.text.split("\n") == ["机构如图。", "总经理", "财务部", "预算科", "工程部"]
    assert not told
    assert place_of(document, "预算科") == ["paragraph 2, diagram 1"]
