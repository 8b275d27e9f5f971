"""Numbers of official documents: 泽政办发〔2025〕6号, 国务院令第12号."""

from __future__ import annotations

import re

from corpus.language.script import HAN

__all__ = ["document_number", "is_document_number"]

_BRACKETED_YEAR = r"[〔\[［（(【﹝]\s*(?:19|20)\d{2}\s*[〕\]］）)】﹞]"
_OF_YEAR = rf"(?:{_BRACKETED_YEAR}|(?:19|20)\d{{2}}\s*年)?"
_NUMBER = re.compile(
    rf"[{HAN}A-Za-z]{{0,24}}\s*{_BRACKETED_YEAR}\s*第?\s*[\d\-—]{{1,8}}\s*号"
    rf"|(?:[{HAN}]{{2,30}}\s*)?(?:令|公告|通告)\s*{_OF_YEAR}\s*第\s*[\d〇一二三四五六七八九十百]{{1,6}}\s*号"
)
_APART = ("\u3000", "  ", "\t", "|", "｜")
_BEHIND = ("签发人", "簽發人")


def document_number(line: str) -> str | None:
    """The number that stands at the beginning of a line, alone or with what is set apart from it."""
    line = line.strip()
    found = _NUMBER.match(line)
    if found is None:
        return None
    rest = line[found.end() :]
    apart = not rest or rest.startswith(_APART) or any(word in rest for word in _BEHIND)
    return found[0] if apart else None


def is_document_number(text: str) -> bool:
    """Whether a line is the number of an official document, perhaps with who signed it."""
    return document_number(text) is not None
