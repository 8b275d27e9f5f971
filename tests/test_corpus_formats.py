"""Each format read from a real file that a real program or library wrote, with every value traced to its place."""

import email.message
import io
import json
import zipfile
from email.policy import default

import pytest

from corpus import Document, Limits, Skipped, UnreadableDocument, read_document, read_documents, split
from corpus.readers.reading import read_bytes

LIMITS = Limits()
STAFF = [["姓名", "职务", "电话"], ["张三", "主任", "0531-88870000"], ["李四", "首席政策官", "0537-6537000"]]
STAFF_LINES = ["姓名：张三 | 职务：主任 | 电话：0531-88870000", "姓名：李四 | 职务：首席政策官 | 电话：0537-6537000"]


def read(data: bytes, name: str) -> Document:
    (document,) = read_bytes(data, name, name, LIMITS)
    assert isinstance(document, Document)
    return document


def parts_of(document: Document, text: str) -> list[str | None]:
    start = document.text.index(text)
    return [place.part for place in document.origin.locate(start, start + len(text))]


def docx_bytes() -> bytes:
    docx = pytest.importorskip("docx")
    file = docx.Document()
    file.core_properties.author = "王婷婷"
    file.add_heading("人才引进办法", 0)
    file.add_heading("第一章 总则", 1)
    file.add_paragraph("第一条 为了引进人才，制定本办法。")
    file.add_heading("适用范围", 2)
    paragraph = file.add_paragraph("本办法适用于")
    paragraph.add_run("济南高新区").bold = True
    paragraph.add_run("。")
    table = file.add_table(rows=3, cols=3)
    for row, values in zip(table.rows, STAFF, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    file.add_paragraph("表后的段落，仍在表的后面。")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def pptx_bytes() -> bytes:
    pptx = pytest.importorskip("pptx")
    file = pptx.Presentation()
    first = file.slides.add_slide(file.slide_layouts[0])
    first.shapes.title.text = "高新区人才工作"
    first.placeholders[1].text = "2024年4月24日"
    second = file.slides.add_slide(file.slide_layouts[1])
    second.shapes.title.text = "平台建设"
    second.placeholders[1].text = "新增国家重点实验室1家。\n新备案院士工作站3家。"
    second.notes_slide.notes_text_frame.text = "讲稿：先说平台。"
    third = file.slides.add_slide(file.slide_layouts[5])
    third.shapes.title.text = "联系人"
    inches = pptx.util.Inches
    table = third.shapes.add_table(3, 3, inches(1), inches(2), inches(6), inches(2)).table
    for i, values in enumerate(STAFF):
        for j, value in enumerate(values):
            table.cell(i, j).text = value
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def xlsx_bytes() -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "联系人"
    sheet["A1"] = "高新区联系人一览"
    for i, values in enumerate(STAFF, 2):
        for j, value in enumerate(values, 2):
            sheet.cell(i, j, value)
    other = book.create_sheet("指标")
    other.append(["年份", "占比", "金额"])
    other.append([2023, 0.0679, 128000.0])
    other["B2"].number_format = "0.00%"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def epub_bytes() -> bytes:
    chapters = [("创业", "<p>2020年经开区发放补贴&nbsp;128000元。</p>"), ("创新", "<p>聘任了39名“首席政策官”。</p>")]
    page = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><a id="top"/><h1>{}</h1>{}</body></html>'
    )
    links = "".join(f'<navPoint><content src="c{i}.xhtml"/></navPoint>' for i in (1, 2))
    files = {
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
        '<rootfiles><rootfile full-path="EPUB/content.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>",
        "EPUB/content.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>高新区志</dc:title><dc:creator>晋森</dc:creator>'
        '<dc:language>zh</dc:language></metadata><manifest><item id="ncx" href="toc.ncx" '
        'media-type="application/x-dtbncx+xml"/>'
        + "".join(f'<item id="c{i}" href="c{i}.xhtml" media-type="application/xhtml+xml"/>' for i in (1, 2))
        + '</manifest><spine toc="ncx"><itemref idref="c1"/><itemref idref="c2"/></spine></package>',
        "EPUB/toc.ncx": f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{links}</navMap></ncx>',
        **{f"EPUB/c{i}.xhtml": page.format(name, body) for i, (name, body) in enumerate(chapters, 1)},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        for name, content in files.items():
            book.writestr(name, content)
    return out.getvalue()


def eml_bytes(charset: str = "gb18030") -> bytes:
    mail = email.message.EmailMessage(policy=default)
    mail["From"] = "王婷婷 <wang@example.org>"
    mail["To"] = "li@example.org"
    mail["Subject"] = "关于青年人才补贴"
    mail["Date"] = "Wed, 24 Apr 2024 10:00:00 +0800"
    mail.set_content("李主任：\n\n2020年经开区发放青年人才补贴128000元，请核对。\n", charset=charset)
    mail.add_alternative("<html><body><p>HTML</p></body></html>", subtype="html")
    mail.add_attachment(xlsx_bytes(), maintype="application", subtype="octet-stream", filename="联系人.xlsx")
    mail.add_attachment(b"MZ\x00\x01", maintype="application", subtype="octet-stream", filename="setup.exe")
    return mail.as_bytes()


PAGE = (
    '<html><head><meta charset="gb2312"><title>双榜提名_中国孵化器</title></head><body>'
    '<div class="nav"><a href="/">首页</a> <a href="/n">新闻</a></div><h1>双榜提名</h1>'
    "<div>发布日期：2024-04-24 来源：济南高新区</div><div class='content'><p>创新聘任39名&ldquo;首席政策官&rdquo;，"
    "解决企业诉求3000余项。</p><p>全区人才总量突破39.63万人&nbsp;&amp;&#32;持续增长，集聚E类以上人才1.9万余人。</p></div>"
    "<div><a href='/1'>上一篇：别的新闻</a></div><div>版权所有 中国孵化器网 京ICP备1234号</div></body></html>"
)


def mhtml_bytes() -> bytes:
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.example.org/a.html\r\nSubject: x\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n"
        "Content-Location: https://www.example.org/a.html\r\n\r\n"
    )
    return head.encode() + PAGE.encode("gb2312") + b"\r\n--B--\r\n"


