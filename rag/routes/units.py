"""What of a document may be quoted in an overview: full sentences and rows of tables, each with its section.

Titles, headings, greetings, signatures and contacts tell nothing of what a document is about, and are none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus import Document, Passage, sentence_spans
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import fold
from embeddings import DocumentSummary, Index
from embeddings.encoders.protocol import Vectors
from embeddings.index.protocol import SentenceVectors

__all__ = ["Unit", "units_of", "units_of_rows"]

_LONGEST = 150  # characters of a unit that several parts between semicolons are joined to
_SHORTEST = 12  # characters, of which less is a greeting, a signature or a name
_LABELS = 20  # characters of a label before a colon
_ENDS = re.compile(r"[。！？!?.…][”’」』）)]*$")
_LABELLED = re.compile(rf"[^：:，,。；|]{{1,{_LABELS}}}[：:]")
_CONTACT = re.compile(
    r"@|://|www\.|(?:电话|热线|传真|邮箱|联系人|手机|邮编)|\b(?:phone|tel|fax|e-?mail)\b", re.IGNORECASE
)
_DIGITS = re.compile(r"\d[\d\s()-]{5,}\d")
_LEANS = re.compile(
    r"(?:其中|此外|另外|同时|而且|并且|但是?|不过|然而|因此|所以|该|这|此|其|它|他|她)(?!外|余|实|次|他)|(?:it|he|she|they|this|these|however|but)\b"
)
_DECIDES = re.compile(r"决定|决议|同意|批准|通过|明确|原则上|不得|\b(?:decided|agreed|approved|resolved|must not)\b")
_ANNOUNCES = re.compile(r"(?:[：:]|如下[。.]?|as follows[.]?)$")
_NUMBERED = re.compile(r"第?[一二三四五六七八九十]{1,3}[、.．]")
_BRACKETED = re.compile(r"[（(〔\[【].*[）)〕\]】]")
_SHORT_VALUE = 16  # characters after a label
_TOTAL = re.compile(r"合计|总计|小计|总额|总数|\b(?:total|sum)\b")
_TELLING = frozenset({QuantityKind.MONEY, QuantityKind.PERCENT, QuantityKind.DATE, QuantityKind.AMOUNT})


@dataclass(frozen=True)
class Unit:
    """A sentence or a row of a table: ``document.text[start:end]``, its unit vector and the section it stands in.

    ``section`` is the place of the heading over it, -1 for none; ``place`` counts the units of a section from 0.
    """

    document: Document
    passage: Passage
    start: int
    end: int
    vector: Vectors
    section: int
    place: int
    row: bool

    @property
    def text(self) -> str:
        """The words."""
        return self.document.text[self.start : self.end]

    @property
    def heading(self) -> str:
        """The heading over it, "" for none."""
        if self.section < 0:
            return ""
        heading = self.document.headings[self.section]
        return self.document.text[heading.start : heading.end]

    @cached_property
    def figures(self) -> int:
        """How many amounts, shares, prices and dates it tells."""
        told = (quantity for quantity in quantities_of(self.text) if quantity.kind in _TELLING)
        return len({quantity.canonical for quantity in told if not quantity.indefinite})

    @cached_property
    def is_label(self) -> bool:
        """Whether it only fills in what a label before it names: 时间：2026年3月30日."""
        label = None if self.row else _LABELLED.match(self.text)
        return label is not None and (not _ENDS.search(self.text) or len(self.text) <= label.end() + _SHORT_VALUE)

    @cached_property
    def decides(self) -> bool:
        """Whether it says what was decided, or what must not be."""
        return bool(_DECIDES.search(fold(self.text)))

    @cached_property
    def heads(self) -> bool:
        """Whether it is a section by itself, as its number says: 六、事故等级：一般事故。"""
        return bool(_NUMBERED.match(self.text))

    @property
    def is_byline(self) -> bool:
        """Whether it stands over the first section and is no sentence: who it is from and when, its number."""
        return self.section < 0 and not self.row and (self.is_label or not _ENDS.search(self.text))

    @cached_property
    def is_total(self) -> bool:
        """Whether it is the sum of a table."""
        return self.row and bool(_TOTAL.search(fold(self.text)))

    @cached_property
    def leans(self) -> bool:
        """Whether it begins with a word that points to what stands before it."""
        return not self.row and bool(_LEANS.match(fold(self.text)))


def units_of(index: Index, summary: DocumentSummary, near: Vectors) -> list[Unit]:
    """The units of a document in its order; ``near`` is any vector of the index's dimensions."""
    rows = index.dense(near, max(1, summary.passages), frozenset({summary.id})).rows.tolist()
    return units_of_rows(index, rows)


def units_of_rows(index: Index, rows: Sequence[int]) -> list[Unit]:
    """The units of passages of one document, by their rows, in its order."""
    found = zip(index.passages(rows), index.sentences_of(rows), strict=True)
    passages = sorted(found, key=lambda one: one[0].start)
    if not passages:
        return []
    document = index.document(passages[0][0].document_id)
    starts = [heading.start for heading in document.headings]
    over = {(heading.start, heading.end) for heading in document.headings}
    counts: dict[int, int] = {}
    units: list[Unit] = []
    for passage, sentences in passages:
        for start, end, vector in _joined(document, sentences):
            if (start, end) in over or _tells_nothing(document, start, end):
                continue
            section = bisect_right(starts, start) - 1
            place = counts.get(section, 0)
            counts[section] = place + 1
            units.append(Unit(document, passage, start, end, vector, section, place, _in_table(document, start)))
    return units


def _joined(document: Document, sentences: SentenceVectors) -> Iterator[tuple[int, int, Vectors]]:
    """The sentences, those that semicolons part joined again while they are not too long; rows whole."""
    spans = sentences.spans.tolist()
    start, end = -1, -1
    vectors: list[Vectors] = []
    for (left, right), vector in zip(spans, sentences.vectors, strict=True):
        goes_on = (
            start >= 0
            and "\n" not in document.text[end:left]
            and (right - start <= _LONGEST or _in_table(document, left))
            and not _ENDS.search(document.text[start:end])
        )
        if start >= 0 and not goes_on:
            yield start, end, _mean(vectors)
        if not goes_on:
            start, vectors = left, []
        end = right
        vectors.append(vector)
    if start >= 0:
        yield start, end, _mean(vectors)


def _mean(vectors: Sequence[Vectors]) -> Vectors:
    mean: Vectors = np.stack(vectors).mean(axis=0, dtype=np.float32)
    return mean / np.float32(max(float(np.linalg.norm(mean)), 1e-9))


def _in_table(document: Document, offset: int) -> bool:
    return any(table.start <= offset < table.end for table in document.tables)


def _tells_nothing(document: Document, start: int, end: int) -> bool:
    text = document.text[start:end]
    if text.strip("（）() ") in document.title or document.title in text:
        return True
    if _in_table(document, start):
        return False
    headings = document.headings
    if headings and end <= headings[0].start and (document.number == text or _BRACKETED.fullmatch(text)):
        return True
    if len(text) < _SHORTEST or _ANNOUNCES.search(text):
        return True
    whole = len(sentence_spans(document.text, start, end)) == 1
    return whole and bool(_CONTACT.search(text)) and bool(_DIGITS.search(text) or "@" in text)
