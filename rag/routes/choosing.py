"""Which rooms a question is taken to."""

from __future__ import annotations

import numpy as np

from rag.answers import Route
from rag.routes.classifier import ROUTES, classifier
from rag.routes.room import Asking

__all__ = ["routes_of"]


def routes_of(asking: Asking) -> list[tuple[Route, float]]:
    """The ways to take with how likely each is the right one (0 to 1, together 1), the likeliest first.

    A message of several questions is as likely to want a way as its questions are on average. The vectors of another
    encoder than the one learned from tell nothing, and everything is a single fact.
    """
    chosen = classifier()
    if asking.retriever.encoder.name != chosen.encoder:
        return [("fact", 1.0)]
    parts = asking.question.parts
    likely = np.mean([chosen(asking.retriever.query(part).vector, part) for part in parts], axis=0)
    return [(ROUTES[i], float(likely[i])) for i in np.argsort(-likely, kind="stable")]
