"""Which rooms a question is taken to."""

from __future__ import annotations

import numpy as np

from rag.answers import Route
from rag.routes.classifier import ROUTES, Classifier
from rag.routes.room import Asking

__all__ = ["routes_of"]


def routes_of(asking: Asking) -> list[tuple[Route, float]]:
    """The ways to take with how likely each is the right one (0 to 1, together 1), the likeliest first.

    A message of several questions is as likely to want a way as its questions are on average. With another
    encoder than the bundled one, beside which they are told, everything is a single fact.
    """
    classifier = Classifier.beside(asking.retriever.encoder)
    if classifier is None:
        return [("fact", 1.0)]
    likely = classifier.routes([part.text for part in asking.question.parts]).mean(axis=0)
    return [(ROUTES[i], float(likely[i])) for i in np.argsort(-likely, kind="stable")]
