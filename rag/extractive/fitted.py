"""The weights that were fitted: ``fitted.json``, written by ``benchmarks/fit_answers.py``."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

__all__ = ["fitted"]


@cache
def fitted(of: str) -> dict[str, float]:
    """The weights of "choice" or "confidence", by name."""
    text = resources.files("rag.extractive").joinpath("fitted.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)[of]
    return weights
