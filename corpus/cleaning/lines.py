"""Lines of a decoded file with their place in it, and the blocks they are joined into."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from corpus.documents import Heading, Origin, Place, Segment
from corpus.language.sentences import CJK

__all__ = ["Block", "Kind", "Line", "begins_alike", "compose", "joint", "lines_of", "opens_list"]

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_INVISIBLE = " \t\xa0\u3000\u200b\ufeff\xad"
_GLUED = re.compile(rf"[{CJK}“”‘’—…·]")
_ITEM = re.compile(
    r"[•·●○■◆\-*]\s|\d{1,3}(?:[、)]|\.(?!\d+[^\s.\d]))|[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、"
)
_LABEL = re.compile(r"[^\s：:，。；！？,;.!?]{1,14}[：:]|[A-Z][\w’' -]{0,30}:\s")
_GAP = re.compile(rf"(?<=[{CJK}])\s+(?=\S)|(?<=\S)\s+(?=[{CJK}])")
_FIELDS = 2  # gaps in a line of a record
_CLAUSE = re.compile("[，。；！？]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file without the white space around it.

    ``width`` is in full-width characters (a Latin letter or digit counts one half); ``indent`` is the white space
    before it, in characters; ``blank_before`` tells whether an empty line stands above it.
    """

    start: int
    end: int
    text: str
    width: float
    indent: int
    blank_before: bool

    @property
    def ends_sentence(self) -> bool:
        """Whether its last mark, closing quotes aside, ends a sentence."""
        return self.text.rstrip("”’」』】）》)]\"'").endswith(("。", "！", "？", "!", "?", "…", "．", "."))


class Kind(Enum):
    """What a block is in its article."""

    PARAGRAPH = "paragraph"
    TITLE = "title"
    HEADING = "heading"
    BYLINE = "byline"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that read as one: a paragraph, a heading, a byline."""

    kind: Kind
    lines: tuple[Line, ...]
    level: int = 1

    @property
    def text(self) -> str:
        """The lines joined as ``compose`` joins them."""
        joined = ""
        for line in self.lines:
            joined += joint(joined, line.text) + line.text
        return joined


def lines_of(raw: str) -> list[Line]:
    """The lines of a decoded file that hold something to read."""
    lines: list[Line] = []
    last_end = 0
    for match in _LINE.finditer(raw):
        text = match[0].strip(_INVISIBLE)
        if not text:
            continue
        start = match.start() + match[0].index(text)
        gap = raw[last_end : match.start()]
        blank = len(gap.replace("\r\n", "\n").strip(_INVISIBLE)) > 1
        lines.append(Line(start, start + len(text), text, _width(text), start - match.start(), blank))
        last_end = start + len(text)
    return lines


def compose(blocks: list[Block]) -> tuple[str, Origin, tuple[Heading, ...]]:
    """The clean text of the blocks, one a line, where each character came from, and the headings among them.

    Wrapped lines are joined with nothing where either side is Chinese or Japanese and with a space otherwise; a
    hyphen at the end of a Latin line stays, since only a dictionary could tell whether it belongs to the word.
    """
    parts: list[str] = []
    segments: list[Segment] = []
    headings: list[Heading] = []
    length = 0
    for block in blocks:
        if parts:
            parts.append("\n")
            length += 1
        block_start = length
        for i, line in enumerate(block.lines):
            between = joint(parts[-1], line.text) if i else ""
            parts += [between, line.text] if between else [line.text]
            length += len(between)
            segments.append(Segment(length, len(line.text), Place(line.start, line.end)))
            length += len(line.text)
        if block.kind is Kind.HEADING:
            headings.append(Heading(block_start, length, block.level))
    return "".join(parts), Origin(tuple(segments)), tuple(headings)


def joint(before: str, after: str) -> str:
    """What joins two lines that were one: nothing beside Chinese and Japanese, else a space.

    Between digits in Chinese text it is nothing as well: there a line may end within a number, as no two numbers stand
    side by side.
    """
    if not before or _GLUED.match(before[-1]) or _GLUED.match(after[0]):
        return ""
    within = (before[-1].isdigit() or before[-1] in ".,") and after[0].isdigit()
    return "" if within and _GLUED.search(before[-40:]) and _GLUED.search(after[:40]) else " "


def begins_alike(before: str, line: str) -> bool:
    """Whether two lines are entries of one kind, of which neither goes on with the other.

    Both begin with a name and a colon (甲方：…, 乙方：…; Office: …), or are made of the fields of a record, with white
    space between them.
    """
    return all(map(_LABEL.match, (before, line))) or all(map(_is_record, (before, line)))


def opens_list(text: str) -> bool:
    """Whether a line begins as an item of a list does: 1. （三） 四、"""
    return _ITEM.match(text) is not None


def _is_record(text: str) -> bool:
    return len(_GAP.findall(text)) >= _FIELDS and not _CLAUSE.search(text)


class _Widths(dict[str, float]):
    """The width of each character met so far."""

    def __missing__(self, char: str) -> float:
        self[char] = width = 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5
        return width


_WIDTHS = _Widths()


def _width(text: str) -> float:
    return len(text) / 2 if text.isascii() else sum(map(_WIDTHS.__getitem__, text))
