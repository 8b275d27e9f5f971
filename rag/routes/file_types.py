"""The kinds of files that people name: PDF, Word文档, 表格, emails."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from rag.question.phrases import Language

__all__ = ["FileType", "counted_types", "file_type_asked", "suffix_of"]


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file: its names in three languages, the suffixes it has, and a pattern of how it is asked for."""

    names: tuple[str, str, str]
    suffixes: frozenset[str]
    asked: re.Pattern[str]

    def name(self, language: Language) -> str:
        """What it is called in a language."""
        return self.names[("zh-Hans", "zh-Hant", "en").index(language)]


_BEHIND = r"(?:\s?(?:格式|版|类型?|文件|文档|档案|files?|documents?|docs?))*"


def _type(names: str | tuple[str, str, str], suffixes: str, asked: str) -> FileType:
    three = (names, names, names) if isinstance(names, str) else names
    return FileType(three, frozenset(suffixes.split()), re.compile(rf"(?:{asked}){_BEHIND}"))


_TYPES = (
    _type("PDF", ".pdf", r"(?<![a-z])pdfs?(?![a-z])"),
    _type("Word", ".docx .doc .odt .rtf", r"(?<![a-z])(?:word|docx?)(?![a-z])(?!\s?files? (?:that|which))"),
    _type(
        ("表格", "表格", "spreadsheet"),
        ".xlsx .xls .csv .ods .tsv",
        r"(?<![a-z])(?:excel|xlsx?|csv|spreadsheets?)(?![a-z])|电子表格|表格",
    ),
    _type(
        ("演示文稿", "簡報", "presentation"),
        ".pptx .ppt .odp",
        r"(?<![a-z])(?:pptx?|powerpoints?|presentations?|slides)(?![a-z])|幻灯片|演示文稿|简报档",
    ),
    _type(("邮件", "郵件", "email"), ".eml .msg .mbox", r"(?<![a-z])(?:e-?mails?|eml)(?![a-z])|电子邮件|邮件"),
    _type(("网页", "網頁", "web page"), ".html .htm .mhtml .mht", r"(?<![a-z])(?:html?|web ?pages?)(?![a-z])|网页"),
    _type("Markdown", ".md .markdown", r"(?<![a-z])(?:markdown|md)(?![a-z])"),
    _type(
        ("文本文件", "文字檔", "text file"), ".txt", r"(?<![a-z])(?:txt|text files?)(?![a-z])|纯文本|文本文件|文字档"
    ),
    _type(
        ("图片", "圖片", "picture"),
        ".png .jpg .jpeg .tif .tiff .bmp .webp",
        r"图片|扫描件|(?<![a-z])(?:pictures?|images?|scans?)(?![a-z])",
    ),
    _type(("电子书", "電子書", "e-book"), ".epub", r"电子书|(?<![a-z])(?:epubs?|e-?books?)(?![a-z])"),
)


def suffix_of(document_id: str) -> str:
    """The suffix of the file that a document is of, in lower case; of a document within a file, the file's."""
    return PurePosixPath(document_id.partition("#")[0]).suffix.lower()


def file_type_asked(folded: str) -> tuple[FileType | None, str]:
    """The type of file that a folded question names, None for none, and the question with those words blanked."""
    for one in _TYPES:
        match = one.asked.search(folded)
        if match is not None:
            return one, folded[: match.start()] + " " * (match.end() - match.start()) + folded[match.end() :]
    return None, folded


def counted_types(document_ids: Iterable[str], language: Language) -> list[tuple[str, int]]:
    """How many documents there are of each type, the commonest first; other suffixes stand for themselves."""
    by_suffix = {suffix: one for one in _TYPES for suffix in one.suffixes}
    counts: Counter[str] = Counter()
    for document_id in document_ids:
        suffix = suffix_of(document_id)
        one = by_suffix.get(suffix)
        counts[one.name(language) if one else suffix.removeprefix(".").upper() or "?"] += 1
    return counts.most_common()
