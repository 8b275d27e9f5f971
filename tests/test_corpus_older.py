"""Older and other formats: read where a library does it, else the sentence names the remedy; odd bytes in texts."""

import io
import os
import shutil
import stat
import struct
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from corpus import Document, Limits, UnreadableDocument
from corpus.readers.reading import read_bytes
from tests.word_files import p, word_file

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def read(data: bytes, name: str) -> Document:
    first = next(iter(read_bytes(data, name, name, Limits())))
    assert isinstance(first, Document)
    return first


@pytest.fixture
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_: None)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("a.doc", ".docx"), ("a.wps", ".docx"), ("a.ppt", ".pptx"), ("a.et", ".xlsx"), ("a.ofd", ".pdf")],
)
@pytest.mark.usefixtures("without_libreoffice")
def test_what_is_not_read_names_the_remedy(name: str, remedy: str) -> None:
    with pytest.raises(UnreadableDocument, match=f"{name} is of the format .*save it as {remedy}, and add that"):
        read(OLE + bytes(600), name)


def test_an_old_or_protected_file_under_a_new_suffix_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="an older office file"):
        read(OLE + bytes(600), "a.docx")
    with pytest.raises(UnreadableDocument, match="protected by a password"):
        read(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "a.xlsx")


def test_libreoffice_converts_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of its name that writes what LibreOffice would: none is installed where tests run."""
    (tmp_path / "saved.docx").write_bytes(word_file(p("门票十二元。")))
    program = tmp_path / "soffice"
    program.write_text(
        f"#!{sys.executable}\nimport shutil, sys\nfrom pathlib import Path\n"
        "form = sys.argv[sys.argv.index('--convert-to') + 1]\nout = Path(sys.argv[sys.argv.index('--outdir') + 1])\n"
        f"shutil.copy({str(tmp_path / 'saved.docx')!r}, out / f'{{Path(sys.argv[-1]).stem}}.{{form}}')\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    document = read(OLE + bytes(600), "a.doc")
    assert (document.id, document.text) == ("a.doc", "门票十二元。")


@pytest.mark.usefixtures("without_libreoffice")
def test_files_under_an_old_suffix_are_read_as_what_they_are() -> None:
    assert read(word_file(p("门票十二元。")), "a.doc").text == "门票十二元。"
    assert (
        read("<html><body><p>门票十二元，老人免票。</p></body></html>".encode(), "b.doc").text
        == "门票十二元，老人免票。"
    )
    assert "核桃" in read("<html><body><table><tr><td>核桃</td></tr></table></body></html>".encode(), "c.xls").text


def test_rich_text() -> None:
    data = rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\f0 \u20844?\'b8\'e6\par "
    assert read(data + rb"\'c3\'c5\'c6\'b1\'ca\'ae\'b6\'fe\'d4\'aa\'a1\'a3\par}", "a.rtf").text == "公告\n门票十二元。"


def test_workbooks_of_before_2007() -> None:
    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def label(row: int, column: int, text: str) -> bytes:
        raw = text.encode("gbk")
        return record(0x04, struct.pack("<HH3xB", row, column, len(raw)) + raw)

    book = (
        record(0x09, struct.pack("<HH", 2, 0x10)) + record(0x42, struct.pack("<H", 936)) + label(0, 0, "品名")
        + label(0, 1, "库存") + label(1, 0, "核桃") + record(0x02, struct.pack("<HH3xH", 1, 1, 420))
        + label(2, 0, "杏仁") + record(0x03, struct.pack("<HH3xd", 2, 1, 3.25)) + record(0x0A, b"")
    )  # fmt: skip
    document = read(book, "a.xls")
    assert document.text == "品名：核桃 | 库存：420\n品名：杏仁 | 库存：3.25"
    start = document.text.index("420")
    assert [place.part for place in document.origin.locate(start, start + 3)] == ["Sheet 1!B2"]


def test_texts_of_opendocument() -> None:
    spaces = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<o:document-content xmlns:o="{spaces}:office:1.0" xmlns:t="{spaces}:text:1.0" xmlns:b="{spaces}:table:1.0">'
        "<o:body><o:text><t:tracked-changes><t:p>删去</t:p></t:tracked-changes>"
        '<t:h t:outline-level="1">停车办法</t:h><t:p>门票<t:span>十二</t:span>元<t:note><t:note-citation>1'
        "</t:note-citation><t:note-body><t:p>老人免票。</t:p></t:note-body></t:note>。</t:p><b:table><b:table-row>"
        "<b:table-cell><t:p>项目</t:p></b:table-cell><b:table-cell><t:p>金额</t:p></b:table-cell></b:table-row>"
        "<b:table-row><b:table-cell><t:p>水费</t:p></b:table-cell><b:table-cell><t:p>三元</t:p></b:table-cell>"
        "</b:table-row></b:table></o:text></o:body></o:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", content)
    document = read(out.getvalue(), "a.odt")
    assert document.text == "停车办法\n门票十二元。\n老人免票。\n项目：水费 | 金额：三元"
    assert document.title == "停车办法"


def test_slides_with_macros() -> None:
    pptx = pytest.importorskip("pptx")
    file = pptx.Presentation()
    file.slides.add_slide(file.slide_layouts[0]).shapes.title.text = "方案比选"
    out = io.BytesIO()
    file.save(out)
    assert read(out.getvalue(), "a.pptm").text == "方案比选"


@pytest.mark.parametrize("text", ["Café", "Größe: 5 m", "naïve", "El niño comió", "São Paulo", "¿Qué?", "é"])
def test_tiny_files_of_latin_letters(text: str) -> None:
    assert read(text.encode("cp1252"), "a.txt").text == text


def test_a_few_nul_bytes_are_dropped_and_many_are_no_text() -> None:
    page = "<html><body><p>征兵报名自一月五日\0开始，二月十日截止，年满十八周岁的公民均可报名。</p></body></html>\0"
    assert read(page.encode(), "a.html").text == "征兵报名自一月五日开始，二月十日截止，年满十八周岁的公民均可报名。"
    with pytest.raises(UnreadableDocument, match="NUL"):
        read(b"abc\0def\0" * 200, "a.txt")


def test_lines_of_two_encodings_in_one_file() -> None:
    data = "供水价格调整为三元一角。\n".encode() + "附注：本通知由财务部负责解释。\n".encode("gbk")
    document = read(data, "a.txt")
    assert document.text == "供水价格调整为三元一角。\n附注：本通知由财务部负责解释。"
    assert document.damaged_bytes == 0


def test_mail_with_raw_bytes_in_its_header_and_a_line_of_its_mailbox_before_it() -> None:
    head = 'From: "采购部" <a@example.com>\nSubject: 中标通知\nDate: Mon, 3 Mar 2025 09:00:00 +0800\n'.encode("gbk")
    kind = b"Content-Type: text/plain; charset=gbk\nContent-Transfer-Encoding: 8bit\n\n"
    document = read(
        b"From a@example.com Mon Mar  3 09:00:00 2025\n" + head + kind + "合同期三年。".encode("gbk"), "a.eml"
    )
    assert (document.title, document.author, document.published) == ("中标通知", "采购部", "2025-03-03")
    assert document.text == "合同期三年。"


def test_names_and_values_side_by_side_in_a_mail_are_pairs() -> None:
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in (("联系人", "冯工"), ("合同期", "三年")))
    mail = (
        "Subject: 中标通知\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: 8bit\n\n"
        f"<html><body><p>贵公司中标物业服务项目。</p><table>{rows}</table></body></html>"
    )
    document = read(mail.encode("gbk"), "a.eml")
    assert document.text.split("\n") == ["贵公司中标物业服务项目。", "联系人：冯工", "合同期：三年"]
    assert document.tables[0].form


def test_a_mail_keeps_what_its_lines_say_of_its_number() -> None:
    mail = EmailMessage()
    mail["Subject"] = "转发通知"
    mail["Date"] = "Mon, 3 Mar 2025 09:00:00 +0800"
    mail.set_content("泽政办发〔2025〕6号\n各单位请遵照执行，三月底前完成整改。\n")
    document = read(mail.as_bytes(), "a.eml")
    assert (document.number, document.published) == ("泽政办发〔2025〕6号", "2025-03-03")


def test_articles_in_the_answer_of_a_program() -> None:
    data = (
        '{"code": 0, "data": {"list": ['
        '{"title": "开园公告", "content": "<p>门票30元。</p>", "publish_time": "2025-03-20"},'
        '{"title": "闭馆公告", "content": "<p>因检修闭馆三天。</p>", "publish_time": 1742428800}]}}'
    )
    documents = [item for item in read_bytes(data.encode(), "a.json", "a.json", Limits()) if isinstance(item, Document)]
    assert [(d.title, d.published, d.text) for d in documents] == [
        ("开园公告", "2025-03-20", "门票30元。"),
        ("闭馆公告", "2025-03-20", "因检修闭馆三天。"),
    ]


def test_readings_above_characters_and_marks_of_notes_are_not_text() -> None:
    page = (
        "<html><body><p>每天<ruby>河<rt>hé</rt></ruby><ruby>马<rp>(</rp><rt>mǎ</rt><rp>)</rp></ruby>七点到学校，"
        '四十二条船<sup><a href="#n1">1</a></sup>同时离港，下午回来，共3<sup>2</sup>次。</p></body></html>'
    )
    assert read(page.encode(), "a.html").text == "每天河马七点到学校，四十二条船同时离港，下午回来，共32次。"
