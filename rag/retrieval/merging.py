"""What several searches found, as the result of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.retrieval.retriever import Found

__all__ = ["merged"]


def merged(found: Sequence[Found]) -> Found:
    """What several searches found as the result of one: in turns from each, a passage once.

    The query, and how much of it the index could see, are the first one's.
    """
    if len(found) == 1:
        return found[0]
    places = sorted((place, which) for which, one in enumerate(found) for place in range(len(one.hits)))
    first = {found[which].rows[place]: found[which].hits[place] for place, which in reversed(places)}
    rows = tuple(dict.fromkeys(found[which].rows[place] for place, which in places))
    hits = tuple(replace(first[row], rank=rank) for rank, row in enumerate(rows, 1))
    return replace(found[0], rows=rows, hits=hits)
