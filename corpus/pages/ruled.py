"""Lines to cells: which rectangles the lines across and down of a page enclose, cells over several rows or columns too.

The lines of a table are laid over the finest net they make. Where no line parts two meshes of the net they are one
cell; so it does not matter how the lines were drawn, in how many pieces, or how often.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.pages.model import Box, Grid, GridCell, union

__all__ = ["cell_at", "grids_of"]

_TOUCH = 3.0  # points; lines as close as that are one, or meet
_SHORTEST = 6.0
_MOST_EDGES = 3000
_COVERED = 0.8  # of a side of a mesh


def grids_of(edges: Sequence[Box], unit: float = 1.0) -> tuple[Grid, ...]:
    """The tables that are drawn with these lines, from the top; ``unit`` is how long a point is on the page.

    A grid has two rows and two columns at least.
    """
    touch = _TOUCH * unit
    across = _joined([edge for edge in edges if edge.width >= edge.height], touch, _SHORTEST * unit)
    down = _joined([_flipped(edge) for edge in edges if edge.height > edge.width], touch, _SHORTEST * unit)
    lines = [*across, *map(_flipped, down)]
    if not 4 <= len(lines) <= _MOST_EDGES:
        return ()
    grids = (_grid(group, touch) for group in _connected(lines, touch))
    found = [grid for grid in grids if grid is not None]
    return tuple(sorted(found, key=lambda grid: (grid.box.top, grid.box.left)))


def cell_at(grid: Grid, x: float, y: float) -> int | None:
    """The index of the cell that a point lies in."""
    if not (grid.box.left <= x <= grid.box.right and grid.box.top <= y <= grid.box.bottom):
        return None
    return next(
        (
            i
            for i, cell in enumerate(grid.cells)
            if cell.box.left <= x < cell.box.right and cell.box.top <= y < cell.box.bottom
        ),
        None,
    )


def _flipped(box: Box) -> Box:
    return Box(box.top, box.left, box.bottom, box.right)


def _joined(edges: list[Box], touch: float, shortest: float) -> list[Box]:
    """Lines across, those at one height as one where they meet or overlap."""
    joined: list[Box] = []
    row: list[Box] = []
    for edge in [*sorted(edges, key=lambda edge: edge.center[1]), None]:
        if edge is not None and (not row or edge.center[1] - row[0].center[1] <= touch):
            row.append(edge)
            continue
        height = sum(other.center[1] for other in row) / max(1, len(row))
        run: Box | None = None
        for other in sorted(row, key=lambda other: other.left):
            if run is not None and other.left <= run.right + touch:
                run = Box(run.left, height, max(run.right, other.right), height)
                joined[-1] = run
            else:
                run = Box(other.left, height, other.right, height)
                joined.append(run)
        row = [edge] if edge is not None else []
    return [line for line in joined if line.width >= shortest]


def _connected(lines: list[Box], touch: float) -> list[list[Box]]:
    """The lines in groups that touch each other."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    left, top, right, bottom = np.array([(line.left, line.top, line.right, line.bottom) for line in lines]).T
    meet = (np.minimum.outer(right, right) - np.maximum.outer(left, left) >= -touch) & (
        np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top) >= -touch
    )
    count, group = connected_components(csr_matrix(meet), directed=False)
    return [[line for line, own in zip(lines, group, strict=True) if own == i] for i in range(count)]


def _grid(lines: list[Box], touch: float) -> Grid | None:
    across = [line for line in lines if line.width >= line.height]
    down = [line for line in lines if line.height > line.width]
    if len(across) < 2 or not down:
        return None
    box = union(lines)
    # A table may be open at its sides: its lines across then end where its outer columns do.
    xs = _distinct([line.left for line in down] + [box.left, box.right], touch)
    ys = _distinct([line.top for line in across], touch)
    if len(xs) < 3 or len(ys) < 3:
        return None
    over = np.zeros((len(ys), len(xs) - 1), dtype=bool)  # whether a line is drawn along the top of each mesh
    beside = np.zeros((len(ys) - 1, len(xs)), dtype=bool)
    for line in across:
        over[_nearest(ys, line.top)] |= _covers(line.left, line.right, xs)
    for line in down:
        beside[:, _nearest(xs, line.left)] |= _covers(line.top, line.bottom, ys)
    cells = _cells(over, beside, xs, ys)
    if len({cell.row for cell in cells}) < 2 or len({cell.column for cell in cells}) < 2:
        return None
    return Grid(tuple(cells), union(cell.box for cell in cells))


def _distinct(values: list[float], touch: float) -> list[float]:
    distinct: list[float] = []
    for value in sorted(values):
        if not distinct or value - distinct[-1] > touch:
            distinct.append(value)
    return distinct


def _nearest(values: list[float], value: float) -> int:
    return int(np.argmin(np.abs(np.array(values) - value)))


def _covers(start: float, end: float, steps: list[float]) -> NDArray[np.bool_]:
    """Which of the stretches between the steps a line covers."""
    firsts, lasts = np.array(steps[:-1]), np.array(steps[1:])
    covers: NDArray[np.bool_] = np.minimum(end, lasts) - np.maximum(start, firsts) >= _COVERED * (lasts - firsts)
    return covers


def _cells(over: NDArray[np.bool_], beside: NDArray[np.bool_], xs: list[float], ys: list[float]) -> list[GridCell]:
    """Meshes that no line parts, as cells; what is open above or below lies outside the table."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    rows, columns = len(ys) - 1, len(xs) - 1
    index = np.arange(rows * columns).reshape(rows, columns)
    right, down = ~beside[:, 1:-1], ~over[1:-1, :]
    starts = np.concatenate([index[:, :-1][right], index[:-1, :][down]])
    ends = np.concatenate([index[:, 1:][right], index[1:, :][down]])
    links = csr_matrix((np.ones(len(starts)), (starts, ends)), shape=(index.size, index.size))
    count, group = connected_components(links, directed=False)
    group = group.reshape(rows, columns)
    firsts = np.full((count, 2), rows + columns)
    lasts = np.full((count, 2), -1)
    sizes = np.bincount(group.ravel(), minlength=count)
    for (row, column), own in np.ndenumerate(group):
        firsts[own] = np.minimum(firsts[own], (row, column))
        lasts[own] = np.maximum(lasts[own], (row, column))
    found = []
    for own in range(count):
        (top, left), (bottom, last) = firsts[own].tolist(), lasts[own].tolist()
        if sizes[own] == (bottom - top + 1) * (last - left + 1):
            across = slice(left, last + 1)
            if over[top, across].all() and over[bottom + 1, across].all():
                found.append((top, left, bottom, last))
            continue
        meshes = np.argwhere(group == own).tolist()
        outside = any((r == 0 and not over[0, c]) or (r == rows - 1 and not over[rows, c]) for r, c in meshes)
        if not outside:
            # They interlock: a line is missing. Each mesh is taken as a cell.
            found += [(r, c, r, c) for r, c in meshes]
    return [
        GridCell(r0, c0, r1 - r0 + 1, c1 - c0 + 1, Box(xs[c0], ys[r0], xs[c1 + 1], ys[r1 + 1]))
        for r0, c0, r1, c1 in sorted(found)
    ]
