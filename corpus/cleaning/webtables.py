"""Tables of web pages: told from the tables that only lay a page out, and read cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.cleaning.assembly import Part
from corpus.cleaning.forms import is_form
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.markup import BLOCKS, Element, Run, unescape
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced, concat

__all__ = ["table_rows"]

_MOST_CELL_CHARS = 500
_MOST_SPAN = 1000
_LAYOUT = frozenset(("table", "h1", "h2", "h3", "form", "input", "select", "textarea", "iframe"))
_BOXES = frozenset(("ul", "ol", "div", "img"))
_STRONG = frozenset(("b", "strong"))
_SHORT = 60


def table_rows(raw: str, table: Element, part: str | None = None) -> list[tuple[Part, int]] | None:
    """The lines of a table of data with the number of their characters that lead elsewhere; None for a layout table.

    A table lays out a page if it holds tables, headings, forms or long texts, has one row or one column only, or has
    scripts or rows of different lengths and nothing that marks it as data.
    """
    if any(element.tag in _LAYOUT for element in table.elements() if element is not table):
        return None
    scripted = any(element.tag == "script" for element in table.elements())
    rows = [element for element in table.elements() if element.tag == "tr"]
    found = [[cell for cell in row.children if isinstance(cell, Element) and cell.tag in ("td", "th")] for row in rows]
    kept = [(row, cells) for row, cells in zip(rows, found, strict=True) if cells]
    if len(kept) < 2 or max(len(cells) for _, cells in kept) < 2:
        return None
    grid = _grid(raw, kept, part)
    texts = [cell.text for row in grid.at for cell in row if cell is not None]
    if any(len(text) > _MOST_CELL_CHARS for text in texts):
        return None
    if not _is_labelled(grid) and (scripted or not _is_data(table, grid)):
        return None
    lines = [Part(line, caption=True) for line in _captions(raw, table, part)]
    own = table_parts(grid)
    drawn = next((line.table for line in own if line.table is not None), None)
    lines = [Part(line.content, 0, drawn, (), caption=True) for line in lines] + own
    if not lines:
        return None
    links = sum(
        run.end - run.start for a in table.elements() if a.tag == "a" and "href" in a.attributes for run in a.runs()
    )
    return [(line, links // len(lines)) for line in lines]


def _is_labelled(grid: Grid) -> bool:
    """Whether every other cell is a label with its colon, as in the facts over an official document."""
    rows = [row for i in range(grid.height) if len(row := grid.anchors(i)) > 1]
    labels = [cell.text for row in rows for cell in row[::2] if cell is not None]
    return len(labels) > 1 and all(len(row) % 2 == 0 for row in rows) and all(map(_ends_as_label, labels))


def _ends_as_label(text: str) -> bool:
    return len(text) <= _SHORT and text.endswith(("：", ":"))


def _is_data(table: Element, grid: Grid) -> bool:
    elements = list(table.elements())
    tags = {element.tag for element in elements}
    if tags & {"th", "thead", "caption"}:
        return not tags & {"div", "img"} or _is_regular(grid)
    if tags & _BOXES and not ("border" in table.attributes and not tags & {"img"}):
        return _is_regular(grid) and "a" not in tags
    return "border" in table.attributes or _is_regular(grid)


def _is_regular(grid: Grid) -> bool:
    """Whether short texts fill every row to the same length."""
    cells = [cell for row in grid.at for cell in row]
    filled = [cell for cell in cells if cell is not None and cell.content]
    there = sum(cell is not None for cell in cells)
    short = sum(len(cell.text) <= _SHORT for cell in filled)
    return (
        there == len(cells)
        and len(filled) >= 0.6 * len(cells)
        and short >= 0.8 * len(filled)
        and (grid.height > 2 or grid.width > 2 or is_form(grid))
    )


def _grid(raw: str, rows: list[tuple[Element, list[Element]]], part: str | None) -> Grid:
    cells: list[GridCell] = []
    taken: dict[int, set[int]] = {}
    for i, (_, row) in enumerate(rows):
        column = 0
        for element in row:
            while column in taken.get(i, ()):
                column += 1
            width, height = _span(element, "colspan"), min(_span(element, "rowspan"), len(rows) - i)
            if height == 0:
                height = len(rows) - i
            for below in range(i, i + height):
                taken.setdefault(below, set()).update(range(column, column + width))
            cells.append(
                GridCell(
                    i,
                    column,
                    _cell_text(raw, element, part),
                    height,
                    width,
                    element.tag == "th",
                    element.tag != "th" and _is_strong(raw, element),
                )
            )
            column += width
    return Grid.of(cells)


def _span(element: Element, name: str) -> int:
    value = element.attributes.get(name, "1").strip()
    least = 0 if name == "rowspan" else 1
    return min(_MOST_SPAN, max(least, int(value))) if value.isdecimal() and len(value) < 8 else 1


def _is_strong(raw: str, cell: Element) -> bool:
    inside = {(run.start, run.end) for element in cell.elements() if element.tag in _STRONG for run in element.runs()}
    runs = [run for run in cell.runs() if raw[run.start : run.end].strip()]
    return bool(runs) and all((run.start, run.end) in inside for run in runs)


def _captions(raw: str, table: Element, part: str | None) -> Iterator[Traced]:
    for child in table.children:
        if isinstance(child, Element) and child.tag == "caption":
            text = _cell_text(raw, child, part)
            if text:
                yield text


def _cell_text(raw: str, cell: Element, part: str | None) -> Traced:
    pieces: list[Traced | str] = []
    waiting: list[Element | Run] = list(reversed(cell.children))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Run):
            for word in _words(raw, node, part):
                if pieces and isinstance(pieces[-1], Traced) and raw[node.start].isspace():
                    pieces.append(" ")
                pieces.append(word)
            if raw[node.start : node.end][-1:].isspace():
                pieces.append(" ")
            continue
        if node.tag in BLOCKS or node.tag == "br":
            pieces.append(" ")
        if node.tag not in ("rt", "rp", "style", "script"):
            waiting += reversed(node.children)
    joined: list[Traced | str] = []
    for piece in pieces:
        if isinstance(piece, str) and (not joined or isinstance(joined[-1], str)):
            continue
        joined.append(piece)
    return concat(joined).strip()


def _words(raw: str, run: Run, part: str | None) -> list[Traced]:
    words: list[Traced] = []
    start = run.start
    for word in raw[run.start : run.end].split():
        start = raw.index(word, start)
        if words:
            words[-1] = concat([words[-1], " "])
        words.append(unescape(raw, start, start + len(word), part))
        start += len(word)
    return words
