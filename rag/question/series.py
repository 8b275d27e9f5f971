"""Things of which a table names some, and a question another: 三级 over a table of 特级, 一级 and 二级; 皮肤科 over one
of 眼科, 骨科 and 儿科.

Such a table says nothing of the one asked for, however like the question its rows are. But what is numbered has one
name, and a word may have another: 牙科 is 口腔科.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.language.names import words_of
from corpus.language.numerals import chinese_numeral
from corpus.language.script import fold
from corpus.tables import Table

__all__ = ["Stranger", "strangers_among", "unlisted_in"]

_LETTERS, _STEMS = "abcdefghijklmnopqrstuvwxyz", "甲乙丙丁戊己庚辛壬癸"
_NUMERAL = r"\d+|[一二三四五六七八九十百]+"
_ORDER = re.compile(rf"(?<![a-z\d])[a-z](?![a-z\d])|[{_STEMS}]|{_NUMERAL}")
_SPACE = re.compile(r"\s+")
_LONGEST = 12  # characters of what names a row or column and nothing more
_FEWEST = 2
_FAR = 10  # times as much: 四年 and 23年 are no year before 2022年
_PARTS = re.compile(r"[、,，;；/\s]+")
_MOST_ROWS = 200  # of a table that is looked through for each question
_FEWEST_ALIKE = 3  # that end alike, and at least half of the column

_Frame = tuple[str, str, str]
"""What stands before and behind the place in an order, and the order: of numerals, letters or stems."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """What a question names of a series that does not have it: ``others`` are those it has, as they are written."""

    text: str
    others: tuple[str, ...]


def strangers_among(folded: str, tables: Iterable[Table], text: str) -> Iterator[Stranger]:
    """What the folded question names in the manner of what heads the rows or columns of a table, where neither the
    table nor ``text``, the whole folded document, has it. At least two heads have to follow each other in the order,
    with none left out: 2人, 4人 and 6人 are amounts. Long tables are left out."""
    said = _SPACE.sub("", folded)
    if not _ORDER.search(said):
        return
    for table in (one for one in tables if one.row_count <= _MOST_ROWS):
        for heads in _heads_of(table):
            for frame, known in _series_of(heads).items():
                if len(known) < _FEWEST or max(known) - min(known) + 1 != len(known):
                    continue
                for place, written in _named(frame, said):
                    if place * _FAR < min(known):
                        continue
                    if place not in known and place not in dict(_named(frame, _SPACE.sub("", text))):
                        yield Stranger(written, tuple(known.values()))


def unlisted_in(table: Table, folded: str, text: str) -> Stranger | None:
    """A noun of the folded question that ends as most in a column of the table do, and is nowhere in ``text``, the
    whole folded document; None for a long table."""
    if table.row_count > _MOST_ROWS:
        return None
    nouns = [word.text for word in words_of(folded) if word.kind.startswith("n") and len(word.text) > 1]
    unheld = [noun for noun in nouns if noun not in text]
    if not unheld:
        return None
    for column in zip(*table.grid()[table.header_rows :], strict=True):
        parts = {part: fold(part) for cell in column if cell is not None for part in _PARTS.split(cell.text) if part}
        ends = Counter(part[-1] for part in parts.values() if 1 < len(part) <= _LONGEST and not _ORDER.search(part))
        for noun in unheld:
            if ends[noun[-1]] >= max(_FEWEST_ALIKE, len(parts) / 2):
                return Stranger(noun, tuple(part for part, said in parts.items() if said.endswith(noun[-1])))
    return None


def _heads_of(table: Table) -> Iterator[Sequence[str]]:
    """The texts that name the rows, column by column, and those that name the columns, row by row."""
    grid = table.grid()
    below = [row for i, row in enumerate(grid) if i >= table.header_rows and i not in table.group_rows]
    for column in range(min(table.column_count, max(1, table.header_columns))):
        yield [cell.text for row in below if (cell := row[column]) is not None]
    for row in grid[: table.header_rows]:
        yield [cell.text for cell in row if cell is not None]


def _series_of(heads: Sequence[str]) -> dict[_Frame, dict[int, str]]:
    """The places taken in each order, with how they are written."""
    found: dict[_Frame, dict[int, str]] = {}
    for text in heads:
        squeezed = _SPACE.sub("", fold(text))
        matches = list(_ORDER.finditer(squeezed)) if len(squeezed) <= _LONGEST else []
        place = _place(matches[0][0]) if len(matches) == 1 else None
        if place is not None and len(matches[0][0]) < len(squeezed):
            frame = squeezed[: matches[0].start()], squeezed[matches[0].end() :], place[0]
            found.setdefault(frame, {})[place[1]] = text
    return found


def _place(text: str) -> tuple[str, int] | None:
    """The order that a sign is of, and its place in it."""
    for order in (_LETTERS, _STEMS):
        if text in order:
            return order, order.index(text)
    value = chinese_numeral(text)
    return None if value is None else ("", int(value))


def _named(frame: _Frame, text: str) -> Iterator[tuple[int, str]]:
    """The places of a series that a text without spaces names, with how it writes them.

    What stands before the place may be left out, if something stands behind it: 三级 for 白毫三级.
    """
    before, behind, order = frame
    for match in _ORDER.finditer(text):
        place, end = _place(match[0]), match.end() + len(behind)
        whole = text.endswith(before, 0, match.start())
        fits = text.startswith(behind, match.end()) and (whole or behind)
        if place is not None and place[0] == order and fits and not text[end : end + 1].isdecimal():
            yield place[1], text[match.start() - (len(before) if whole else 0) : end]
