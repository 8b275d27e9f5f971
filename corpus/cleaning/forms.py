"""Forms: tables in which each name has its value beside it."""

from __future__ import annotations

from corpus.cleaning.grid import Grid, GridCell, Kind, kind_of
from corpus.language.names import guessed_words_of

__all__ = ["is_form"]

_LONGEST_LABEL = 16
_LONGEST_FORM = 40
_FEW_ROWS = 4
_LONGEST_UNMARKED = 8
_SINGLE = frozenset({"nr", "m"})  # parts of speech of people and of figures in words


def is_form(grid: Grid, top: int = 0) -> bool:
    """Whether names and values alternate in every row from ``top`` on."""
    rows = [row for i in range(top, grid.height) if len(row := grid.anchors(i)) > 1]
    if not rows or len(rows) > _LONGEST_FORM or any(len(row) % 2 for row in rows):
        return False
    pairs = [pair for row in rows for pair in zip(row[::2], row[1::2], strict=True)]
    names = [name for name, _ in pairs if name is not None and name.content]
    values = [value for _, value in pairs if value is not None and value.content]
    if not values or not _are_names(names) or any(_says(value) and not _says(name) for name, value in pairs):
        return False
    return (
        all(name.text.endswith((":", "：")) for name in names)
        or _is_marked(grid, rows, names, values)
        or (
            _could_be(rows, names, values)
            and (_has_wide_values(grid, rows, values) or _mixed_values(grid, top) or _differing_values(grid, top))
        )
    )


def _says(cell: GridCell | None) -> bool:
    return cell is not None and bool(cell.content)


def _are_names(names: list[GridCell]) -> bool:
    """Different short words."""
    return (
        bool(names)
        and all(name.kind is Kind.TEXT and len(name.text) <= _LONGEST_LABEL for name in names)
        and len({name.text for name in names}) == len(names)
    )


def _is_marked(grid: Grid, rows: list[list[GridCell | None]], names: list[GridCell], values: list[GridCell]) -> bool:
    """Whether the format marks the names, and nothing else, by th, bold type or their ground."""
    if len(rows) < 2 and grid.width <= 2:
        return False
    return (all(name.header for name in names) and not any(value.header for value in values)) or (
        all(name.strong for name in names) and not any(value.strong for value in values)
    )


def _could_be(rows: list[list[GridCell | None]], names: list[GridCell], values: list[GridCell]) -> bool:
    first = [value for value in rows[0][1::2] if value is not None and value.content]
    return not (
        len(rows) < 2
        or any(len(name.text) > _LONGEST_UNMARKED for name in names)
        or any(value.strong or value.header for value in first)
        or any(name.header for name in names)
        or any(cell.rows > 1 for cell in (*names, *values))
    )


def _has_wide_values(grid: Grid, rows: list[list[GridCell | None]], values: list[GridCell]) -> bool:
    """Whether values of different kinds span what are names and values in other rows."""
    lengths = {len(row) for row in rows}
    kinds = {value.kind for value in values}
    return len(lengths) > 1 and len(rows[0]) == max(lengths) and grid.width > 2 and len(kinds) > 1


def _mixed_values(grid: Grid, top: int) -> bool:
    """Whether what the columns of values hold can't be named by their first row."""
    evidence = 0
    for column in range(1, grid.width, 2):
        kinds = grid.kinds(column, top + 1)
        first = grid.content(top, column).text
        if not kinds or not first:
            continue
        if kind_of(first) is not Kind.TEXT:
            evidence += 2 * (Kind.TEXT in kinds)  # a figure over words names none of them
        elif len(set(kinds)) > 1:
            # The name of a column is no longer than that of the one beside it; a value is often.
            evidence += len(first) > len(grid.content(top, column - 1).text)
        elif kinds[0] is not Kind.TEXT:
            evidence -= 1  # words over figures name them
    return evidence > 1 or (evidence > 0 and (grid.width == 2 or grid.height - top <= _FEW_ROWS))


def _differing_values(grid: Grid, top: int) -> bool:
    """Whether the second of two columns holds a person over a span of time or a price, say: no one name has both.

    The first of them has to be a person or a figure in words, which names nothing, and where all that is below it is of
    one kind, that must be in words too: "张数", which could be a person's name, stands over figures by right.
    """
    if grid.width != 2:
        return False
    first, *below = (_class_of(grid.content(row, 1).text) for row in range(top, grid.height))
    found = {one for one in below if one not in (None, Kind.EMPTY)}
    return first in _SINGLE and bool(found - {first}) and (len(found) > 1 or found <= _SINGLE)


def _class_of(text: str) -> Kind | str | None:
    """The kind of what is no words; the part of speech of words that are all of a person or of a figure; else None."""
    kind = kind_of(text)
    if kind is not Kind.TEXT:
        return kind
    classes = {word.kind for word in guessed_words_of(text)} if len(text) <= _LONGEST_LABEL else set()
    return classes.pop() if len(classes) == 1 and classes <= _SINGLE else None
