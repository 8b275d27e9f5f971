"""Labelled facts: what a document's own lines say of it before a colon ("发布日期：2024-04-24　来源：济南高新区")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from corpus.cleaning.dated import dates_in
from corpus.cleaning.metadata import Metadata, find_date
from corpus.language.script import has_han

__all__ = ["Fact", "Labelled", "facts_of", "is_metadata_line", "labelled_in", "read_metadata_line"]


class Fact(Enum):
    """What a label says of the document; the dates in the order in which they are believed."""

    PUBLISHED = auto()
    UPDATED = auto()
    WRITTEN = auto()
    DATED = auto()
    EVENT = auto()
    NUMBER = auto()
    AUTHOR = auto()
    SOURCE = auto()
    ABOUT_PAGE = auto()


# In English without their spaces: what stands before a colon is looked up without them.
_LABELS = {
    Fact.PUBLISHED: "发布日期 发布时间 发文日期 印发日期 公布日期 公布时间 公告日期 发表日期 发表时间 刊发日期 签发日期"
    " 發布日期 發佈日期 發布時間 發佈時間 發文日期 Published PublicationDate DatePublished Issued ReleaseDate",
    Fact.UPDATED: "更新日期 更新时间 最后更新 最近更新 最后修改 修订日期 修改日期 更新時間 最後更新"
    " Updated LastUpdated LastModified Revised",
    Fact.WRITTEN: "成文日期 成文时间 生成日期 编制日期 编制时间 报告日期 拟稿日期 填报日期 填表日期 制表日期"
    " 签订日期 签署日期 签约日期 订立日期 批准日期 报告批准日期 版本日期 簽訂日期 DateSigned SignedOn DateOfReport",
    Fact.DATED: "落款日期 日期 Date",
    Fact.EVENT: "时间 時間 会议时间 會議時間 会议日期 访谈时间 访谈日期",
    Fact.NUMBER: "文号 发文字号 发文编号 文件编号 文件号 公文号 發文字號 文號 合同编号 协议编号 合同号 报告编号"
    " 公告编号 文档编号 文档号 合約編號 DocumentNo. Doc.No. ContractNo. ReportNo. DocumentNumber",
    Fact.AUTHOR: "作者 记者 記者 撰稿人 撰稿 撰写人 撰写 编写人 编写 编制人 编制 起草人 起草 拟稿人 拟稿 执笔"
    " 执笔人 报告人 汇报人 主讲人 主讲 演讲人 记录人 记录 整理 访谈人 采访人 填报人 填表人 制表人"
    " Author Authors WrittenBy PreparedBy",
    Fact.SOURCE: "发布机构 发布机关 发布单位 发布部门 发文机关 发文单位 发文部门 制定机关 制发机关 印发机关"
    " 公开主体 公开责任部门 编制单位 报告单位 填报单位 来源 來源 信息来源 文章来源 资料来源 稿源 出处 消息来源"
    " Publisher IssuedBy Source",
    Fact.ABOUT_PAGE: "编辑 編輯 责任编辑 責任編輯 责编 审核 審核 校对 浏览 浏览量 浏览次数 访问次数 访问量 点击"
    " 点击量 点击数 点击次数 阅读 阅读量 阅读数 阅读次数 字号 字体 打印 分享 字體",
}
_FACTS = {label.lower(): fact for fact, labels in _LABELS.items() for label in labels.split()}
_LONGEST_LABEL = max(map(len, _FACTS))
_DATES = (Fact.PUBLISHED, Fact.UPDATED, Fact.WRITTEN, Fact.DATED, Fact.EVENT)
_COLONS = ":："
_PARTS = "|｜"
_ENDS = (*_COLONS, " ]", "】")
_AROUND = " \t\xa0\u2002\u2003\u3000|｜[]【】()（），,"
_LONGEST_LINE = 480
_LONGEST_METADATA = 120
_LONGEST_SINGLE = 40
_LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label with what it stands for (None: a label that says nothing of the document), where it begins, its value.

    ``behind`` is all that stands there as far as the next label.
    """

    fact: Fact | None
    label: str
    start: int
    value: str
    behind: str


