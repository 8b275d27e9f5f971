"""The plan for a model without tools: the evidence that the rooms would answer from is what the model is sent."""

from __future__ import annotations

from dataclasses import replace

from rag.answers import Hit
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.routes.choosing import routes_of
from rag.routes.deciding import decided
from rag.routes.room import Asking

__all__ = ["planned"]


def planned(asking: Asking, least: float) -> Found:
    """What the room of the question's way found, what it would cite first; what its search found where none answers.

    ``least`` is the confidence from which on a room's answer counts.
    """
    reply = decided(routes_of(asking), asking, lambda: max(one.confidence for one in asking.extracts()), least)
    first = merged(asking.searches)
    if reply is None:
        return first
    cited = {one.passage_id: i for i, one in enumerate(reply[1].citations)}
    known: dict[int, Hit] = {}
    for found in (*asking.found(), first):
        known |= {row: hit for row, hit in zip(found.rows, found.hits, strict=True) if row not in known}
    wanted = {hit.passage.id for hit in reply[1].hits} | set(cited)
    best = sorted(
        ((row, hit) for row, hit in known.items() if hit.passage.id in wanted),
        key=lambda one: cited.get(one[1].passage.id, len(cited)),
    )
    rows = tuple(dict.fromkeys([row for row, _ in best] + list(first.rows)))
    return replace(first, rows=rows, hits=tuple(replace(known[row], rank=i) for i, row in enumerate(rows, 1)))
