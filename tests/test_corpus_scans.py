"""Pages whose characters are not what they seem: wrong maps, bad recognitions, scans on their head or askew."""

from __future__ import annotations

import io
import random

import docx
import pptx
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics, ttfonts
from typeset import EMBEDDED, Frame, Sheet

from corpus import Document, Limits, Skipped, UnreadableDocument
from corpus.language.plausible import is_language
from corpus.readers import pictures as office_pictures
from corpus.readers.formats import image as image_reader
from corpus.readers.formats.pdf import read
from corpus.readers.reading import read_bytes

pytestmark = pytest.mark.long
pytest.importorskip("rapidocr")

PARAGRAPHS = [
    "清晨七点，东河区旧纺织厂的锯齿形屋顶刚被太阳照亮，园区食堂里已经坐满了人。五年前这里只剩下两名看门的老职工，如今每天有四千二百人从大门走进来上班。",
    "便宜的租金只是开头。园区设立了一个只有九个人的服务站，公司注册、专利申请、员工落户都在同一个窗口办理，平均用时从十四个工作日缩短到三个工作日。",
]


def sheet_of(paragraphs: list[str], font: str = EMBEDDED) -> Sheet:
    sheet = Sheet(595, 842, font)
    sheet.flow(paragraphs, [Frame(80, 120, 515, 700)], 12, 20)
    return sheet


def scan(data: bytes, degrees: float = 0) -> Image.Image:
    with pypdfium2.PdfDocument(data) as pdf:
        picture = pdf[0].render(scale=150 / 72).to_pil().convert("RGB")
    return picture.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor="white", expand=degrees == 180)


def as_pdf(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PDF", resolution=150)
    return file.getvalue()


def document(data: bytes) -> Document:
    (found,) = read(data, "file.pdf", Limits())
    assert isinstance(found, Document)
    return found


def test_a_font_with_a_wrong_map_is_read_from_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    true_map = ttfonts.makeToUnicodeCMap
    rng = random.Random(5)

    def wrong(name: str, subset: list[int]) -> str:
        return str(true_map(name, [rng.randrange(0x4E00, 0x9F00) for _ in subset]))

    monkeypatch.setattr(ttfonts, "makeToUnicodeCMap", wrong)
    pdfmetrics.registerFont(ttfonts.TTFont("Wrong", pdfmetrics.getFont(EMBEDDED).face.filename))
    data = sheet_of(PARAGRAPHS, "Wrong").done()
    assert document(data).text == "\n".join(PARAGRAPHS)


def test_a_bad_recognition_under_a_scan_is_done_again() -> None:
    picture = scan(sheet_of(PARAGRAPHS).done())
    sheet = Sheet(595, 842)
    sheet.canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    for top, layer in ((100, "q1ng ch3n q!1 di@n"), (130, "d0ng h# qU1 ji%"), (160, "f@ng zh1 ch&ng w3i")):
        line = sheet.canvas.beginText(80, 842 - top)
        line.setFont("Helvetica", 12)
        line.setTextRenderMode(3)
        line.textOut(layer)
        sheet.canvas.drawText(line)
    assert document(sheet.done()).text == "\n".join(PARAGRAPHS)


def test_what_is_no_language_in_any_way_is_told_and_not_indexed() -> None:
    def gibberish(sheet: Sheet) -> None:
        rng = random.Random(7)
        line = sheet.canvas.beginText(80, 600)
        line.setFont("STSong-Light", 12)
        line.setTextRenderMode(3)
        line.textOut("".join(chr(rng.randrange(0x4E00, 0x9F00)) for _ in range(40)))
        sheet.canvas.drawText(line)

    sheet = sheet_of(PARAGRAPHS)
    sheet.canvas.showPage()
    gibberish(sheet)
    found, told = read(sheet.done(), "file.pdf", Limits())
    assert isinstance(found, Document)
    assert found.text == "\n".join(PARAGRAPHS)
    assert isinstance(told, Skipped)
    assert told.id == "file.pdf#page 2"
    assert "makes no language" in told.problem
    alone = Sheet(595, 842)
    gibberish(alone)
    with pytest.raises(UnreadableDocument, match=r"Page 1 of file\.pdf was left out"):
        document(alone.done())


@pytest.mark.parametrize("degrees", [180, 3, -4])
def test_scans_on_their_head_or_askew_are_read(degrees: float) -> None:
    data = sheet_of(PARAGRAPHS).done()
    picture = scan(data, degrees)
    assert document(as_pdf(picture)).text == "\n".join(PARAGRAPHS)
    file = io.BytesIO()
    picture.save(file, "PNG")
    (found,) = image_reader.read(file.getvalue(), "scan.png", Limits())
    assert found.text == "\n".join(PARAGRAPHS)
    level = document(data).origin.segments[0].place.box
    box = found.origin.segments[0].place.box
    assert box is not None
    assert level is not None
    if degrees == 180:
        level = (1 - level[2], 1 - level[3], 1 - level[0], 1 - level[1])
    assert all(abs(a - b) < 0.05 for a, b in zip(box, level, strict=True))


def test_language_is_told_from_what_makes_none() -> None:
    rng = random.Random(3)
    text = "".join(PARAGRAPHS)
    common = sorted({char for char in text if "\u4e00" <= char <= "\u9fff"})
    others = dict(zip(common, rng.sample(common, len(common)), strict=True))
    english = (
        "The committee reviewed the annual report on regional water supply and found that the measured results "
        "differ from the earlier estimates by less than four per cent in all six of the basins."
    )
    assert is_language(text)
    assert is_language(english)
    assert is_language("SB001 | 离心机 | 2号库房 | 2016 | 3137\nSB002 | 烘箱 | XK-7 | 2017 | 3274")
    assert not is_language("".join(others.get(char, char) for char in text))
    assert not is_language("".join(chr(ord(char) - 29) if char > "=" else char for char in english))
    assert not is_language("".join(chr((ord(c) - 97 + 7) % 26 + 97) if "a" <= c <= "z" else c for c in english))
    assert not is_language("\ue123\ue45a\ue0ff 2024 \ufffd\ufffd")


def test_a_picture_of_text_on_a_page_with_text_is_read_and_a_photograph_is_not() -> None:
    inner = Sheet(595, 260, EMBEDDED)
    inner.flow(PARAGRAPHS[1:], [Frame(80, 40, 515, 240)], 12, 20)
    sheet = Sheet(595, 842, EMBEDDED)
    sheet.flow(PARAGRAPHS[:1], [Frame(80, 80, 515, 200)], 12, 20)
    picture = scan(inner.done())
    sheet.canvas.drawImage(ImageReader(picture), 0, 842 - 500, 595, 260)
    sheet.picture(Frame(80, 560, 400, 760))
    found = document(sheet.done())
    assert found.text.split("\n") == PARAGRAPHS
    (place,) = {place.page for place in found.origin.locate(0, len(found.text))}
    assert place == 1
    boxes = [place.box for place in found.origin.locate(len(PARAGRAPHS[0]) + 1, len(found.text))]
    assert all(box is not None and 240 / 842 < box[1] < box[3] < 500 / 842 for box in boxes)


def pasted(kind: str, pictures: list[Image.Image]) -> bytes:
    """A Word file or a presentation of a line of text and pictures."""
    file = io.BytesIO()
    streams = []
    for picture in pictures:
        streams.append(io.BytesIO())
        picture.save(streams[-1], "PNG")
    if kind == "docx":
        word = docx.Document()
        word.add_paragraph("扫描件附后。")
        for stream in streams:
            word.add_picture(stream, width=docx.shared.Cm(12))
        word.save(file)
        return file.getvalue()
    slides = pptx.Presentation()
    shapes = slides.slides.add_slide(slides.slide_layouts[6]).shapes
    shapes.add_textbox(0, 0, 9_000_000, 900_000).text_frame.text = "扫描件附后。"
    for number, stream in enumerate(streams, 1):
        shapes.add_picture(stream, 0, 1_000_000 * number, 5_000_000)
    slides.save(file)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["docx", "pptx"])
