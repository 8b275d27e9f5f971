"""Which column of a sheet a question asks for, by its words, its kind, its unit, its vector and the reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from corpus.language.script import fold, simplified
from corpus.language.units import CURRENCIES
from embeddings import Encoder
from embeddings.encoders.protocol import Vectors
from rag.extractive.reader import Page, SentenceReader
from rag.question.kinds import Kind, kind_of
from rag.routes.tables.linking import Mention, Wording, pairs_of
from rag.routes.tables.sheet import Record, Sheet, squeeze

__all__ = ["FEATURES", "Columns", "columns_of"]

FEATURES = ("named", "named whole", "characters", "likeness", "kind", "unit", "condition", "key", "reading")
"""What speaks for a column, in the order of ``Columns.features``."""

_WEIGHTS = np.array([2.0, 1.5, 2.0, 25.0, 1.2, 1.5, -2.5, -0.7, 0.15], dtype=np.float32)
_MOST_READ = 3  # records
_WHO = re.compile(r"谁|哪位|哪个人|\bwho(?:se|m)?\b")
_MONEY = re.compile(r"钱|花费|费用|多贵|块|\bcosts?\b|\bprices?\b|how much|\bpay\b|\brent\b")
_NUMBER = re.compile("多少|几|\\bhow (?:many|much|long|old|big)\\b|百分")


@dataclass(frozen=True)
class Columns:
    """The columns of a sheet with what speaks for each: ``features`` of shape (columns, FEATURES)."""

    sheet: Sheet
    features: Vectors

    @property
    def scores(self) -> Vectors:
        """The log-odds of each, up to what they share; shape (columns,)."""
        return self.features @ _WEIGHTS

    def best(self, among: Sequence[int]) -> int | None:
        """The column among these that is asked for most likely."""
        return max(among, key=lambda column: float(self.scores[column]), default=None)

    def sureness(self, column: int, among: Sequence[int]) -> float:
        """How likely it is this one among these (0 to 1)."""
        scores = self.scores[list(among)]
        shares = np.exp(scores - scores.max())
        return float(shares[list(among).index(column)] / shares.sum())


def columns_of(
    wording: Wording,
    sheet: Sheet,
    mentions: Sequence[Mention],
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
    likeness = _vectors(encoder, names, "document") @ asked
    likeness = likeness - likeness.mean()
    readings = _readings(wording, sheet, records, reader)
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
                float(likeness[i]),
                float(fits),
                float(_unit_fits(wording, column.unit.name, column.unit.written)),
                float(any(mention.column == i for mention in values)),
                float(i in sheet.keys),
                readings[i],
            ]
        )
    return Columns(sheet, np.array(rows, dtype=np.float32))


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


def _unit_fits(wording: Wording, name: str, spelled: str) -> bool:
    if not name:
        return False
    if name in CURRENCIES.values():
        return bool(_MONEY.search(wording.folded)) or fold(spelled) in wording.folded
    return name in wording.plain


def _readings(
    wording: Wording, sheet: Sheet, records: Sequence[Record], reader: SentenceReader | None
) -> list[float]:
    """For each column the best reading of its cells in these records (log-odds), against the column's mean."""
    found = [0.0] * len(sheet.columns)
    if reader is None or sheet.turned or not records:
        return found
    text = sheet.document.text
    scores: dict[int, list[float]] = {}
    for record in records[:_MOST_READ]:
        cells = [(i, cell) for i, cell in enumerate(record.cells) if cell is not None and cell.start is not None]
        cells = [(i, cell) for i, cell in cells if cell.end and cell.end > (cell.start or 0)]
        if not cells:
            continue
        start = text.rfind("\n", 0, min(cell.start or 0 for _, cell in cells)) + 1
        end = text.find("\n", max(cell.end or 0 for _, cell in cells))
        end = len(text) if end < 0 else end
        if end - start > 1500:
            continue
        spans = tuple(((cell.start or 0) - start, (cell.end or 0) - start) for _, cell in cells)
        page = Page(Page.context_over(text[start:end], sheet.document.title, ()), text[start:end], spans)
        for (i, _), reading in zip(cells, reader.read(wording.text, [page])[0], strict=True):
            scores.setdefault(i, []).append(max(-20.0, reading.score))
    if scores:
        means = {i: sum(values) / len(values) for i, values in scores.items()}
        middle = sum(means.values()) / len(means)
        for i, mean in means.items():
            found[i] = mean - middle
    return found


@lru_cache(maxsize=2048)
def _vectors(encoder: Encoder, texts: tuple[str, ...], role: str) -> Vectors:
    return encoder.encode(texts, "query" if role == "query" else "document")
