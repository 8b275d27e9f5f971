"""Paragraphs to a Document: clean text, the place of every line, headings and their levels, title and facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePath

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.bylines import read_byline
from corpus.cleaning.claims import sensible_title, somebody
from corpus.cleaning.facts import ends_of, stated_facts
from corpus.cleaning.lines import Kind, joint
from corpus.cleaning.metadata import Metadata, find_date
from corpus.cleaning.traced import Traced, concat
from corpus.documents import Document, Place
from corpus.errors import UnreadableDocument
from corpus.language.script import HAN
from corpus.messages import DocumentMessage
from corpus.pages.blocks import gather, with_labels, with_spread_titles
from corpus.pages.grids import split_tables
from corpus.pages.model import Page, PageLine, body_size
from corpus.pages.order import Article, reading_order
from corpus.pages.paragraphs import Paragraph, paragraphs_of
from corpus.pages.running import without_furniture
from corpus.pages.tables import tables_as_parts
from corpus.pages.vertical import in_columns
from corpus.pages.watermarks import without_watermarks

__all__ = ["document_of", "parts_of"]

_LONGEST_TITLE = 120
_LEVELS = 6
_RUN_TOGETHER = re.compile(rf"(?<=[{HAN}])(?=通讯员|通訊員)")  # recognition loses the spaces of a byline
_BROKEN_WORD = re.compile(r"([A-Za-z\u00c0-\u024f]+)-$")
_WORD_START = re.compile(r"([a-z\u00df-\u00ff]+)")


def document_of(pages: Sequence[Page], document_id: str, facts: dict[str, str] | None = None) -> Document:
    """The document on these pages; ``facts`` is what a PDF says about itself.

    Raises:
        UnreadableDocument: there is no text on them.
    """
    pages = without_watermarks(pages)
    scanned = all(page.scanned for page in pages)
    # What is recognised is measured roughly, and in pixels on a page that is nothing but a scan.
    body = body_size(line for page in pages if scanned or not page.scanned for line in page.lines)
    stripped, furniture = without_furniture(pages)
    ordered = [_articles(page, body) for page in stripped]
    paragraphs = list(paragraphs_of(ordered, body, scanned=scanned))
    if not paragraphs:
        raise UnreadableDocument(DocumentMessage.EMPTY_PAGES, file=document_id)
    paragraphs, title_at = _levelled(paragraphs)
    by_number = {page.number: page for page in pages}
    text, origin, headings, tables = assemble(_parts(paragraphs, lambda line: by_number[line.page].place(line.box)))
    stated = _stated(paragraphs).or_else(furniture).or_else(stated_facts(ends_of(text))).or_else(_claimed(facts or {}))
    claimed_title = _sensible((facts or {}).get("Title", ""), text)
    largest = _text_of(paragraphs[title_at]) if title_at is not None else None
    title = claimed_title or largest or PurePath(document_id).stem
    if headings and text[headings[0].start : headings[0].end] == title:
        headings = headings[1:]
    return Document(
        id=document_id,
        text=text,
        title=title,
        origin=origin,
        headings=headings,
        source=stated.source,
        author=stated.author,
        published=stated.published,
        tables=tables,
        number=stated.number,
    )


def parts_of(page: Page, place: Place) -> list[Part]:
    """The paragraphs and tables of a picture in the order of reading, without headings; all come from ``place``."""
    body = body_size(page.lines)
    paragraphs = paragraphs_of([_articles(page, body)], body, scanned=page.scanned) if page.lines else ()
    return [replace(part, level=0) for part in _parts(paragraphs, lambda _: place)]


def _articles(page: Page, body: float) -> list[Article]:
    columns = in_columns([line for line in page.lines if line.vertical])
    tables, lines = split_tables(replace(page, lines=tuple(line for line in page.lines if not line.vertical)))
    lines = with_spread_titles(lines)
    if columns:
        across = [*tables, *gather(with_labels(lines, page.rules), page.rules, scanned=page.scanned)]
        top = min(block.box.top for block in columns)
        over = [block for block in across if block.box.center[1] < top]
        return [Article(body=[*over, *columns, *(block for block in across if block not in over)])]
    blocks = [*gather(with_labels(lines, page.rules), page.rules, scanned=page.scanned), *tables]
    own = body_size(lines)
    # A page set altogether larger (a cover, a slide) has headings by its own measure.
    measure = own if own and not 0.75 < own / body < 1.3 else body
    return reading_order(
        blocks, measure, pictures=page.pictures, rules=page.rules, frames=page.frames, scanned=page.scanned
    )


def _levelled(paragraphs: list[Paragraph]) -> tuple[list[Paragraph], int | None]:
    """Headings with levels by their size, and the index of the largest one of the first page."""
    headings = [i for i, paragraph in enumerate(paragraphs) if paragraph.kind is Kind.HEADING]
    if not headings:
        return paragraphs, None
    first_page = paragraphs[0].lines[0].page
    title = max(
        (i for i in headings if paragraphs[i].lines[0].page == first_page and len(_text_of(paragraphs[i])) > 3),
        # What was recognised in a picture on the page has no font.
        key=lambda i: (bool(paragraphs[i].lines[0].font), round(paragraphs[i].size, 1), -i),
        default=None,
    )
    articles = [i for i in headings if paragraphs[i].opens_article]
    first = 2 if len(articles) >= 2 else 1
    steps: list[float] = []
    sections = {paragraphs[i].size for i in headings if i != title and not (first == 2 and i in articles)}
    for size in sorted(sections, reverse=True):
        if not steps or size < 0.9 * steps[-1]:
            steps.append(size)

    def level(size: float) -> int:
        return min(_LEVELS, first + sum(size < 0.9 * step for step in steps))

    levelled = list(paragraphs)
    for i in headings:
        top = i == title or paragraphs[i].opens_article
        levelled[i] = replace(paragraphs[i], level=1 if top else level(paragraphs[i].size))
    return levelled, title


def _text_of(paragraph: Paragraph) -> str:
    text = ""
    for line in paragraph.lines:
        text += joint(text, line.text) + line.text
    return text


def _parts(paragraphs: Iterable[Paragraph], place: Callable[[PageLine], Place]) -> list[Part]:
    """One paragraph, heading or table row a line; each printed line is one segment."""
    paragraphs = list(paragraphs)
    words = _words(paragraphs)
    parts: list[Part] = []
    for is_row, group in groupby(paragraphs, key=lambda paragraph: bool(paragraph.row)):
        if is_row:
            parts += tables_as_parts(list(group), place)
            continue
        for paragraph in group:
            level = paragraph.level if paragraph.kind in {Kind.HEADING, Kind.TITLE} else 0
            parts.append(Part(_running(paragraph.lines, words, place), level))
    return parts


def _running(lines: Sequence[PageLine], words: Counter[str], place: Callable[[PageLine], Place]) -> Traced:
    """Printed lines as one, with words whole that a hyphen at the end of a line divided."""
    pieces: list[Traced | str] = []
    before = ""
    for i, line in enumerate(lines):
        text = line.text
        if before and not before.endswith("-"):
            pieces.append(joint(before, text))
        after = lines[i + 1].text if i + 1 < len(lines) else ""
        broken = bool(after) and _is_broken(text, after, words)
        if broken:
            text = text[:-1]
        pieces.append(Traced.at(text, place(line)))
        before = "" if broken else text
    return concat(pieces)


def _words(paragraphs: list[Paragraph]) -> Counter[str]:
    """The Latin words inside lines, those with hyphens whole."""
    inside = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:-[A-Za-z\u00c0-\u024f]+)*(?=[^\w-])")
    return Counter(
        word.lower() for paragraph in paragraphs for line in paragraph.lines for word in inside.findall(line.text + " ")
    )


def _is_broken(text: str, after: str, words: Counter[str]) -> bool:
    """Whether the hyphen at the end of the line only divides a word; the rest of the document tells in doubt."""
    left, right = _BROKEN_WORD.search(text), _WORD_START.match(after)
    if left is None or right is None:
        return False
    return not words[f"{left[1]}-{right[1]}".lower()] > words[f"{left[1]}{right[1]}".lower()]


def _stated(paragraphs: list[Paragraph]) -> Metadata:
    """What bylines and labelled lines say; the byline of one of several articles does not stand for the document."""
    bylines = [
        read_byline(_RUN_TOGETHER.sub(" ", _text_of(paragraph)))
        for paragraph in paragraphs
        if paragraph.kind is Kind.BYLINE
    ]
    authors = list(dict.fromkeys(byline.author for byline in bylines if byline.author))
    sources = list(dict.fromkeys(byline.source for byline in bylines if byline.source))
    return Metadata(author=authors[0] if len(authors) == 1 else None, source=sources[0] if len(sources) == 1 else None)


def _claimed(facts: dict[str, str]) -> Metadata:
    """What a PDF's properties claim; its dates are written D:20250304120000+08'00'."""
    day = facts.get("CreationDate", "").removeprefix("D:")[:8]
    published = find_date(f"{day[:4]}-{day[4:6]}-{day[6:]}") if len(day) == 8 and day.isdigit() else None
    return Metadata(author=somebody(facts.get("Author", "")), published=published)


def _sensible(claimed: str, text: str) -> str | None:
    """The title a file claims, if it is one, and its words are those of the text too."""
    title = sensible_title(claimed)
    held = "".join(text[:4000].lower().split())
    return title if title and len(title) <= _LONGEST_TITLE and "".join(title.lower().split()) in held else None
