"""A page's tree as the lines a reader sees, each with what tells an article from what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.cleaning.assembly import Part
from corpus.cleaning.markup import BLOCKS, Element, Run, unescape
from corpus.cleaning.traced import EMPTY, Traced, concat
from corpus.cleaning.webtables import table_rows

__all__ = ["PageLine", "page_lines", "text_of"]

_UNSEEN = frozenset(
    [
        "script",
        "rt",
        "rp",
        "rtc",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "head",
        "title",
        "noembed",
        "noframes",
        "textarea",
        "select",
        "button",
        "datalist",
        "canvas",
        "svg",
        "math",
        "audio",
        "video",
        "map",
        "input",
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SHOWN_BY_SCRIPT = frozenset(("js_content",))  # an article of WeChat, hidden until its script has run
_SPACE = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
_LINE_ENDS = frozenset(("br", "hr"))


@dataclass(frozen=True, slots=True)
class PageLine:
    """What stands between two line ends on the page.

    ``path`` holds the elements around it, the outermost first; ``link_chars`` counts the characters that lead
    elsewhere; ``level`` is 1 to 6 in a heading element, else 0; ``bullet`` is true for the first line of a list item;
    ``row`` is what the line is of a table.
    """

    content: Traced
    path: tuple[Element, ...]
    link_chars: int = 0
    level: int = 0
    bullet: bool = False
    row: Part | None = None

    @property
    def text(self) -> str:
        """The characters of the line."""
        return self.content.text


@dataclass(slots=True)
class _State:
    """What an element hands down to what it holds."""

    path: tuple[Element, ...]
    link: bool = False
    level: int = 0
    verbatim: bool = False


def text_of(raw: str, element: Element, part: str | None = None) -> Traced:
    """All characters in an element as one line."""
    return concat(unescape(raw, run.start, run.end, part) for run in element.runs())


def page_lines(raw: str, root: Element, part: str | None = None) -> list[PageLine]:
    """The lines of a page in the order of the file, without scripts, forms and what is hidden."""
    return list(_Walk(raw, part).lines(root))


class _Walk:
    def __init__(self, raw: str, part: str | None) -> None:
        self.raw = raw
        self.part = part
        self.pieces: list[Traced | str] = []
        self.ends_in_space = True
        self.link_chars = 0
        self.state: _State | None = None
        self.bullet = False

    def lines(self, root: Element) -> Iterator[PageLine]:
        waiting: list[tuple[Element | Run | None, _State]] = [(root, _State(()))]
        while waiting:
            node, state = waiting.pop()
            if node is None:
                yield from self._end_line()
            elif isinstance(node, Run):
                yield from self._run(node, state)
            elif node.tag in _LINE_ENDS:
                yield from self._end_line()
            elif _is_seen(node):
                rows = table_rows(self.raw, node, self.part) if node.tag == "table" else None
                if rows is not None:
                    yield from self._end_line()
                    for row, link_chars in rows:
                        yield PageLine(row.content, (*state.path, node), link_chars, row=row)
                    continue
                below = _State(
                    (*state.path, node),
                    state.link or (node.tag == "a" and "href" in node.attributes),
                    int(node.tag[1]) if node.tag in _HEADINGS else state.level,
                    state.verbatim or node.tag in ("pre", "listing"),
                )
                if node.tag in BLOCKS:
                    yield from self._end_line()
                    self.bullet = self.bullet or node.tag == "li"
                    waiting.append((None, state))
                elif node.tag in ("td", "th") or "meta" in node.attributes.get("class", ""):
                    self._space()  # parts of a byline, which styles keep apart
                waiting += [(child, below) for child in reversed(node.children)]
        yield from self._end_line()

    def _run(self, run: Run, state: _State) -> Iterator[PageLine]:
        if state.verbatim:
            start = run.start
            for i, line in enumerate(self.raw[run.start : run.end].split("\n")):
                if i:
                    yield from self._end_line()
                self._add(unescape(self.raw, start, start + len(line), self.part), state)
                start += len(line) + 1
            return
        start = run.start
        for space in _SPACE.finditer(self.raw, run.start, run.end):
            self._words(start, space.start(), state)
            self._space()
            start = space.end()
        self._words(start, run.end, state)

    def _words(self, start: int, end: int, state: _State) -> None:
        """Words with one space between them; one before them is dropped where the line has one already."""
        if self.ends_in_space and self.raw.startswith(" ", start):
            start += 1
        if start < end:
            self._add(unescape(self.raw, start, end, self.part), state)

    def _add(self, content: Traced, state: _State) -> None:
        if not content:
            return
        if self.state is None or not any(isinstance(piece, Traced) for piece in self.pieces):
            self.state = state
        elif state.path[: len(self.state.path)] != self.state.path:
            # The line began inside a <b> or <a>: it belongs to what holds all of it.
            shared = 0
            for one, other in zip(self.state.path, state.path, strict=False):
                if one is not other:
                    break
                shared += 1
            self.state = _State(self.state.path[:shared], level=min(self.state.level, state.level))
        self.pieces.append(content)
        self.ends_in_space = content.text.endswith(" ")
        if state.link:
            self.link_chars += len(content.text.strip())

    def _space(self) -> None:
        if not self.ends_in_space:
            self.pieces.append(" ")
            self.ends_in_space = True

    def _end_line(self) -> Iterator[PageLine]:
        content = concat(self.pieces).strip() if self.state is not None else EMPTY
        if content and self.state is not None:
            yield PageLine(content, self.state.path, self.link_chars, self.state.level, self.bullet)
            self.bullet = False
        self.pieces.clear()
        self.ends_in_space, self.link_chars, self.state = True, 0, None


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def _refers_to_note(element: Element) -> bool:
    """Whether it is the mark of a note, which would read as a figure of the word before it: 船¹."""
    if element.attributes.get("epub:type") == "noteref" or element.attributes.get("role") == "doc-noteref":
        return True
    inner = [child for child in element.children if isinstance(child, Element)]
    return (
        element.tag == "sup" and len(inner) == 1 and inner[0].tag == "a" and "#" in inner[0].attributes.get("href", "")
    )


def _is_seen(element: Element) -> bool:
    attributes = element.attributes
    return not (
        element.tag in _UNSEEN
        or ("hidden" in attributes and attributes.get("id") not in _SHOWN_BY_SCRIPT)
        or attributes.get("aria-hidden") == "true"
        or _refers_to_note(element)
        or (_HIDDEN.search(attributes.get("style", "")) and attributes.get("id") not in _SHOWN_BY_SCRIPT)
    )
