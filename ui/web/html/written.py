"""What a language model wrote, as HTML: its Markdown, with every sentence in an element of its own.

No HTML of the model's is let through, no link can be followed and no picture is loaded. Emphasis that reaches over the
border of a sentence is closed before the border and opened again behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from markdown_it.token import Token
from markupsafe import Markup

from rag.proof.dresses import marks_in
from rag.proof.markdown import parser
from ui.web.html.sentences import Doubt, Stated
from ui.web.html.templating import render

__all__ = ["draft", "framed"]

# A sentence's borders: characters of private use, which are taken out of what is written.
_CLOSE, _OPEN = 0xE000, 0xE001
_LAST = 0xF8FF
_BORDERS = re.compile(f"([{chr(_CLOSE)}-{chr(_LAST)}])")
_MOST_PASSAGES = 99
_DRESS = re.compile(r"<(?P<tag>su[bp])>(?P<raised>[^&<>\"']{1,20})</(?P=tag)>|<(?i:br)\s*/?>")
_EMPHASIS = frozenset({"strong", "em", "s"})
_OF_LINES = frozenset({"code_inline", "formula", "softbreak", "hardbreak", "link_close"})
_WITH_DIRECTION = frozenset({"paragraph_open", "heading_open", "th_open", "td_open"})
_FIRST_LEVEL = 3  # the question is a heading of the second level
_ALIGNED = {"text-align:right": "yj-right", "text-align:center": "yj-center"}


class _Piece(NamedTuple):
    """What ``written.html`` writes next: "text", or an element that "open"s or "close"s with ``text`` for its tag; a
    sentence's "begin" or "end"; a mark that is "pending"; or what the token of that type stands for.
    """

    kind: str
    text: str = ""
    attributes: Mapping[str, str | int | float] = {}
    stated: Stated | None = None


def framed(parts: Sequence[tuple[str, str, str]], around: Sequence[Stated | None], unproven: Doubt | None) -> Markup:
    """Markdown as HTML: ``parts`` are what stands before each sentence, the sentence, and what stands after it.

    ``around`` is what stands around each sentence, in order; ``unproven`` is put under a block of code.
    """
    text = "".join(
        f"{_bare(before)}{_framed(_bare(said), i)}{_bare(after)}" for i, (before, said, after) in enumerate(parts)
    )
    return render("written.html", pieces=_Reading(around).pieces(text), unproven=unproven)


def draft(text: str) -> Markup:
    """What is written so far, its marks not yet to be clicked."""
    return render("written.html", pieces=_Reading((), pending=True).pieces(_bare(text)), unproven=None)


def _bare(text: str) -> str:
    return _BORDERS.sub("", text)


def _is_block(said: str) -> bool:
    """Whether it is code or a formula on lines of its own, which no border may stand in."""
    return said.startswith(("```", "~~~", "$$", "\\["))


def _framed(said: str, i: int) -> str:
    return said if _is_block(said) or _OPEN + i > _LAST else f"{chr(_OPEN + i)}{said}{chr(_CLOSE)}"


class _Reading:
    """The pieces of a text, with what stands ``around`` its sentences; its marks may be ``pending``."""

    def __init__(self, around: Sequence[Stated | None], *, pending: bool = False) -> None:
        self._around = around
        self._pending = pending
        self._open: Stated | None = None

    def pieces(self, text: str) -> Iterator[_Piece]:
        """Blocks as markdown-it reads them, and within them the pieces of their lines."""
        tokens = parser().parse(text)
        levels = sorted({token.tag for token in tokens if token.type == "heading_open"})
        for token in tokens:
            if token.type == "inline":
                yield from self._line(token.children or ())
            elif token.type in {"fence", "table_open", "table_close"}:
                yield _Piece(token.type, _bare(token.content))
            elif not token.hidden:  # the paragraphs of items without space between them are
                tag = f"h{min(_FIRST_LEVEL + levels.index(token.tag), 6)}" if token.tag in levels else token.tag
                yield _Piece("open" if token.nesting >= 0 else "close", tag, _attributes(token))

    def _line(self, tokens: Sequence[Token]) -> Iterator[_Piece]:
        """At the borders of a sentence what is emphasised is closed and opened again."""
        emphasised: list[str] = []
        for token in tokens:
            if token.tag in _EMPHASIS and token.nesting:
                if token.nesting > 0:
                    emphasised.append(token.tag)
                    yield _Piece("open", token.tag)
                elif emphasised:
                    yield _Piece("close", emphasised.pop())
            elif token.type == "text":
                yield from self._text(token.content, emphasised)
            elif token.type == "link_open":
                yield _Piece(token.type, _bare(str(token.attrs.get("href", ""))))
            else:
                yield _Piece(token.type if token.type in _OF_LINES else "text", _bare(token.content))
        yield from self._close()  # a sentence is within one line, whatever it holds

    def _text(self, content: str, emphasised: Sequence[str]) -> Iterator[_Piece]:
        for part in _BORDERS.split(content):
            if _BORDERS.fullmatch(part):
                yield from (_Piece("close", tag) for tag in reversed(emphasised))
                yield from self._close()
                self._open = self._around[ord(part) - _OPEN] if ord(part) >= _OPEN else None
                if self._open:
                    yield _Piece("begin", stated=self._open)
                yield from (_Piece("open", tag) for tag in emphasised)
            elif part:
                yield from self._marked(part)

    def _close(self) -> Iterator[_Piece]:
        if self._open:
            yield _Piece("end", stated=self._open)
        self._open = None

    def _marked(self, part: str) -> Iterator[_Piece]:
        at = 0
        for mark in marks_in(part, _MOST_PASSAGES) if self._pending else ():
            yield from _dressed(part[at : mark.start])
            yield from (_Piece("pending", str(number)) for number in mark.numbers)
            at = mark.end
        yield from _dressed(part[at:])


def _attributes(token: Token) -> Mapping[str, str | int | float]:
    if token.type not in _WITH_DIRECTION:
        return token.attrs
    aligned = _ALIGNED.get(str(token.attrs.get("style", "")))
    return {"dir": "auto", **({"class": aligned} if aligned else {})}


def _dressed(part: str) -> Iterator[_Piece]:
    """The few elements that models write in Markdown: a line's end, what is raised and what is lowered."""
    text, at = part.replace("**", ""), 0
    for found in _DRESS.finditer(text):
        yield _Piece("text", text[at : found.start()])
        at = found.end()
        if tag := found["tag"]:
            yield from (_Piece("open", tag), _Piece("text", found["raised"]), _Piece("close", tag))
        else:
            yield _Piece("hardbreak")
    if at < len(text):
        yield _Piece("text", text[at:])
