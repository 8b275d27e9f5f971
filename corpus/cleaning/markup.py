"""HTML as it is found, read into a tree whose every character knows its place in the file.

The parsers of lxml and its like mend markup well and forget where it stood. This one follows the tokenizer of the HTML
standard where pages depend on it (comments, raw text elements, unquoted attributes, character references without a
semicolon) and closes what is left open by the few rules that matter for reading order. Any string is some tree:
nothing raises, nesting beyond ``_DEEPEST`` is flattened, and time grows with the length of the file.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.cleaning.traced import Traced, concat

__all__ = ["BLOCKS", "Element", "Run", "parse", "unescape"]

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frame",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "iframe",
        "li",
        "main",
        "menu",
        "nav",
        "noframes",
        "object",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
"""Elements that stand on lines of their own."""

_VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_RAW = frozenset(
    [
        "script",
        "style",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "plaintext",
        "textarea",
        "title",
        "noscript",
        "template",
    ]
)
_CLOSES_PARAGRAPH = BLOCKS - {"option", "tr", "td", "th", "tbody", "thead", "tfoot", "caption", "title"}
# An element of the key ends an open element of the value, up to the boundary.
_ENDS = {
    "li": ({"li"}, {"ul", "ol", "menu", "dir", "td", "th", "table"}),
    "dt": ({"dt", "dd"}, {"dl", "td", "th", "table"}),
    "dd": ({"dt", "dd"}, {"dl", "td", "th", "table"}),
    "option": ({"option"}, {"select"}),
    "tr": ({"tr", "td", "th"}, {"table"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tbody": ({"tbody", "thead", "tfoot", "tr", "td", "th"}, {"table"}),
    "tfoot": ({"tbody", "thead", "tfoot", "tr", "td", "th"}, {"table"}),
    "body": ({"head"}, {"html"}),
}
_DEEPEST = 128
_MOST_ELEMENTS = 500_000
_TAG = re.compile(r"<(?:(?P<end>/)?(?P<name>[A-Za-z][^\s/>]*)|(?P<comment>!--)|(?P<bogus>[!?/]))")
_ATTRIBUTE = re.compile(r"[\s/]*(?P<name>[^\s=>/\"'][^\s=>/]*|[=\"'])(?P<equals>\s*=\s*)?")
_UNQUOTED = re.compile(r"[^\s>]*")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,10}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?")
_MOST_ATTRIBUTES = 200


@dataclass(slots=True)
class Run:
    """Characters between two tags, from ``start`` to ``end`` in the file."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class Element:
    """An element, its attributes (names in lower case, first of each name) and what it holds, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | Run] = field(default_factory=list)
    start: int = 0

    def elements(self) -> Iterator[Element]:
        """Itself and every element below it, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += [child for child in reversed(element.children) if isinstance(child, Element)]

    def runs(self) -> Iterator[Run]:
        """Every run of characters below it, in the order of the file."""
        for element in self.elements():
            for child in element.children:
                if isinstance(child, Run):
                    yield child


def unescape(raw: str, start: int, end: int, part: str | None = None) -> Traced:
    """``raw[start:end]`` with its character references resolved; each reference is one place."""
    if raw.find("&", start, end) < 0:
        return Traced.of(raw[start:end], start, part=part)
    pieces: list[Traced] = []
    last = start
    for match in _REFERENCE.finditer(raw, start, end):
        char = html.unescape(match[0])
        if char == match[0]:
            continue
        pieces.append(Traced.of(raw[last : match.start()], last, part=part))
        whole = Traced.of(match[0], match.start(), part=part)
        if char:
            pieces.append(Traced.at(char, whole.segments[0].place))
        last = match.end()
    pieces.append(Traced.of(raw[last:end], last, part=part))
    return concat(pieces)


def parse(raw: str, *, xml: bool = False) -> Element:
    """The tree of a page; its root has the tag "#document". In ``xml`` (EPUB) "<a/>" is closed."""
    return _Parser(raw, xml=xml).parse()


