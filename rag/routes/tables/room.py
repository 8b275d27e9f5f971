"""The room for questions over tables: their sheets found, the question linked to each, the likeliest outcome told."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from corpus import Document
from corpus.language.script import has_han
from embeddings import Index
from rag.answers import Hit
from rag.question.presupposed import years_of
from rag.question.series import strangers_among
from rag.reading.reader import SentenceReader
from rag.retrieval.coverage import coverages
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found
from rag.routes.classifier import OPERATIONS, Classifier, Operation
from rag.routes.kept import Kept
from rag.routes.room import Asking, Reply
from rag.routes.tables.columns import columns_of, read_cells
from rag.routes.tables.computing import compute
from rag.routes.tables.linking import Mention, Wording, mentions_of
from rag.routes.tables.selecting import conditions_of, select
from rag.routes.tables.sheet import Sheet, row_around, sheets_of, squeeze
from rag.routes.tables.situation import Outcome, Situation
from rag.routes.tables.statements import stated
from rag.routes.tables.wording import Citing, sentences_of

__all__ = ["SEARCHED", "SIGNALS", "SURENESS", "Told", "outcomes_of", "table_room"]

SEARCHED = 24
"""The passages by which tables are found."""
_DOCUMENTS = 8
_LINKED = 8  # sheets, those whose words fit best
_LEAST_SHARE = 0.04  # of the likelihood: less likely operations are not tried
SIGNALS = (
    "operation",
    "covered",
    "column",
    "records",
    "nearness",
    "named",
    "characters",
    "likeness",
    "likeness of values",
    "kind",
    "unit",
    "look_up",
    "conditions",
    "turned",
)
"""What ``Told.signals`` gives, in its order."""

_COMPUTED = tuple(name for name in OPERATIONS if name != "look_up")
SURENESS = (*SIGNALS, "read", "row read", *_COMPUTED)
"""What ``Told.sureness_signals`` gives, in its order."""

_ROWS_READ = 2
_MOST_READING = 12.0  # log-odds
_DECAY = 6.0  # ranks by which a sheet's passage speaks e times less for it


@dataclass(frozen=True)
class Told:
    """An outcome over a sheet with what speaks for it: ``score`` compares those of one question, ``confidence`` tells
    how likely it is right (0 to 1). Both are weighed as ``benchmarks/train_outcomes.py`` learned it.
    """

    outcome: Outcome
    situation: Situation
    share: float
    covered: float
    near: float

    @property
    def score(self) -> float:
        """What outcomes are ranked by: the log-odds of a conditional logit, up to a constant."""
        weights = _learned()["rank"]
        return sum(weights[name] * signal for name, signal in zip(SIGNALS, self.signals, strict=True))

    @property
    def signals(self) -> tuple[float, ...]:
        """What speaks for its being right, in the order of ``SIGNALS``."""
        place, selection = self.outcome.places[0], self.situation.selection
        named, _, characters, likeness, of_values, kind, unit, *_ = self.situation.columns.features[
            place.column
        ].tolist()
        return (
            math.log(max(self.share, 1e-6)),
            self.covered,
            math.log(max(self.outcome.sureness, 1e-3)),
            selection.strength if selection.records else 0.0,
            self.near,
            named,
            characters,
            likeness,
            of_values,
            kind,
            unit,
            float(self.outcome.operation == "look_up"),
            float(bool(self.situation.conditions)),
            float(self.situation.sheet.turned),
        )

    def sureness_signals(self, reader: SentenceReader | None) -> tuple[float, ...]:
        """What tells whether it is right, in the order of ``SURENESS``: what the reader makes of its cells and of their
        rows (log-odds, 0 where nothing is read), and the operation."""
        shown = {(place.record.number, place.column) for place in self.outcome.places}
        records = list({place.record.number: place.record for place in self.outcome.places}.values())[:_ROWS_READ]
        found = read_cells(self.situation.wording, self.situation.sheet, records, reader)
        readings = [
            min(_MOST_READING, max(-_MOST_READING, *scores)) if scores else 0.0
            for scores in ([score for cell, score in found.items() if cell in shown], list(found.values()))
        ]
        return (*self.signals, *readings, *(float(self.outcome.operation == name) for name in _COMPUTED))

    def confidence(self, reader: SentenceReader | None) -> float:
        """How likely it is right: a logistic regression over ``sureness_signals``."""
        weights, signals = _learned()["confidence"], self.sureness_signals(reader)
        evidence = sum(weights[name] * signal for name, signal in zip(SURENESS, signals, strict=True))
        return 1 / (1 + math.exp(-(weights["bias"] + evidence)))


@cache
def _learned() -> dict[str, dict[str, float]]:
    learned: dict[str, dict[str, float]] = json.loads(
        resources.files("rag.routes.tables").joinpath("outcomes.json").read_text(encoding="utf-8")
    )
    return learned


def table_room(asking: Asking) -> Reply | None:
    """The answer out of the tables, None where they do not have what is asked."""
    query = asking.retriever.query(asking.question)
    found = asking.retriever.search(query, SEARCHED, asking.within)
    best = max(outcomes_of(asking, query, found), key=lambda one: one.score, default=None)
    by_sentences = _by_sentences(asking)
    likely = best.confidence(asking.reader) if best is not None else 0.0
    if best is None or (by_sentences is not None and by_sentences.confidence > likely):
        return by_sentences
    hits = asking.search(asking.question.text).hits
    citing = Citing(found.hits)
    sentences = sentences_of(best.outcome, best.situation.sheet, citing, asking.language)
    return Reply(tuple(sentences), tuple(citing.numbering.citations), hits, likely)


def outcomes_of(asking: Asking, query: Query, found: Found) -> list[Told]:
    """The outcomes over the sheets of the documents found, but for those that lack what the question names."""
    wording = Wording(asking.question.text, asking.today)
    told = list(_told(asking, query, found, wording))
    documents = {one.situation.sheet.document.id: one.situation.sheet.document for one in told}
    lacking = {key for key, document in documents.items() if _lacks(asking, document, wording)}
    return [one for one in told if one.situation.sheet.document.id not in lacking]


def _by_sentences(asking: Asking) -> Reply | None:
    """What comes of figures in sentences, where the question asks for arithmetic over years."""
    shares = _operations(asking)
    reckoned = sum(shares[name] for name in ("sum", "difference", "average", "percentage"))
    return stated(asking, shares) if reckoned >= 0.5 else None


def _operations(asking: Asking) -> dict[Operation, float]:
    """How likely each is asked for; beside another encoder than the bundled one, each as likely."""
    classifier = Classifier.beside(asking.retriever.encoder)
    if classifier is None:
        return dict.fromkeys(OPERATIONS, 1 / len(OPERATIONS))
    return classifier.operations(asking.question.text)


def _told(asking: Asking, query: Query, found: Found, wording: Wording) -> Iterable[Told]:
    shares = _operations(asking)
    likely = [name for name, share in shares.items() if share >= _LEAST_SHARE]
    near = _nearness(found.hits)
    sheets: list[tuple[float, Sheet, tuple[Mention, ...]]] = []
    for document_id in list(near)[:_DOCUMENTS]:
        document = asking.index.document(document_id)
        own = _sheets(asking.index, document_id)
        for sheet in own:
            mentions = mentions_of(wording, sheet, own)
            fit = sum(one.length for one in mentions) / max(1, len(wording.plain))
            sheets.append((fit + 0.6 * _near(near[document.id], sheet), sheet, mentions))
    sheets.sort(key=lambda one: -one[0])
    for _, sheet, mentions in sheets[:_LINKED]:
        at = _near(near[sheet.document.id], sheet)
        for situation in _situations(
            asking, query, found, wording=wording, sheet=sheet, mentions=mentions, likely=likely
        ):
            for name in likely:
                if name == "product" and any(one.number for one in situation.selection.used):
                    continue  # the number is how many, not what a cell says
                outcome = compute(name, situation)
                if outcome is not None:
                    vias = tuple(one.via for one in situation.selection.used if one.via is not None)
                    vias += tuple(one.via for one in mentions if one.via is not None and one.columns)
                    outcome = replace(outcome, vias=vias)
                    yield Told(outcome, situation, shares[name], _covered(query, outcome, situation), at)


def _situations(
    asking: Asking,
    query: Query,
    found: Found,
    *,
    wording: Wording,
    sheet: Sheet,
    mentions: tuple[Mention, ...],
    likely: list[Operation],
) -> Iterable[Situation]:
    likeness = _likeness(asking.index, found, sheet) if not has_han(wording.folded) and not sheet.turned else {}
    seen = set()
    for numbers in (True, False) if "product" in likely or any(one.number for one in mentions) else (True,):
        selection = select(wording, sheet, mentions, likeness, numbers=numbers)
        if selection in seen:
            continue
        seen.add(selection)
        columns = columns_of(
            wording,
            sheet,
            mentions,
            records=selection.records,
            encoder=asking.retriever.encoder,
            vector=query.vector,
            reader=asking.reader,
        )
        conditions = tuple(conditions_of(wording, sheet, mentions, columns))
        yield Situation(wording, sheet, mentions, selection, conditions, columns)


def _nearness(hits: Iterable[Hit]) -> dict[str, list[tuple[int, int, float]]]:
    """The stretches found of each document, no earlier editions, with how well they were found (0 to 1)."""
    near: dict[str, list[tuple[int, int, float]]] = {}
    for hit in hits:
        if hit.superseded_by is None:
            passage = hit.passage
            worth = math.exp(-(hit.rank - 1) / _DECAY)
            near.setdefault(passage.document_id, []).append((passage.start, passage.end, worth))
    return near


def _near(stretches: list[tuple[int, int, float]], sheet: Sheet) -> float:
    """How well a sheet was found: its own passage, or less, another of its document."""
    table = sheet.table
    own = [worth for start, end, worth in stretches if start < table.end and table.start < end]
    return max([*own, *(0.5 * worth for _, _, worth in stretches)], default=0.0)


def _likeness(index: Index, found: Found, sheet: Sheet) -> Mapping[int, float]:
    """The likeness of the records' lines to the question, where they are among what was found."""
    lines: dict[int, float] = {}
    for row, hit in zip(found.rows, found.hits, strict=True):
        if hit.passage.document_id == sheet.document.id:
            sentences = index.sentences(row)
            vector = found.query.asked_in(sheet.document.language).own
            for (start, _), value in zip(sentences.spans.tolist(), (sentences.vectors @ vector).tolist(), strict=True):
                lines[start] = value
    likeness: dict[int, float] = {}
    for record in sheet.body:
        starts = [cell.start for cell in record.cells if cell is not None and cell.start is not None]
        line = row_around(sheet.document, min(starts))[0] if starts else -1
        if line in lines:
            likeness[record.number] = lines[line]
    return likeness


