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