class _Parser:
    def __init__(self, raw: str, *, xml: bool) -> None:
        self.raw = raw
        self.xml = xml
        self.elements = 0
        self.root = Element("#document")
        self.open = [self.root]
        self.lacking: set[str] = set()  # what was searched for up to the end of the file in vain

    def parse(self) -> Element:
        raw, position = self.raw, 0
        while True:
            match = _TAG.search(raw, position)
            if match is None:
                self._text(position, len(raw))
                return self.root
            self._text(position, match.start())
            if match["comment"]:
                position = self._after("-->", match.end() - 2 if raw.startswith(">", match.end()) else match.end())
            elif match["bogus"]:
                position = self._after("]]>" if raw.startswith("<![CDATA[", match.start()) else ">", match.end())
            else:
                name = match["name"].lower()
                attributes, position = self._attributes(match.end())
                if match["end"]:
                    self._close(name)
                else:
                    position = self._start(Element(name, attributes, start=match.start()), position)

    def _text(self, start: int, end: int) -> None:
        if start < end:
            self.open[-1].children.append(Run(start, end))

    def _find(self, what: str, start: int) -> int:
        if what in self.lacking:
            return -1
        found = self.raw.find(what, start)
        if found < 0:
            self.lacking.add(what)
        return found

    def _after(self, what: str, start: int) -> int:
        found = self._find(what, start)
        return len(self.raw) if found < 0 else found + len(what)

    def _attributes(self, position: int) -> tuple[dict[str, str], int]:
        raw = self.raw
        attributes: dict[str, str] = {}
        while True:
            match = _ATTRIBUTE.match(raw, position)
            if match is None:
                return attributes, self._after(">", position)
            position, value = match.end(), ""
            if match["equals"]:
                quote = raw[position : position + 1]
                if quote in ('"', "'") and quote:
                    closing = self._find(quote, position + 1)
                    if closing < 0:
                        return attributes, self._after(">", position)
                    value, position = raw[position + 1 : closing], closing + 1
                else:
                    unquoted = _UNQUOTED.match(raw, position)
                    value = unquoted[0] if unquoted else ""
                    position += len(value)
            if len(attributes) < _MOST_ATTRIBUTES:
                attributes.setdefault(match["name"].lower(), html.unescape(value) if "&" in value else value)

    def _start(self, element: Element, position: int) -> int:
        tag = element.tag
        self.elements += 1
        if self.elements > _MOST_ELEMENTS:
            return position
        if self.xml and self.raw[max(0, position - 2) : position] == "/>":
            self.open[-1].children.append(element)
            return position
        if tag in _ENDS:
            self._end_open(*_ENDS[tag])
        elif tag in _CLOSES_PARAGRAPH:
            self._end_open({"p"}, {"td", "th", "table", "li", "div", "object"})
        elif tag == "a":
            self._end_open({"a"}, {"td", "th", "table"})
        self.open[-1].children.append(element)
        if tag in _RAW:
            return self._raw(element, position)
        if tag not in _VOID and len(self.open) < _DEEPEST:
            self.open.append(element)
        return position

    def _raw(self, element: Element, position: int) -> int:
        closing = f"</{element.tag}"
        if closing in self.lacking:
            return position
        match = re.compile(re.escape(closing) + r"(?=[\s/>])", re.IGNORECASE).search(self.raw, position)
        if match is None:
            self.lacking.add(closing)
            # Browsers take the rest of the file for the script's; a reader had better show it.
            return position
        if match.start() > position:
            element.children.append(Run(position, match.start()))
        return self._after(">", match.end())

    def _end_open(self, tags: set[str], boundary: set[str]) -> None:
        """Ends the outermost open element of ``tags`` that lies within the nearest boundary."""
        found = None
        for i in range(len(self.open) - 1, 0, -1):
            if self.open[i].tag in tags:
                found = i
            elif self.open[i].tag in boundary:
                break
        if found is not None:
            del self.open[found:]

    def _close(self, tag: str) -> None:
        for i in range(len(self.open) - 1, 0, -1):
            if self.open[i].tag == tag:
                del self.open[i:]
                return
            # A stray end tag inside a cell ends nothing outside of it.
            if self.open[i].tag in ("td", "th", "table") and tag not in (
                "tr", "td", "th", "table", "tbody", "thead", "tfoot", "body", "html"
            ):  # fmt: skip
                break
        if tag in ("p", "br"):
            self.open[-1].children.append(Element("br"))
