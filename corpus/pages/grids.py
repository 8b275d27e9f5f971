"""Tables: rows of cells, told from columns of text by the lines drawn around them or by how little they fill."""

from __future__ import annotations

from corpus.pages.blocks import TextBlock
from corpus.pages.model import Box, Page, PageLine, union

__all__ = ["split_tables"]

_TOUCH = 3.0
_MOST_RULES = 3000


def split_tables(page: Page) -> tuple[list[TextBlock], list[PageLine]]:
    """The tables of a page, each a block whose rows are read cell by cell, and the lines outside them."""
    tables: list[TextBlock] = []
    rest = list(page.lines)
    for grid in _grids(page):
        inside = [line for line in rest if grid.box.holds(line.box, slack=_TOUCH)]
        rows = grid.rows(inside)
        if rows is not None:
            tables.append(_table(rows))
            taken = {id(line) for line in inside}
            rest = [line for line in rest if id(line) not in taken]
    for rows in _ragged(rest):
        tables.append(_table(rows))
        taken = {id(line) for row in rows for line in row}
        rest = [line for line in rest if id(line) not in taken]
    return tables, rest


def _table(rows: list[tuple[PageLine, ...]]) -> TextBlock:
    lines = tuple(line for row in rows for line in row)
    sizes = sorted(line.size for line in lines)
    return TextBlock(lines, union(line.box for line in lines), sizes[len(sizes) // 2], tuple(rows))


class _Grid:
    """Rules that touch each other, across and down."""

    def __init__(self, rules: list[Box]) -> None:
        self.box = union(rules)
        self.tops = _distinct(rule.center[1] for rule in rules if rule.width > rule.height)
        self.lefts = _distinct(rule.center[0] for rule in rules if rule.height >= rule.width)

    def rows(self, lines: list[PageLine]) -> list[tuple[PageLine, ...]] | None:
        """The cells of each row, from the left; None if these are not the cells of a table."""
        if len(self.tops) < 3 or len(self.lefts) < 3 or not lines:
            return None
        cells: dict[tuple[int, int], list[PageLine]] = {}
        for line in lines:
            x, y = line.box.center
            row, column = sum(top < y for top in self.tops), sum(left < line.box.left + 1 for left in self.lefts)
            cells.setdefault((row, column), []).append(line)
            del x
        heights = sorted(len(cell) for cell in cells.values())
        if (
            len({row for row, _ in cells}) < 2
            or len({column for _, column in cells}) < 2
            or heights[len(heights) // 2] > 4
        ):
            return None
        rows = []
        for row in sorted({row for row, _ in cells}):
            ordered = [cells[key] for key in sorted(cells) if key[0] == row]
            rows.append(tuple(line for cell in ordered for line in sorted(cell, key=lambda line: line.box.top)))
        return rows


def _distinct(values: object) -> list[float]:
    distinct: list[float] = []
    for value in sorted(values):  # type: ignore[call-overload]
        if not distinct or value - distinct[-1] > _TOUCH:
            distinct.append(value)
    return distinct


def _grids(page: Page) -> list[_Grid]:
    rules = list(page.rules)
    for frame in page.frames:
        rules += _sides(frame)
    if len(rules) < 4 or len(rules) > _MOST_RULES:
        return []
    groups: list[list[Box]] = []
    for rule in sorted(rules, key=lambda rule: rule.top):
        touching = [
            group
            for group in groups
            if any(rule.over(other) > -_TOUCH and rule.beside(other) > -_TOUCH for other in group)
        ]
        merged = [rule, *(other for group in touching for other in group)]
        groups = [group for group in groups if group not in touching] + [merged]
    return [_Grid(group) for group in groups if len(group) >= 4]


def _sides(frame: Box) -> list[Box]:
    left, top, right, bottom = frame.left, frame.top, frame.right, frame.bottom
    return [
        Box(left, top, right, top + 0.5),
        Box(left, bottom, right, bottom + 0.5),
        Box(left, top, left + 0.5, bottom),
        Box(right, top, right + 0.5, bottom),
    ]


def _ragged(lines: list[PageLine]) -> list[list[tuple[PageLine, ...]]]:
    """Rows without rules: at least three in a row of as many short cells, each under the one above it."""
    rows: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda line: line.box.center[1]):
        if rows and rows[-1][0].box.beside(line.box) > 0.6 * min(rows[-1][0].box.height, line.box.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.box.left)
    found: list[list[tuple[PageLine, ...]]] = []
    run: list[list[PageLine]] = []
    for row in [*rows, []]:
        if run and _continues(run[-1], row):
            run.append(row)
            continue
        if len(run) >= 3 and _is_tabular(run):
            found.append([tuple(cells) for cells in run])
        run = [row] if len(row) >= 2 else []
    return found


def _continues(above: list[PageLine], row: list[PageLine]) -> bool:
    if len(above) != len(row) or row[0].box.top - above[0].box.bottom > 2.5 * row[0].size:
        return False
    return (
        all(a.box.over(b.box) > 0 or abs(a.box.left - b.box.left) < b.size for a, b in zip(above, row, strict=True))
        and abs(above[0].size - row[0].size) < 0.15 * row[0].size
    )


def _is_tabular(run: list[list[PageLine]]) -> bool:
    """Columns of text fill their width line by line and end sentences; cells do neither."""
    cells = [line for row in run for line in row]
    if sum(line.text.endswith(("。", "，", "；", "、")) for line in cells) > 0.1 * len(cells):
        return False
    columns = list(zip(*run, strict=True))
    filled = 0
    for column in columns:
        right = max(line.box.right for line in column)
        filled += sum(right - line.box.right < 1.5 * line.size and len(line.text) > 9 for line in column)
    return filled < 0.35 * len(cells)
