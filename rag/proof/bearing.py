"""How likely a text bears a sentence out: what is found in its words, and the judge's word, weighed together.

The weights and the border are fitted by ``benchmarks/fit_verification.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["SIGNALS", "border", "features_of", "least_sure_of", "likelihood", "signals_of"]

SIGNALS = ("judge", "against", "figures", "names", "words", "lacking", "likeness", "across")
_PRODUCTS = (
    # They tell another thing where words are lacking: in a paraphrase a figure may be worked out.
    *((name, "lacking") for name in ("judge", "against", "figures", "names", "words")),
    # The judge overlooks an exchanged figure or a negation, so that its word counts for less beside one.
    ("judge", "figures"),
    ("judge", "words"),
)

_LIKENESS = 0.9  # what is told of by ``likeness`` is how far it is from here, in tenths
_FURTHEST = 6.0  # log-odds


def signals_of(
    judged: npt.NDArray[np.float32],
    findings: Sequence[str],
    coverage: float,
    likeness: float | None,
    across: bool,
) -> tuple[float, ...]:
    """What speaks for a sentence or against it, in the order of ``SIGNALS``.

    The judge's log-odds of "supported" and of "contradicted" against "silent" (``judged`` are its log-probabilities,
    shape (3,)); whether there are findings of each kind; the share of its words that the text lacks; how much more
    alike they are than a paraphrase (0 where it was not encoded); and whether they are in different scripts, where
    words tell nothing.
    """
    supported, contradicted, silent = (float(value) for value in judged)
    others = float(np.logaddexp(contradicted, silent))
    return (
        max(-_FURTHEST, min(_FURTHEST, supported - others)),
        max(-_FURTHEST, min(_FURTHEST, contradicted - silent)),
        *(float(kind in findings) for kind in ("figure", "name", "words")),
        0.0 if across else 1 - coverage,
        0.0 if likeness is None else 10 * (likeness - _LIKENESS),
        float(across),
    )


def features_of(signals: Sequence[float]) -> dict[str, float]:
    """The signals and those of their products that are weighed too, by name."""
    known = dict(zip(SIGNALS, map(float, signals), strict=True))
    return known | {f"{one} x {other}": known[one] * known[other] for one, other in _PRODUCTS}


def likelihood(signals: Sequence[float]) -> float:
    """The probability (0 to 1) that the text bears the sentence out: a logistic regression."""
    weights = _fitted()
    value = weights["bias"] + sum(weights[name] * feature for name, feature in features_of(signals).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def border() -> float:
    """The least likelihood with which a sentence passes."""
    return _fitted()["border"]


def least_sure_of(answer: Literal["yes", "no"]) -> float:
    """The least probability of "supported" or "contradicted" with which a question is answered by yes or no."""
    return _fitted()[answer]


@cache
def _fitted() -> dict[str, float]:
    text = resources.files("rag.proof").joinpath("bearing.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights
