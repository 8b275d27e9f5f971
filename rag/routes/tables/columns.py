"""Which column of a sheet a question asks for, by its words, its kind, its unit, its vector and the reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Literal

import numpy as np

from corpus.language.script import fold, simplified
from corpus.language.units import CURRENCIES, UNITS
from embeddings import Encoder
from embeddings.encoders.protocol import Role, Vectors
from rag.question.kinds import Kind, kind_of
from rag.reading.reader import Page, SentenceReader
from rag.routes.kept import Kept
from rag.routes.tables.linking import Mention, Wording, pairs_of
from rag.routes.tables.sheet import Record, Sheet, row_around, squeeze

__all__ = ["FEATURES", "Aim", "Columns", "columns_of", "read_cells"]

FEATURES = ("named", "named whole", "characters", "likeness", "likeness of values", "kind", "unit", "condition", "key")
"""What speaks for a column, in the order of ``Columns.features``; for a cell ``reading`` comes last."""

Aim = Literal["cell", "figures"]
"""What a column is wanted for: what it says of a record, or figures to reckon with."""

_SAMPLE = 3  # values that tell what a column holds
_MOST_READ = 3  # records
_WHO = re.compile(r"谁|哪位|哪个人|\bwho(?:se|m)?\b")
_MONEY = re.compile(
    r"钱|[花收]费|费用|[贵块掏省]|便宜|划算|how much"
    r"|\b(?:costs?|prices?|pay|rent|saves?|spend|cheap(?:er|est)?|dear(?:er|est)?)\b"
)
_ASKED = re.compile(r"(?:多少|几)个?$|how(?:many|much)(?:more|fewer|less)?$")
_NUMBER = re.compile("多少|几|\\bhow (?:many|much|long|old|big)\\b|百分")


@dataclass(frozen=True)
class Columns:
    """The columns of a sheet with what speaks for each: ``features`` of shape (columns, FEATURES).

    ``read`` gives for each what the reader makes of its cells (log-odds, 0 on average).
    """

    sheet: Sheet
    features: Vectors
    read: Callable[[], list[float]]

    @cached_property
    def readings(self) -> Vectors:
        """What the reader makes of each, shape (columns, 1)."""
        return np.array(self.read(), dtype=np.float32)[:, None]

    def described(self, aim: Aim) -> Vectors:
        """What speaks for each column for an aim, in the order of its weights."""
        return np.hstack([self.features, self.readings]) if aim == "cell" else self.features

    def scores(self, aim: Aim) -> Vectors:
        """The log-odds of each, up to what they share; shape (columns,)."""
        return self.described(aim) @ _learned(aim)

    def best(self, among: Sequence[int], aim: Aim = "figures") -> int | None:
        """The column among these that is asked for most likely."""
        if not among:
            return None
        scores = self.scores(aim)
        return max(among, key=lambda column: float(scores[column]))

    def sureness(self, column: int, among: Sequence[int], aim: Aim = "figures") -> float:
        """How likely it is this one among these (0 to 1)."""
        scores = self.scores(aim)[list(among)]
        shares = np.exp(scores - scores.max())
        return float(shares[list(among).index(column)] / shares.sum())


@cache
def _learned(aim: Aim) -> Vectors:
    text = resources.files("rag.routes.tables").joinpath("columns.json").read_text(encoding="utf-8")
    return np.array(list(json.loads(text)[aim].values()), dtype=np.float32)


def columns_of(
    wording: Wording,
    sheet: Sheet,
    mentions: Sequence[Mention],
    *,
    records: Sequence[Record],
    encoder: Encoder,
    vector: Vectors,
    reader: SentenceReader | None,
) -> Columns:
    """What speaks for each column; ``records`` are those chosen, ``vector`` the question's."""
    headers = [mention for mention in mentions if mention.columns]
    values = [mention for mention in mentions if mention.records]
    rest = _without(wording, values)
    asked = vector if rest == wording.plain else _vectors(encoder, (rest,), "query")[0]
    names = tuple(simplified(_bare(column.name)) or "-" for column in sheet.columns)
    likeness = _centred(_vectors(encoder, names, "document") @ asked)
    samples = tuple(simplified(f"{name}：{_sample(sheet, i)}") for i, name in enumerate(names))
    of_values = _centred(_vectors(encoder, samples, "document") @ asked)
    who, number = _WHO.search(wording.folded), _NUMBER.search(wording.folded)
    dated = kind_of(wording.text) is Kind.DATE
    rows = []
    for column in sheet.columns:
        i, bare = column.index, squeeze(_bare(column.name))
        named = [mention.length for mention in headers if i in mention.columns]
        share = min(1.0, sum(named) / max(1, len(bare)))
        pairs = pairs_of(fold(column.name))
        shared = max(
            sum(character in rest for character in bare) / max(1, len(bare)),
            len(pairs & wording.pairs) / max(1, len(pairs)),
        )
        fits = (
            (bool(number) and i in sheet.numeric)
            + (dated and i in sheet.timed)
            + (bool(who) and i not in sheet.numeric and i not in sheet.timed and _short(sheet, i))
        )
        rows.append(
            [
                float(bool(named)),
                share,
                shared,
                10 * float(likeness[i]),
                10 * float(of_values[i]),
                float(fits),
                _unit_fits(wording, column.unit.name),
                float(any(mention.column == i for mention in values)),
                float(i in sheet.keys),
            ]
        )
    return Columns(sheet, np.array(rows, dtype=np.float32), lambda: _readings(wording, sheet, records, reader))


