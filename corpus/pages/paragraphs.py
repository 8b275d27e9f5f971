"""Blocks in reading order to paragraphs: wraps, columns and pages that cut a sentence are joined again.

A paragraph begins where a line is indented, where the one before it ended early, or after more white space than is
usual; a column or page that begins without any of these goes on with the paragraph before it. Captions and footnotes
that stand in the way of an unfinished paragraph wait until it is finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from corpus.cleaning.bylines import is_byline
from corpus.cleaning.lines import Kind
from corpus.language.sentences import CJK_CHARACTER
from corpus.pages.blocks import Row, TextBlock
from corpus.pages.model import Box, PageLine
from corpus.pages.order import Article
from corpus.pages.vertical import level

__all__ = ["Paragraph", "paragraphs_of"]

_HEADING = 1.12
_HEADING_SCANNED = 1.35
_LONGEST_HEADING = 80
_OPENS_ITEM = re.compile(
    r"[•·●○■◆▪\-–*]\s?\S|\d{1,3}[.、)）]\s?\D|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    r"|第[一二三四五六七八九十百零\d]{1,5}[条章节款]"
)
_NUMBERED_HEADING = re.compile(
    r"第[一二三四五六七八九十百零\d]{1,5}[章节编]|[一二三四五六七八九十]{1,3}、|\d+(?:\.\d+)*\.?\s+\S"
)
_FOOTNOTE = re.compile(r"[①-⑳*†‡]|\[\d{1,2}\]|\d{1,2}\s?[^\d.、年月日%％]|注[:：]")
_LEADERS = re.compile(r"(?:[.·…] ?){4,}\s*[\divxlc]*$")  # of a table of contents


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that read as one, on one page or several; ``level`` counts from 1 for headings, ``row`` are its cells.

    ``table`` is where the table lies that the row belongs to.
    """

    kind: Kind
    lines: tuple[PageLine, ...]
    level: int = 1
    row: Row = ()
    table: Box | None = None
    size: float = 0.0
    bold: bool = False
    opens_article: bool = False

    @property
    def ends_sentence(self) -> bool:
        """Whether nothing has to follow."""
        return self.lines[-1].ends_sentence


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where the lines of a column begin and end."""

    left: float
    right: float


def paragraphs_of(pages: Iterable[Sequence[Article]], body: float, *, scanned: bool = False) -> Iterator[Paragraph]:
    """The paragraphs of all pages; ``body`` is the size of the running text."""
    flow = _Flow()
    for articles in pages:
        page = [block for article in articles for block in article.blocks]
        notes: list[Paragraph] = []
        for i, article in enumerate(articles):
            if article.head and i:
                yield from flow.close()
            captions = {id(block) for block in article.captions}
            for block in article.blocks:
                pieces = _in_article(_paragraphs(block, body, page, scanned), block, article)
                if id(block) in captions:
                    flow.waiting += [replace(piece, kind=Kind.CAPTION) for piece in pieces]
                elif _is_footnote(block, body, page):
                    notes += pieces
                else:
                    for piece in pieces:
                        yield from flow.add(piece, page, keep_waiting=bool(article.captions))
            if article.head and article.captions:
                yield from flow.close()
            if flow.unfinished is None:
                yield from flow.release()
        flow.waiting += notes
    yield from flow.close()
    yield from flow.release()


@dataclass(slots=True)
class _Flow:
    """The paragraph that may go on, and what waits for its end."""

    unfinished: Paragraph | None = None
    edges: _Edges | None = None  # of the column in which it ends so far
    waiting: list[Paragraph] = field(default_factory=list)

    def add(self, piece: Paragraph, page: list[TextBlock], *, keep_waiting: bool) -> Iterator[Paragraph]:
        """Takes the next piece; gives back what is finished by it."""
        before, edges = self.unfinished, self.edges
        home = next((block for block in page if piece.lines[-1] is block.lines[-1]), None)
        self.edges = _edges(home, page) if home is not None else None
        if before is not None and _goes_on(before, piece, page, edges):
            self.unfinished = replace(before, lines=before.lines + piece.lines)
            return
        yield from self.close()
        if not keep_waiting:
            yield from self.release()
        self.unfinished = piece

    def close(self) -> Iterator[Paragraph]:
        """Finishes the paragraph."""
        if self.unfinished is not None:
            yield self.unfinished
        self.unfinished = None

    def release(self) -> Iterator[Paragraph]:
        """What has waited."""
        yield from self.waiting
        self.waiting = []


def _in_article(pieces: list[Paragraph], block: TextBlock, article: Article) -> list[Paragraph]:
    """The headline opens its article; the lines over and under it are no sections of their own."""
    if not any(block is other for other in article.head):
        return pieces
    if block is max(article.head, key=lambda other: other.size):
        return [replace(piece, opens_article=piece.kind is Kind.HEADING) for piece in pieces]
    return [replace(piece, kind=Kind.CAPTION if piece.kind is Kind.HEADING else piece.kind) for piece in pieces]


def _paragraphs(block: TextBlock, body: float, everything: list[TextBlock], scanned: bool) -> list[Paragraph]:
    """The paragraphs of one block, and what each of them is."""
    if block.rows:
        return [
            Paragraph(
                Kind.PARAGRAPH,
                tuple(line for cell in row for line in cell.lines),
                row=row,
                table=block.box,
                size=block.size,
            )
            for row in block.rows
        ]
    if block.lines[0].vertical:
        lying = level(block)
        upright = dict(zip(map(id, lying.lines), block.lines, strict=True))
        return [
            replace(piece, lines=tuple(upright[id(line)] for line in piece.lines))
            for piece in _in_rows(lying, body, [lying], scanned)
        ]
    return _in_rows(block, body, everything, scanned)


def _in_rows(block: TextBlock, body: float, everything: list[TextBlock], scanned: bool) -> list[Paragraph]:
    if block.size >= (_HEADING_SCANNED if scanned else _HEADING) * body and block.chars <= _LONGEST_HEADING:
        return [Paragraph(Kind.HEADING, block.lines, size=block.size, bold=block.lines[0].bold)]
    edges = _edges(block, everything)
    usual_gap = _usual_gap(block)
    small = _is_footnote(block, body, everything)
    groups: list[list[PageLine]] = []
    for line in block.lines:
        note = small and _FOOTNOTE.match(line.text)
        if groups and not note and not _begins(groups[-1][-1], line, edges, usual_gap):
            groups[-1].append(line)
        else:
            groups.append([line])
    usual_font = max(
        {line.font for b in everything for line in b.lines[:1]} or {""}, key=lambda f: _weight(f, everything)
    )
    return [_named(tuple(group), block, edges, usual_font) for group in groups]


def _weight(font: str, everything: list[TextBlock]) -> int:
    return sum(block.chars for block in everything if block.lines[0].font == font)


def _named(lines: tuple[PageLine, ...], block: TextBlock, edges: _Edges, usual_font: str) -> Paragraph:
    text = "".join(line.text for line in lines)
    kind = Kind.PARAGRAPH
    stands_out = lines[0].bold or (lines[0].font != usual_font and bool(lines[0].font))
    if len(lines) == 1 and is_byline(text):
        kind = Kind.BYLINE
    elif (
        len(lines) <= 2
        and len(text) <= _LONGEST_HEADING // 2
        and not lines[-1].ends_sentence
        and not text.endswith(("，", "、", ","))
        and all(line.bold == lines[0].bold and line.font == lines[0].font for line in lines)
        and stands_out
        and (lines[0].bold or _NUMBERED_HEADING.match(text))
        and lines[-1].box.right < edges.right - block.size
    ):
        kind = Kind.HEADING
    return Paragraph(kind, lines, size=block.size, bold=lines[0].bold)


def _edges(block: TextBlock, everything: list[TextBlock]) -> _Edges:
    """Those of the block itself or, where it is too short to tell, of the blocks in the same column."""
    lines = list(block.lines)
    if len(lines) < 4:
        for other in everything:
            same = abs(other.size - block.size) < 0.15 * block.size and not other.rows
            aligned = other.box.left - 0.5 * block.size <= block.box.left <= other.box.left + 3.5 * block.size
            if other is not block and same and aligned and block.box.right <= other.box.right + 1.2 * block.size:
                lines += other.lines
    lefts = sorted(line.box.left for line in lines)
    rights = sorted(line.box.right for line in lines)
    return _Edges(lefts[len(lefts) // 10], rights[-1 - len(rights) // 10])


def _usual_gap(block: TextBlock) -> float:
    gaps = [b.box.top - a.box.bottom for a, b in zip(block.lines, block.lines[1:], strict=False)]
    return median(gaps) if gaps else 0.0


def _begins(before: PageLine, line: PageLine, edges: _Edges, usual_gap: float) -> bool:
    em = line.size
    if line.bold != before.bold and (len(before.text) > 1 and len(line.text) > 1) and before.font != line.font:
        return True
    if line.box.top - before.box.bottom > usual_gap + 0.55 * em or _LEADERS.search(before.text):
        return True
    if _OPENS_ITEM.match(line.text) and (before.ends_sentence or _ended_early(before, line, edges)):
        return True
    if _is_indented(line, edges) and not _is_indented(before, edges):
        return True
    return _ended_early(before, line, edges) or (_is_indented(line, edges) and before.ends_sentence)


def _is_indented(line: PageLine, edges: _Edges) -> bool:
    return line.box.left > edges.left + 0.9 * line.size


def _ended_early(before: PageLine, line: PageLine, edges: _Edges) -> bool:
    """Whether the beginning of this line would have fitted at the end of the one before."""
    space = edges.right - before.box.right
    if CJK_CHARACTER.match(line.text[0]):
        return space > (1.8 if before.ends_sentence else 3.5) * before.size
    first_word = re.split(r"[\s-]", line.text, maxsplit=1)[0]
    width = line.box.width * (len(first_word) + 1) / max(1, len(line.text))
    share = space / max(1.0, edges.right - edges.left)
    return space > width + 0.6 * before.size and share > (0.15 if before.ends_sentence else 0.35)


def _is_footnote(block: TextBlock, body: float, everything: list[TextBlock]) -> bool:
    """Small print that opens with a mark and stands under all other text of its column."""
    if block.size > 0.93 * body or block.rows or not _FOOTNOTE.match(block.lines[0].text):
        return False
    return not any(
        other.box.top > block.box.bottom and other.box.over(block.box) > 0 and other.size > 0.93 * body
        for other in everything
    )


def _goes_on(before: Paragraph, piece: Paragraph, page: list[TextBlock], edges: _Edges | None) -> bool:
    """Whether a paragraph that begins a block carries on the last one of the block before."""
    running = before.kind is piece.kind is Kind.PARAGRAPH and not (before.row or piece.row)
    last, first = before.lines[-1], piece.lines[0]
    home = next((block for block in page if first is block.lines[0]), None)
    if not running or home is None or _LEADERS.search(last.text) or abs(last.size - first.size) > 0.15 * last.size:
        return False
    if _is_indented(first, _edges(home, page)) or (_OPENS_ITEM.match(first.text) and last.ends_sentence):
        return False
    old_home = next((block for block in page if last is block.lines[-1]), None)
    if old_home is None:
        # On the page before.
        return not last.ends_sentence and (edges is None or not _ended_early(last, first, edges))
    if _ended_early(last, first, _edges(old_home, page)):
        return False
    if not last.ends_sentence:
        return True
    return old_home.box.over(home.box) <= 0 and _indents(page)


def _indents(everything: list[TextBlock]) -> bool:
    """Whether the paragraphs of the page are indented, so that a line that isn't goes on with one."""
    indented = flush = 0
    for block in everything:
        edges = _edges(block, everything)
        for above, line in zip(block.lines, block.lines[1:], strict=False):
            if above.ends_sentence and _ended_early(above, line, edges):
                indented += _is_indented(line, edges)
                flush += not _is_indented(line, edges)
    return indented > flush
