"""Fits which way to complete a question is meant: the weights of ``rag/answering/meant.py``, and prints them.

    python benchmarks/fit_meant.py [--cache FILE] [--tried FILE]

The conversations of fifteen small libraries (``training/libraries.jsonl.gz``): each later turn after the answers to the
questions before it as a person would ask them alone. Every way to complete it is answered; it is right where all parts
of the right answer are said or quoted. Of the weights of a coarse grid those are found by which most turns of the
libraries whose number is 1 or 2 are answered rightly, the smallest of several; those with a 3 tell how well they do.
Then where to stop: the least sum that costs no more than two turns in a hundred. Those shipped are set beside them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from kept_vectors import KeptVectors
from kinds import is_full, mean
from small_library import is_held_out, shelf, small_libraries

from embeddings import Encoder, load_encoder
from rag.answering.meant import ENOUGH, SIGNALS, WEIGHTS
from rag.answering.quoting import Quoting
from rag.answering.run import Run
from rag.answering.way import Answering
from rag.assistant import Assistant
from rag.conversation import turns_of
from rag.events import Answered

GRID = tuple(product((0.0, 0.1, 0.2, 0.3), (1.0,), (0.0, -0.5, -1.0, -2.0), (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)))
BORDERS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 99.0)


@dataclass(frozen=True)
class Turn:
    """A later turn: the ways to complete it, what speaks for each, and which are answered rightly."""

    held_out: bool
    asked: str
    alone: bool
    ways: list[str]
    signals: list[tuple[float, ...]]
    right: list[bool]

    def taken(self, weights: Sequence[float], enough: float = BORDERS[-1]) -> tuple[bool, int]:
        """Whether the way that is taken is right, and how many are tried."""
        scores = [float(np.dot(weights, signals)) for signals in self.signals]
        tried = next((i for i, score in enumerate(scores, 1) if score >= enough), len(scores))
        return self.right[int(np.argmax(scores[:tried]))], tried


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="a file that keeps vectors between runs")
    parser.add_argument("--tried", type=Path, help="a file for every turn with its ways, JSON lines")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        encoder = KeptVectors(load_encoder(), given.cache or Path(folder) / "vectors.sqlite")
        turns = [turn for library in small_libraries() for turn in turns_in(library, encoder)]
    if given.tried:
        given.tried.write_text(
            "".join(json.dumps(asdict(turn), ensure_ascii=False) + "\n" for turn in turns), encoding="utf-8"
        )
    told = [turn for turn in turns if not turn.held_out]
    held = [turn for turn in turns if turn.held_out]
    weights = max(GRID, key=lambda some: (right(told, some), -sum(map(abs, some))))
    enough = next(border for border in BORDERS if right(told, weights, border) >= right(told, weights) - 0.02)
    print("weights", dict(zip(SIGNALS, weights, strict=True)), "enough", enough)
    for name, some in (("learned from", told), ("held out", held)):
        figures = {
            "turns": len(some),
            "alone": mean([turn.alone for turn in some]),
            "some way": mean([any(turn.right) for turn in some]),
            "the likeliest by its words": mean([turn.right[0] for turn in some]),
            "as shipped": right(some, WEIGHTS, ENOUGH),
            "by these": right(some, weights, enough),
            "ways tried": mean([float(turn.taken(weights, enough)[1]) for turn in some]),
        }
        print(name, json.dumps(figures))


def right(turns: Sequence[Turn], weights: Sequence[float], enough: float = BORDERS[-1]) -> float:
    """The share of the turns that are answered rightly."""
    return mean([turn.taken(weights, enough)[0] for turn in turns])


def turns_in(library: dict[str, Any], encoder: Encoder) -> Iterator[Turn]:
    """The later turns of a library's conversations."""
    with shelf(encoder) as folder:
        assistant = Assistant(folder.holding(library["documents"]), encoder, folder.settings)
        for conversation in library["conversations"]:
            history: list[tuple[str, str]] = []
            for turn in conversation["turns"]:
                alone = assistant.ask(turn.get("standalone", turn["q"]))
                if history:
                    ways, signals, right = zip(*tried(assistant, turn, history), strict=True)
                    full = is_full(turn["groups"], alone)
                    yield Turn(is_held_out(library), turn["q"], full, list(ways), list(signals), list(right))
                history += [("user", turn["q"]), ("assistant", alone.text)]


def tried(
    assistant: Assistant, turn: dict[str, Any], history: list[tuple[str, str]]
) -> Iterator[tuple[str, tuple[float, ...], bool]]:
    """The ways to complete a turn: what is searched, what speaks for it, and whether it is answered rightly."""
    parts = (assistant._newest(), assistant._reader, assistant._judge)  # noqa: SLF001
    run = Run(turn["q"], turns_of(history), None, *parts, None, assistant.settings)
    quoting = Quoting(run)
    for way in Answering(run).ways(quoting):
        last = list(quoting.events(way.evidence))[-1]
        assert isinstance(last, Answered)
        yield way.text, way.signals, is_full(turn["groups"], last.answer)


if __name__ == "__main__":
    main()
