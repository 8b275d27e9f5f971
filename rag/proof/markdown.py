"""The structure of what a language model writes: Markdown's blocks and, within their lines, what is no running text.

markdown-it-py reads it (CommonMark and tables), without HTML, pictures and indented code, with formulas as they are
written, and with emphasis that Chinese punctuation may stand beside: "**电池：**5200mAh".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

__all__ = ["Leaf", "leaves", "parser", "plain", "verbatim_spans"]

LeafKind = Literal["text", "heading", "head", "cell", "verbatim"]
"""Text of a paragraph or an item, a heading, a cell of a table's head, another cell, code or a formula by itself."""

_KINDS: dict[str, LeafKind] = {
    "heading_open": "heading", "paragraph_open": "text", "th_open": "head", "td_open": "cell",
}  # fmt: skip
_FORMULA = re.compile(
    r"\$\$[^$]{1,2000}\$\$|(?<![\d\\$])\$(?=[^\s$\d.,])[^$\n]{0,200}?(?<=[^\s\\])\$(?!\d)"
    r"|\$(?=[\d.])[^$\n\\]{0,40}\\[^$\n]{1,200}?(?<=\S)\$(?!\d)"
    r"|\\\[(?!\d{1,3}\\\]).{1,2000}?\\\]|\\\((?!\d{1,3}\\\)).{1,500}?\\\)",
    re.DOTALL,
)
_CODE_SPAN = re.compile(r"(?<!`)(`{1,4})(?!`)(.{1,1000}?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"!?\[[^\[\]\n]{0,200}\]\([^()\s]{1,500}\)")
_ADDRESS = re.compile(r"https?://[!-~]{1,500}")
_TEX_WORDS = re.compile(r"\\(?:text|mathrm|mathbf|mbox|operatorname)\s*\{([^{}]*)\}")
_TEX_SPACES = re.compile(r"\\[,;:! ]|~")
_TEX_COMMANDS = {"\\times": "×", "\\cdot": "·", "\\div": "÷", "\\%": "%", "\\approx": "≈", "\\leq": "≤", "\\geq": "≥"}
_TAG = re.compile(r"</?(?:br|sup|sub|b|i|u|em|strong)\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A line of text, a cell or a block of code: ``text[start:end]`` without what makes it an item or a cell.

    ``cell`` is the number of its table, its row (0 is the head) and its column; ``item`` tells what is part of a list.
    ``block`` counts paragraphs, so that the lines of one are known.
    """

    kind: LeafKind
    start: int
    end: int
    block: int
    cell: tuple[int, int, int] | None = None
    item: bool = False


@cache
def parser() -> MarkdownIt:
    """How a model's Markdown is read, here and where it is shown."""
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.disable(["code", "lheading", "reference", "html_block", "html_inline", "autolink", "image"])
    reader.inline.ruler.at("emphasis", _emphasis)
    reader.inline.ruler.before("escape", "formula", _formula)
    return reader


def leaves(text: str) -> list[Leaf]:
    """The lines, cells and blocks of code of a text whose lines end in "\\n", in order."""
    reading = _Reading(text)
    for block, token in enumerate(parser().parse(text)):
        reading.take(token, block)
    return reading.found


class _Reading:
    """Where the tokens of a text stand in it."""

    def __init__(self, text: str) -> None:
        self.found: list[Leaf] = []
        self._text = text
        self._lines = text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in self._lines), initial=0))
        self._kind: LeafKind = "text"
        self._table = self._row = self._column = self._items = 0
        self._reached = 0  # how far the cells of the table were read

    def take(self, token: Token, block: int) -> None:
        """Reads the next token; ``block`` is its number."""
        self._kind = _KINDS.get(token.type, self._kind)
        if token.type == "table_open":
            self._table, self._row = self._table + 1, -1
        elif token.type == "tr_open":
            self._row, self._column = self._row + 1, 0
        elif token.type in {"list_item_open", "list_item_close"}:
            self._items += token.nesting
        elif token.map and token.type == "fence":
            self._fence(token.map, block)
        elif token.map and token.type == "inline":
            if self._kind in {"head", "cell"}:
                self._cell(token.content, token.map[0], block)
            else:
                lines = _lines(token, self._kind, block, self._starts, self._lines, item=self._items > 0)
                self.found += lines

    def _fence(self, lines: Sequence[int], block: int) -> None:
        first, last = lines
        end = self._starts[last - 1] + len(self._lines[last - 1])
        self.found.append(Leaf("verbatim", _fence_start(self._text, self._starts[first]), end, block))

    def _cell(self, content: str, line: int, block: int) -> None:
        written = content.replace("|", "\\|")
        start = self._text.find(written, max(self._reached, self._starts[line]), self._starts[line + 1])
        if written and start >= 0:
            self._reached = start + len(written)
            place = (self._table, self._row, self._column)
            self.found.append(Leaf(self._kind, start, self._reached, block, place))
        self._column += 1