def _covered(query: Query, outcome: Outcome, of: Situation) -> float:
    """How much of the question stands in the cells shown, their names, and what stands over the table (0 to 1)."""
    sheet = of.sheet
    said: list[str] = []
    for place in outcome.places[:20]:
        said += [sheet.label(place.record), sheet.columns[place.column].name, sheet.text(place.record, place.column)]
    said += [
        sheet.text(record, one.column)
        for one in of.selection.used
        for record in of.selection.records[:5]
        if one.column >= 0
    ]
    said += [
        one.via.sheet.text(one.via.sheet.by_number[one.via.record], one.via.column) for one in of.mentions if one.via
    ]
    said += [sheet.columns[i].name for one in of.mentions for i in one.columns]
    return coverages(query.content, ["\n".join(dict.fromkeys(said))], sheet.over)[0]


def _lacks(asking: Asking, document: Document, wording: Wording) -> bool:
    """Whether the document does not know a year, code or name that the question is about."""
    question = asking.question
    if question.years - years_of(f"{document.published or ''} {document.title} {document.text}"):
        return True
    text = _folded(asking.index, document.id)
    if any(strangers_among(question.folded, document.tables, text)):
        return True
    counted = {one.value for one in wording.quantities}
    codes = [code for code in question.identifiers if not (code[0].isdigit() and counted)]
    return any(code not in text for code in codes)


def _squeezed(index: Index, document_id: str) -> str:
    document = index.document(document_id)
    return squeeze(f"{document.title}\n{document.text}")


def _read(index: Index, document_id: str) -> tuple[Sheet, ...]:
    return tuple(sheets_of(index.document(document_id)))


_folded: Kept[Index, str, str] = Kept(_squeezed, most=64)
_sheets: Kept[Index, str, tuple[Sheet, ...]] = Kept(_read, most=64)
