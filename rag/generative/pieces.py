"""What comes out of a writer, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus import Problem
from rag.events import ThoughtDelta
from rag.thought import Draft

__all__ = ["Piece", "Remark", "parted"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What the reader is to be told beside the answer."""

    problem: Problem


Piece = str | ThoughtDelta | Remark
"""Text of the reply (with thought in tags, where the model writes it so), or one of these."""


def parted(pieces: Iterable[Piece], draft: Draft) -> Iterator[Piece]:
    """The pieces with thought in tags parted from text, which ``draft`` takes; its end is the caller's to take."""
    told = 0
    for piece in pieces:
        if not isinstance(piece, str):
            draft.thought = draft.thought or isinstance(piece, ThoughtDelta)
            yield piece
            continue
        added = draft.add(piece)
        if len(draft.thinking) > told:
            yield ThoughtDelta(draft.thinking[told:])
            told = len(draft.thinking)
        if added:
            yield added
