"""What is on a scanned page beside its text: pictures and ruled lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.pages.model import Box

__all__ = ["find_pictures", "find_rules"]

_SMALL = 1000  # pixels of the longer side are enough to see a picture
_PICTURE = 0.006  # of the page: smaller blots are none
_RULE = 0.05  # of the page's width or height
_THICKEST = 10


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


def _rows(box: Box, scale: float) -> slice:
    return slice(max(0, int(box.top * scale)), int(box.bottom * scale) + 1)


def _columns(box: Box, scale: float) -> slice:
    return slice(max(0, int(box.left * scale)), int(box.right * scale) + 1)
