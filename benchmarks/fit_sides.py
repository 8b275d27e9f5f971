"""How like must sentences be that say the same of a thing? Sets borders of ``rag/extractive/sides.py`` side by side.

    python benchmarks/fit_sides.py [--cache FILE]

Of fifteen small libraries (``training/libraries.jsonl.gz``): questions for a value that a later document changed, where
the other side holds words that answer and the best sentence does not; and questions with one answer, where no sentence
of another document is a side. For every border of likeness: of how many questions a side is found, of those that have
one and of those that have none.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from kept_vectors import KeptVectors
from small_library import shelf, small_libraries

from embeddings import Encoder, load_encoder
from rag.evaluation.examiner import holds
from rag.extractive import choice, sides
from rag.extractive.candidates import Candidate
from rag.question.question import Question
from rag.reading.reader import Reader
from rag.retrieval.retriever import Retriever
from rag.routes.room import Asking

BORDERS = tuple((alike, unlike) for alike in (0.92, 0.93, 0.94, 0.95, 0.96) for unlike in (0.0, 0.9, 0.91, 0.92))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="a file that keeps vectors between runs")
    given = parser.parse_args()
    changed: list[list[bool]] = []
    single: list[list[bool]] = []
    with tempfile.TemporaryDirectory() as folder:
        model = load_encoder()
        encoder = KeptVectors(model, given.cache or Path(folder) / "vectors.sqlite")
        for library in small_libraries():
            for has_side, found in asked(library, encoder, Reader.beside(model)):
                (changed if has_side else single).append(found)
    print(
        f"{len(changed)} questions with another side, {len(single)} without; found by the borders shipped and others:"
    )
    for number, border in enumerate(_all()):
        print(border, *(sum(found[number] for found in some) for some in (changed, single)))


def asked(library: dict[str, Any], encoder: Encoder, reader: Reader | None) -> Iterator[tuple[bool, list[bool]]]:
    """Whether a question has another side, and by which borders it is found (or something else is)."""
    with shelf(encoder) as folder:
        for texts, questions in (
            (library["documents"], [(one["q"], []) for one in library["questions"] if one["answer"]]),
            (library["added"], [(q["q"], q["groups"]) for q in library["kinds"] if q["kind"] == "contradiction"]),
        ):
            retriever = Retriever(folder.holding(texts), encoder)
            for text, groups in questions:
                told: list[Candidate] = []

                def noted(candidates: list[Candidate], *_: object, told: list[Candidate] = told) -> Any:
                    told.extend(candidates)
                    return candidates[:1]

                asking = Asking(Question.of(text), retriever, reader, None, 8, date(2026, 1, 1))
                with mock.patch.object(choice, "sides_of", noted):
                    asking.extract(text)
                if not told:
                    continue
                others = [one for one in told[1:] if one.document.id != told[0].document.id]
                right = [one for one in others if _is_right(told[0], one, groups)]
                if right or not groups:
                    yield bool(right), [_found(told[0], others, right, asking, border) for border in _all()]


def _all() -> list[tuple[float, float]]:
    return [(sides._ALIKE, sides._UNLIKE), *BORDERS]  # noqa: SLF001


def _is_right(best: Candidate, other: Candidate, groups: list[list[str]]) -> bool:
    """Whether another sentence holds a part of the answer, and the best one only others."""
    held = [[any(holds(one.text, words) for words in group) for group in groups] for one in (best, other)]
    return any(held[0]) and any(its and not mine for mine, its in zip(*held, strict=True))


def _found(
    best: Candidate,
    others: list[Candidate],
    right: list[Candidate],
    asking: Asking,
    border: tuple[float, float],
) -> bool:
    """Whether the first side by these borders is right; of a question that has none, whether there is one."""
    with ExitStack() as stack:
        for name, value in zip(("_ALIKE", "_UNLIKE"), border, strict=True):
            stack.enter_context(mock.patch.object(sides, name, value))
        first = next((one for one in others if sides.is_other_side(best, one, asking.question, asking.index)), None)
    return first is not None and (not right or first in right)


if __name__ == "__main__":
    main()
