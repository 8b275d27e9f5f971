"""The places of documents that may hold what a question wants several of: lists, tables, printed answers, sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus import Document, sentence_spans
from rag.extractive.candidates import Candidate
from rag.extractive.layout import Layout, LineKind, Series, Span

__all__ = ["Place", "places_of"]

_MOST_ITEMS = 30
_LONGEST_ITEM = 240  # characters of a line that is one item of a section; of a longer one each sentence is


@dataclass(frozen=True)
class Place:
    """A stretch of a document whose items belong together, and the candidates that stand in it, best first.

    ``lead`` is the sentence that leads the items in, ``heading`` the heading or printed question over them. ``listed``
    tells whether the document sets them out as a list, a table or the answer to a printed question.
    """

    document: Document
    layout: Layout = field(repr=False)
    items: tuple[Span, ...]
    lead: Span | None
    heading: Span | None
    kind: LineKind
    candidates: tuple[Candidate, ...] = field(repr=False)

    @property
    def listed(self) -> bool:
        """Whether the document sets the items out: lines that each answer to a label of their own are not one list."""
        return self.kind in (LineKind.ITEM, LineKind.ROW, LineKind.QUESTION) or self.of_codes

    @property
    def of_codes(self) -> bool:
        """Whether the items are what is said of codes (E01：……)."""
        return self.kind is LineKind.LABELLED and self.layout.is_of_code(self.layout.line_at(self.items[0][0]))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns where the items are rows."""
        number = self.layout.table_at(self.items[0][0]) if self.kind is LineKind.ROW else None
        if number is None:
            return ()
        names = (name for value in self.document.tables[number].values() for name in value.column_names)
        return tuple(dict.fromkeys(names))

    @property
    def name(self) -> str:
        """What stands over the items."""
        return self.layout.said(self.heading) if self.heading else self.document.title

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.lead[0] if self.lead else self.items[0][0]

    def item_of(self, candidate: Candidate) -> int | None:
        """The number of the item, from 0, in which a candidate stands; None for the lead."""
        return next((i for i, (start, end) in enumerate(self.items) if start <= candidate.start < end), None)


def places_of(candidates: Sequence[Candidate]) -> list[Place]:
    """The places in which candidates stand, in the order of the best of each."""
    layouts: dict[str, Layout] = {}
    found: dict[tuple[str, int, LineKind], tuple[Layout, Series, list[Candidate]]] = {}
    for candidate in candidates:
        document = candidate.document
        if document.id not in layouts:
            layouts[document.id] = Layout(document)
        layout = layouts[document.id]
        series = _series(layout, candidate)
        if series is None or not series.items:
            continue
        key = (document.id, series.start, series.kind)
        found.setdefault(key, (layout, series, []))[2].append(candidate)
    return [
        Place(layout.document, layout, series.items, series.lead, series.heading, series.kind, tuple(own))
        for layout, series, own in found.values()
    ]


def _series(layout: Layout, candidate: Candidate) -> Series | None:
    """The list that a candidate stands in or leads in, the lines under a printed question, or its section."""
    at = candidate.answer[0][0] if candidate.answer else candidate.start
    series = layout.series_at(at)
    if series is not None and len(series.items) <= _MOST_ITEMS:
        return series
    line = layout.line_at(at)
    section = layout.section_at(line)
    over = layout.heading_over(line)
    heading = layout.lines[over] if over is not None else None
    under_question = over is not None and layout.kind(over) is LineKind.QUESTION
    items = tuple(_items(layout, section))
    return Series(LineKind.QUESTION if under_question else LineKind.TEXT, items, None, heading)


def _items(layout: Layout, section: Iterable[int]) -> Iterable[Span]:
    """The lines of a section; of a long one its whole sentences."""
    for line in section:
        start, end = layout.without_mark(layout.lines[line])
        if end - start <= _LONGEST_ITEM:
            yield start, end
            continue
        stop = start
        for span in sentence_spans(layout.text, start, end):
            if span[0] >= stop:
                whole = layout.sentence_at(*span)
                stop = whole[1]
                yield whole
