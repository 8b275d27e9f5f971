"""What is on a scanned page beside its text: pictures, ruled lines, and the white gutters between columns.

Gutters are looked for as the blank rectangles of Breuel ("Two geometric algorithms for layout analysis", 2002), but
only where a detected line has a gap: detectors take the lines of narrow columns for one where they come close.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.pages.model import Box

__all__ = ["find_pictures", "find_rules", "split_at_gutters"]

_SMALL = 1000  # pixels of the longer side are enough to see a picture
_PICTURE = 0.006  # of the page: smaller blots are none
_RULE = 0.05  # of the page's width or height
_THICKEST = 10
_GUTTER = 0.55  # of a line's height: narrower gaps are spaces and marks
_TALL = 6  # lines' heights that a gap has to be blank for to be one between columns


def find_pictures(gray: NDArray[np.uint8], text: Sequence[Box]) -> list[Box]:
    """Boxes of large inked areas outside the text, in pixels of ``gray`` (height by width, 0 black, 255 white)."""
    import cv2

    scale = min(1.0, _SMALL / max(gray.shape))
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    paper = float(np.median(small))
    ink = (np.abs(small.astype(np.float32) - paper) > 25).astype(np.uint8)
    for box in text:
        ink[_rows(box, scale), _columns(box, scale)] = 0
    ink = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    ink = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    found = []
    for left, top, width, height, area in stats[1:]:
        if width * height > _PICTURE * ink.size and area > 0.4 * width * height and min(width, height) > 20:
            found.append(Box(left / scale, top / scale, (left + width) / scale, (top + height) / scale))
    return found


def find_rules(gray: NDArray[np.uint8], text: Sequence[Box]) -> list[Box]:
    """Thin straight lines across and down, in pixels of ``gray``."""
    import cv2

    dark = (gray < 0.75 * float(np.median(gray))).astype(np.uint8)
    for box in text:
        dark[_rows(box, 1.0), _columns(box, 1.0)] = 0
    height, width = gray.shape
    found = []
    for kernel, across in (((1, max(20, int(_RULE * width))), True), ((max(20, int(_RULE * height)), 1), False)):
        lines = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(lines)
        for left, top, wide, high, _ in stats[1:]:
            if (high if across else wide) <= _THICKEST:
                found.append(Box(float(left), float(top), float(left + wide), float(top + high)))
    return found


def split_at_gutters(gray: NDArray[np.uint8], lines: Sequence[Box]) -> list[list[Box]]:
    """Each line as the pieces that the gutters it runs across leave of it; mostly one."""
    dark = gray < 0.75 * float(np.median(gray))
    split = []
    for line in (_trimmed(dark, line) for line in lines):
        edges = [line.left, *(edge for gutter in _gutters(dark, line, lines) for edge in gutter), line.right]
        split.append([Box(edges[i], line.top, edges[i + 1], line.bottom) for i in range(0, len(edges), 2)])
    return split


def _trimmed(dark: NDArray[np.bool_], line: Box) -> Box:
    """The line without white at its ends, and without what its ends cut off of characters beyond such white."""
    em = line.height
    first = max(0, int(line.left))
    ink = dark[_rows(line, 1.0), _columns(line, 1.0)].any(axis=0)
    inked = np.flatnonzero(ink)
    if line.width < 3 * em or inked.size < em:
        return line
    breaks = np.flatnonzero(np.diff(inked) > 0.35 * em)
    left, right = inked[0], inked[-1]
    if breaks.size and left <= 1 and inked[breaks[0]] < 0.4 * em:
        left = inked[breaks[0] + 1]
    if breaks.size and right >= ink.size - 2 and right - inked[breaks[-1] + 1] < 0.4 * em:
        right = inked[breaks[-1]]
    return Box(float(first + left - 1), line.top, float(first + right + 2), line.bottom)


def _gutters(dark: NDArray[np.bool_], line: Box, lines: Sequence[Box]) -> list[tuple[float, float]]:
    """Where gaps in the line lie in white strips between several lines: from where to where."""
    em = line.height
    if line.width < 6 * em:
        return []
    first = int(line.left)
    blank = ~dark[int(line.top) : int(line.bottom), first : int(line.right)].any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], blank, [False]]).astype(np.int8)))
    cuts = []
    for start, end in edges.reshape(-1, 2):
        if end - start < _GUTTER * em or start < em or end > blank.size - em:
            continue
        trim = max(0.0, (end - start - 0.8 * _GUTTER * em) / 2)
        for above, below in ((_TALL - 1, 0), (_TALL / 2, _TALL / 2), (0, _TALL - 1)):
            strip = Box(
                first + start + trim, max(0.0, line.top - above * em), first + end - trim, line.bottom + below * em
            )
            if not dark[_rows(strip, 1.0), _columns(strip, 1.0)].any() and _parts_lines(strip, lines, em):
                cuts.append((float(first + start + 1), float(first + end - 1)))
                break
    return cuts


def _parts_lines(strip: Box, lines: Sequence[Box], em: float) -> bool:
    """Whether lines begin or end at both sides of the strip; those that run across it count for both."""
    beside = [line for line in lines if strip.top < line.center[1] < strip.bottom]
    left = sum(line.left < strip.left and line.right > strip.left - 1.2 * em for line in beside)
    right = sum(line.right > strip.right and line.left < strip.right + 1.2 * em for line in beside)
    return min(left, right) >= 3


def _rows(box: Box, scale: float) -> slice:
    return slice(max(0, int(box.top * scale)), int(box.bottom * scale) + 1)


def _columns(box: Box, scale: float) -> slice:
    return slice(max(0, int(box.left * scale)), int(box.right * scale) + 1)