def labelled_in(line: str) -> list[Labelled]:
    """The labels of a line, each with what stands behind it as far as the next."""
    if len(line) > _LONGEST_LINE or not any(colon in line for colon in _COLONS):
        return []
    found: list[tuple[int, int, str, Fact | None]] = []
    for i, char in enumerate(line):
        if char in _COLONS and (label := _label_before(line, i)) is not None:
            found.append((label[0], i, *label[1:]))
    ends = [*(start for start, *_ in found[1:]), len(line)][: len(found)]
    return [
        Labelled(fact, label, start, _value(line[colon + 1 : end]), line[colon + 1 : end])
        for (start, colon, label, fact), end in zip(found, ends, strict=True)
    ]


def _label_before(line: str, colon: int) -> tuple[int, str, Fact | None] | None:
    """Where the label before a colon begins, its letters, and what it stands for."""
    best: tuple[int, str, Fact | None] | None = None
    squeezed = ""
    spaced = False
    i = colon
    while i and len(squeezed) < _LONGEST_LABEL:
        i -= 1
        char = line[i]
        if char.isspace():
            spaced = spaced or bool(squeezed)
            continue
        if not (char.isalpha() or char in "./"):
            break
        squeezed = char + squeezed
        if _joins(line, i):
            continue
        fact = _FACTS.get(squeezed.lower())
        if fact is not None:
            best = i, squeezed, fact
        elif best is None and not spaced and 2 <= len(squeezed) <= 8 and has_han(squeezed[0]):
            best = (i, squeezed, None) if not i or line[i - 1].isspace() else None
    return best


def _joins(line: str, start: int) -> bool:
    """Whether what begins there goes on with the letters before it."""
    return start > 0 and line[start - 1].isalnum()


def _value(text: str) -> str:
    """What stands behind a label, without what stands apart from it."""
    for part in _PARTS:
        text = text.partition(part)[0]
    text = text.strip(_AROUND)
    pieces = text.replace("\u3000", "  ").replace("\t", "  ").replace("\xa0", "  ").split("  ")
    # 王　明: a name of two characters is spaced to the width of three.
    if len(pieces) > 1 and len(pieces[0]) == 1 and has_han(pieces[0]):
        pieces[0] += next((piece for piece in pieces[1:] if piece), "")
    return pieces[0].strip(_AROUND)


def _name(value: str) -> str | None:
    """Who a value names, without the date behind it."""
    for end in _ENDS:  # 赵培：北京物资学院
        value = value.partition(end)[0]
    words = value.split(" ")
    for i, word in enumerate(words):
        if next(dates_in(word), None) or (word[:4].isdigit() and i):
            words = words[:i]
            break
    name = " ".join(words).strip(_AROUND)
    return name if 0 < len(name) <= _LONGEST_VALUE else None


def facts_of(labelled: Sequence[Labelled], *, events: bool = True) -> Metadata:
    """What labels say, the first of a kind; with ``events``, when something was, if nothing else is said."""

    def values(*facts: Fact) -> Iterator[str]:
        for fact in facts:
            yield from (one.value for one in labelled if one.fact is fact)

    dates = _DATES if events else _DATES[:-1]
    said = [date for value in values(*dates) for date in dates_in(value)]
    behind = [date for one in labelled if one.fact is Fact.AUTHOR for date in dates_in(one.behind)]
    said += [date for date in behind if "-" in date]  # 编制：总务处　2026年4月12日; a year alone may be a birth
    numbers = (value for value in values(Fact.NUMBER) if 0 < len(value) <= _LONGEST_VALUE)
    return Metadata(
        source=next(filter(None, map(_name, values(Fact.SOURCE))), None),
        author=next(filter(None, map(_name, values(Fact.AUTHOR))), None),
        published=next(iter(said), None),
        number=next(numbers, None),
    )


def is_metadata_line(text: str) -> bool:
    """Whether a line is nothing but labelled facts: "发布日期:2024-04-24   来源:济南高新区"."""
    if len(text) > _LONGEST_METADATA or "。" in text:
        return False
    labelled = [one for one in labelled_in(text) if one.fact is not None]
    return len(labelled) >= 2 or (bool(labelled) and labelled[0].start == 0 and len(text) <= _LONGEST_SINGLE)


def read_metadata_line(text: str) -> Metadata:
    """The facts of a line that ``is_metadata_line``; a date before the first label is the page's."""
    labelled = labelled_in(text)
    before = text[: labelled[0].start] if labelled else text
    return facts_of(labelled).or_else(Metadata(published=find_date(before)))