def _centred(values: Vectors) -> Vectors:
    centred: Vectors = values - values.mean()
    return centred


def _sample(sheet: Sheet, column: int) -> str:
    texts = (sheet.text(record, column)[:20] for record in sheet.body[:20])
    return "、".join(list(dict.fromkeys(filter(None, texts)))[:_SAMPLE])


def _bare(name: str) -> str:
    return re.sub(r"[（(].*?[）)]", "", name)


def _without(wording: Wording, values: Sequence[Mention]) -> str:
    """The question without the values that it names."""
    taken = {place for mention in values for place in range(mention.start, mention.end)}
    left = "".join(character for i, character in enumerate(wording.plain) if i not in taken)
    return left or wording.plain


def _short(sheet: Sheet, column: int) -> bool:
    texts = [sheet.text(record, column) for record in sheet.body[:50]]
    return bool(texts) and sum(1 < len(text) <= 4 for text in texts) > 0.6 * len(texts)


def _unit_fits(wording: Wording, name: str) -> float:
    """1 where the question asks for how many of a unit, or for money, half where it only names it, else 0."""
    if name in CURRENCIES.values() and _MONEY.search(wording.folded):
        return 1.0
    places = [start for spelling in _spellings(name) for start, _ in wording.finds(spelling)] if name else []
    return max((1.0 if _ASKED.search(wording.plain[:start]) else 0.5 for start in places), default=0.0)


@cache
def _spellings(name: str) -> tuple[str, ...]:
    return tuple({squeeze(one) for one, unit in UNITS.items() if unit == name} | {name})


def _readings(wording: Wording, sheet: Sheet, records: Sequence[Record], reader: SentenceReader | None) -> list[float]:
    """For each column the best reading of its cells in these records (log-odds), against the column's mean."""
    found = [0.0] * len(sheet.columns)
    scores: dict[int, list[float]] = {}
    for (_, column), score in read_cells(wording, sheet, records[:_MOST_READ], reader).items():
        scores.setdefault(column, []).append(score)
    if scores:
        means = {i: sum(values) / len(values) for i, values in scores.items()}
        middle = sum(means.values()) / len(means)
        for i, mean in means.items():
            found[i] = mean - middle
    return found


def read_cells(
    wording: Wording, sheet: Sheet, records: Sequence[Record], reader: SentenceReader | None
) -> dict[tuple[int, int], float]:
    """What the reader makes of each cell of some records (log-odds), by the number of the record and the column."""
    if reader is None or sheet.turned:
        return {}
    return {
        (record.number, column): score
        for record in records
        for column, score in _rows(reader, (wording.text, sheet, record.number)).items()
    }


def _read_row(reader: SentenceReader, key: tuple[str, Sheet, int]) -> dict[int, float]:
    question, sheet, number = key
    text = sheet.document.text
    cells = [(i, cell) for i, cell in enumerate(sheet.by_number[number].cells) if cell is not None]
    cells = [(i, cell) for i, cell in cells if cell.start is not None and cell.end and cell.end > cell.start]
    if not cells:
        return {}
    start, _ = row_around(sheet.document, min(cell.start or 0 for _, cell in cells))
    _, end = row_around(sheet.document, max(cell.end or 0 for _, cell in cells))
    if end - start > 1500:
        return {}
    spans = tuple(((cell.start or 0) - start, (cell.end or 0) - start) for _, cell in cells)
    page = Page(Page.context_over(text[start:end], sheet.document.title, ()), text[start:end], spans)
    readings = reader.read(question, [page])[0]
    return {i: max(-20.0, reading.score) for (i, _), reading in zip(cells, readings, strict=True)}


_rows: Kept[SentenceReader, tuple[str, Sheet, int], dict[int, float]] = Kept(_read_row, most=64)


def _encoded(encoder: Encoder, key: tuple[Role, tuple[str, ...]]) -> Vectors:
    role, texts = key
    return encoder.encode(texts, role)


_kept: Kept[Encoder, tuple[Role, tuple[str, ...]], Vectors] = Kept(_encoded, most=2048)


def _vectors(encoder: Encoder, texts: tuple[str, ...], role: Role) -> Vectors:
    return _kept(encoder, (role, texts))
