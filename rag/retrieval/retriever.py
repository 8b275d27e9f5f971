"""A question to the passages that may answer it: candidates, one score of each (``fusion``), and the hits."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import numpy as np

from corpus import Passage
from embeddings import Encoder, Index, LanguageMeans
from embeddings.encoders.protocol import Vectors
from embeddings.index.protocol import SentenceVectors
from rag.answers import Hit
from rag.retrieval.coverage import coverages
from rag.retrieval.editions import Editions
from rag.retrieval.fusion import Signals, fused, standard
from rag.retrieval.query import Asked, Queries, Query
from rag.retrieval.reranking import Reranker

__all__ = ["Found", "Retriever"]

_POOL = 60  # candidates from each leg
_EXAMINED = 50  # of the candidates, looked at for copies and editions, and by a reranker
_LOOKED_INTO = 10  # candidates, for what stands together


@dataclass(frozen=True)
class Found:
    """What a search found: hits with their rows in the index, best first.

    ``lexical_share`` is the best BM25 score as a share of the most that the question could score.
    """

    query: Query
    rows: tuple[int, ...]
    hits: tuple[Hit, ...]
    lexical_share: float


class Retriever:
    """Searches one index with the encoder that built it."""

    def __init__(
        self, index: Index, encoder: Encoder, reranker: Reranker | None = None, means: LanguageMeans | None = None
    ) -> None:
        self.index = index
        self.encoder = encoder
        self.reranker = reranker
        self._editions = Editions(index)
        self._means = means or LanguageMeans(encoder)
        self.query = lru_cache(maxsize=16)(Queries(index, encoder, self._means))

    def over(self, index: Index) -> Self:
        """The same for another index, which the same encoder built.

        One of a class of another house keeps its class and what it holds; where that hangs on the index, this is to be
        told anew there.
        """
        other = copy(self)
        Retriever.__init__(other, index, self.encoder, self.reranker, self._means)
        return other

    def search(self, query: Query, top_k: int, within: frozenset[str] | None = None) -> Found:
        """The best passages, best first; ``within`` are the ids of the only documents searched.

        Copies of a passage are shown once, with it. An edition of a document never stands before a later one.
        """
        rows = self.candidates(query, within)
        if not rows:
            return Found(query, (), (), 0.0)
        passages = self.index.passages(rows)
        signals = self.signals(query, rows, passages)
        scores = fused(signals)
        best = np.argsort(-scores, kind="stable")[: max(_EXAMINED, 2 * top_k)].tolist()
        candidates = [(rows[i], float(scores[i]), passages[i]) for i in best]
        if self.reranker is not None:
            candidates = _reranked(self.reranker, query.text, candidates)
        hits = self._hits(query, candidates)[:top_k]
        return Found(
            query=query,
            rows=tuple(row for row, _ in hits),
            hits=tuple(replace(hit, rank=rank) for rank, (_, hit) in enumerate(hits, 1)),
            lexical_share=float(signals.bm25.max()),
        )

    def candidates(self, query: Query, within: frozenset[str] | None = None) -> list[int]:
        """The rows that either leg finds, each once."""
        rows = []
        for vector in {id(asked.vector): asked.vector for asked in query.asked.values()}.values():
            rows += self.index.dense(vector, _POOL, within).rows.tolist()
        for terms in filter(None, dict.fromkeys(tuple(asked.terms) for asked in query.asked.values())):
            rows += self.index.lexical(terms, _POOL, within).rows.tolist()
        return list(dict.fromkeys(rows))

    def signals(self, query: Query, rows: Sequence[int], passages: Sequence[Passage]) -> Signals:
        """What speaks for each of these rows, whose passages are given too."""
        only = next(iter(query.asked)) if len(query.asked) == 1 else None
        asked_as = [only] * len(rows) if only else map(query.asked_as, self.index.languages_of(rows))
        languages, sentences = np.array(list(asked_as)), self.index.sentences_of(rows)
        values = {name: np.zeros(len(rows), dtype=np.float32) for name in Signals.ARRAYS}
        for language in np.unique(languages).tolist():
            places = np.flatnonzero(languages == language).tolist()
            here = self._signals(
                query.asked[language],
                [rows[i] for i in places],
                [passages[i] for i in places],
                [sentences[i] for i in places],
            )
            for name, found in here.items():
                values[name][places] = found
        signals = Signals([passage.document_id for passage in passages], **values)
        for i in np.argsort(-fused(signals), kind="stable")[:_LOOKED_INTO].tolist():
            signals.together[i] = _together(query, passages[i], sentences[i])
        return signals

    def _signals(
        self, asked: Asked, rows: Sequence[int], passages: Sequence[Passage], sentences: Sequence[SentenceVectors]
    ) -> dict[str, Vectors | float]:
        """The signals of rows in the language that the question is asked in here."""
        likest = [(one.vectors @ asked.vector).max() if len(one.vectors) else -1.0 for one in sentences]
        nearest = np.array(likest, dtype=np.float32)
        values: dict[str, Vectors | float] = {
            "dense": self.index.dense_scores(asked.vector, rows) - asked.ahead,
            "sentence": nearest - asked.ahead,
            "visibility": asked.visibility,
        }
        if asked.visible:
            values["bm25"] = self.index.lexical_scores(asked.terms, rows) / asked.most_bm25
            values["coverage"] = self.index.lexical_coverage(asked.visible, rows) / sum(asked.visible.values())
            values["over"] = np.array([asked.share_over(passage) for passage in passages])
        return values

    def _hits(self, query: Query, candidates: Sequence[tuple[int, float, Passage]]) -> list[tuple[int, Hit]]:
        """The candidates as hits with their rows: copies with the first of them, editions behind later ones."""
        passages = [passage for _, _, passage in candidates]
        superseded = self._editions.superseded(passages, query.question.editions)
        first_of = {passage.document_id: i for i, passage in reversed(list(enumerate(passages)))}
        behind = [first_of.get(superseded.get(passage.document_id, ""), -1) for passage in passages]
        order = sorted(range(len(passages)), key=lambda i: max(i, behind[i] + 0.5))
        firsts = self._editions.copies([passages[i] for i in order])
        copies: dict[int, list[Passage]] = {}
        for place, first in enumerate(firsts):
            if place != first:
                copies.setdefault(first, []).append(passages[order[place]])
        hits: list[tuple[int, Hit]] = []
        for place, i in enumerate(order):
            if firsts[place] == place:
                row, score, passage = candidates[i]
                score = min(score, hits[-1][1].score) if hits else score
                later = superseded.get(passage.document_id)
                hits.append((row, Hit(len(hits) + 1, score, passage, tuple(copies.get(place, ())), later)))
        return hits


def _together(query: Query, passage: Passage, sentences: SentenceVectors) -> float:
    """How much of the question stands together in one of the passage's sentences and next to it."""
    texts = [passage.text[start:end] for start, end in (sentences.spans - passage.start).tolist()]
    return max(coverages(query.content, texts, " ".join([passage.title, *passage.headings])), default=0.0)


def _reranked(
    reranker: Reranker, question: str, candidates: Sequence[tuple[int, float, Passage]]
) -> list[tuple[int, float, Passage]]:
    """The candidates in the reranker's order, with the standard scores of what it gave them."""
    given = reranker.scores(question, [passage for _, _, passage in candidates])
    scores = standard(np.asarray(given, dtype=np.float32))
    order = np.argsort(-scores, kind="stable").tolist()
    return [(candidates[i][0], float(scores[i]), candidates[i][2]) for i in order]
