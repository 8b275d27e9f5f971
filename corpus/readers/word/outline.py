"""The title and the headings of a Word file, by its styles, or else by how its lines look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.cleaning.assembly import Part
from corpus.cleaning.dated import is_dated
from corpus.cleaning.lines import Block, Kind, lines_of
from corpus.cleaning.numbers import is_document_number
from corpus.cleaning.outline import outlined
from corpus.readers.word.blocks import WordLine
from corpus.tables import BETWEEN_CELLS

__all__ = ["outlined_parts", "title_lines"]

_FIRST = 14  # lines among which a title stands
_LONGEST = 60
_LARGER = 4  # half points: letters that much larger than the text's are a title's
_LEAST_HEADING = 6
_NUMBERED = re.compile(r"[第(（一二三四五六七八九十\d]")
_RED_HEAD = re.compile(r"文\s*件\s*$|^\s*(?:机密|秘密|绝密|内部)|^\s*(?:附件|签发人|目\s*录)")
_SENTENCE = "。；;！!？?，,：:"


def title_lines(lines: Sequence[WordLine]) -> list[int]:
    """Which lines are the title: those of that style, else those centred or large at the beginning; none if unsure.

    A heading is the title where it is the first line and stands alone at the top of all others.
    """
    styled = next((i for i, line in enumerate(lines) if line.level == 0), None)
    if styled is not None:
        return [styled, *_following(lines, styled, lambda line: line.level == 0)]
    body = _body_size(lines)
    best: list[int] = []
    i = 0
    while i < min(_FIRST, len(lines)):
        if not _may_be_title(lines[i], body):
            if len(lines[i].content.text) > _LONGEST:
                break
            i += 1
            continue
        size = lines[i].size
        group = [i, *_following(lines, i, lambda line: _may_be_title(line, body) and line.size == size)]  # noqa: B023
        if not best or size > lines[best[0]].size:
            best = group
        i = group[-1] + 1
    if best:
        return best if sum(len(lines[i].content.text) for i in best) <= 2 * _LONGEST else []
    first = lines[0] if lines else None
    if first is not None and first.level and len(first.content.text) >= _LEAST_HEADING:
        alone = all(line.level is None or line.level > first.level for line in lines[1:])
        if (alone and any(line.level for line in lines[1:])) or (len(lines) > 1 and lines[1].level):
            return [0]
    if first is not None and first.level is None and _reads_as_title(first.content.text) and len(lines) > 1:
        return [0]
    return []


def _reads_as_title(text: str) -> bool:
    """Whether a first line without any marks of one is a title: short, no sentence, no number, no "name: value"."""
    return (
        _LEAST_HEADING <= len(text) <= _LONGEST // 2
        and not any(char in text for char in _SENTENCE)
        and (_NUMBERED.match(text) is None or (text[0] in "一二三四五六七八九十" and "、" not in text[:4]))
        and not is_document_number(text)
        and is_dated(text) is None
        and BETWEEN_CELLS not in text
    )


def _following(lines: Sequence[WordLine], start: int, fits: object) -> list[int]:
    assert callable(fits)
    found = []
    for i in range(start + 1, min(start + 4, len(lines))):
        if not fits(lines[i]):
            break
        found.append(i)
    return found


def _may_be_title(line: WordLine, body: int) -> bool:
    text = line.content.text
    return (
        line.plain
        and not line.level
        and 2 <= len(text) <= _LONGEST
        and (line.centred or (body > 0 and line.size >= body + _LARGER))
        and text[-1] not in _SENTENCE
        and not text.startswith(("（", "("))
        and not _RED_HEAD.search(text)
        and not is_document_number(text)
        and is_dated(text) is None
        and any(char.isalpha() for char in text)
    )


def _body_size(lines: Sequence[WordLine]) -> int:
    sizes: Counter[int] = Counter()
    for line in lines:
        if line.plain:
            sizes[line.size] += len(line.content.text)
    return sizes.most_common(1)[0][0] if sizes else 0


def outlined_parts(lines: Sequence[WordLine], title: Sequence[int]) -> list[Part]:
    """The lines with their levels from 1 without gaps; the title is no heading of its own document."""
    levels = {i: line.level for i, line in enumerate(lines) if line.level and i not in title}
    if not levels:
        levels = _by_their_looks(lines, title)
    used = sorted(set(levels.values()))
    return [
        line.row or Part(line.content, used.index(levels[i]) + 1 if i in levels else 0) for i, line in enumerate(lines)
    ]


def _by_their_looks(lines: Sequence[WordLine], title: Sequence[int]) -> dict[int, int]:
    """The levels of lines that are numbered as headings are, or bold, in a file without such styles."""
    numbers: list[int] = []
    blocks: list[Block] = []
    for i, line in enumerate(lines):
        if i in title:
            continue
        found = lines_of(line.content.text)
        if not found:
            continue
        text = found[0]
        short = text.width <= 25 and not text.ends_sentence and text.text[-1] not in _SENTENCE
        heading = line.plain and short and (line.bold or _NUMBERED.match(text.text) is not None)
        numbers.append(i)
        blocks.append(Block(Kind.HEADING if heading else Kind.PARAGRAPH, (text,)))
    marked = zip(numbers, outlined(blocks), strict=True)
    return {i: block.level for i, block in marked if block.kind is Kind.HEADING and lines[i].plain}
