"""What documents say of themselves: title, number, who issued or wrote them and when, in whatever format."""

import io
import zipfile

import pytest

from corpus import Document, Limits
from corpus.readers.reading import read_bytes
from tests.word_files import p, word_file


def read(data: bytes | str, name: str) -> Document:
    first = next(iter(read_bytes(data.encode() if isinstance(data, str) else data, name, name, Limits())))
    assert isinstance(first, Document)
    return first


CENTRE = '<w:jc w:val="center"/>'
LARGE = '<w:sz w:val="44"/>'
NOTICE = "各县（市、区）人民政府，市直各单位：\n《停车办法》已经市政府同意，现印发给你们，请认真贯彻执行。\n"
LAW = (
    "泽安市停车条例\n（2001年3月2日市人大通过　根据2018年12月29日市人大常委会修正）\n"
    "第一条　为了停车，制定本条例。\n第二条　停车收费。"
)
RULES = (
    "Parking rules\nIssued by: City Council\nLast updated: 3 March 2025\nParking costs two euros an hour, every day."
)


@pytest.mark.parametrize(
    ("text", "published", "source", "number"),
    [
        (f"关于印发停车办法的通知\n泽政办发〔2025〕6号\n{NOTICE}泽安市人民政府办公室\n2025年2月14日",
         "2025-02-14", "泽安市人民政府办公室", "泽政办发〔2025〕6号"),
        (f"关于印发停车办法的通知\n{NOTICE}泽安市教育局\n二〇二四年十二月三日", "2024-12-03", "泽安市教育局", None),
        (f"关于印发停车办法的通知\n2025-10-09 更新\n{NOTICE}", "2025-10-09", None, None),
        (f"停车办法\n发文机关：泽安市公安局\n文号：泽公〔2023〕18号\n成文日期：2023年5月6日\n发布日期：2023年5月9日\n{NOTICE}",
         "2023-05-09", "泽安市公安局", "泽公〔2023〕18号"),
        (LAW,
         "2018-12-29", None, None),
        (RULES,
         "2025-03-03", "City Council", None),
        (f"根据国发〔2020〕1号文件，制定本办法，自2025年1月1日起施行。\n{NOTICE}", None, None, None),
    ],
)  # fmt: skip
def test_facts_in_the_lines_of_a_text(text: str, published: str | None, source: str | None, number: str | None) -> None:
    document = read(text, "a.txt")
    assert (document.published, document.source, document.number) == (published, source, number)
    assert Document.from_dict(document.to_dict()) == document


def test_a_column_of_dates_is_no_date_of_the_table() -> None:
    document = read("日期,来源,金额\n2025-01-02,甲方,12\n2025-01-03,乙方,13\n2025-01-09,丙方,14\n", "账.csv")
    assert (document.published, document.source) == (None, None)


def test_titles_of_word_files_without_a_style() -> None:
    red = p("泽安市人民政府文件", CENTRE, '<w:sz w:val="96"/>') + p("泽政发〔2025〕3号", CENTRE)
    title = p("泽安市人民政府关于", CENTRE, LARGE) + p("加强停车管理的意见", CENTRE, LARGE)
    body = "".join(p(line) for line in NOTICE.splitlines())
    document = read(word_file(red + title + body + p("泽安市人民政府") + p("2025年3月4日")), "a.docx")
    assert document.title == "泽安市人民政府关于加强停车管理的意见"
    assert (document.number, document.published) == ("泽政发〔2025〕3号", "2025-03-04")
    assert document.source == "泽安市人民政府"


def test_properties_that_a_library_invents_are_no_facts() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pptx = pytest.importorskip("pptx")
    docx = pytest.importorskip("docx")
    files: dict[str, bytes] = {}
    book, slides, text = openpyxl.Workbook(), pptx.Presentation(), docx.Document()
    book.active.append(["线路", "首班"])
    book.active.append(["12路", "05:40"])
    slides.slides.add_slide(slides.slide_layouts[0]).shapes.title.text = "方案比选"
    text.add_paragraph("巡查四次，未见异常。")
    for name, file in (("a.xlsx", book), ("a.pptx", slides), ("a.docx", text)):
        out = io.BytesIO()
        file.save(out)
        files[name] = out.getvalue()
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files["a.xlsx"])) as given, zipfile.ZipFile(bare, "w") as archive:
        for member in given.namelist():
            if member != "docProps/core.xml":
                archive.writestr(member, given.read(member))
    files["b.xlsx"] = bare.getvalue()
    for name, data in files.items():
        document = read(data, name)
        assert (document.author, document.published) == (None, None), name


