"""Newspaper pages: an article whose columns come out of the page before, between and after its headline.

A byline tells where the headline is (the short lines right above it) and where the article begins (below it). What
stands above the headline is moved after the lead. Where as many headings as sections are left apart from each other,
each heading goes over the section it shares its words with.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import accumulate, permutations

from corpus.cleaning.bylines import is_byline, read_byline
from corpus.cleaning.lines import Block, Kind
from corpus.cleaning.metadata import Metadata
from corpus.language.script import HAN

__all__ = ["arrange"]

_HEADLINE_LINES = 3
_CREDIT_CHARS = 8
_MOST_SECTIONS = 6  # 720 orders are tried at the most
_CREDIT = re.compile(r"(?:摄|攝|供图|供圖|配图|资料图)$")
_HAN_PAIR = re.compile(rf"(?=([{HAN}]{{2}}))")


def arrange(blocks: list[Block]) -> tuple[list[Block], Metadata]:
    """The blocks in reading order with title, byline and captions marked, and what the byline tells.

    Blocks without a byline come back as they are.
    """
    byline = next(
        (
            i
            for i, block in enumerate(blocks)
            if is_byline(block.text) and not _CREDIT.search(block.text[-_CREDIT_CHARS:])
        ),
        None,
    )
    if byline is None:
        return blocks, Metadata()
    headline = byline
    while headline and byline - headline < _HEADLINE_LINES and blocks[headline - 1].kind is Kind.HEADING:
        headline -= 1
    if headline == byline:
        return blocks, read_byline(blocks[byline].text)

    title = replace(blocks[headline], kind=Kind.TITLE)
    deck = [replace(block, kind=Kind.PARAGRAPH) for block in blocks[headline + 1 : byline]]
    head = [title, *deck, replace(blocks[byline], kind=Kind.BYLINE)]
    before, after = blocks[:headline], blocks[byline + 1 :]
    after, captions = _split_captions(after)
    lead, sections = _split_lead(after)
    body = _under_headings([*_sections(before), *_sections(sections)])
    metadata = Metadata(title=title.text).or_else(read_byline(blocks[byline].text))
    return [*head, *lead, *body, *captions], metadata


def _split_captions(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """A photographer's credit and the short sentences after it, at the end of the page."""
    first = len(blocks)
    while first and len(blocks[first - 1].lines) == 1 and len(blocks[first - 1].text) <= 60:
        first -= 1
    for i, block in enumerate(blocks[first:], first):
        if _CREDIT.search(block.text[-_CREDIT_CHARS:]):
            return blocks[:i], [replace(other, kind=Kind.CAPTION) for other in blocks[i:]]
    return blocks, []


def _split_lead(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """The paragraphs after the byline that are set in a wider column than the sections."""
    widths = [max(line.width for line in block.lines) for block in blocks]
    if not widths:
        return [], []
    lead = 0
    narrowest = list(accumulate(reversed(widths), min))[::-1]  # from each block on
    while lead < len(blocks) and blocks[lead].kind is Kind.PARAGRAPH and widths[lead] > 1.5 * narrowest[lead]:
        lead += 1
    return (blocks[:lead], blocks[lead:]) if lead < len(blocks) else ([], blocks)


def _sections(blocks: list[Block]) -> list[list[Block]]:
    """Headings, and the paragraphs between them: [[heading], [heading], [paragraph, paragraph], ...]."""
    sections: list[list[Block]] = []
    for block in blocks:
        if block.kind is Kind.HEADING or not sections or sections[-1][-1].kind is Kind.HEADING:
            sections.append([block])
        else:
            sections[-1].append(block)
    return sections


def _under_headings(sections: list[list[Block]]) -> list[Block]:
    headings = [section[0] for section in sections if section[0].kind is Kind.HEADING]
    bodies = [section for section in sections if section[0].kind is not Kind.HEADING]
    if not headings or len(headings) != len(bodies) or len(headings) > _MOST_SECTIONS:
        return [block for section in sections for block in section]
    shared = _shared_words(headings, bodies)
    order = max(permutations(range(len(bodies))), key=lambda order: sum(shared[i][j] for i, j in enumerate(order)))
    if not all(shared[i][j] > 0 for i, j in enumerate(order)):
        return [block for section in sections for block in section]
    return [block for i, j in enumerate(order) for block in (headings[i], *bodies[j])]


def _shared_words(headings: list[Block], bodies: list[list[Block]]) -> list[list[float]]:
    """How often each body uses the words of each heading that few bodies use (rows: headings; columns: bodies)."""
    counts = [Counter(_HAN_PAIR.findall("".join(block.text for block in body))) for body in bodies]
    pages = Counter(pair for count in counts for pair in count)
    size = len(bodies)
    return [
        [
            sum(min(count[pair], 3) * (1 - pages[pair] / (size + 1)) for pair in set(_HAN_PAIR.findall(heading.text)))
            for count in counts
        ]
        for heading in headings
    ]
