"""Text set from top to bottom: its columns are read from the right, one band of them after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.pages.blocks import TextBlock
from corpus.pages.model import Box, PageLine, union

__all__ = ["in_columns", "level"]

_SAME_SIZE = 0.15


def in_columns(lines: Sequence[PageLine]) -> list[TextBlock]:
    """The columns as blocks in reading order; a block is of one size."""
    bands: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda line: -line.box.height):
        over = next((band for band in bands if union(own.box for own in band).beside(line.box) > 0), None)
        if over is None:
            bands.append([line])
        else:
            over.append(line)
    blocks: list[list[PageLine]] = []
    for band in sorted(bands, key=lambda band: min(line.box.top for line in band)):
        blocks.append([])
        for line in sorted(band, key=lambda line: (-round(line.box.center[0] / line.size, 1), line.box.top)):
            last = blocks[-1][-1] if blocks[-1] else line
            if abs(last.size - line.size) > _SAME_SIZE * line.size:
                blocks.append([])
            blocks[-1].append(line)
    return [TextBlock(tuple(block), union(line.box for line in block), block[0].size) for block in blocks if block]


def level(block: TextBlock) -> TextBlock:
    """The block as if its page were turned so that its columns lie one under another, to be parted into paragraphs."""
    lines = tuple(
        replace(line, box=Box(line.box.top, -line.box.right, line.box.bottom, -line.box.left)) for line in block.lines
    )
    return replace(block, lines=lines, box=union(line.box for line in lines))