def test_properties_that_somebody_set_are_facts() -> None:
    core = (
        "<dc:title>年度报告</dc:title><dc:creator>冯工</dc:creator>"
        "<dcterms:modified>2024-05-06T01:02:03Z</dcterms:modified>"
    )
    document = read(word_file(p("巡查四次，未见异常。"), core=core), "a.docx")
    assert (document.title, document.author, document.published) == ("年度报告", "冯工", "2024-05-06")


def test_a_first_section_among_others_is_not_the_title_of_a_page_of_markdown() -> None:
    assert read("# 本周进展\n\n完成设计。\n\n# 下周计划\n\n开始施工。\n", "周报.md").title == "周报"
    assert read("# 泵站手册\n\n# 安装\n\n先装泵。\n\n# 使用\n\n再开泵。\n", "a.md").title == "泵站手册"


BODY = "各部门：\n请按照本规定执行，遇有疑问及时向我部反映，我部将在三个工作日之内答复。\n"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (f"食堂管理规定\n后勤部　2025年4月\n{BODY}", ("2025-04", "后勤部", None, None)),
        (f"投影仪故障处理\n设备科知识库 · ZS-0042 · 2025-03-09 更新\n{BODY}",
         ("2025-03-09", "设备科知识库", None, "ZS-0042")),
        (f"陪护规定\n青医护〔2026〕5号　　护理部　　2026年3月16日\n{BODY}",
         ("2026-03-16", "护理部", None, "青医护〔2026〕5号")),
        (f"寒假安排\n{BODY}青河实验学校　2026年1月9日", ("2026-01-09", "青河实验学校", None, None)),
        (f"关于停车的回复\n{BODY}总务处 王建国\n2026年2月3日", ("2026-02-03", "总务处", "王建国", None)),
        (f"青河县2026年工作报告\n——2026年2月3日在全县大会上\n县长 王建国\n{BODY}", (None, None, "县长 王建国", None)),
        (f"值班须知（门卫室 2025年版）\n{BODY}", ("2025", None, None, None)),
        (f"房屋租赁合同\n合同编号：QH-2025-118\n{BODY}签订日期：2025年8月12日",
         ("2025-08-12", None, None, "QH-2025-118")),
        (f"三月例会纪要\n时间：2026年3月2日 9:00\n记录：王建国\n{BODY}", ("2026-03-02", None, "王建国", None)),
        # An invitation is written before what it invites to.
        (f"关于召开例会的通知\n时间：2026年9月1日 9:00\n{BODY}", (None, None, None, None)),
        (f"专题会议纪要\n〔2026〕17号\n{BODY}", (None, None, None, "〔2026〕17号")),
    ],
)  # fmt: skip
def test_lines_of_a_body_a_number_and_a_date(text: str, facts: tuple[str | None, ...]) -> None:
    document = read(text, "a.txt")
    assert (document.published, document.source, document.author, document.number) == facts


def test_a_day_of_the_properties_is_told_of_the_month_that_is_printed() -> None:
    core = "<dcterms:modified>2025-04-09T01:02:03Z</dcterms:modified>"
    body = p("食堂管理规定", CENTRE, LARGE) + p("后勤部　2025年4月") + p("每人每餐不超过十五元。")
    assert read(word_file(body, core=core), "a.docx").published == "2025-04-09"


def test_the_author_of_a_help_page_ends_where_the_next_fact_begins() -> None:
    line = "作者：信息科 周明　　最后更新：2024-11-18　　浏览 2316 次"
    page = (
        f"<html><title>使用说明</title><h1>使用说明</h1><p>{line}</p>"
        + "<p>在系统里提交申请，批准后开通，有效期三个月。</p>" * 3
    )
    document = read(page, "a.html")
    assert (document.author, document.published) == ("信息科 周明", "2024-11-18")


@pytest.mark.parametrize(
    ("line", "published"), [("编制：总务处 沈若谷　2026年4月12日", "2026-04-12"), ("作者：王明 1985年生", None)]
)
def test_a_date_behind_who_wrote_it_is_the_document_s(line: str, published: str | None) -> None:
    document = read(f"# 青禾中学春季采购台账\n\n{line}\n\n投影仪质保三年，坏了由明川电子上门更换。\n", "a.md")
    assert document.published == published
    assert document.author is not None


def test_lines_that_begin_with_a_label_are_lines() -> None:
    head = "访谈对象：湖光酒店 总监 郝川\n访谈人：市场部 郁满、研发部 蓝树\n时间：2026年4月16日 10:00—11:10"
    text = f"客户访谈记录\n{head}\n方式：已征得同意录音，以下为整理稿。\n郁满：用了多久？\n郝川：一年。"
    assert head in read(text, "a.txt").text