def test_print_in_a_picture_of_an_office_file_is_read_and_a_photograph_is_told(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Sheet(595, 260, EMBEDDED)
    sheet.flow(PARAGRAPHS[1:], [Frame(80, 40, 515, 240)], 12, 20)
    printed = scan(sheet.done())
    photograph = Image.effect_noise((400, 300), 90).convert("RGB")
    data = pasted(kind, [printed, photograph, printed])
    found, *told = read_bytes(data, f"a.{kind}", f"a.{kind}", Limits())
    assert isinstance(found, Document)
    assert found.text.split("\n") == ["扫描件附后。", PARAGRAPHS[1]]
    assert {place.part for place in found.origin.locate(7, len(found.text))} == (
        {"paragraph 2, picture 1"} if kind == "docx" else {"Picture 2"}
    )
    assert [one.problem for one in told if isinstance(one, Skipped)] == [
        f"a.{kind} was read, but not its pictures (1)."
    ]
    monkeypatch.setattr(office_pictures, "MOST_PICTURES", 0)
    found, *told = read_bytes(data, f"a.{kind}", f"a.{kind}", Limits())
    assert isinstance(found, Document)
    assert found.text == "扫描件附后。"
    assert [one.problem for one in told if isinstance(one, Skipped)] == [
        f"a.{kind} was read, but not its pictures (3)."
    ]


def test_a_table_in_a_picture_alone_in_a_word_file_has_its_names() -> None:
    sheet = Sheet(595, 260, EMBEDDED)
    rows = [("园区", "职工", "工作日"), ("纺织厂", "213", "14"), ("服务站", "9", "3")]
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            sheet.text(80 + 140 * column, 62 + 40 * row, text, 14)
    for at in range(4):
        sheet.rule(70, 50 + 40 * at, 490, 50 + 40 * at)
        sheet.rule(70 + 140 * at, 50, 70 + 140 * at, 170)
    word, file, picture = docx.Document(), io.BytesIO(), io.BytesIO()
    scan(sheet.done()).save(picture, "PNG")
    word.add_picture(picture)
    word.save(file)
    (found,) = read_bytes(file.getvalue(), "a.docx", "a.docx", Limits())
    assert isinstance(found, Document)
    assert found.text.split("\n") == [
        "园区：纺织厂 | 职工：213 | 工作日：14", "园区：服务站 | 职工：9 | 工作日：3",
    ]  # fmt: skip
    assert found.tables[0].header_rows == 1
