"""SmartArt of office files: the words of its shapes, each before those that hang on it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

__all__ = ["diagram_lines"]

_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def diagram_lines(root: Any) -> list[str]:
    """The paragraphs in a drawing, in the order of its outline; ``root`` is the root element of its data part."""
    points = {point.get("modelId"): point for point in root.iter(f"{_D}pt")}
    below: defaultdict[str | None, list[tuple[int, str | None]]] = defaultdict(list)
    for link in root.iter(f"{_D}cxn"):
        if link.get("type", "parOf") == "parOf":
            order = link.get("srcOrd") or ""
            below[link.get("srcId")].append((int(order) if order.isdecimal() else 0, link.get("destId")))
    top = [name for name, point in points.items() if point.get("type") == "doc"]
    waiting = [*reversed(points), *reversed(top)]  # what hangs on nothing comes last
    lines: list[str] = []
    while waiting:
        point = points.pop(waiting.pop(), None)
        if point is None:
            continue
        paragraphs = (paragraph.iter(f"{_A}t") for paragraph in point.iterfind(f"{_D}t/{_A}p"))
        lines += filter(None, (" ".join("".join(run.text or "" for run in runs).split()) for runs in paragraphs))
        hanging = sorted(below[point.get("modelId")], key=lambda link: link[0])
        waiting += [name for _, name in reversed(hanging)]
    return lines
