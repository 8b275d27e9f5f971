"""Sentence spans of Chinese, Japanese and Latin text, by punctuation alone.

After the sentence boundary rules of Unicode Standard Annex #29 (a terminator, then closing quotes and brackets), with
what Chinese needs beside them: no space after a terminator, ASCII ".", "!", "?" and ";" between Chinese characters,
runs such as "？！" and "……", and quotations that end inside a sentence.
"""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.language.dates import WRITTEN_DATE
from corpus.language.script import HAN

__all__ = ["CJK", "CJK_CHARACTER", "clause_spans", "is_inside_token", "sentence_spans", "token_around"]

CJK = rf"\u2e80-\u303f\u3040-\u30ff{HAN}\uff01-\uffef"
"""Chinese and Japanese characters and their punctuation, for use inside a character class."""

CJK_CHARACTER = re.compile(f"[{CJK}]")

# Every repetition is bounded: a run of ten thousand "!" is read in time proportional to it.
_CLOSERS = r"[”’」』】）》〉〕)\]}\"']{0,8}"
_SENTENCE_END = re.compile(
    rf"""
      \n+                                                    # in clean text a line is a paragraph, heading or row
    | (?: [!?]{{0,8}}[。！？][。！？!?]{{0,16}} | …{{1,16}} | ； ) {_CLOSERS}
          (?! [，、：,）)」』”’] )                           # “好！”，他说 goes on
    | [!?]{{1,16}} {_CLOSERS} (?= \s | $ | [{CJK}] )
    | (?<=[{CJK}\d]) [.;] {_CLOSERS} (?= [{CJK}] )
    | \. {_CLOSERS} (?= \s{{1,16}} [^\sa-z] | \s{{0,16}}$ )    # Latin: what follows does not go on in lower case
    """,
    re.VERBOSE,
)
_CLAUSE_END = re.compile(rf"[，、：,;:]{_CLOSERS}(?!\d)|\s+")
_ABBREVIATION = re.compile(
    r"(?:^|[^A-Za-z])(?:Mr|Mrs|Ms|Dr|Prof|St|Nos?|vs|cf|etc|e\.g|i\.e|Inc|Ltd|Co|Fig|Vol|[A-Z])$"
)
_DATE = re.compile(WRITTEN_DATE)
_TOKEN = re.compile(
    r"[A-Za-z\d\u00c0-\u024f]+(?:[.,:/%@&'’_+\-]+[A-Za-z\d\u00c0-\u024f]+)*%?"
)  # numbers with their points and signs, Latin words, addresses
_LONGEST_TOKEN = 80
_DATE_JOINT = re.compile(r"\d\s[年月日号]|[年月]\s\d")
_TOKEN_CHAR = re.compile(r"[A-Za-z\d\u00c0-\u024f\s年月日号.,:/%@&'’_+\-]")
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\(?\d{1,3}$")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of ``text[start:end]`` as (start, end) offsets in ``text``, in order.

    Spans carry no white space at their ends and none is empty; together they hold every character that is not white
    space. Line ends always separate sentences.
    """
    end = len(text) if end is None else end
    cuts = [start]
    for match in _SENTENCE_END.finditer(text, start, end):
        if match[0].startswith(".") and _is_inner_stop(text, max(start, match.start() - 12), match.start()):
            continue
        cuts.append(match.end())
    cuts.append(end)
    return _trimmed(text, cuts)


def clause_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a sentence between its commas, colons and spaces, for sentences too long to be kept whole."""
    cuts = (match.end() for match in _CLAUSE_END.finditer(text, start, end))
    return _trimmed(text, [start, *(cut for cut in cuts if not is_inside_token(text, cut)), end])


def is_inside_token(text: str, offset: int) -> bool:
    """Whether a cut at ``offset`` would part a number, a date or a Latin word of ordinary length."""
    return token_around(text, offset) is not None


def token_around(text: str, offset: int) -> tuple[int, int] | None:
    """The number, date or Latin word of ordinary length with characters on both sides of ``offset``."""
    if not 0 < offset < len(text):
        return None
    before, after = text[offset - 1], text[offset]
    if before.isspace() or after.isspace():
        # Only a date may be written with spaces: 2024 年 4 月.
        if not _DATE_JOINT.search(text, max(0, offset - 2), min(len(text), offset + 2)):
            return None
    elif not (_TOKEN_CHAR.match(before) and _TOKEN_CHAR.match(after)):
        return None
    left = max(0, offset - _LONGEST_TOKEN)
    # Begin where no token can be under way, so that the search does not start inside one.
    while left > 0 and left > offset - 2 * _LONGEST_TOKEN and _TOKEN_CHAR.match(text[left - 1]):
        left -= 1
    # Dates first: in "R&D2024年4月24日" the word before would take the year.
    for pattern in (_DATE, _TOKEN):
        for match in pattern.finditer(text, left, min(len(text), offset + _LONGEST_TOKEN)):
            if match.start() < offset < match.end() and match.end() - match.start() <= _LONGEST_TOKEN:
                return match.span()
            if match.start() >= offset:
                break
    return None


def _is_inner_stop(text: str, start: int, stop: int) -> bool:
    before = text[start:stop]
    return bool(_ABBREVIATION.search(before) or _LIST_NUMBER.search(before))


def _trimmed(text: str, cuts: list[int]) -> list[tuple[int, int]]:
    spans = []
    for left, right in pairwise(cuts):
        part = text[left:right]
        stripped = part.strip()
        if stripped:
            left += part.index(stripped)
            spans.append((left, left + len(stripped)))
    return spans