def zip_bytes(files: dict[str, bytes], encoding: str | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    data = out.getvalue()
    if encoding:
        for name in files:
            # As Chinese Windows writes it: GBK in the name, and no sign of it.
            data = data.replace(name.encode(), name.encode(encoding))
    return data


def test_word_paragraphs_tables_and_headings_keep_their_order_and_place() -> None:
    document = read(docx_bytes(), "办法.docx")
    assert document.text.split("\n") == [
        "人才引进办法", "第一章 总则", "第一条 为了引进人才，制定本办法。", "适用范围", "本办法适用于济南高新区。",
        *STAFF_LINES, "表后的段落，仍在表的后面。",
    ]  # fmt: skip
    assert (document.title, document.author, document.language) == ("人才引进办法", "王婷婷", "zh-Hans")
    assert document.heading_path(document.text.index("济南高新区")) == ("第一章 总则", "适用范围")
    assert parts_of(document, "济南高新区") == ["paragraph 5"]
    (place,) = document.origin.locate(*span(document, "济南高新区"))
    assert "本办法适用于济南高新区。"[place.start : place.end] == "济南高新区"
    assert parts_of(document, "首席政策官") == ["table 1, row 3, cell 2"]


def span(document: Document, text: str) -> tuple[int, int]:
    start = document.text.index(text)
    return start, start + len(text)


def test_slides_are_pages() -> None:
    document = read(pptx_bytes(), "报告.pptx")
    assert document.title == "高新区人才工作"
    lines = document.text.split("\n")
    assert lines[:3] == ["高新区人才工作", "2024年4月24日", "平台建设"]
    assert "讲稿：先说平台。" in lines
    assert STAFF_LINES[1] in lines
    by_text = {passage.text.split("\n")[0]: passage for passage in split(document)}
    assert by_text["平台建设"].page == 2
    assert by_text["联系人"].page == 3
    (place,) = document.origin.locate(*span(document, "院士工作站3家"))
    assert place.page == 2
    assert place.part is not None


def test_rows_of_a_workbook_carry_their_header_and_each_value_its_cell() -> None:
    document = read(xlsx_bytes(), "表.xlsx")
    assert document.text.split("\n") == [
        "联系人",
        "高新区联系人一览",
        *STAFF_LINES,
        "指标",
        "年份：2023 | 占比：6.79% | 金额：128000",
    ]
    assert parts_of(document, "0537-6537000") == ["联系人!D4"]
    assert parts_of(document, "6.79%") == ["指标!B2"]
    assert document.heading_path(document.text.index("6.79%")) == ("指标",)


def test_separated_values_in_gbk_with_quotes() -> None:
    raw = '姓名,职务,备注\r\n张三,主任,"说""好"",\n再见"\r\n李四,首席政策官,\r\n'
    document = read(raw.encode("gb18030"), "表.csv")
    assert document.text.split("\n") == [
        '姓名：张三 | 职务：主任 | 备注：说"好", 再见',
        "姓名：李四 | 职务：首席政策官",
    ]
    for segment in document.origin.segments:
        shown = document.text[segment.start : segment.start + segment.length]
        stands = raw[segment.place.start : segment.place.end]
        assert stands in (shown, '""')


def test_a_book_reads_in_the_order_of_its_chapters() -> None:
    document = read(epub_bytes(), "志.epub")
    assert (document.title, document.author) == ("高新区志", "晋森")
    assert document.text.split("\n") == [
        "创业",
        "2020年经开区发放补贴\xa0128000元。",
        "创新",
        "聘任了39名“首席政策官”。",
    ]
    assert document.heading_path(document.text.index("39名")) == ("创新",)
    (part,) = parts_of(document, "39名")
    assert part is not None
    assert part.endswith("c2.xhtml")


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5"])
def test_mail_with_an_attachment(charset: str) -> None:
    data = eml_bytes().replace(b"gb18030", b"gb18030") if charset == "gb18030" else None
    if charset == "big5":
        mail = email.message.EmailMessage(policy=default)
        mail["Subject"] = "人才補貼"
        mail["From"] = "王"
        mail.set_content("經開區發放補貼128000元。\n", charset="big5")
        (document,) = read_bytes(mail.as_bytes(), "信.eml", "信.eml", LIMITS)
        assert isinstance(document, Document)
        assert document.text == "經開區發放補貼128000元。"
        assert document.language == "zh-Hant"
        return
    found = list(read_bytes(data or eml_bytes(charset), "信.eml", "信.eml", LIMITS))
    body, sheet, program = found
    assert isinstance(body, Document)
    assert (body.title, body.author, body.published) == ("关于青年人才补贴", "王婷婷", "2024-04-24")
    assert "128000元" in body.text
    assert parts_of(body, "128000元") == ["text/plain"]
    assert isinstance(sheet, Document)
    assert sheet.id == "信.eml/联系人.xlsx"
    assert isinstance(program, Skipped)
    assert "setup.exe" in program.problem


def test_a_saved_page_in_mhtml_is_the_article_alone() -> None:
    document = read(mhtml_bytes(), "页.mhtml")
    assert document.title == "双榜提名"
    assert (document.source, document.published, document.url) == (
        "济南高新区",
        "2024-04-24",
        "https://www.example.org/a.html",
    )
    assert "创新聘任39名“首席政策官”" in document.text
    assert "首页" not in document.text
    assert "版权所有" not in document.text


def test_json_articles_each_become_a_document(tmp_path) -> None:
    articles = [
        {
            "id": "a-1",
            "title": "甲",
            "content": "2020年发放“补贴”128000元。\n第二段。",
            "date": "2024/4/24",
            "source": "晚报",
        },
        {"id": "a-2", "title": "乙", "content": "<p>聘任39名首席政策官。</p><p>解决诉求3000余项。</p>"},
        {"id": "a-3", "title": "空", "content": ""},
    ]
    for name, raw in (
        ("文.json", json.dumps({"data": articles}, indent=1)),
        ("文.jsonl", "\n".join(json.dumps(article, ensure_ascii=False) for article in articles)),
    ):
        path = tmp_path / name
        path.write_text(raw, "utf-8")
        first, second = read_documents(path)
        assert (first.id, first.title, first.source, first.published) == (f"{name}/a-1", "甲", "晚报", "2024-04-24")
        assert first.text == "2020年发放“补贴”128000元。\n第二段。"
        assert second.text == "聘任39名首席政策官。\n解决诉求3000余项。"
        for document in (first, second):
            for segment in document.origin.segments:
                stands = raw[segment.place.start : segment.place.end]
                shown = document.text[segment.start : segment.start + segment.length]
                assert json.loads(f'"{stands}"') == shown
        with pytest.raises(UnreadableDocument, match="holds 2 documents"):
            read_document(path)


def test_json_that_is_no_article_reads_as_names_and_values() -> None:
    document = read('{"单位": {"名称": "高新区", "人数": 39}, "tags": ["a", "b"]}'.encode(), "x.json")
    assert document.text == "名称：高新区 | 人数：39\na\nb"


def test_an_archive_gives_every_document_it_can() -> None:
    data = zip_bytes(
        {
            "报告/a.docx": docx_bytes(),
            "b.txt": "济南高新区聘任了39名首席政策官。".encode("gb18030"),
            "../../etc/passwd.txt": "不该出去的文件，也只是一个名字。".encode(),
            "broken.docx": b"PK\x03\x04 not a zip",
            "c.exe": b"MZ",
            "__MACOSX/b.txt": b"x",
            "inner.zip": zip_bytes({"d.md": "# 标题\n\n正文一段。".encode()}),
        }
    )
    found = list(read_bytes(data, "a.zip", "a.zip", LIMITS))
    assert [item.id for item in found if isinstance(item, Document)] == [
        "a.zip/报告/a.docx", "a.zip/b.txt", "a.zip/etc/passwd.txt", "a.zip/inner.zip/d.md",
    ]  # fmt: skip
    assert [item.id for item in found if isinstance(item, Skipped)] == ["a.zip/broken.docx", "a.zip/c.exe"]


def test_names_in_an_archive_of_chinese_windows() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("XXXXXXXX.txt", "内容是一句话。".encode())
    data = out.getvalue().replace(b"XXXXXXXX", "政策文件".encode("gbk"))
    (document,) = read_bytes(data, "a.zip", "a.zip", LIMITS)
    assert document.id == "a.zip/政策文件.txt"


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (docx_bytes, "a.docx"),
        (pptx_bytes, "a.pptx"),
        (xlsx_bytes, "a.xlsx"),
        (epub_bytes, "a.epub"),
        (mhtml_bytes, "a.mhtml"),
    ],
)
def test_documents_survive_being_written_and_read_back(make, name: str) -> None:
    document = read(make(), name)
    assert Document.from_dict(json.loads(json.dumps(document.to_dict()))) == document
    for passage in split(document, max_chars=60):
        assert document.text[passage.start : passage.end] == passage.text
        assert document.origin.locate(passage.start, passage.end)
