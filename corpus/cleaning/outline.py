"""Which lines of a plain text are its headings, and how they stand over each other: 编, 章, 节, 一、, （一）."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.cleaning.lines import Block, Kind
from corpus.language.script import HAN

__all__ = ["is_article_of_law", "outlined"]

_NUMBER = r"[〇零一二三四五六七八九十百千\d]{1,6}"
_ARTICLE = re.compile(rf"第{_NUMBER}条(?:之{_NUMBER})?(?:[\s\u3000]|(?=[^\s\u3000]))")
# In the order in which they stand over each other; None is where headings without a number stand.
_NUMBERED = (
    re.compile(rf"第{_NUMBER}[编編篇](?:[\s\u3000]|$|(?=[{HAN}]))"),
    re.compile(rf"第{_NUMBER}(?:章|部分)(?:[\s\u3000:：]|$|(?=[{HAN}]))"),
    re.compile(rf"第{_NUMBER}[节節](?:[\s\u3000:：]|$|(?=[{HAN}]))"),
    None,
    re.compile(r"[一二三四五六七八九十]{1,3}[、．.]"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}[、．.\s](?!\d)"),
)
_PLAIN = _NUMBERED.index(None)
_ATTACHMENT = re.compile(r"附\s*[则則件录錄表](?:\s*\d{1,2})?[:：]?$")
_NO_HEADING = re.compile(
    r"[\d\s\W]*$|(?:\d{4}|[〇零一二三四五六七八九]{4})年.{1,12}[日月]$|[^\s]{1,8}[:：]\s*\S|.*(?:https?://|www\.|@)|[•·●○■◆\-*]\s*\S|.*[=＝]|.$|.{0,20}[〔\[［（(]\d{4}[〕\]］）)].{0,4}\d+号$"
)
_LONGEST = 40
_LIST_LINES = 3


def is_article_of_law(text: str) -> bool:
    """Whether a line begins an article of a law: 第十二条."""
    return _ARTICLE.match(text) is not None


def outlined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with their headings told from lists and signatures, and levels from 1 without a gap."""
    ranks = [_rank(block) for block in blocks]
    for i in range(_end_of_text(blocks), len(blocks)):
        ranks[i] = None if len(blocks) > 1 and ranks[i] == _PLAIN else ranks[i]
    demoted = _runs_of_short_lines(ranks)
    used = sorted({rank for i, rank in enumerate(ranks) if rank is not None and i not in demoted})
    levels = {rank: level for level, rank in enumerate(used, 1)}
    result = []
    for i, (block, rank) in enumerate(zip(blocks, ranks, strict=True)):
        if block.kind not in (Kind.HEADING, Kind.PARAGRAPH):
            result.append(block)
        elif rank is None or i in demoted:
            result.append(replace(block, kind=Kind.PARAGRAPH))
        else:
            result.append(replace(block, kind=Kind.HEADING, level=levels[rank]))
    return result


def _rank(block: Block) -> int | None:
    if block.kind not in (Kind.HEADING, Kind.PARAGRAPH) or len(block.lines) != 1:
        return None
    line = block.lines[0]
    if len(line.text) > _LONGEST or is_article_of_law(line.text):
        return None
    for rank, pattern in enumerate(_NUMBERED):
        if pattern is None or not pattern.match(line.text):
            continue
        structural = rank < _PLAIN
        if structural and not line.ends_sentence and "，" not in line.text and "。" not in line.text:
            return rank
        return rank if block.kind is Kind.HEADING and line.width <= 25 else None
    if _ATTACHMENT.match(line.text):
        return 1
    return _PLAIN if block.kind is Kind.HEADING and not _NO_HEADING.match(line.text) else None


def _end_of_text(blocks: Sequence[Block]) -> int:
    """Where the short lines at the end begin, which stand over nothing: signatures and dates."""
    i = len(blocks)
    while i and len(blocks[i - 1].lines) == 1 and not blocks[i - 1].lines[0].ends_sentence:
        i -= 1
    return i or len(blocks)


def _runs_of_short_lines(ranks: Sequence[int | None]) -> set[int]:
    """Headings of one rank that follow each other are a list, a table of contents, verses, signatures."""
    demoted: set[int] = set()
    start = 0
    for i in range(1, len(ranks) + 1):
        if i < len(ranks) and ranks[i] is not None and ranks[i] == ranks[start]:
            continue
        if ranks[start] is not None and (i - start >= _LIST_LINES or (i == len(ranks) and i - start > 1)):
            demoted.update(range(start, i))
        start = i
    return demoted
