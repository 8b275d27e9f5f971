"""An outcome in sentences that cite the cells they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus import Document, Passage
from corpus.tables import Cell
from rag.answers import AnswerSentence, Hit
from rag.proof.citations import Numbering
from rag.question.phrases import Language, say
from rag.routes.tables.sheet import Record, Sheet, row_around
from rag.routes.tables.situation import Outcome, Place

__all__ = ["Citing", "sentences_of"]

_MOST_CITED = 30  # rows: more are cited as the stretch from the first to the last
_MOST_TERMS = 12


@dataclass(frozen=True)
class Citing:
    """Numbers the rows cited; ``hits`` lend their passages to the rows within them."""

    hits: Sequence[Hit]
    numbering: Numbering = field(default_factory=Numbering)

    def cell(self, document: Document, cell: Cell) -> int | None:
        """The number of the row that a cell stands in; None of a cell that has no place."""
        if cell.start is None or cell.end is None:
            return None
        start, end = row_around(document, cell.start)
        return self.span(document, start, end, (cell.start, cell.end))

    def span(self, document: Document, start: int, end: int, key: tuple[int, int] | None = None) -> int:
        """The number of a stretch of a document."""
        for hit in self.hits:
            passage = hit.passage
            if passage.document_id == document.id and passage.start <= start and end <= passage.end:
                return self.numbering.cite(document, passage, start, end, key)
        passage = Passage(
            document.id,
            start,
            end,
            document.text[start:end],
            document.title,
            document.heading_path(start),
            document.origin.page_at(start),
        )
        return self.numbering.cite(document, passage, start, end, key)


def sentences_of(outcome: Outcome, sheet: Sheet, citing: Citing, language: Language) -> list[AnswerSentence]:
    """The sentences of an outcome: what was computed and how, then each cell with the names of its row and column."""
    via = [
        number
        for one in outcome.vias
        for number in _numbers(citing, one.sheet, [_place(one.sheet, one.record, one.column)])
    ]
    if outcome.operation == "count":
        return [_counted(outcome, sheet, citing, language)]
    sentences: list[AnswerSentence] = []
    if outcome.result:
        numbers = _numbers(citing, sheet, outcome.places)
        terms = outcome.formula
        if len(outcome.places) > _MOST_TERMS and " + " in terms:
            parts = terms.split(" + ")
            terms = " + ".join([*parts[:3], "…", parts[-1]])
        text = f"{outcome.result} = {terms}"
        sentences.append(AnswerSentence(text, tuple(dict.fromkeys([*via, *numbers])), "supported"))
        if len(outcome.places) > _MOST_TERMS:
            return sentences
    for record, columns in _by_record(outcome.places):
        places = [Place(record, column) for column in columns]
        numbers = list(dict.fromkeys([*(() if outcome.result else via), *_numbers(citing, sheet, places)]))
        sentences.append(AnswerSentence(_row(sheet, record, columns), tuple(numbers), "supported"))
    return sentences


def _counted(outcome: Outcome, sheet: Sheet, citing: Citing, language: Language) -> AnswerSentence:
    names = [sheet.label(place.record) for place in outcome.places]
    shown = "、" if language != "en" else ", "
    listed = shown.join(names[:_MOST_CITED]) + ("…" if len(names) > _MOST_CITED else "")
    text = say("table_count", language, count=str(outcome.count), names=listed)
    return AnswerSentence(text, tuple(_numbers(citing, sheet, outcome.places)), "supported")


def _numbers(citing: Citing, sheet: Sheet, places: Sequence[Place]) -> list[int]:
    cells = [cell for place in places if (cell := place.record.cells[place.column]) is not None]
    placed = [cell for cell in cells if cell.start is not None]
    if len(placed) > _MOST_CITED:
        starts = [cell.start for cell in placed if cell.start is not None]
        first, last = row_around(sheet.document, min(starts)), row_around(sheet.document, max(starts))
        return [citing.span(sheet.document, first[0], last[1])]
    numbers = [citing.cell(sheet.document, cell) for cell in placed]
    return list(dict.fromkeys(number for number in numbers if number is not None))


def _by_record(places: Sequence[Place]) -> Iterator[tuple[Record, list[int]]]:
    found: dict[int, tuple[Record, list[int]]] = {}
    for place in places:
        found.setdefault(place.record.number, (place.record, []))[1].append(place.column)
    yield from found.values()


def _row(sheet: Sheet, record: Record, columns: Sequence[int]) -> str:
    """A record's name, and the cells asked for with the names of their columns: "S50 Max，渠道价（元） 金牌：55620"."""
    label = sheet.label(record)
    items = []
    for column in columns:
        name, text = sheet.columns[column].name, sheet.text(record, column)
        colon = ": " if name.isascii() else "："
        if text != label:
            items.append(f"{name}{colon}{text}" if name else text)
    comma = ", " if "".join([label, *items]).isascii() else "，"
    return comma.join(filter(None, [label, *items]))


def _place(sheet: Sheet, number: int, column: int) -> Place:
    return Place(sheet.by_number[number], column)
