"""What a document says of itself in its own lines: its number, who issued or wrote it, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.cleaning.metadata import Metadata
from corpus.language.dates import DATE, iso_date
from corpus.language.script import HAN

__all__ = ["ends_of", "is_dated", "is_document_number", "is_fact", "stated_facts"]

_DATE = re.compile(DATE, re.VERBOSE | re.IGNORECASE)
_WHOLE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_BRACKETED_YEAR = r"[〔\[［（(【﹝]\s*(?:19|20)\d{2}\s*[〕\]］）)】﹞]"
_OF_YEAR = rf"(?:{_BRACKETED_YEAR}|(?:19|20)\d{{2}}\s*年)?"
_NUMBER = re.compile(
    rf"[{HAN}A-Za-z]{{1,24}}\s*{_BRACKETED_YEAR}\s*第?\s*[\d\-—]{{1,8}}\s*号"
    rf"|(?:[{HAN}]{{2,30}}\s*)?(?:令|公告|通告)\s*{_OF_YEAR}\s*第\s*[\d〇一二三四五六七八九十百]{{1,6}}\s*号"
)


def _labels(chinese: str, *others: str) -> tuple[str, ...]:
    return (*chinese.split(), *others)


_NUMBER_LABELS = _labels("文号 发文字号 发文编号 文件编号 文件号 公文号 發文字號", "Document No.", "Doc. No.")
_AUTHOR_LABELS = _labels(
    "作者 撰稿人 撰稿 撰写人 撰写 编写人 编制人 起草人 拟稿人 拟稿 执笔 执笔人 报告人 汇报人 "
    "主讲人 主讲 演讲人 记录人 填报人 填表人 制表人",
    *("Author", "Authors", "Written by", "Prepared by"),
)
_SOURCE_LABELS = _labels(
    "发布机构 发布机关 发布单位 发布部门 发文机关 发文单位 发文部门 制定机关 制发机关 印发机关 "
    "公开主体 公开责任部门 编制单位 报告单位 填报单位 来源 信息来源 文章来源",
    *("Publisher", "Issued by", "Source"),
)
# In the order in which they are believed.
_DATE_LABELS = (
    *_labels("发布日期 发布时间 发文日期 印发日期 公布日期 发表日期 发表时间 刊发日期 签发日期 發布日期 發佈日期"),
    *("Published", "Publication date", "Date published", "Issued", "Release date"),
    *_labels("更新日期 更新时间 最后更新 最近更新 最后修改 修订日期 修改日期"),
    *("Updated", "Last updated", "Last modified"),
    *_labels("成文日期 成文时间 生成日期 编制日期 编制时间 报告日期 拟稿日期 填报日期 填表日期 制表日期"),
    *_labels("落款日期 日期", "Date"),
)
_ALL_LABELS = frozenset((*_NUMBER_LABELS, *_AUTHOR_LABELS, *_SOURCE_LABELS, *_DATE_LABELS))
_LABELLED = re.compile(r"(?P<label>[^:：|\s][^:：|]{0,20}?)\s*[:：]\s*(?P<value>.+)")
_AFTER_DATE = re.compile(
    r"\s*(?:最后|最近)?(?:更新|发布|印发|公布|发表|修订|修改|签发|发文|updated|published|revised)?\s*", re.IGNORECASE
)
_BEFORE_DATE = re.compile(r"[(（【\[]?\s*(?:最后|最近)?(?:更新|发布|修订|修改)?(?:于|日期|时间)?\s*", re.IGNORECASE)
_NEXT_LABEL = re.compile(rf"\s+(?=[{HAN}]{{2,8}}[:：])")
_PRINTED = re.compile(r"^(?P<body>[^，。；,;]{4,40}?)[\s\u3000]+(?P<date>\S{6,14}?日)\s*印发$")
_PASSED = re.compile(r"通过|公布|发布|修订|修正|批准|施行")
_SIGNATURE = re.compile(rf"[{HAN}A-Za-z（）()·\s]{{3,40}}")
_NO_BODY = re.compile(r"[：:，。；、！？,.;!?]|^(?:附件|附录|联系人|抄送|主送|年|月)")
_ORGANIZATION = re.compile(
    r"(?:政府|委员会|办公室|办公厅|[局厅部委院会处所社科站队]|中心|公司|集团|大学|学院|学校|中学|小学|银行|协会"
    r"|基金会|医院|法院|检察院|支队|小组|指挥部|Ltd\.?|Inc\.?|University|Committee|Department|Office|Bureau|Ministry)$"
)
_HEAD = 16
_END_CHARS = 20_000
_TAIL = 12
_LONGEST = 120
_LONGEST_VALUE = 40


def ends_of(text: str) -> list[str]:
    """The lines of a text that ``stated_facts`` looks at: those at its beginning and its end."""
    if len(text) <= 2 * _END_CHARS:
        return text.split("\n")
    return [*text[:_END_CHARS].split("\n")[:-1], *text[-_END_CHARS:].split("\n")[1:]]


def is_document_number(text: str) -> bool:
    """Whether a line is the number of an official document: 泽政办发〔2025〕6号, perhaps with who signed it."""
    found = _NUMBER.match(text.strip())
    return found is not None and (found.end() == len(text.strip()) or "签发人" in text[found.end() :])


def is_dated(text: str) -> str | None:
    """The date of a line that is one and nothing else ("二〇二五年三月一日", "2025-10-09 更新")."""
    text = text.strip()
    before = _BEFORE_DATE.match(text)
    start = before.end() if before else 0
    date = _DATE.match(text.lower(), start)
    if date is None:
        return None
    rest = text[date.end() :].strip(" \t\u3000)）】]")
    rest = re.sub(r"^(?:星期.|周[一二三四五六日])?\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?", "", rest)
    iso = iso_date(date)
    return iso if iso and _WHOLE.fullmatch(iso) and len(iso) > 4 and _AFTER_DATE.fullmatch(rest) else None


def is_fact(text: str) -> bool:
    """Whether a line is a labelled fact and nothing else: 成文日期：2023年5月6日."""
    match = _LABELLED.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    return (
        match is not None and "".join(match["label"].split()) in _ALL_LABELS and len(match["value"]) <= _LONGEST_VALUE
    )


def stated_facts(lines: Sequence[str]) -> Metadata:
    """The facts in a document's lines: labelled ones near its beginning and end, its number, who signed it when."""
    lines = [line for line in lines if line.strip()]
    near = [*lines[:_HEAD], *(lines[max(_HEAD, len(lines) - _TAIL) :])]
    labelled: dict[str, list[str]] = {}
    number = None
    for line in near:
        for segment in _segments(line):
            match = _LABELLED.fullmatch(segment)
            if match is not None:
                value = match["value"].strip(" \t\u3000|｜")
                labelled.setdefault(" ".join(match["label"].split()).replace("\u3000", ""), []).append(value)
            elif number is None and _NUMBER.fullmatch(segment.strip()):
                number = segment.strip()
        if number is None and is_document_number(line):
            found = _NUMBER.match(line.strip())
            number = found[0] if found else None
    # What is told more than once in different words is a column of a table, and no fact about the whole.
    told = {label: values[0] for label, values in labelled.items() if len(set(values)) == 1}

    def first(labels: Sequence[str]) -> str | None:
        found = (told[label] for label in labels if label in told and len(told[label]) <= _LONGEST_VALUE)
        return next(filter(None, found), None)

    signed_by, signed = _signature(lines)
    days = (date for label in _DATE_LABELS if label in told and (date := next(_dates_in(told[label]), None)))
    published = next(days, None) or _under_title(lines[:_HEAD]) or signed or _passed(lines[:_HEAD])
    return Metadata(
        source=first(_SOURCE_LABELS) or signed_by,
        author=first(_AUTHOR_LABELS),
        published=published,
        number=first(_NUMBER_LABELS) or number,
    )


