"""Sets stories into columns as real PDFs and tells in which order their text is to be read.

Coordinates are points from the upper left corner of the page. ``Sheet`` draws; ``newspaper_a`` and ``newspaper_b`` are
the two pages the tests know by heart; ``random_page`` makes up as many as are wanted.
"""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SONG = "STSong-Light"  # only named in the file: each machine draws it with a font of its own
pdfmetrics.registerFont(UnicodeCIDFont(SONG))
EMBEDDED = "WenQuanYiMicroHei"  # goes into the file, so that its picture is the same everywhere
pdfmetrics.registerFont(TTFont(EMBEDDED, Path(__file__).parent / "fonts" / "WenQuanYiMicroHei-subset.ttf"))
NOT_FIRST = "，。、；：？！”’》）…％%"
TOKEN = re.compile(r"[A-Za-z0-9.%\-]+ ?|.")


@dataclass
class Story:
    """An article as written; ``truth`` is what a reader reads, in order."""

    heading: str
    paragraphs: list[str]
    byline: str | None = None
    deck: str | None = None
    captions: list[str] = field(default_factory=list)

    @property
    def truth(self) -> list[str]:
        head = [self.heading, *([self.deck] if self.deck else []), *([self.byline] if self.byline else [])]
        return [*head, *self.paragraphs, *self.captions]


@dataclass
class Frame:
    """A column to set text in."""

    left: float
    top: float
    right: float
    bottom: float


def broken(paragraph: str, width: float, size: float, *, indent: float = 2.0) -> list[tuple[float, str]]:
    """The lines of a paragraph: (indent in points, text); punctuation may hang out of the column."""
    lines: list[tuple[float, str]] = []
    line, used, left = "", indent * size, indent * size
    for token in TOKEN.findall(paragraph):
        wide = pdfmetrics.stringWidth(token.rstrip(), SONG, size)
        if used + wide > width + 0.1 and token[0] not in NOT_FIRST:
            lines.append((left, line.rstrip()))
            line, used, left = "", 0.0, 0.0
        line += token
        used += pdfmetrics.stringWidth(token, SONG, size)
    return [*lines, (left, line)]


