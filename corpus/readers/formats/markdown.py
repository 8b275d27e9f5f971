"""Markdown: headings with their levels, prose without its markup, tables row by row with their header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.charset import Decoded
from corpus.cleaning.decoding import decode_document
from corpus.cleaning.grid import Grid
from corpus.cleaning.lines import Line, begins_alike, joint, lines_of, opens_list
from corpus.cleaning.markup import parse, unescape
from corpus.cleaning.metadata import Metadata, find_date
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced, concat
from corpus.cleaning.webtables import table_rows
from corpus.documents import Document
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["SUFFIXES", "clean_markdown", "looks_like_markdown", "read"]

SUFFIXES = (".md", ".markdown", ".mdown")

_ATX = re.compile(r"(?P<marks>#{1,6})(?:[ \t\u3000]+|(?=[^\s#]))(?P<text>.*?)(?:[ \t]+#+)?$")
_UNDERLINE = re.compile(r"(?:(?P<one>={2,})|(?P<two>-{2,}))$")
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}$")
_FENCE = re.compile(r"(?:`{3,}|~{3,})")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_ITEM = re.compile(r"[-*+][ \t]+(?=\S)")
_NUMBERED = re.compile(r"\d{1,9}[.)][ \t]+\S")
_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")
_DEFINITION = re.compile(r"\[[^\]]{1,200}\]:[ \t]*\S+.{0,300}$")
_FOOTNOTE = re.compile(r"\[\^[^\]]{1,100}\]:[ \t]*(?=\S)")
_MEANING = re.compile(r":[ \t]+(?=\S)")
_TABLE_END = "</table>"
_MOST_TABLE_LINES = 5_000
_FACT = re.compile(r"(?P<key>[A-Za-z][\w-]{0,30})[ \t]*:[ \t]*(?P<value>.*)$")
# What is marked is told from marks that are text: "2 * 3 * 4", "snake_case_name", "a ~ b".
_INLINE = re.compile(
    r"""<!--.*?-->
      | \[\^[^\]\n]{1,100}\]
      | (?P<code>(?P<ticks>`+)(?P<inner>[^`]+)(?P=ticks))
      | !\[(?P<image>[^\]\n]{0,300})\]\([^()\s]{0,2000}(?:[ ]"[^"\n]{0,300}")?\)
      | \[(?P<link>[^\]\n]{1,300})\](?:\([^()\s]{0,2000}(?:[ ]"[^"\n]{0,300}")?\)|\[[^\]\n]{0,100}\])
      | <(?P<auto>(?:https?|mailto):[^\s<>]{1,2000})>
      | (?P<mark>\*\*\*|\*\*|~~)(?=\S)(?P<strong>[^\n]{1,2000}?)(?<=\S)(?P=mark)
      | (?<![\w*])(?P<emphasis>[*_]{1,3})(?=[^\s*_])(?P<soft>[^\n*_]{1,500})(?<=[^\s*_])(?P=emphasis)(?![\w*])
      | </?(?:b|i|u|em|strong|sub|sup|br|p|div|span|font|center|kbd|code|a|img|small|mark|ins|del|details
          |summary|section|figure|figcaption|table|thead|tbody|tr|td|th)(?:\s[^<>]{0,500})?/?>
      | \\(?P<escaped>[!-/:-@\[-`{-~])
    """,
    re.VERBOSE,
)
_DEEPEST = 4
_SIGNS = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)


def looks_like_markdown(text: str) -> bool:
    """Whether a text file is Markdown: it begins with a heading of "#", or has at least three of them."""
    signs = len(_SIGNS.findall(text[:200_000]))
    return signs >= 3 or (signs > 0 and text.lstrip()[:7].startswith("#") and bool(_SIGNS.match(text.lstrip())))


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document]:
    """The document in the bytes of a Markdown file.

    Raises:
        UnreadableDocument: the bytes are not text, or hold none.
    """
    decoded = decode_document(data, document_id, limits)
    yield _clean(decoded, document_id)


def clean_markdown(raw: str, document_id: str) -> Document:
    """The document in decoded Markdown, with every character traced to its place in ``raw``."""
    return _clean(Decoded(raw, "utf-8"), document_id)


def _clean(decoded: Decoded, document_id: str) -> Document:
    parser = _Parser(decoded.text)
    parts = parser.parse()
    if not parts:
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    facts = parser.facts
    first = next((part for part in parts if part.level), None)
    top = min((part.level for part in parts if part.level), default=0)
    single = first is not None and first.level == top and sum(part.level == top for part in parts) == 1
    title = facts.title or (
        first.content.text if first is not None and (single or _stands_over_all(parts, first)) else None
    )
    # The title stands over everything: what is below it counts from 1.
    shift = top if single and first is not None and first.content.text == title else top - 1
    ranked = [
        replace(part, level=max(0, part.level - shift) if part.level and part.content.text != title else 0)
        for part in parts
    ]
    text, origin, headings, tables = assemble(ranked)
    return Document(
        id=document_id,
        text=text,
        title=title or PurePath(document_id).stem,
        origin=origin,
        headings=headings,
        tables=tables,
        source=facts.source,
        author=facts.author,
        published=facts.published,
        url=facts.url,
        damaged_bytes=decoded.damaged_bytes,
    )


def _stands_over_all(parts: list[Part], first: Part) -> bool:
    """Whether the first heading opens the file and has no text of its own, though others have its level.

    One with text below it is a section as they are: 本周进展 beside 下周计划.
    """
    return parts[0] is first and (len(parts) < 2 or parts[1].level > 0)


@dataclass
class _Parser:
    raw: str
    facts: Metadata = field(default_factory=Metadata)
    parts: list[Part] = field(default_factory=list)
    paragraph: list[tuple[Line, Traced]] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)

    def parse(self) -> list[Part]:
        lines = self._without_front_matter(lines_of(self.raw))
        i, fenced = 0, ""
        while i < len(lines):
            line = lines[i]
            text = line.text
            fence = _FENCE.match(text)
            if fence and (not fenced or text.startswith(fenced)):
                self._end_paragraph()
                fenced = "" if fenced else fence[0]
            elif fenced:
                self.parts.append(Part(Traced.of(text, line.start)))
            elif text.startswith("<!--"):
                i = self._after_comment(lines, i)
                continue
            elif text[:6].lower() == "<table" and (end := self._web_table(lines, i)):
                i = end
                continue
            elif i + 1 < len(lines) and "|" in text and self._is_delimiter(lines, i + 1):
                self._end_paragraph()
                i = self._table(lines, i)
                continue
            elif not self._heading(lines, i):
                self._prose(line)
            i += 1
        self._end_paragraph()
        return self.parts

    def _heading(self, lines: list[Line], i: int) -> bool:
        """A heading, the line below one, a rule, a definition of a link: what is not prose."""
        line = lines[i]
        atx = _ATX.match(line.text) if line.indent <= 3 else None
        under = _UNDERLINE.match(line.text)
        if atx and atx["text"]:
            self._end_paragraph()
            content = _inline(self.raw, line.start + atx.start("text"), line.start + atx.end("text"))
            self.parts.append(Part(content, len(atx["marks"])))
        elif (
            under and len(self.paragraph) == 1 and not line.blank_before and self.paragraph[0][1].text[-1:] not in "。|"
        ):
            self.parts.append(Part(self.paragraph.pop()[1], 1 if under["one"] else 2))
        elif _RULE.match(line.text) or (atx and not atx["text"]):
            self._end_paragraph()
        else:
            return bool(_DEFINITION.match(line.text)) and not _FOOTNOTE.match(line.text)
        return True

    def _after_comment(self, lines: list[Line], i: int) -> int:
        """The line after a comment, which is nobody's text."""
        start = lines[i].start
        end = self.raw.find("-->", start)
        if end < 0:
            return len(lines)
        self._end_paragraph()
        rest = _inline(self.raw, end + 3, lines[i].end)
        while i < len(lines) and lines[i].start < end:
            if lines[i].end > end + 3:
                rest = _inline(self.raw, end + 3, lines[i].end)
            i += 1
        self.parts += [Part(rest)] if rest else []
        return i

    def _web_table(self, lines: list[Line], i: int) -> int:
        """Takes in a table written in HTML; the line after it, 0 if it is none of data."""
        last = next(
            (
                j
                for j, line in enumerate(lines[i : i + _MOST_TABLE_LINES], i)
                if _TABLE_END in self.raw[line.start : line.end].lower()
            ),
            None,
        )
        if last is None:
            return 0
        start = lines[i].start
        root = parse(self.raw[start : lines[last].end])
        for run in root.runs():
            run.start, run.end = run.start + start, run.end + start
        table = next((element for element in root.elements() if element.tag == "table"), None)
        rows = table_rows(self.raw, table) if table is not None else None
        if rows is None:
            return 0
        self._end_paragraph()
        self.parts += [row for row, _ in rows]
        return last + 1

    def _prose(self, line: Line) -> None:
        quote = _QUOTE.match(line.text)
        start = line.start + (quote.end() if quote else 0)
        item = _ITEM.match(self.raw, start, line.end)
        numbered = _NUMBERED.match(self.raw, start, line.end)
        note = _FOOTNOTE.match(self.raw, start, line.end)
        meaning = _MEANING.match(self.raw, start, line.end)
        if meaning and self.paragraph and not line.blank_before:
            name = self.paragraph.pop()
            self._end_paragraph()
            self.parts.append(Part(concat([name[1], "：", _inline(self.raw, meaning.end(), line.end)])))
            return
        if line.blank_before or item or numbered or note or opens_list(self.raw[start : line.end]):
            self._end_paragraph()
        if line.blank_before and not (item or numbered or line.indent):
            self.indents.clear()
        begun = item or note
        content = _inline(self.raw, begun.end() if begun else start, line.end)
        depth = self._depth(line.indent) if item or numbered else 0
        if item and depth and content:
            content = concat(["- " * depth, content])
        if content:
            self.paragraph.append((line, content))

    def _depth(self, indent: int) -> int:
        """How many items of a list an item stands under."""
        while self.indents and self.indents[-1] >= indent:
            self.indents.pop()
        self.indents.append(indent)
        return len(self.indents) - 1

    def _end_paragraph(self) -> None:
        """Joins the lines as Markdown does, unless each of them reads as a line of its own."""
        pieces: list[Traced | str] = []
        for i, (_line, content) in enumerate(self.paragraph):
            if pieces:
                before = self.paragraph[i - 1]
                broken = self.raw.startswith(("  ", "\\"), before[0].end)
                if (
                    before[0].ends_sentence
                    or broken
                    or before[0].width < 20
                    or begins_alike(before[1].text, content.text)
                ):
                    self.parts.append(Part(concat(pieces)))
                    pieces = []
                else:
                    pieces.append(joint(before[1].text, content.text))
            pieces.append(content)
        if pieces:
            self.parts.append(Part(concat(pieces)))
        self.paragraph.clear()

    def _is_delimiter(self, lines: list[Line], i: int) -> bool:
        return (
            bool(_DELIMITER.match(lines[i].text))
            and "-" in lines[i].text
            and not lines[i].blank_before
            and ("|" in lines[i].text)
        )

    def _table(self, lines: list[Line], i: int) -> int:
        rows = [self._cells(lines[i])]
        i += 2
        while i < len(lines) and "|" in lines[i].text and not lines[i].blank_before:
            rows.append(self._cells(lines[i]))
            i += 1
        self.parts += table_parts(Grid.from_rows(rows, header_rows=1 if any(rows[0]) else 0))
        return i

    def _cells(self, line: Line) -> list[Traced]:
        cells = []
        start = line.start + line.text.startswith("|")
        for match in re.finditer(r"(?:\\.|[^|\\])*(?:\||$)", self.raw[start : line.end]):
            end = match.end() - match[0].endswith("|")
            if match[0] and (end > match.start() or match[0] == "|"):
                cells.append(_inline(self.raw, start + match.start(), start + end).strip())
        return cells

    def _without_front_matter(self, lines: list[Line]) -> list[Line]:
        if not lines or lines[0].text != "---":
            return lines
        end = next((i for i, line in enumerate(lines[1:60], 1) if line.text in ("---", "...")), 0)
        found = [_FACT.match(line.text) for line in lines[1:end]]
        if not end or not any(found):
            return lines
        facts = {match["key"].lower(): match["value"].strip().strip("\"'") for match in found if match}
        self.facts = Metadata(
            title=facts.get("title") or None,
            source=facts.get("source") or facts.get("publisher") or None,
            author=facts.get("author") or None,
            published=find_date(facts.get("date") or facts.get("published") or ""),
            url=facts.get("url") or facts.get("link") or None,
        )
        return lines[end + 1 :]


def _inline(raw: str, start: int, end: int, depth: int = 0) -> Traced:
    """``raw[start:end]`` without marks of emphasis, code and links."""
    pieces: list[Traced] = []
    last = start
    for match in _INLINE.finditer(raw, start, end):
        pieces.append(unescape(raw, last, match.start()))
        for name in ("inner", "image", "link", "auto", "strong", "soft", "escaped"):
            if match[name] is not None:
                plain = name in ("inner", "auto", "escaped") or depth >= _DEEPEST
                left, right = match.span(name)
                pieces.append(Traced.of(raw[left:right], left) if plain else _inline(raw, left, right, depth + 1))
                break
        last = match.end()
    pieces.append(unescape(raw, last, end))
    return concat(pieces).strip()
