"""Words printed across the text of a page: watermarks that run level with it. Those at an angle are never read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from corpus.pages.model import Page, PageLine

__all__ = ["without_watermarks"]

_LARGER = 1.25  # times the print that it lies over
_LONGEST = 40

_Key = tuple[str, int]


def without_watermarks(pages: Sequence[Page]) -> list[Page]:
    """The pages without lines that lie over other lines, pale or again and again, wherever they stand.

    No words that are meant to be read are printed over others. A stamp is, but once and in full colour: it is kept.
    """
    times = Counter(_key(line) for page in pages for line in page.lines)
    marks = {
        key
        for page in pages
        for line in page.lines
        if (times[key := _key(line)] > 1 or line.pale) and len(line.text) <= _LONGEST and _lies_over(line, page)
    }
    if not marks:
        return list(pages)
    return [replace(page, lines=tuple(line for line in page.lines if _key(line) not in marks)) for page in pages]


def _key(line: PageLine) -> _Key:
    return re.sub(r"\s+", "", line.text), round(line.size)


def _lies_over(line: PageLine, page: Page) -> bool:
    return any(
        other is not line
        and (line.size > _LARGER * other.size or (line.pale and not other.pale))
        and line.box.over(other.box) > other.size
        and line.box.beside(other.box) > 0.4 * min(line.size, other.size)
        for other in page.lines
    )
