"""Who reports, in a line of its own: "齐鲁晚报通讯员 王婷婷 记者 晋森"."""

from __future__ import annotations

import re

from corpus.cleaning.metadata import Metadata
from corpus.language.script import HAN

__all__ = ["is_byline", "read_byline"]

_NAME = rf"[{HAN}]{{2,3}}(?:·[{HAN}]{{1,6}})?"
_ROLE = r"(?:特约|實習|实习|本报|首席)?(?:记者|記者|通讯员|通訊員|摄影|攝影|撰稿|文/图|图/文|文/|图/)"
_BYLINE = re.compile(
    rf"(?P<source>[^\s，。！？；：:]{{0,24}}?){_ROLE}[\s:：/]*{_NAME}(?:[\s、,]+(?:{_ROLE}[\s:：/]*)?{_NAME})*(?:\s*(?:摄|攝|报道|文|图|整理))?"
)
_NAMES = re.compile(rf"{_ROLE}|(?<![{HAN}])(?P<name>{_NAME})(?![{HAN}])")
_LONGEST = 60


def is_byline(text: str) -> bool:
    """Whether a line says who reports and nothing else."""
    return len(text) <= _LONGEST and _BYLINE.fullmatch(text) is not None


def read_byline(text: str) -> Metadata:
    """The paper and the names of a line that ``is_byline``."""
    match = _BYLINE.fullmatch(text)
    if match is None:
        return Metadata()
    names = _names(text[match.end("source") :])
    source = match["source"].removeprefix("本报")
    return Metadata(source=source or None, author="、".join(names) or None)


def _names(text: str) -> list[str]:
    spaced = _NAMES.sub(lambda found: found[0] if found["name"] else " ", text)
    return [found["name"] for found in _NAMES.finditer(spaced) if found["name"]]
