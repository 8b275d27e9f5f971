"""The document that a question means, where its words name none: the likest of those found.

"早饭和接送车的通知" is the notice on breakfast and shuttles, "修洗衣机那张价钱单子" the list of repairs: no word of the
titles. How likely it is the one, a logistic regression tells, fitted by ``benchmarks/fit_likeness.py``.
"""

from __future__ import annotations

import math

import numpy as np

from corpus.language.script import simplified
from rag.routes.document_names import DocumentName
from rag.routes.naming import Naming, is_another
from rag.routes.room import Asking
from rag.routes.wanted import Wanted

__all__ = ["likest", "ranked_by_likeness"]

_SLOPE, _BIAS = 1.1, -6.12  # of the score of the best passage found
_HIT = 0.02  # what a point of a document's best passage counts beside inner products
_OPENING_CHARS = 200


def likest(asking: Asking) -> Naming:
    """The document that is likest to the question, or the issue of it that is named, and how likely it is meant."""
    documents, best = ranked_by_likeness(asking)
    wanted = Wanted.of(asking, asking.question.text)
    names = [DocumentName.of(summary) for one in documents for summary in asking.index.summaries([one])]
    for name in names:
        if name.series == names[0].series and not is_another(name, wanted):
            return Naming((name.summary,), 1 / (1 + math.exp(-(_SLOPE * best + _BIAS))))
    return Naming()


def ranked_by_likeness(asking: Asking, without: frozenset[str] = frozenset()) -> tuple[list[str], float]:
    """The ids of the documents found, the likest first, and the score of the best passage found.

    A document is as like the question as its title, its file's name and its first words together, and as its best
    passage was found.
    """
    best: dict[str, float] = {}
    for hit in asking.search(asking.question.text).hits:
        if hit.superseded_by is None and hit.passage.document_id not in without:
            best.setdefault(hit.passage.document_id, hit.score)
    if not best:
        return [], 0.0
    names = [
        simplified(text)
        for document in map(asking.index.document, best)
        for text in (document.title, document.id.rpartition("/")[2].rpartition(".")[0], document.text[:_OPENING_CHARS])
    ]
    encoder = asking.retriever.encoder
    asked = encoder.encode([simplified(asking.question.text)], "query")[0]
    likeness = (encoder.encode(names, "document") @ asked).reshape(-1, 3).sum(axis=1)
    ids = list(best)
    order = np.argsort(-(likeness + _HIT * np.array(list(best.values()))))
    return [ids[i] for i in order], max(best.values())