def _segments(line: str) -> Iterator[str]:
    """The labelled facts of a line, which stand apart from each other."""
    if len(line) <= 4 * _LONGEST and "。" not in line:
        for cell in re.split(r"\s*[|｜]\s*|[ \t\u3000]{2,}|\u3000", line):
            if cell and len(cell) <= _LONGEST:
                # "发布日期:2024-04-24 来源:济南高新区": labels one space apart
                yield from _NEXT_LABEL.split(cell.strip())


def _dates_in(text: str) -> Iterator[str]:
    for match in _DATE.finditer(text.lower()):
        iso = iso_date(match)
        if iso and _WHOLE.fullmatch(iso):
            yield iso


def _under_title(head: Sequence[str]) -> str | None:
    """The date that is a line of its own among the first ones, before the text begins."""
    for line in head[:6]:
        date = is_dated(line)
        if date is not None:
            return date
        if len(line) > _LONGEST_VALUE and "。" in line:
            break
    return None


def _passed(head: Sequence[str]) -> str | None:
    """The last date of the brackets under the title of a law: （2001年…通过 根据2018年12月29日…修正）."""
    for line in head[:6]:
        if line.strip().startswith(("（", "(")) and _PASSED.search(line):
            return max(_dates_in(line), default=None)
    return None


def _signature(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """Who signed at the end, and when: a name over a date, or the line of printing."""
    printed: tuple[str | None, str | None] = (None, None)
    for i in range(len(lines) - 1, max(-1, len(lines) - 200), -1):
        line = lines[i].strip()
        if len(line) > _LONGEST:
            continue
        match = _PRINTED.match(line)
        if match is not None and (date := next(_dates_in(match["date"]), None)):
            printed = (match["body"].strip(), date)
            continue
        if i < 1 or len(line) > 24:
            continue
        date = is_dated(line)
        body = "".join(lines[i - 1].split())
        if date is not None and len(date) == 10 and _SIGNATURE.fullmatch(body) and not _NO_BODY.search(body):
            if _ORGANIZATION.search(body):
                return body, date
            if i >= len(lines) - 3:
                return None, date
        if date is not None and len(date) == 10 and i == len(lines) - 1:
            return None, date
    return printed
