"""The marks that items of lists begin with: 1. （二） ③ 3.2 第一步 •."""

from __future__ import annotations

import re

__all__ = ["is_item", "is_of_code", "mark_length", "mark_of", "without_mark"]

_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_MARK = re.compile(
    rf"\s*(?:[（(]\s*{_NUMERAL}\s*[)）]|{_NUMERAL}\s*(?:[、.．](?!\d)|[)）])|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}[.．、]?\s"
    rf"|[①-⑳]|[-*•·●■◆]\s|(?:第{_NUMERAL}步|步[骤驟]{_NUMERAL}|[Ss]tep\s?\d{{1,2}})[：:，,、.\s])"
)
_CODE = re.compile(r"(?=[A-Za-z\d./_-]{0,11}\d)[A-Za-z\d][A-Za-z\d./_-]{0,11}(?:：|:\s)\s*\S")
_NUMBERS = re.compile(r"[\d一二三四五六七八九十①-⑳]+")


def is_item(line: str) -> bool:
    """Whether the line begins with the mark of a list's item."""
    return _MARK.match(line) is not None


def is_of_code(line: str) -> bool:
    """Whether the line says what a code means: "E02：主机悬空。"."""
    return _CODE.match(line) is not None


def mark_of(line: str) -> tuple[str, str] | None:
    """The style of an item's mark, which the items of one list share, and its number as written; None for no item.

    ("#、", "三") of 三、验收; the number is "" where the mark is a bullet.
    """
    mark = _MARK.match(line)
    if mark is None:
        return None
    numbers = _NUMBERS.findall(mark[0])
    return _NUMBERS.sub("#", mark[0].strip()), numbers[-1] if numbers else ""


def mark_length(line: str) -> int:
    """How many characters of the line are the mark of an item and the space around it; 0 for no item."""
    mark = _MARK.match(line)
    return len(line) - len(line[mark.end() :].lstrip()) if mark else 0


def without_mark(line: str) -> str:
    """The line without the mark of an item and without brackets around it, as a heading is called."""
    mark = _MARK.match(line)
    return (line[mark.end() :] if mark else line).strip("【】 ")
