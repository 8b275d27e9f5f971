"""PDF files read right: order, paragraphs, headings, places, and every broken file refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import random
import re
import time
from itertools import pairwise

import pypdfium2
import pytest
from layouts import random_page
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from typeset import SONG, Frame, Sheet, newspaper_a, newspaper_b

from corpus import Document, Limits, Skipped, UnreadableDocument, split
from corpus.readers.formats.pdf import read


def document(data: bytes, name: str = "file.pdf", limits: Limits = Limits()) -> Document:  # noqa: B008 - frozen
    (found,) = read(data, name, limits)
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def typed(*pages: list[tuple[float, float, str, float]], **options: object) -> bytes:
    """A PDF of A4 pages with (x, top, text, size) in Song for Chinese, Helvetica for the rest."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842), **options)  # type: ignore[arg-type]
    for page in pages:
        for x, top, text, size in page:
            canvas.setFont("Helvetica" if text.isascii() else SONG, size)
            canvas.drawString(x, 842 - top - 0.88 * size, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def column(lines: list[str], x: float = 80, top: float = 80, size: float = 12) -> list[tuple[float, float, str, float]]:
    """Lines below each other; each space before one indents it by an em."""
    return [
        (x + size * (len(line) - len(line.lstrip(" "))), top + i * 1.5 * size, line.lstrip(" "), size)
        for i, line in enumerate(lines)
    ]


@pytest.mark.parametrize("page", [newspaper_a, newspaper_b])
def test_newspaper_pages_read_in_the_order_they_were_written(page):
    data, truth = page()
    read_back = document(data)
    assert read_back.text.split("\n") == truth
    assert read_back.title == truth[0]
    assert read_back.source == "东河日报"
    assert read_back.published == "2026-03-18"
    headings = [read_back.text[heading.start : heading.end] for heading in read_back.headings]
    assert headings == ["青石桥下月通车 两岸居民少绕六公里", "图书馆把书送进菜市场"]
    inside = read_back.text.index("收摊以前")
    assert read_back.heading_path(inside) == ("图书馆把书送进菜市场",)


def test_made_up_layouts_read_in_order():
    samples = [random_page(seed) for seed in range(3000, 3040)]
    whole = 0
    for sample in samples:
        text = f"\n{document(sample.data).text}\n"
        whole += all("\n" + "\n".join(article) + "\n" in text for article in sample.articles)
    assert whole >= 0.9 * len(samples)


@pytest.mark.parametrize("page", [newspaper_a, newspaper_b])
def test_every_segment_lies_in_its_box(page):
    data, _ = page()
    read_back = document(data)
    with pypdfium2.PdfDocument(data) as pdf:
        sheet = pdf[0]
        width, height = sheet.get_size()
        text = sheet.get_textpage()
        for segment in read_back.origin.segments:
            assert segment.place.page == 1
            left, top, right, bottom = segment.place.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
            found = text.get_text_bounded(left * width, (1 - bottom) * height, right * width, (1 - top) * height)
            expected = read_back.text[segment.start : segment.start + segment.length]
            assert squeezed(expected) == squeezed(found)


def test_segments_cover_every_character_but_line_ends():
    data, _ = newspaper_b()
    read_back = document(data)
    covered = bytearray(len(read_back.text))
    for before, after in pairwise(read_back.origin.segments):
        assert before.start + before.length <= after.start
    for segment in read_back.origin.segments:
        covered[segment.start : segment.start + segment.length] = b"\1" * segment.length
    assert all(covered[i] or char in "\n " for i, char in enumerate(read_back.text))


def test_passages_know_their_page():
    lines = [f"第{i}条要求各单位在规定期限以内完成登记并且公布结果。" for i in range(1, 11)]
    passages = split(document(typed(column(lines), column(lines), column(lines))), max_chars=80)
    assert {passage.page for passage in passages} == {1, 2, 3}


def test_a_paragraph_cut_by_a_page_is_joined_and_running_lines_are_gone():
    header, size = ("河口区图书馆年度报告", 9.0), 12.0
    body = (
        "本馆在报告期内新增图书五万八千册，流动服务点由十六个增加到三十六个，"
        "读者满意度连续三年提高，其中青少年读者占到一半以上。"
    )
    lines = [body[i : i + 28] for i in range(0, len(body), 28)]
    pages = []
    for number in (1, 2, 3):
        furniture = [(80.0, 30.0, header[0], header[1]), (290.0, 810.0, f"- {number} -", 9.0)]
        full = "全年的各项工作都按照年初的计划进行并且留有详细的记录可以查"
        text = column(["  " + full[:26], full[:28]], top=80) if number == 1 else []
        rest = [(80.0, 80.0 + 36 + i * 18, line, size) for i, line in enumerate(lines[:2])]
        if number == 2:
            rest = [(80.0, 80.0 + i * 18, line, size) for i, line in enumerate(lines[2:])]
        if number == 3:
            rest = column(["  第三页另起一段。"])
        pages.append([*furniture, *text, *rest])
    read_back = document(typed(*pages))
    assert body in read_back.text
    assert header[0] not in read_back.text
    assert "- 2 -" not in read_back.text
    at = read_back.text.index(body)
    assert [place.page for place in read_back.origin.locate(at, at + len(body))][:: len(lines) - 1] == [1, 2]


def test_latin_lines_are_joined_with_spaces_and_broken_words_without_the_hyphen():
    lines = [
        "The committee reviewed the annual report on regional water sup-",
        "ply and found that the measured results differ from the well-",
        "known earlier estimates by less than four per cent in all six of",
        "the well-known basins.",
    ]
    read_back = document(typed(column(lines)))
    assert "water supply and found" in read_back.text
    assert "the well-known earlier" in read_back.text
    first = read_back.origin.segments[0]
    assert read_back.text[first.start : first.start + first.length].endswith("water sup")
    assert all(
        read_back.text[segment.start : segment.start + segment.length].strip() for segment in read_back.origin.segments
    )


def test_headings_have_levels_by_their_size():
    text = [
        (80.0, 60.0, "河口区水资源管理办法", 22.0),
        (80.0, 120.0, "第一章 总则", 16.0),
        *column(["  为了节约和保护水资源，促进经济社会发展，制定本办法。"], top=160),
        (80.0, 200.0, "适用范围", 14.0),
        *column(["  本办法适用于本区行政区域以内的一切取水和用水活动。"], top=240),
        (80.0, 280.0, "第二章 取水", 16.0),
        *column(["  直接从河流取水的单位应当申请许可并且安装计量设施。"], top=320),
    ]
    read_back = document(typed(text))
    assert read_back.title == "河口区水资源管理办法"
    headings = [(read_back.text[heading.start : heading.end], heading.level) for heading in read_back.headings]
    assert headings == [("第一章 总则", 1), ("适用范围", 2), ("第二章 取水", 1)]


def test_rows_of_a_ruled_table_are_lines():
    sheet = Sheet(595, 842)
    for i, line in enumerate(("  下表列出三个流动点半年以来借出图书的册数和丢失的册数，", "单位都是册。")):
        sheet.text(80 + 24 * (i == 0), 80 + i * 18, line.strip(), 12)
    rows = [
        ("流动点", "借出", "丢失"),
        ("城南菜市场", "5800", "9"),
        ("北岸公交站", "4210", "12"),
        ("东风工地", "3977", "7"),
    ]
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            sheet.text(90 + j * 120, 146 + i * 24, cell, 11)
    for i in range(5):
        sheet.rule(80, 140 + i * 24, 440, 140 + i * 24)
    for j in range(4):
        sheet.rule(80 + j * 120, 140, 80 + j * 120, 236)
    lines = document(sheet.done()).text.split("\n")
    names = rows[0]
    assert lines[1:] == [" | ".join(map("：".join, zip(names, row, strict=True))) for row in rows[1:]]


def test_rows_of_a_table_without_rules_are_lines():
    rows = [("Item", "2024", "2025"), ("Water", "410", "397"), ("Heating", "1,205", "1,180"), ("Light", "88", "91")]
    cells = [(80 + 130.0 * j, 120 + 20.0 * i, cell, 11.0) for i, row in enumerate(rows) for j, cell in enumerate(row)]
    text = column(["The table lists what each item cost in thousands of euros."], top=80)
    expected = [" | ".join(map(": ".join, zip(rows[0], row, strict=True))) for row in rows[1:]]
    assert document(typed([*text, *cells])).text.split("\n")[1:] == expected


def test_footnotes_wait_for_the_end_of_the_page():
    sheet = Sheet(595, 842)
    sentence = "流动服务点半年来借出图书五万八千册，超过总馆同期的一半，读者最多的是下午五点到七点来买菜的居民。"
    sheet.flow([sentence], [Frame(80, 80, 515, 110)], 12, 18)
    sheet.text(80, 780, "1 总馆的数字不含电子图书。", 8)
    lines = document(sheet.done()).text.split("\n")
    assert lines[-1] == "1 总馆的数字不含电子图书。"


def test_a_page_lying_on_its_side_reads_like_one_upright():
    data, truth = newspaper_b()
    with pypdfium2.PdfDocument(data) as pdf:
        for turn in (90, 180, 270):
            pdf[0].set_rotation(turn)
            file = io.BytesIO()
            pdf.save(file)
            read_back = document(file.getvalue())
            assert read_back.text.split("\n") == truth
            left, top, right, bottom = read_back.origin.segments[0].place.box
            tall = right - left < bottom - top
            assert tall == (turn != 180)


def test_a_file_says_its_title_author_and_date_only_if_they_make_sense():
    lines = column(["City Water Report", "The city used less water than in any of the six years before."])

    def told(title: str, author: str) -> Document:
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=(595, 842))
        canvas.setTitle(title)
        canvas.setAuthor(author)
        for x, top, text, size in lines:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, 842 - top - size, text)
        canvas.save()
        return document(file.getvalue(), "folder/water.pdf")

    sensible = told("City Water Report", "Ann Lee")
    assert (sensible.title, sensible.author) == ("City Water Report", "Ann Lee")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{4}-\d{2}", sensible.published or "")
    nonsense = told("Microsoft Word - final2.doc", "Administrator")
    assert (nonsense.title, nonsense.author) == ("water", None)


