"""By how much two sides differ: their two figures, subtracted exactly and shown with both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold
from corpus.language.units import unit_of
from corpus.tables import Value
from rag.extractive.candidates import Candidate
from rag.routes.side_names import Name

__all__ = ["Cell", "cell_of", "cells_met", "named_cell", "row_name", "same_cells", "subtracted", "wants_difference"]

_DIFFERENCE = re.compile(
    r"差(?:了|距|额|值)?(?:是|有|为)?(?:多少|几|多大)|相差|便宜(?:了|出)?多少|增[长加]了?多少|减少了?多少"
    r"|[多少高低贵长短重轻快慢大小涨降增减][^，,的]{0,3}(?:多少|几)"
    r"|\bdifferen(?:ce|t)\b|\bhow much (?:more|less|\w+er)\b|\bhow many (?:more|fewer)\b|\bby how much\b"
)
_KINDS = {QuantityKind.NUMBER, QuantityKind.AMOUNT, QuantityKind.MONEY, QuantityKind.PERCENT}
_IN_BRACKETS = re.compile(r"[（(]([^（）()]{1,8})[)）]")
_BARE = re.compile(r"-?\d[\d,]*(?:\.\d+)?")  # of a cell; alone it may look like a year
_NUMBER = re.compile(r"[^\d]*\d[\d,.]*\s*")
_SCALES = (("亿", Decimal(100_000_000)), ("万", Decimal(10_000)))


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a side: its value, the unit it is counted in ("" for none) and how it is written, with the unit."""

    value: Decimal
    unit: str
    written: str


def wants_difference(question: str) -> bool:
    """Whether a question asks by how much its sides differ."""
    return _DIFFERENCE.search(fold(question)) is not None


def cell_of(candidate: Candidate, name: Name) -> Cell | None:
    """The figure that a sentence gives for a side, None where that is not plain.

    In a row it is the one that stands under the side's name, else the one that the reader takes for the answer; in a
    sentence that too, or the only one there is.
    """
    key = candidate.key
    values = _values(candidate)
    named = _named(values, name)
    if values and len(named) != 1:
        named = [value for value in values if key and value.cell.start is not None and _meet(value, key)]
    if len(named) == 1:
        return _of_cell(named[0], candidate)
    if values:
        return None
    start = candidate.start
    figures = [one for one in quantities_of(candidate.text) if one.kind in _KINDS and one.value is not None]
    answering = [one for one in figures if key and start + one.start < key[1] and key[0] < start + one.end]
    chosen = answering or figures
    if len(chosen) != 1:
        return None
    return _cell(chosen[0], candidate.text[chosen[0].start : chosen[0].end].strip())


def named_cell(candidate: Candidate, name: Name) -> tuple[int, int] | None:
    """The row and column of the one cell of a sentence's table that stands under a side's name; None for no such."""
    named = _named(_values(candidate), name)
    return (named[0].cell.row, named[0].cell.column) if len(named) == 1 else None


def row_name(candidate: Candidate) -> str:
    """What the row of a table is called that a sentence is, "" for no row or no name."""
    return " ".join(dict.fromkeys(name for value in _values(candidate) for name in value.row_names))


def same_cells(one: Candidate, other: Candidate) -> float:
    """How many of the words of one row stand in the same column of another of the same table too (0 to 1)."""
    mine = {value.cell.column: value.cell.text for value in _values(one) if not _BARE.fullmatch(value.cell.text)}
    its = {value.cell.column: value.cell.text for value in _values(other)}
    if one.document.id != other.document.id or not mine:
        return 0.0
    return sum(its.get(column) == text for column, text in mine.items()) / len(mine)


def _named(values: Sequence[Value], name: Name) -> list[Value]:
    return [value for value in values if name.stands_in(" ".join(value.column_names))]


def subtracted(cells: Sequence[Cell]) -> str | None:
    """The greater figure less the smaller one: "25万元 − 20万元 = 5万元".

    None where they are not of one unit, or equal: then one of them was hardly the side's own.
    """
    if len(cells) != 2 or cells[0].unit != cells[1].unit or cells[0].value == cells[1].value:
        return None
    greater, smaller = sorted(cells, key=lambda cell: -cell.value)
    scale = next((mark for mark, _ in _SCALES if mark in greater.written and mark in smaller.written), "")
    rest = greater.value - smaller.value
    by = Decimal(1) if greater.unit.startswith(scale or " ") else dict(_SCALES).get(scale, Decimal(1))
    unit = _unit_written(greater)
    if greater.unit.startswith(scale or " "):
        unit = greater.unit
    elif by != 1:
        unit = scale + unit
    return f"{greater.written} − {smaller.written} = {_plain(rest / by)}{unit}"


def _values(candidate: Candidate) -> list[Value]:
    """The cells of a table that stand in the sentence, with their names."""
    for table in candidate.document.tables:
        if table.start <= candidate.start < table.end:
            return [
                value
                for value in table.values()
                if value.cell.start is not None and candidate.start <= value.cell.start < candidate.end
            ]
    return []


def _meet(value: Value, key: tuple[int, int]) -> bool:
    start = value.cell.start or 0
    return start < key[1] and key[0] < start + len(value.cell.text)


def _of_cell(value: Value, candidate: Candidate) -> Cell | None:
    text = value.cell.text.strip()
    if not _BARE.fullmatch(text):
        figures = [one for one in quantities_of(text) if one.kind in _KINDS and one.value is not None]
        return _cell(figures[0], text[figures[0].start : figures[0].end].strip()) if len(figures) == 1 else None
    names = [*reversed(value.column_names), *reversed(value.row_names)]
    stated = [match[1] for match in map(_IN_BRACKETS.search, names) if match]
    table = next(one for one in candidate.document.tables if one.start <= candidate.start < one.end)
    unit = stated[0] if stated else table.unit or ""
    return Cell(Decimal(text.replace(",", "")), unit, text + unit)


def _cell(quantity: Quantity, written: str) -> Cell:
    return Cell(quantity.value or Decimal(0), quantity.unit, written)


def _unit_written(cell: Cell) -> str:
    """The unit in the document's own words, without a scale of the number."""
    written = _NUMBER.sub("", cell.written, count=1).strip()
    return written if unit_of(written) else written.lstrip("万亿千百十") or cell.unit


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cells_met(candidate: Candidate, key: tuple[int, int]) -> list[str]:
    """The cells of a row that hold what the reader takes for the answer, then the others; none of a sentence."""
    values = _values(candidate)
    return [value.cell.text for value in sorted(values, key=lambda value: not _meet(value, key))]