class Sheet:
    """A PDF page under way; lines are broken as ``SONG`` needs, whichever font draws them."""

    def __init__(self, width: float, height: float, font: str = SONG) -> None:
        self.width, self.height, self.font = width, height, font
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=(width, height))

    def text(
        self, x: float, top: float, text: str, size: float, *, font: str | None = None, width: float | None = None
    ) -> None:
        """One line whose em box begins at ``top``; spread to ``width`` if given."""
        font = font or self.font
        if font == EMBEDDED:
            missing = {c for c in text if ord(c) not in pdfmetrics.getFont(font).face.charToGlyph}
            assert not missing, f"tests/fonts has no {missing}: make it anew as its README says"
        line = self.canvas.beginText(x, self.height - top - 0.88 * size)
        line.setFont(font, size)
        if width is not None and len(text) > 1:
            slack = (width - pdfmetrics.stringWidth(text, font, size)) / (len(text) - 1)
            if -0.12 * size < slack < 0.2 * size:
                line.setCharSpace(slack)
        line.textOut(text)
        self.canvas.drawText(line)

    def centered(self, frame: Frame, top: float, text: str, size: float) -> None:
        wide = pdfmetrics.stringWidth(text, SONG, size)
        self.text((frame.left + frame.right - wide) / 2, top, text, size)

    def rule(self, x0: float, y0: float, x1: float, y1: float, thickness: float = 0.5) -> None:
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def frame(self, frame: Frame) -> None:
        self.canvas.setLineWidth(0.7)
        self.canvas.rect(frame.left, self.height - frame.bottom, frame.right - frame.left, frame.bottom - frame.top)

    def picture(self, frame: Frame) -> None:
        """A picture of no words, noisy like a photograph."""
        from PIL import Image

        noise = random.Random(int(frame.left * 7 + frame.top))
        small = Image.new("RGB", (12, 8))
        small.putdata([tuple(noise.randrange(40, 200) for _ in range(3)) for _ in range(96)])
        image = ImageReader(small.resize((240, 160), Image.Resampling.BICUBIC))
        self.canvas.drawImage(
            image, frame.left, self.height - frame.bottom, frame.right - frame.left, frame.bottom - frame.top
        )

    def heading(self, frame: Frame, top: float, text: str, size: float, *, center: bool = True) -> float:
        """A headline, in as many lines as it needs; returns where it ends."""
        for _, line in broken(text, frame.right - frame.left, size, indent=0):
            if center:
                self.centered(frame, top, line, size)
            else:
                self.text(frame.left, top, line, size)
            top += 1.25 * size
        return top

    def flow(self, paragraphs: list[str], frames: list[Frame], size: float, leading: float) -> list[str]:
        """Sets as many whole paragraphs as fit into the frames, one after another; returns those."""
        slots = [
            (frame, frame.top + i * leading)
            for frame in frames
            for i in range(int((frame.bottom - frame.top - size) // leading) + 1)
        ]
        done: list[str] = []
        for paragraph in paragraphs:
            width = min(frame.right - frame.left for frame in frames)
            lines = broken(paragraph, width, size)
            if len(lines) > len(slots):
                break
            for i, ((left, text), (frame, top)) in enumerate(zip(lines, slots, strict=False)):
                room = frame.right - frame.left - left
                last = i == len(lines) - 1 and pdfmetrics.stringWidth(text, SONG, size) <= room
                wide = None if last else room
                if wide is not None and text[-1] in NOT_FIRST:
                    wide += 0.5 * size
                self.text(frame.left + left, top, text, size, width=wide)
            slots = slots[len(lines) :]
            done.append(paragraph)
        return done

    def done(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self._file.getvalue()


def depth(paragraphs: list[str], columns: int, width: float, size: float, leading: float) -> float:
    """How deep that many columns have to be to take the paragraphs."""
    lines = sum(len(broken(paragraph, width, size)) for paragraph in paragraphs)
    return (-(-lines // columns) - 1) * leading + size + 0.1


# --- the two pages of the tests ---------------------------------------------------------------------------------------

PARK = Story(
    heading="一座老纺织厂怎样长出三百家新公司",
    deck="东河区用五年时间把旧厂房改成创业园",
    byline="东河日报记者 周一鸣 通讯员 陆小安",
    paragraphs=[
        (
            "清晨七点，东河区旧纺织厂的锯齿形屋顶刚被太阳照亮，园区食堂里已经坐满了人。五年前这里只剩下两名看门的老职工，如今每天有四千二百人"
            "从大门走进来上班。"
        ),
        (
            "“我们没有拆一面墙。”园区负责人方启明说，“老厂房层高七米，放得下中试设备，也放得下年轻人的想象。”2021年春天，区里拿出一亿六千万元"
            "修缮资金，把十一栋车间改成实验室、展厅和共享工厂，租金按面积每平方米每天八角收取，前两年减半。"
        ),
        (
            "便宜的租金只是开头。园区设立了一个只有九个人的服务站，公司注册、专利申请、员工落户都在同一个窗口办理，平均用时从十四个工作日缩短到"
            "三个工作日。去年全年，服务站办结事项五千三百余件，没有一件超过承诺的期限。"
        ),
        (
            "做水质传感器的林若水是第一批搬来的创业者。她的公司最初只有四个人和一张借来的桌子，现在有六十八名员工，产品卖到了十九个省份。她说，"
            "最难的时候是第二年冬天，账上只够发一个月工资，园区引来的种子基金在两周之内把二百万元打到了账户上。"
        ),
        (
            "截至今年六月底，园区累计入驻企业三百一十二家，其中高新技术企业四十七家，有效发明专利八百九十件。下一步，区里准备把河对岸的旧仓库也"
            "改成宿舍和托儿所，让年轻人上班不用过桥。"
        ),
    ],
    captions=["图为改造后的二号车间，屋顶的天窗保留了原来的样子。赵青 摄"],
)
BRIDGE = Story(
    heading="青石桥下月通车 两岸居民少绕六公里",
    byline="本报记者 何佳",
    paragraphs=[
        (
            "记者昨日从市交通局获悉，横跨东河的青石桥已完成荷载试验，计划下月十二日正式通车。大桥全长七百六十米，双向四车道，两侧各设三米宽的"
            "步道。"
        ),
        (
            "通车以后，从北岸的杨柳村到南岸的中心医院，车程由原来的二十五分钟缩短到八分钟。村民老郑算了一笔账：他每周往返四趟，一年可以少跑"
            "两千五百公里，省下的油钱够买一头牛。"
        ),
        (
            "市交通局提醒，通车首月将对五吨以上货车实行限行，限行时间为每天七时至九时和十七时至十九时。公交12路和29路将同步延长到北岸，首末班车"
            "时间不变。"
        ),
        "为了保护桥下的鱼类洄游通道，施工单位把水中桥墩由原设计的六个减为四个，并且避开了每年四月至六月的产卵期，工期因此延长了七个月。",
    ],
)
LIBRARY = Story(
    heading="图书馆把书送进菜市场",
    byline="本报通讯员 宋知行",
    paragraphs=[
        (
            "在城南菜市场卖豆腐的吴婶最近多了一个习惯：收摊以前先到门口的书柜里换一本书。这个只有两米宽的书柜是市图书馆设立的第三十六个流动点，"
            "里面放着四百本书。"
        ),
        (
            "“来买菜的人和来看书的人，其实是同一群人。”馆长苏敏说。去年图书馆做过一次调查，发现百分之六十三的市民一年没有进过馆，原因不是不爱看，"
            "而是开门时间和上班时间一样。"
        ),
        (
            "于是图书馆把书柜搬到了菜市场、公交站和工地食堂，不要押金，扫码就能借，还书可以还到任何一个柜子。半年下来，流动点借出图书五万八千册，"
            "超过总馆同期的一半，丢失的只有九十一册。"
        ),
        "苏敏说，明年还要再设二十个流动点，并且请摊主们自己来选书。吴婶已经想好了，她要选的第一本是讲怎样种花的。",
    ],
    captions=["图为城南菜市场门口的流动书柜，旁边就是吴婶的豆腐摊。宋知行 摄"],
)

COLUMNS, SIZE, LEADING, GUTTER, MARGIN = 5, 9.5, 15.0, 16.0, 40.0
WIDTH = 13 * SIZE
PAGE_WIDTH = 2 * MARGIN + COLUMNS * WIDTH + (COLUMNS - 1) * GUTTER


def _left(column: int) -> float:
    return MARGIN + column * (WIDTH + GUTTER)


def _span(first: int, last: int, top: float, bottom: float) -> Frame:
    """The frame over columns ``first`` to ``last``, both counted from 0."""
    return Frame(_left(first), top, _left(last) + WIDTH, bottom)


def _header_and_footer(sheet: Sheet) -> None:
    sheet.text(MARGIN, 22, "东河日报", 13)
    sheet.text(PAGE_WIDTH / 2 - 80, 24, "2026年3月18日 星期三", 9)
    sheet.text(PAGE_WIDTH - MARGIN - 150, 24, "A03版 要闻 责任编辑：许平", 9)
    sheet.rule(MARGIN, 42, PAGE_WIDTH - MARGIN, 42)
    sheet.text(MARGIN, sheet.height - 30, "新闻热线：0000-1234567", 8)
    sheet.text(PAGE_WIDTH / 2 - 5, sheet.height - 30, "3", 9)


def _columns(first: int, last: int, top: float, bottom: float) -> list[Frame]:
    return [_span(column, column, top, bottom) for column in range(first, last + 1)]


def newspaper_a(font: str = SONG) -> tuple[bytes, list[str]]:
    """A headline over the whole page with a picture under it; two articles side by side below."""
    sheet = Sheet(PAGE_WIDTH, 720, font)
    _header_and_footer(sheet)
    whole = _span(0, 4, 0, 0)
    top = sheet.heading(whole, 54, PARK.heading, 30)
    sheet.centered(whole, top + 2, PARK.deck or "", 14)
    sheet.centered(whole, top + 24, PARK.byline or "", SIZE)
    top += 46
    picture = _span(3, 4, top, top + 120)
    sheet.picture(picture)
    sheet.text(picture.left, picture.bottom + 5, PARK.captions[0], 7.5)
    under = picture.bottom + 24
    left = 3 * int((330 - top) // LEADING)
    bottom = top + left / 3 * LEADING
    while True:
        frames = _columns(0, 2, top, bottom) + _columns(3, 4, under, bottom)
        if sheet_fits(PARK.paragraphs, frames):
            break
        bottom += LEADING
    assert sheet.flow(PARK.paragraphs, frames, SIZE, LEADING) == PARK.paragraphs
    second = bottom + 20
    sheet.rule(MARGIN, second - 8, PAGE_WIDTH - MARGIN, second - 8)
    for story, first, last in ((BRIDGE, 0, 1), (LIBRARY, 2, 4)):
        top = sheet.heading(_span(first, last, 0, 0), second, story.heading, 17, center=story is LIBRARY)
        sheet.text(_left(first), top + 2, story.byline or "", SIZE)
        top += 22
        deep = depth(story.paragraphs, last - first + 1, WIDTH, SIZE, LEADING)
        assert top + deep < sheet.height - 40
        frames = _columns(first, last, top, top + deep)
        assert sheet.flow(story.paragraphs, frames, SIZE, LEADING) == story.paragraphs
    return sheet.done(), [*PARK.truth, *BRIDGE.truth, *_without_captions(LIBRARY)]


def newspaper_b(font: str = SONG) -> tuple[bytes, list[str]]:
    """The first article's last column runs down beside the second; the third fills the right side around a picture."""
    sheet = Sheet(PAGE_WIDTH, 720, font)
    _header_and_footer(sheet)
    top = sheet.heading(_span(0, 2, 0, 0), 54, PARK.heading, 24)
    sheet.text(_left(0), top, PARK.deck or "", 13)
    sheet.text(_left(0), top + 20, PARK.byline or "", SIZE)
    top += 40
    short = 262
    frames = [*_columns(0, 1, top, short), _span(2, 2, top, sheet.height - 50)]
    assert sheet.flow(PARK.paragraphs, frames, SIZE, LEADING) == PARK.paragraphs
    story = BRIDGE
    below = sheet.heading(_span(0, 1, 0, 0), short + 16, story.heading, 16, center=False)
    sheet.text(_left(0), below + 2, story.byline or "", SIZE)
    below += 22
    deep = depth(story.paragraphs, 2, WIDTH, SIZE, LEADING)
    assert below + deep < sheet.height - 40
    assert sheet.flow(story.paragraphs, _columns(0, 1, below, below + deep), SIZE, LEADING) == story.paragraphs
    sheet.rule(_left(3) - GUTTER / 2, 54, _left(3) - GUTTER / 2, sheet.height - 50)
    picture = _span(3, 4, 54, 190)
    sheet.picture(picture)
    sheet.text(picture.left, picture.bottom + 5, LIBRARY.captions[0], 7.5)
    top = sheet.heading(_span(3, 4, 0, 0), 225, LIBRARY.heading, 20)
    sheet.centered(_span(3, 4, 0, 0), top + 2, LIBRARY.byline or "", SIZE)
    top += 26
    frames = _columns(3, 4, top, top + depth(LIBRARY.paragraphs, 2, WIDTH, SIZE, LEADING))
    assert sheet.flow(LIBRARY.paragraphs, frames, SIZE, LEADING) == LIBRARY.paragraphs
    return sheet.done(), [*_without_captions(PARK), *BRIDGE.truth, *LIBRARY.truth]


def _without_captions(story: Story) -> list[str]:
    return [line for line in story.truth if line not in story.captions]


def sheet_fits(paragraphs: list[str], frames: list[Frame]) -> bool:
    slots = sum(int((frame.bottom - frame.top - SIZE) // LEADING) + 1 for frame in frames)
    return sum(len(broken(paragraph, WIDTH, SIZE)) for paragraph in paragraphs) <= slots