def test_encrypted_files_are_refused():
    data = typed(column(["secret"]), encrypt=StandardEncryption("user", "owner"))
    with pytest.raises(UnreadableDocument, match="password"):
        document(data)


def test_empty_pages_are_refused():
    with pytest.raises(UnreadableDocument, match="no text"):
        document(typed([], []))


@pytest.mark.timeout(300)
def test_broken_files_are_refused_in_time(monkeypatch):
    monkeypatch.setattr("corpus.readers.formats.pdf._DPI", 40)  # where a font is damaged its page is recognised
    data, _ = newspaper_a()
    rng = random.Random(5)
    broken = [b"", b"%PDF-1.7", b"not a pdf", rng.randbytes(20_000), b"%PDF-1.4\n" + rng.randbytes(20_000)]
    broken += [data[: len(data) * i // 12] for i in range(1, 12)]
    for _ in range(40):
        changed = bytearray(data)
        for _ in range(rng.randint(1, 60)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        broken.append(bytes(changed))
    for candidate in broken:
        began = time.process_time()
        with contextlib.suppress(UnreadableDocument):
            document(candidate)
        assert time.process_time() - began < 20


def test_a_page_count_that_is_a_lie_is_refused():
    small = typed(column(["one page"]))
    lying = re.sub(rb"/Count \d+", b"/Count 900000000", small)
    began = time.monotonic()
    with contextlib.suppress(UnreadableDocument):
        document(lying)
    assert time.monotonic() - began < 10


def test_too_many_pages_are_refused():
    with pytest.raises(UnreadableDocument, match="3 pages, more than 2"):
        document(typed(*[column(["a line of text"])] * 3), limits=Limits(pages=2))


def test_too_many_characters_on_a_page_are_refused(monkeypatch):
    monkeypatch.setattr("corpus.pages.pdfium.MOST_GLYPHS", 10)
    with pytest.raises(UnreadableDocument, match="characters, more than 10"):
        document(typed(column(["a line of text"])))


def test_words_printed_twice_to_look_bold_are_read_once():
    line = "The committee reviewed the report."
    assert document(typed([(80, 80, line, 12), (80.3, 80, line, 12)])).text == line


def test_a_damaged_page_is_told_and_the_others_are_read() -> None:
    data = typed(
        column(["第一页写着一句话，说的是天气。"]), column(["第二页"]), column(["第三页写着另一句话，说的是收成。"])
    )
    kids = re.search(rb"/Kids \[ (\d+) 0 R (\d+) 0 R", data)
    assert kids is not None
    broken = data.replace(b"\n%s 0 obj\n<<" % kids[2], b"\n%s 0 obj\n[<" % kids[2])
    found, damaged = read(broken, "annual.pdf", Limits())
    assert isinstance(found, Document)
    assert "天气" in found.text
    assert "收成" in found.text
    assert isinstance(damaged, Skipped)
    assert damaged.id == "annual.pdf#page 2"
    assert damaged.problem.startswith("Page 2 of annual.pdf is damaged.")


def test_what_differs_between_pages_in_more_than_a_page_number_is_no_furniture() -> None:
    slips = [
        [
            (40.0, 20.0, f"工资单编号：GZ-2025-{300 + number}", 11.0),
            (40.0, 38.0, f"实发工资：{amount}元", 11.0),
            (40.0, 56.0, f"发放日期：2025年{number + 2}月10日", 11.0),
            (40.0, 110.0, "本期工资已按考勤核算，其中岗位津贴按标准执行。", 11.0),
            (40.0, 800.0, f"合计 {total}", 11.0),
        ]
        for number, amount, total in ((1, "5321.50", "88"), (2, "6110.00", "91"), (3, "5321.50", "90"))
    ]
    text = document(typed(*slips)).text
    assert [line for line in text.split("\n") if "工资单" in line or "实发" in line] == [
        "工资单编号：GZ-2025-301",
        "实发工资：5321.50元",
        "工资单编号：GZ-2025-302",
        "实发工资：6110.00元",
        "工资单编号：GZ-2025-303",
        "实发工资：5321.50元",
    ]
    assert all(f"2025年{month}月10日" in text for month in (3, 4, 5))
    assert all(f"合计 {total}" in text for total in (88, 91, 90))


def test_rows_at_the_edges_of_pages_keep_their_figures() -> None:
    def row(top: float, number: int) -> list[tuple[float, float, str, float]]:
        cells = (f"SB{number:03}", "熔点仪", f"{number % 9 + 2015}", f"{6000 + 137 * number}")
        return [(80 + 110.0 * j, top, cell, 10.5) for j, cell in enumerate(cells)]

    pages = [[cell for i in range(46) for cell in row(40 + 16.5 * i, 46 * page + i)] for page in (0, 1)]
    text = document(typed(*pages)).text
    for number in (0, 1, 44, 45, 46, 47, 90, 91):
        line = next(line for line in text.split("\n") if f"SB{number:03}" in line)
        assert line.endswith(f"熔点仪 | {number % 9 + 2015} | {6000 + 137 * number}")


@pytest.mark.parametrize(
    "footer",
    ["{}", "- {} -", "第{}页", "第 {} 页 共 3 页", "{}/3", "Page {} of 3", "河口区图书馆 {}", "{} | 河口区图书馆"],
)
def test_page_numbers_that_count_up_are_furniture(footer: str) -> None:
    text = "全年的各项工作都按照年初的计划进行并且留有详细的记录可以查。"
    pages = [[*column([text] * 3, top=120), (250.0, 810.0, footer.format(number), 9.0)] for number in (1, 2, 3)]
    assert squeezed(document(typed(*pages)).text) == text * 9


def test_text_set_from_top_to_bottom_is_read_column_by_column_from_the_right() -> None:
    text = "敬启者：本会定于五月初八日在城东祠堂开修谱大会，各房须备户册一份，并推举两名代表到会议事。午饭由总理安排。"
    columns = [text[i : i + 12] for i in range(0, len(text), 12)]
    cells = [
        (480.0 - 30 * i + (6 if char in "，。：" else 0), 90.0 + 19 * j - (4 if char in "，。：" else 0), char, 16.0)
        for i, column in enumerate(columns)
        for j, char in enumerate(column)
    ]
    read_back = document(typed([(470.0, 40.0, "修谱", 22.0), (290.0, 810.0, "- 4 -", 9.0), *cells]))
    assert squeezed(read_back.text) == f"修谱{text}"
    box = read_back.origin.locate(read_back.text.index("敬"), read_back.text.index("敬") + 1)[0].box
    assert box is not None
    assert box[3] - box[1] > 5 * (box[2] - box[0])


@pytest.mark.parametrize("shade", [0.75, 0.0])
def test_a_watermark_that_runs_level_is_no_text(shade: float) -> None:
    sheet = Sheet(595, 842)
    text = "本市自来水管网改造工程于三月开工，首期更换铸铁管道二十六公里，涉及沿河、东山两个街道。施工期间分时段供水。"
    sheet.text(220, 60, "招标文件（节选）", 18)
    sheet.canvas.setFillGray(shade)
    for top in (124, 274, 424):
        sheet.text(120, top, "仅供投标使用 严禁复制", 30)
    sheet.canvas.setFillGray(0)
    sheet.flow([text] * 4, [Frame(60, 110, 535, 500)], 11, 19)
    read_back = document(sheet.done())
    assert read_back.text.split("\n") == ["招标文件（节选）", *[text] * 4]
    assert not read_back.headings


def test_headings_with_wide_gaps_and_tables_of_contents_are_one_line_each() -> None:
    entries = [("第一章", "总体要求", 60.0, 3), ("第二章", "重点任务", 60.0, 5), ("一、", "管网改造", 80.0, 6)]
    contents = [
        cell
        for i, (number, name, x, page) in enumerate(entries)
        for cell in (
            (x, 90.0 + 24 * i, number, 10.0),
            (x + 50, 90.0 + 24 * i, name, 10.0),
            (x + 95, 90.0 + 24 * i, "." * 100, 10.0),
            (500.0, 90.0 + 24 * i, str(page), 10.0),
        )
    ]
    chapter = [
        (60.0, 300.0, "第一章", 16.0),
        (140.0, 300.0, "总体要求", 16.0),
        *column(["本市自来水管网改造工程于三月开工，首期更换铸铁管道二十六公里。"], x=60, top=340, size=11),
    ]
    spread = [(260.0, 44.0, "目", 18.0), (314.0, 44.0, "录", 18.0)]
    marks = [(60.0, 600.0, "甲", 11.0), (114.0, 600.0, "乙", 11.0)]
    read_back = document(typed([*spread, *contents, *chapter, *marks]))
    lines = [re.sub(r"[. ]+", " ", line) for line in read_back.text.split("\n")]
    assert lines[:5] == ["目录", "第一章 总体要求 3", "第二章 重点任务 5", "一、 管网改造 6", "第一章 总体要求"]
    assert "甲乙" not in read_back.text
    assert "第一章 总体要求" in (read_back.title, *(read_back.text[h.start : h.end] for h in read_back.headings))


def test_what_is_filled_into_a_form_stands_behind_its_label() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, (595, 842))
    canvas.setFont(SONG, 12)
    canvas.drawString(80, 700, "姓名：")
    canvas.acroForm.textfield(name="name", x=120, y=694, width=200, height=20, value="Zhou Yuan")
    canvas.drawString(80, 660, "备注：")
    canvas.acroForm.textfield(name="note", x=120, y=654, width=200, height=20, value="")
    canvas.drawString(110, 620, "同意")
    canvas.acroForm.checkbox(name="yes", x=85, y=616, size=16, checked=True)
    canvas.drawString(110, 580, "不同意")
    canvas.acroForm.checkbox(name="no", x=85, y=576, size=16, checked=False)
    canvas.save()
    lines = document(file.getvalue()).text.split("\n")
    assert "姓名：Zhou Yuan" in lines[0]
    assert [line for line in lines if "同意" in line] == ["☑同意", "☐不同意"]
