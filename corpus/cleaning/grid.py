"""The cells of a table as a format gives them, by row and column, and the kinds of what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from corpus.cleaning.traced import EMPTY, Traced
from corpus.language.dates import read_date

__all__ = ["SAMPLE", "Grid", "GridCell", "Kind", "kind_of"]

_MOST_POSITIONS = 6_000_000
SAMPLE = 500
"""The number of rows that are looked at to tell what a column holds."""
_NUMBER = re.compile(
    r"[(（<>≤≥约±~～+\-−–—]{0,3}\s*[$€£¥￥]?\s*[-+−]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?\s*[)）]?"
    r"(?:\s*[-–—~～至/×*:：]\s*\d+(?:\.\d+)?)*\s*[^\s\d，。；、,;]{0,4}"
)
_BLANK_SIGN = re.compile(r"[-–—－/\\*.…·]+|N/?A|n/?a")
_DATE = re.compile(
    r"(?:\d{2,4}\s*年度?)?(?:\s*\d{1,2}\s*月份?)?(?:\s*\d{1,2}\s*[日号])?(?:\s*第?[一二三四1-4]\s*季度|[上下]半年)?"
    r"|(?:FY|H[12]|Q[1-4])?\s*'?(?:1[89]|20|21)\d\d(?:\s*[-/]?\s*(?:H[12]|Q[1-4]))?"
    r"|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[ T]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
)
_YEAR = re.compile(r"(?:1[89]|20|21)\d\d")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9._#/+-]*")


class Kind(Enum):
    """What a cell holds."""

    EMPTY = auto()
    NUMBER = auto()
    DATE = auto()
    CODE = auto()
    TEXT = auto()


def kind_of(text: str) -> Kind:
    """The kind of a cell with this text."""
    if not text or _BLANK_SIGN.fullmatch(text):
        return Kind.EMPTY
    if len(text) <= 30:
        text = _without_unit(text)
        if _YEAR.fullmatch(text) or _DATE.fullmatch(text) or (read_date(text) is not None and not text.isdigit()):
            return Kind.DATE
        if _NUMBER.fullmatch(text):
            return Kind.NUMBER
        if _CODE.fullmatch(text):
            return Kind.CODE
    return Kind.TEXT


def _without_unit(text: str) -> str:
    """2023年（吨）: a period that names figures may say their unit."""
    if text[-1] not in ")）" or "年" not in text:
        return text
    period = text.replace("(", "（").partition("（")[0].strip()
    return period if period and _DATE.fullmatch(period) else text


@dataclass(frozen=True, slots=True, eq=False)
class GridCell:
    """A cell: its upper left corner (from 0), its spans, and what the format marks it as.

    ``header``: the format says that it names others. ``strong``: it is set in bold or on a ground of its own.
    """

    row: int
    column: int
    content: Traced
    rows: int = 1
    columns: int = 1
    header: bool = False
    strong: bool = False

    @property
    def text(self) -> str:
        """Its characters."""
        return self.content.text

    @property
    def kind(self) -> Kind:
        """See ``Kind``."""
        return kind_of(self.content.text)


@dataclass(slots=True)
class Grid:
    """Cells by row and column; one that spans several stands in each of them."""

    at: list[list[GridCell | None]] = field(default_factory=list)

    @classmethod
    def of(cls, cells: Iterable[GridCell]) -> Grid:
        """The grid of these cells; spans over others give way to them."""
        cells = list(cells)
        if not cells:
            return cls()
        height = max(cell.row for cell in cells) + 1
        width = max(cell.column for cell in cells) + 1
        # Spans reach as far as one of them is alone in reaching, but not beyond what was drawn.
        width = max(width, min(max(cell.column + cell.columns for cell in cells), width + 64))
        height = max(height, min(max(cell.row + cell.rows for cell in cells), height + 64))
        at: list[list[GridCell | None]] = [[None] * width for _ in range(height)]
        budget = _MOST_POSITIONS
        for cell in cells:
            for row in range(cell.row, min(height, cell.row + max(1, cell.rows))):
                for column in range(cell.column, min(width, cell.column + max(1, cell.columns))):
                    budget -= 1
                    if at[row][column] is None or (row, column) == (cell.row, cell.column):
                        at[row][column] = cell
            if budget < 0:
                break
        return cls(at)

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Traced]], *, header_rows: int = 0) -> Grid:
        """The grid of rows without spans; the first ``header_rows`` are marked as names."""
        return cls.of(
            GridCell(i, j, content, header=i < header_rows)
            for i, row in enumerate(rows)
            for j, content in enumerate(row)
        )

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.at)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.at[0]) if self.at else 0

    @property
    def captions(self) -> int:
        """The number of rows over a table of several columns that hold one cell or none."""
        top = 0
        while top < self.height - 1 and self.width > 1 and len(self.filled(top)) <= 1 and not self.names_one(top):
            top += 1
        return top

    def names_one(self, row: int) -> bool:
        """Whether a row is the marked name of one column that is not the first, as over the figures of a chart."""
        cells = self.filled(row)
        return len(cells) == 1 and cells[0].header and cells[0].columns == 1 and cells[0].column > 0

    def content(self, row: int, column: int) -> Traced:
        """What stands there; nothing where there is no cell."""
        cell = self.at[row][column]
        return cell.content if cell is not None else EMPTY

    def filled(self, row: int) -> list[GridCell]:
        """The cells of a row that hold something, each once."""
        return list(dict.fromkeys(cell for cell in self.at[row] if cell is not None and cell.content))

    def anchors(self, row: int) -> list[GridCell | None]:
        """The cells of a row, each once; None where there is none."""
        found: list[GridCell | None] = []
        for cell in self.at[row]:
            if cell is None or cell not in found:
                found.append(cell)
        return found

    def part(self, top: int, bottom: int, left: int, right: int) -> Grid:
        """The rows and columns from the first numbers up to the second."""
        return Grid([row[left:right] for row in self.at[top:bottom]])

    def kinds(self, column: int, top: int) -> list[Kind]:
        """The kinds of the cells of a column from a row on that hold something."""
        seen: dict[GridCell, Kind] = {}
        for row in self.at[top : top + SAMPLE]:
            cell = row[column]
            if cell is not None and cell.content and cell not in seen:
                seen[cell] = cell.kind
        return [kind for kind in seen.values() if kind is not Kind.EMPTY]
