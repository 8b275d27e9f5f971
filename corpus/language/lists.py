"""Lists as documents write them: a lead that ends with a colon, then items with a mark each."""

from __future__ import annotations

import re

__all__ = ["enumeration_at", "is_item"]

_MOST_ITEMS = 12
_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_MARK = re.compile(rf"\s*(?:[（(]\s*{_NUMERAL}\s*[)）]|{_NUMERAL}\s*[、.．](?!\d)|[①-⑳]|[-*•·●■◆]\s)")
_NUMBERS = re.compile(r"[\d一二三四五六七八九十①-⑳]+")


def enumeration_at(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The (start, end) of the lead and of each item of the list that ``text[start:end]`` belongs to, in order.

    Empty where it belongs to none, or to one of more than twelve items.
    """
    line = _line_at(text, start)
    if end > line[1] + 1:
        return []
    if _style(text, line) is None:
        following = _line_after(text, line)
        if (
            following is None
            or _style(text, following) is None
            or not text[slice(*line)].rstrip().endswith(("：", ":"))
        ):
            return []
        lead: tuple[int, int] | None = line
        items = [following]
    else:
        items = [line]
        lead = _line_before(text, line)
        while lead is not None and _style(text, lead) == _style(text, line):
            items.insert(0, lead)
            lead = _line_before(text, lead)
    following = _line_after(text, items[-1])
    while following is not None and _style(text, following) == _style(text, items[0]) and len(items) <= _MOST_ITEMS:
        items.append(following)
        following = _line_after(text, following)
    if not 2 <= len(items) <= _MOST_ITEMS:
        return []
    return [lead, *items] if lead is not None and _introduces(text, lead) else items


def is_item(line: str) -> bool:
    """Whether the line begins with the mark of a list's item."""
    return _MARK.match(line) is not None


def _introduces(text: str, line: tuple[int, int]) -> bool:
    return text[slice(*line)].rstrip().endswith(("：", ":"))


def _style(text: str, line: tuple[int, int]) -> str | None:
    """The item's mark with its number left out; None for a line that is no item."""
    mark = _MARK.match(text, *line)
    return _NUMBERS.sub("#", mark[0].strip()) if mark else None


def _line_at(text: str, position: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return start, len(text) if end < 0 else end


def _line_before(text: str, line: tuple[int, int]) -> tuple[int, int] | None:
    before = text[: line[0]].rstrip()
    return _line_at(text, len(before) - 1) if before else None


def _line_after(text: str, line: tuple[int, int]) -> tuple[int, int] | None:
    rest = text[line[1] :]
    gap = len(rest) - len(rest.lstrip())
    return _line_at(text, line[1] + gap) if rest.strip() else None
