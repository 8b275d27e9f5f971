"""Documents split into passages at the ends of sentences."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.documents import Document, Heading, Passage
from corpus.sentences import clause_spans, sentence_spans

__all__ = ["split"]

_SMALLEST = 40
_INSIDE_WORD = re.compile(r"[0-9A-Za-z.,%+\-]")


def split(document: Document, *, max_chars: int = 400) -> list[Passage]:
    """The passages of a document, in order: each at most ``max_chars`` characters and made of whole sentences.

    A passage never runs on past a heading, and a heading stands at the top of the passage it belongs to. Sections are
    divided evenly rather than filled up, so that none ends in a scrap. A sentence longer than a passage is divided at
    commas, then anywhere but inside a number or a Latin word. Every character but white space is in some passage.

    Raises:
        ValueError: ``max_chars`` is under 40.
    """
    if max_chars < _SMALLEST:
        raise ValueError(f"max_chars must be at least {_SMALLEST}, not {max_chars}")
    spans: list[tuple[int, int]] = []
    edges = [0, *(heading.start for heading in _first_of_each_group(document)), len(document.text)]
    for start, end in pairwise(edges):
        pieces = [
            piece
            for span in sentence_spans(document.text, start, end)
            for piece in _fitting(document.text, *span, max_chars)
        ]
        spans += _pack(pieces, max_chars)
    return [
        Passage(
            document_id=document.id,
            start=start,
            end=end,
            text=document.text[start:end],
            title=document.title,
            headings=document.heading_path(end - 1),
            page=document.origin.page_at(start),
        )
        for start, end in spans
    ]


def _first_of_each_group(document: Document) -> list[Heading]:
    """Headings that stand right under another belong to the same passage as it."""
    return [
        heading
        for i, heading in enumerate(document.headings)
        if i == 0 or document.text[document.headings[i - 1].end : heading.start].strip()
    ]


def _fitting(text: str, start: int, end: int, max_chars: int) -> list[tuple[int, int]]:
    """The sentence as it is, or in parts that fit."""
    if end - start <= max_chars:
        return [(start, end)]
    return [part for clause in clause_spans(text, start, end) for part in _cut(text, *clause, max_chars)]


def _cut(text: str, start: int, end: int, max_chars: int) -> list[tuple[int, int]]:
    parts = []
    while end - start > max_chars:
        cut = start + max_chars
        # A word or number of half a passage is no word any more.
        while cut > start + max_chars // 2 and _INSIDE_WORD.match(text[cut - 1]) and _INSIDE_WORD.match(text[cut]):
            cut -= 1
        parts.append((start, cut))
        start = cut
    return [*parts, (start, end)]


def _pack(pieces: list[tuple[int, int]], max_chars: int) -> list[tuple[int, int]]:
    """Neighbouring pieces joined to passages of about equal size."""
    if not pieces:
        return []
    total = pieces[-1][1] - pieces[0][0]
    target = total / -(-total // max_chars)
    packed = [pieces[0]]
    for start, end in pieces[1:]:
        first = packed[-1][0]
        if end - first <= max_chars and (start + end) / 2 - first <= target:
            packed[-1] = (first, end)
        else:
            packed.append((start, end))
    if len(packed) > 1 and packed[-1][1] - packed[-2][0] <= max_chars:
        packed[-2:] = [(packed[-2][0], packed[-1][1])]
    return packed
