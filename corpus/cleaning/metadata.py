"""Title, source, author and date, as Chinese articles state them in their own lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.language.dates import calendar_dates
from corpus.language.script import HAN

__all__ = ["Metadata", "find_date", "is_byline", "is_metadata_line", "read_byline", "read_metadata_line"]

_LABEL = re.compile(
    r"(?P<label>发布日期|发布时间|发表时间|发表日期|更新时间|更新日期|成文日期|公布日期|日期|时间|來源|来源|文章来源|信息来源|稿源|出处"
    r"|作者|编辑|責任編輯|责任编辑|责编|記者|记者|浏览(?:次数|量)?|访问(?:次数|量)?|点击(?:次数|量|数)?|阅读(?:次数|量|数)?|字号|字体|打印|分享|發布日期|發佈日期|發布時間)\s*[:：]\s*"
)
_DATE_LABELS = ("日期", "时间", "時間")
_SOURCE_LABELS = ("来源", "來源", "稿源", "出处")
_AUTHOR_LABELS = ("作者", "记者", "記者")
_AROUND_VALUE = " \t\xa0\u2002\u2003\u3000|｜[]【】()（）"
_DATE_AFTER = re.compile(r"\s+(?=(?:19|20)\d{2}\s*[-年/.])|\s{3,}")
_NAME = rf"[{HAN}]{{2,3}}(?:·[{HAN}]{{1,6}})?"
_ROLE = r"(?:特约|實習|实习|本报|首席)?(?:记者|記者|通讯员|通訊員|摄影|攝影|撰稿|文/图|图/文|文/|图/)"
_BYLINE = re.compile(
    rf"(?P<source>[^\s，。！？；：:]{{0,24}}?){_ROLE}[\s:：/]*{_NAME}(?:[\s、,]+(?:{_ROLE}[\s:：/]*)?{_NAME})*(?:\s*(?:摄|攝|报道|文|图|整理))?"
)
_NAMES = re.compile(rf"(?<![{HAN}]){_NAME}(?![{HAN}])")
_ROLES = re.compile(_ROLE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What one line, or a page's head, tells about its article; None where it tells nothing."""

    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    number: str | None = None

    def or_else(self, other: Metadata) -> Metadata:
        """This, with what it lacks taken from ``other``."""
        return Metadata(
            self.title or other.title,
            self.source or other.source,
            self.author or other.author,
            self.published or other.published,
            self.url or other.url,
            self.number or other.number,
        )


def find_date(text: str) -> str | None:
    """The first date in the text as ISO 8601: "2024-04-24", or "2024-04" where it has no day."""
    return next(calendar_dates(text), None)


def is_metadata_line(text: str) -> bool:
    """Whether a line is nothing but labelled facts: "发布日期:2024-04-24   来源:济南高新区"."""
    if len(text) > 120 or "。" in text:
        return False
    labels = list(_LABEL.finditer(text))
    if not labels:
        return False
    return len(labels) >= 2 or (labels[0].start() == 0 and len(text) <= 40)


def read_metadata_line(text: str) -> Metadata:
    """The facts of a line that ``is_metadata_line``."""
    labels = list(_LABEL.finditer(text))
    source = author = published = None
    for i, match in enumerate(labels):
        end = labels[i + 1].start() if i + 1 < len(labels) else len(text)
        value = text[match.end() : end].strip(_AROUND_VALUE)
        label = match["label"]
        if label.endswith(_DATE_LABELS):
            published = published or find_date(value)
        elif label.endswith(_SOURCE_LABELS):
            source = source or _DATE_AFTER.split(value)[0].strip(_AROUND_VALUE) or None
        elif label.endswith(_AUTHOR_LABELS):
            author = author or value or None
    return Metadata(source=source, author=author, published=published or find_date(text[: labels[0].start()]))


def is_byline(text: str) -> bool:
    """Whether a line says who reports and nothing else: "齐鲁晚报通讯员 王婷婷 记者 晋森"."""
    return len(text) <= 60 and _BYLINE.fullmatch(text) is not None


def read_byline(text: str) -> Metadata:
    """The paper and the names of a line that ``is_byline``."""
    match = _BYLINE.fullmatch(text)
    if match is None:
        return Metadata()
    names = _NAMES.findall(_ROLES.sub(" ", text[match.end("source") :]))
    source = match["source"].removeprefix("本报")
    return Metadata(source=source or None, author="、".join(names) or None)
