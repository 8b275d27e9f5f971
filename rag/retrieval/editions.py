"""Passages that say the same, and documents that are editions of one another.

Texts are compared by their runs of four characters: the share of them that both have is the "resemblance" of Broder,
"On the resemblance and containment of documents" (1997). Long documents are compared by his sketch, the smallest hashes
of their runs.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from heapq import nsmallest

from corpus import Document, Passage
from corpus.language.dates import calendar_dates, years_in
from corpus.language.script import fold, squashed
from embeddings import Index
from rag.retrieval.periods import period_of

__all__ = ["Editions"]

_RUN = 4  # characters
_SKETCH = 400  # hashes
_SKETCHED_CHARS = 40_000  # of a document
_COPY = 0.9  # resemblance of passages that say the same
_COPIED_DOCUMENT = 0.75  # of documents with other titles
_EDITION = 0.2  # of documents with one title: an edition may be rewritten for the most part
_HEAD_CHARS = 800  # where a document tells when it was passed and revised
_NUMBER = re.compile(r"\d+")
_EDITION_MARK = re.compile(
    r"(?:19|20)\d\d年?(?:修订|修正|修改)?[版本]?|第[一二三四五六七八九十\d]+版|(?:修订|修正|最新|暂行|试行)[版本稿]"
)


class Editions:
    """Compares the passages and documents of one index. Safe to use from several threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.date = lru_cache(maxsize=4096)(self._read_date)
        self._sketch = lru_cache(maxsize=256)(self._read_sketch)

    def copies(self, passages: Sequence[Passage]) -> list[int]:
        """For each passage the place of the first one that says the same, its own if it is the first itself.

        Copies have nearly the same words and exactly the same numbers, and stand in documents of one title or in copies
        of one document: the same clause in the laws of two cities is two things.
        """
        texts = [squashed(fold(passage.text)) for passage in passages]
        runs = [_runs(text) for text in texts]
        numbers = [_NUMBER.findall(text) for text in texts]
        firsts = list(range(len(passages)))
        for i, passage in enumerate(passages):
            for j in range(i):
                if (
                    firsts[j] == j
                    and numbers[i] == numbers[j]
                    and _same(runs[i], runs[j])
                    and self._are_copies(passage, passages[j])
                ):
                    firsts[i] = j
                    break
        return firsts

    def superseded(self, passages: Sequence[Passage], years: Collection[str]) -> dict[str, str]:
        """The ids of these passages' documents of which there is a later edition among them, each with the latest one.

        Editions have one title but for years and marks such as 修订版, share part of their text, and tell when they are
        from: by their date, or the last one that stands under their title. What is each about its own period, as
        yearly reports are, is no edition. An edition of one of the ``years``, those that the question names, is what
        is asked for, and not superseded.
        """
        by_title: dict[str, set[str]] = {}
        for passage in passages:
            if passage.title:
                by_title.setdefault(_bare(passage.title), set()).add(passage.document_id)
        latest: dict[str, str] = {}
        for title, group in by_title.items():
            for document_id in sorted(group) if title and len(group) > 1 else ():
                own = self.date(document_id)
                later = [
                    other
                    for other in sorted(group)
                    if self.date(other) > own
                    and not self._are_of_different_periods(document_id, other)
                    and _resemblance(self._sketch(document_id), self._sketch(other)) >= _EDITION
                ]
                named = {str(own[0] if own else ""), *self._years_named(document_id)}
                if later and not named & set(years):
                    latest[document_id] = max(later, key=self.date)
        return latest

    def before(self, document_id: str) -> str | None:
        """The id of the edition before a document, the latest of the earlier ones, None where there is none."""
        own = self._index.document(document_id)
        earlier = [
            other.id
            for other in self._index.documents()
            if other.id != own.id
            and own.title
            and _bare(other.title) == _bare(own.title)
            and self.date(other.id) < self.date(own.id)
            and _resemblance(self._sketch(other.id), self._sketch(own.id)) >= _EDITION
        ]
        return max(earlier, key=self.date, default=None)

    def _are_copies(self, one: Passage, other: Passage) -> bool:
        if one.document_id == other.document_id or (one.title and _bare(one.title) == _bare(other.title)):
            return True
        return _resemblance(self._sketch(one.document_id), self._sketch(other.document_id)) >= _COPIED_DOCUMENT

    def _are_of_different_periods(self, one: str, other: str) -> bool:
        """Whether both titles tell of a period, each of another, so that none is an edition of the other."""
        periods = [period_of(self._index.document(document_id).title) for document_id in (one, other)]
        return all(periods) and periods[0] != periods[1]

    def _years_named(self, document_id: str) -> set[str]:
        """The years in a document's title and number."""
        document = self._index.document(document_id)
        return set(years_in(fold(f"{document.title} {document.number or ''}")))

    def _read_date(self, document_id: str) -> tuple[int, ...]:
        """The last date that a document tells of itself, as (year, month, day)."""
        return max(_dates(self._index.document(document_id)), default=())

    def _read_sketch(self, document_id: str) -> frozenset[int]:
        text = self._index.document(document_id).text[:_SKETCHED_CHARS]
        return frozenset(nsmallest(_SKETCH, {zlib.crc32(run.encode()) for run in _runs(squashed(fold(text)))}))


def _runs(text: str) -> frozenset[str]:
    return frozenset(map("".join, zip(*(text[i:] for i in range(_RUN)), strict=False))) or frozenset((text,))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts resemble each other as copies do; most are told apart by their lengths."""
    if min(len(one), len(other)) < _COPY * max(len(one), len(other)):
        return False
    shared = len(one & other)
    return shared >= _COPY * (len(one) + len(other) - shared)


def _resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """An estimate of it from two sketches: the share of the smallest hashes of both that either has."""
    smallest = nsmallest(_SKETCH, one | other)
    return sum(number in one and number in other for number in smallest) / len(smallest)


@lru_cache(maxsize=4096)
def _bare(title: str) -> str:
    """The title without marks of its edition, and without 的, which editions put in and leave out."""
    return squashed(_EDITION_MARK.sub("", fold(title))).replace("的", "")


def _dates(document: Document) -> Iterator[tuple[int, ...]]:
    for text in (document.published or "", fold(document.text[:_HEAD_CHARS])):
        for date in calendar_dates(text):
            year, month, day = [*map(int, date.split("-")), 0][:3]
            yield year, month, day
    if document.published:
        yield (int(document.published[:4]),)
