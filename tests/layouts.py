"""Made-up pages with a known reading order, different for every seed.

Newspaper pages are divided at random into articles (boxes and interlocking L shapes) of narrow columns; reports and
papers have one or two. Sentences are made of parts and numbered, so that no two on a page are the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from typeset import NOT_FIRST, Frame, Sheet, broken

WHO = [
    "区科技局",
    "市图书馆",
    "城东小学",
    "老工业园",
    "河口镇",
    "农业合作社",
    "人民医院",
    "新港码头",
    "山地林场",
    "青年公寓",
    "供电公司",
    "汽车站",
]
WHEN = [
    "今年三月",
    "去年冬天",
    "上个星期",
    "五年以前",
    "从本月起",
    "到年底",
    "昨天上午",
    "汛期以前",
    "开工以来",
    "每逢周末",
]
WHAT = ["修好了", "增加了", "登记了", "培训了", "检查了", "搬走了", "捐出了", "种下了", "接待了", "收到了"]
THING = ["本图书", "名技工", "株果树", "户居民", "台水泵", "位老人", "张床位", "份申请", "公里管道", "间教室"]
WHY = [
    "比计划多出一成",
    "没有花一分冤枉钱",
    "附近的人都说方便",
    "为此准备了两年",
    "这在全市还是头一回",
    "资金来自各方捐助",
    "还有一些问题要解决",
]
LATIN = [
    "the",
    "committee",
    "reviewed",
    "annual",
    "report",
    "on",
    "regional",
    "water",
    "supply",
    "and",
    "found",
    "that",
    "measured",
    "results",
    "differ",
    "from",
    "earlier",
    "estimates",
]


@dataclass
class Sample:
    """A page, the articles on it each in reading order, and what kind of page it is."""

    kind: str
    data: bytes
    articles: list[list[str]]


class Writer:
    """Sentences and headlines, no two alike."""

    def __init__(self, rng: random.Random, *, latin: bool = False) -> None:
        self.rng, self.latin, self.count = rng, latin, 100

    def sentence(self) -> str:
        self.count += 1
        pick = self.rng.choice
        if self.latin:
            words = [pick(LATIN) for _ in range(self.rng.randint(6, 18))]
            return f"In case {self.count} {' '.join(words)}."
        parts = f"{pick(WHEN)}，{pick(WHO)}{pick(WHAT)}{self.count}{pick(THING)}"
        return f"{parts}，{pick(WHY)}。" if self.rng.random() < 0.7 else f"{parts}。"

    def paragraph(self) -> str:
        joiner = " " if self.latin else ""
        return joiner.join(self.sentence() for _ in range(self.rng.randint(1, 6)))

    def headline(self) -> str:
        self.count += 1
        pick = self.rng.choice
        if self.latin:
            return f"{self.count % 90} {pick(LATIN).title()} {pick(LATIN)} {pick(LATIN)}"
        return f"{pick(WHO)}{pick(WHAT)}{self.count}{pick(THING)}"


@dataclass
class Region:
    """Columns ``first`` to ``last``, each from its top to its bottom."""

    first: int
    spans: list[tuple[float, float]]

    @property
    def last(self) -> int:
        return self.first + len(self.spans) - 1


def random_page(seed: int) -> Sample:
    """A page of the kind and the looks the seed decides."""
    rng = random.Random(seed)
    kind = rng.choices(("newspaper", "report", "paper", "paper-en"), (6, 1, 1, 1))[0]
    if kind == "newspaper":
        return _newspaper(rng)
    return _report(rng, columns=1 if kind == "report" else 2, latin=kind == "paper-en", kind=kind)


def _newspaper(rng: random.Random) -> Sample:
    count = rng.randint(4, 6)
    size = rng.choice((8.5, 9.0, 9.5, 10.0, 10.5))
    leading = size * rng.uniform(1.3, 1.7)
    width, gutter, margin = size * rng.randint(11, 15), size * rng.uniform(1.2, 2.2), rng.uniform(30, 50)
    sheet = Sheet(2 * margin + count * width + (count - 1) * gutter, rng.uniform(700, 1000))
    writer = Writer(rng)
    sheet.text(margin, 22, "东河日报", 13)
    sheet.text(sheet.width / 2 - 80, 24, "2026年3月18日 星期三", 9)
    sheet.text(sheet.width - margin - 60, 24, f"A{rng.randint(1, 16):02}版", 9)
    regions = _divided(rng, Region(0, [(52.0, sheet.height - 44)] * count), deepest=4)
    separated = rng.random() < 0.4
    interlocking = False
    articles = []
    for region in regions:
        interlocking = interlocking or len({bottom for _, bottom in region.spans}) > 1

        def column(i: int, top: float, bottom: float) -> Frame:
            left = margin + i * (width + gutter)
            return Frame(left, top, left + width, bottom)

        articles.append(_article(rng, sheet, writer, region, column, size=size, leading=leading))
        if len({bottom for _, bottom in region.spans}) == 1 and rng.random() < 0.15:
            top, bottom = region.spans[0]
            left, right = column(region.first, 0, 0).left, column(region.last, 0, 0).right
            sheet.frame(Frame(left - gutter / 2.5, top - 5, right + gutter / 2.5, bottom + 4))
        if separated:
            top = min(top for top, _ in region.spans) - 6
            if top > 60:
                sheet.rule(column(region.first, 0, 0).left, top, column(region.last, 0, 0).right, top)
    kind = "newspaper, interlocking" if interlocking else "newspaper"
    return Sample(kind, sheet.done(), [article for article in articles if article])


def _divided(rng: random.Random, region: Region, deepest: int) -> list[Region]:
    """The region cut into articles. Only whole rectangles are cut further."""
    tops, bottoms = {top for top, _ in region.spans}, {bottom for _, bottom in region.spans}
    count, top, bottom = len(region.spans), max(tops), min(bottoms)
    if deepest == 0 or len(tops) + len(bottoms) > 2 or (bottom - top < 420 and count < 4) or rng.random() < 0.1:
        return [region]
    if (count >= 3 and rng.random() < 0.45) or bottom - top < 420:
        if count < 3:
            return [region]
        cut = rng.randint(2, count - 1) if count > 3 else rng.choice((1, 2))
        parts = [Region(region.first, region.spans[:cut]), Region(region.first + cut, region.spans[cut:])]
        return [leaf for part in parts for leaf in _divided(rng, part, deepest - 1)]
    middle = rng.uniform(top + 190, bottom - 190)
    gap = rng.uniform(14, 24)
    if count >= 3 and rng.random() < 0.35:
        # The upper article keeps one column beside the lower one: an L.
        long = rng.choice((0, count - 1))
        upper = [(top, bottom if i == long else middle) for i in range(count)]
        lower = Region(region.first + (1 if long == 0 else 0), [(middle + gap, bottom)] * (count - 1))
        return [Region(region.first, upper), lower]
    parts = [Region(region.first, [(top, middle)] * count), Region(region.first, [(middle + gap, bottom)] * count)]
    return [leaf for part in parts for leaf in _divided(rng, part, deepest - 1)]


def _article(rng, sheet, writer, region, column, *, size, leading) -> list[str]:  # type: ignore[no-untyped-def]
    count = len(region.spans)
    top = min(top for top, _ in region.spans)
    shortest = min(bottom for _, bottom in region.spans)
    whole = Frame(column(region.first, 0, 0).left, top, column(region.last, 0, 0).right, shortest)
    center = rng.random() < 0.6
    headline = writer.headline()
    large = size * rng.uniform(1.6, 1.9 if count == 1 else 3.0)
    truth = [headline]
    top = sheet.heading(whole, top, headline, large, center=center) + 2
    if count > 1 and rng.random() < 0.35:
        deck = writer.headline()
        small = size * rng.uniform(1.25, 1.5)
        (sheet.centered(whole, top, deck, small) if center else sheet.text(whole.left, top, deck, small))
        truth.append(deck)
        top += small * 1.5
    if rng.random() < 0.6:
        byline = f"本报记者 {rng.choice('赵钱孙李周吴')}{rng.choice('明华佳宁远')}"
        (sheet.centered(whole, top, byline, size) if center else sheet.text(whole.left, top, byline, size))
        truth.append(byline)
        top += size * 2
    top += rng.uniform(4, 10)
    frames = [column(region.first + i, top, bottom) for i, (_, bottom) in enumerate(region.spans)]
    captions = []
    if count >= 3 and shortest - top > 190 and rng.random() < 0.4:
        first = rng.randint(0, count - 2)
        picture = Frame(frames[first].left, top, frames[first + 1].right, top + rng.uniform(70, 110))
        sheet.picture(picture)
        caption = f"图为{writer.headline()}的现场。 王一 摄"
        sheet.text(picture.left, picture.bottom + 4, caption, size * 0.8)
        captions.append(caption)
        for i in (first, first + 1):
            frames[i].top = picture.bottom + 4 + 2.2 * size
    slots = sum(int((frame.bottom - frame.top - size) // leading) + 1 for frame in frames)
    paragraphs: list[str] = []
    while slots > 0:
        paragraph = writer.paragraph()
        need = len(broken(paragraph, frames[0].right - frames[0].left, size))
        if need > slots:
            if slots < 3 or rng.random() < 0.5:
                break
            continue
        paragraphs.append(paragraph)
        slots -= need
    assert sheet.flow(paragraphs, frames, size, leading) == paragraphs
    return [*truth, *paragraphs, *captions]


def _report(rng: random.Random, *, columns: int, latin: bool, kind: str) -> Sample:
    sheet = Sheet(595, 842)
    writer = Writer(rng, latin=latin)
    size = rng.choice((9.5, 10.0, 10.5) if columns == 2 else (10.5, 11.0, 12.0))
    leading, margin, gutter = size * rng.uniform(1.2, 1.6), rng.uniform(50, 80), size * rng.uniform(1.5, 2.5)
    width = (595 - 2 * margin - (columns - 1) * gutter) / columns
    whole = Frame(margin, 0, 595 - margin, 0)
    title = writer.headline()
    truth = [title]
    top = sheet.heading(whole, 60, title, size * rng.uniform(1.6, 2.2)) + 12
    if columns == 2:
        abstract = writer.paragraph()
        deep = len(broken(abstract, whole.right - whole.left - 60, size))
        frame = Frame(whole.left + 30, top, whole.right - 30, top + deep * leading + size)
        assert sheet.flow([abstract], [frame], size, leading) == [abstract]
        truth.append(abstract)
        top = frame.bottom + 8
    bottom = 780.0
    notes = []
    if rng.random() < 0.6:
        notes = [f"{i + 1} {writer.sentence()}"[:30].strip() for i in range(rng.randint(1, 2))]
        bottom -= 40
        sheet.rule(margin, bottom + 6, margin + 80, bottom + 6)
        for i, note in enumerate(notes):
            sheet.text(margin, bottom + 12 + i * 12, note, size * 0.8)
    section = size * rng.uniform(1.2, 1.4)
    for i in range(columns):
        x, y = margin + i * (width + gutter), top
        while True:
            if rng.random() < 0.25 and y + section * 2 + 3 * leading < bottom:
                name = writer.headline()
                sheet.text(x, y + 6, name, section)
                truth.append(name)
                y += 12 + section * 1.4
            paragraph = writer.paragraph()
            lines = broken(paragraph, width, size)
            if y + len(lines) * leading > bottom:
                break
            sheet.flow([paragraph], [Frame(x, y, x + width, y + len(lines) * leading + size)], size, leading)
            truth.append(paragraph)
            y += len(lines) * leading
    sheet.text(292, 806, f"- {rng.randint(1, 20)} -", 9)
    return Sample(kind, sheet.done(), [[*truth, *notes]])


assert NOT_FIRST
