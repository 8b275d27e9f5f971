"""Which room's answer is taken, where there are several ways to go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.answers import Route
from rag.extractive.articles import article_asked
from rag.extractive.choice import Extract
from rag.extractive.layout import Layout
from rag.routes.acceptance import accepted
from rag.routes.classifier import SURE
from rag.routes.room import Asking, Reply
from rag.routes.rooms import ROOMS

__all__ = ["decided"]

_TRIED = 2  # ways, where none is sure
_NEXT = 0.05  # how likely (0 to 1) the next way must be that is gone where a sure one has nothing


def decided(
    ways: Sequence[tuple[Route, float]], asking: Asking, single: Callable[[], float], least: float
) -> tuple[Route, Reply] | None:
    """The answer of a room, and the way to it; None where it is left to single facts.

    ``ways`` are those of ``routes_of``. ``single`` works out how likely the documents answer the question as one about
    single facts, and is called only where that decides; ``least`` is the confidence from which on an answer counts.

    A sure way is gone; where its room has nothing, single facts are left, and where they have nothing either, the next
    likeliest. Where no way is sure the two likeliest are tried, and the better evidenced answer is taken: its
    confidence, weighed by how likely its way is. A way that could not win any more is not tried.

    An article asked for by its number is a fact, whatever else the words sound like. Where single facts are one of the
    two, and documents contradict each other there, both are shown: a room that answers from one document tells only
    one side.
    """
    if asking.searches and all(article_asked(one, asking.index) is not None for one in asking.searches):
        return None
    tried = _to_try(ways, asking)
    if len(tried) == 1 and tried[0][0] == "fact":
        return None
    best: tuple[Route, Reply] | None = None
    score = 0.0
    for route, likely in tried:
        if route == "fact" and best is not None and _tells_one_side(best[1], asking, least):
            return None
        if likely <= score:
            continue
        if route == "fact":
            if likely * single() > score:
                best, score = None, likely * single()
            continue
        reply = _reply(route, asking, least)
        if reply is not None and likely * reply.confidence > score:
            best, score = (route, reply), likely * reply.confidence
    if best is None and len(tried) == 1 and len(ways) > 1 and ways[1][1] >= _NEXT and single() < least:
        reply = _reply(ways[1][0], asking, least)
        best = (ways[1][0], reply) if reply is not None else None
    return best


def _reply(route: Route, asking: Asking, least: float) -> Reply | None:
    """What a room answers, where it holds and counts."""
    room = ROOMS.get(route)
    reply = room(asking) if room is not None else None
    reply = reply and accepted(route, asking, reply)
    if reply is not None and route == "table":
        reply = _borne_out(reply, asking)
    return reply if reply is not None and reply.confidence >= least else None


def _borne_out(reply: Reply, asking: Asking) -> Reply:
    """A table's answer, no less sure than the sentence that answers best where it rests on that row alone.

    Over the libraries of ``benchmarks/libraries.py`` cells of another row than that were never right, of that row as
    often as the row itself.
    """
    extract = _extract(asking)
    if extract is None or reply.missing or not reply.citations:
        return reply
    best = extract.chosen[0]
    rests_on_it = all(
        one.document_id == best.document.id and one.start < best.end and one.end > best.start for one in reply.citations
    )
    return replace(reply, confidence=max(reply.confidence, extract.confidence)) if rests_on_it else reply


def _to_try(ways: Sequence[tuple[Route, float]], asking: Asking) -> Sequence[tuple[Route, float]]:
    """The ways that are tried.

    A question does not tell whether its fact stands in a sentence or in a table: both are tried where the sentence
    that answers best stands in the other than it seemed. Nor does one that asks twice tell whether one document
    answers both.
    """
    likely, tried = dict(ways), ways[:1] if ways[0][1] >= SURE else ways[:_TRIED]
    seems = ways[0][0]
    if seems == "fact" and asking.question.asks_twice:
        return [("chain", ways[0][1]), ways[0]]
    if seems in ("fact", "table") and len(ways) > 1 and _stands_in_a_table(asking) is (seems == "fact"):
        either = likely.get("fact", 0.0) + likely.get("table", 0.0)
        return [("table", either), ("fact", either)]
    return tried


def _stands_in_a_table(asking: Asking) -> bool | None:
    """Whether the sentence that answers best is a row; None where there is none, or more than one question."""
    extract = _extract(asking)
    if extract is None:
        return None
    best = extract.chosen[0]
    return Layout(best.document).is_row(best.start)


def _extract(asking: Asking) -> Extract | None:
    """The sentences that answer a single question; None where there is none, or more than one question."""
    extracts = asking.extracts()
    return extracts[0] if len(extracts) == 1 and extracts[0].chosen else None


def _tells_one_side(reply: Reply, asking: Asking, least: float) -> bool:
    """Whether an answer is of one document, and another answers the question with other figures."""
    if len({citation.document_id for citation in reply.citations}) != 1:
        return False
    return any(one.sides and one.confidence >= least for one in asking.extracts())