def _fence_start(text: str, start: int) -> int:
    """Where the fence itself begins, which an item's mark may stand before."""
    line = text[start:].split("\n", 1)[0]
    places = [place for sign in ("```", "~~~") if (place := line.find(sign)) >= 0]
    return start + min(places, default=0)


def _lines(
    token: Token, kind: LeafKind, block: int, starts: Sequence[int], lines: Sequence[str], *, item: bool
) -> Iterator[Leaf]:
    """The lines of a paragraph; those that a formula or a code span holds together are one leaf, by itself verbatim."""
    assert token.map is not None
    held = verbatim_spans(token.content)
    first, at = None, 0
    content = token.content.split("\n")
    for i, line in enumerate(content):
        number = token.map[0] + i
        stripped = line.strip()
        source = lines[number].rstrip()
        place = source.rfind(stripped) if kind == "heading" else len(source) - len(stripped)
        start = starts[number] + max(place, 0)
        first = start if first is None else first
        at += len(line) + 1
        if any(left < at - 1 < right for left, right in held) and i + 1 < len(content):
            continue
        end = start + len(stripped)
        if end > first:
            whole = any(left <= at - 1 - len(line) and at - 1 <= right for left, right in held)
            alone = whole and (first != start or stripped.startswith(("$$", "\\[")))
            yield Leaf("verbatim" if alone else kind, first, end, block, item=item)
        first = None


def verbatim_spans(text: str) -> list[tuple[int, int]]:
    """Where code, formulas, links and addresses stand in running text: no mark is read in them, no sentence ends."""
    spans: list[tuple[int, int]] = []
    for pattern in (_CODE_SPAN, _FORMULA, _LINK, _ADDRESS):
        for match in pattern.finditer(text):
            if all(match.end() <= left or right <= match.start() for left, right in spans):
                spans.append(match.span())
    return sorted(spans)


def plain(text: str) -> str:
    """What a line of Markdown says, without its dress: emphasis, code's backquotes, the address of a link."""
    tokens = parser().parseInline(text)
    said = "".join(_said(token) for token in tokens for token in token.children or ())
    return _TAG.sub(" ", said).replace("**", "").strip() or text


def _said(token: Token) -> str:
    if token.type == "formula":
        said = _TEX_SPACES.sub(" ", _TEX_WORDS.sub(r"\1", token.content))
        for command, sign in _TEX_COMMANDS.items():
            said = said.replace(command, sign)
        return said.strip("$")
    return "\n" if token.type in {"softbreak", "hardbreak"} else token.content


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Runs of ``*`` and ``_`` as CommonMark has them, but ``*`` also beside punctuation that stands in Chinese text."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, marker == "*")
    can_open, can_close, after = scanned.can_open, scanned.can_close, state.pos + scanned.length
    if marker == "*" and scanned.length > 1:
        can_open = after < state.posMax and not state.src[after].isspace()
        can_close = state.pos > 0 and not state.src[state.pos - 1].isspace()
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        place = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(marker), scanned.length, place, -1, can_open, can_close))
    state.pos = after
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    """A formula, kept as it is written."""
    match = _FORMULA.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "$\\" else None
    if match is None:
        return False
    if not silent:
        state.push("formula", "", 0).content = match[0]
    state.pos = match.end()
    return True
