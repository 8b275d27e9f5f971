"""Which units of a document tell what it is about.

A unit's weight is how central it is (the mean likeness to the others, as in LexRank: Erkan & Radev, 2004), how much it
tells in figures and dates, and how near it is to what is asked. A choice of units is worth what it covers of the
document and how it spreads over the sections, both with diminishing returns: the submodular functions of Lin & Bilmes,
"A class of submodular functions for document summarization" (2011), maximised greedily.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from embeddings import Term, lexical_tokens
from embeddings.encoders.protocol import Vectors
from rag.routes.naming import Naming
from rag.routes.units import Unit

__all__ = ["covering", "shares", "telling"]

_LEAST_LIKENESS = 0.75  # inner products of the encoder are hardly ever lower
_COVERED = 0.3  # of the weights' sum that covering the whole document is worth
_CENTRAL, _FIGURES, _ASKED, _FIRST, _DECIDED = 0.3, 0.3, 0.25, 0.15, 0.2
_LARGE = 0.35  # the power of a section's own worth that what is taken from it counts with
_MOST_FIGURES = 4
_OVER = 1.0  # of what it is worth, that a unit is worth more under a heading with all that is asked for
_LABEL, _ROW, _LEANING = 0.3, 0.6, 0.6
_LONG, _SHORT = 160, 18  # characters, of which more are hard to read, and fewer need what stands around them


def telling(units: Sequence[Unit], asked: Vectors, naming: Naming) -> Vectors:
    """What each unit is worth (0 to about 2), shape (units,).

    What the question has beside the document's name is asked about within it; what it asks for speaks for the sections
    whose headings have it.
    """
    if not units:
        return np.empty(0, dtype=np.float32)
    vectors = np.stack([unit.vector for unit in units])
    central = _scaled(_likeness(vectors).mean(axis=1))
    near = _scaled(vectors @ asked)
    figures = np.array([min(unit.figures, _MOST_FIGURES) / _MOST_FIGURES for unit in units])
    first = np.array([1.0 if unit.is_total else 1.0 / (1 + unit.place) for unit in units])
    decided = np.array([float(unit.decides) for unit in units])
    worth = _CENTRAL * central + _FIGURES * figures + _ASKED * near + _FIRST * first + _DECIDED * decided
    for i, unit in enumerate(units):
        worth[i] *= (
            (_LABEL if unit.is_label else 1.0)
            * (_ROW if unit.row and not unit.is_total else 1.0)
            * (_LEANING if unit.leans else 1.0)
            * min(1.0, (_LONG / len(unit.text)) ** 0.5, len(unit.text) / _SHORT)
        )
    worth *= 1.0 + _OVER * _held([unit.heading for unit in units], naming.asked)
    about = shares(units, naming.topic)
    if about.max(initial=0.0) > 0.0:
        worth *= 0.05 + about / about.max()
    return worth.astype(np.float32)


def shares(units: Sequence[Unit], topic: Mapping[Term, float]) -> Vectors:
    """The share of the topic's words, by weight, that each unit or the heading over it holds (0 to 1)."""
    return _held([f"{unit.heading}\n{unit.text}" for unit in units], topic)


def _held(texts: Sequence[str], words: Mapping[Term, float]) -> Vectors:
    total = sum(words.values()) or 1.0
    tokens = [set(lexical_tokens(text)) for text in texts]
    shares = [sum(weight * (term.share(own) == 1.0) for term, weight in words.items()) / total for own in tokens]
    return np.array(shares, dtype=np.float32)


def covering(units: Sequence[Unit], worth: Vectors, most: int) -> list[int]:
    """The places of the up to ``most`` units that together tell most, in the order of the document."""
    if not units:
        return []
    likeness = _likeness(np.stack([unit.vector for unit in units]))
    sections = np.array([_cluster(unit) for unit in units])
    weights = worth / max(float(worth.sum()), 1e-9)
    large = {section: float(worth[sections == section].sum()) ** _LARGE for section in set(sections.tolist())}
    covered = np.zeros(len(units), dtype=np.float32)
    held: dict[int, float] = {}
    scale = sum(large[section] * sqrt(value) for section, value in zip(sections.tolist(), worth, strict=True)) or 1.0
    chosen: list[int] = []
    while len(chosen) < min(most, len(units)):
        gains = [
            -1.0 if i in chosen else _COVERED * float((np.maximum(covered, likeness[i]) - covered) @ weights)
            + large[section] * (sqrt(held.get(section, 0.0) + worth[i]) - sqrt(held.get(section, 0.0))) / scale
            for i, section in enumerate(sections.tolist())
        ]  # fmt: skip
        best = int(np.argmax(gains))
        if gains[best] <= 0.0:
            break
        chosen.append(best)
        covered = np.maximum(covered, likeness[best])
        held[sections[best]] = held.get(sections[best], 0.0) + float(worth[best])
    return sorted(chosen, key=lambda i: units[i].start)


def _cluster(unit: Unit) -> int:
    """What units are told apart by: the section, the paragraph in a document without sections."""
    if unit.section >= 0 and not unit.heads:
        return unit.section
    return -1 - unit.document.text.count("\n", 0, unit.start)


def _likeness(vectors: Vectors) -> Vectors:
    scaled: Vectors = np.clip((vectors @ vectors.T - _LEAST_LIKENESS) / (1 - _LEAST_LIKENESS), 0.0, 1.0)
    return scaled


def _scaled(values: Vectors) -> Vectors:
    """The values between 0 for the least and 1 for the greatest."""
    spread = float(values.max() - values.min())
    scaled: Vectors = (values - values.min()) / spread if spread > 0 else np.full_like(values, 0.5)
    return scaled
