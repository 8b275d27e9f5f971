"""A question to the passages that may answer it.

Three signals are added, each as a standard score over the candidates (Lee, "Analyses of multiple evidence
combination", 1997): the likeness of the passage's vector, that of its best sentence's, and BM25. The lexical one counts
as far as the index can see the question: by the share of its words, weighed by rarity, that stand in any passage. A
question in another language shares a word or two by chance, and rank fusion would trust them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings import Encoder, Index, Term
from embeddings.encoder import Vectors
from rag.answers import Hit
from rag.terms import content_of, terms_of

__all__ = ["Found", "Query", "Retriever"]

_POOL = 60  # candidates from each leg
_BM25_CEILING = 2.2  # k1 + 1: what a token's rarity is multiplied by at the most


@dataclass(frozen=True)
class Query:
    """A question as the index sees it: its vector, and its terms with their rarity.

    ``rarity`` is each term's inverse document frequency as BM25 has it; ``visibility`` (0 to 1) is the share of it that
    belongs to terms which stand in some passage. ``content`` holds the words of ``content_of``, each weighed by how
    rare it is in general and in the passages.
    """

    text: str
    vector: Vectors
    rarity: dict[Term, float]
    content: dict[Term, float]
    visibility: float

    @property
    def terms(self) -> list[Term]:
        """The terms, in the order of the question."""
        return list(self.rarity)


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

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self.index = index
        self.encoder = encoder

    def query(self, text: str) -> Query:
        """The question encoded, and its tokens looked up."""
        vector = self.encoder.encode([text], "query")[0]
        terms = terms_of(text)
        rarity = {term: self._rarity(term) for term in terms}
        unseen = self._rarity_of(0)
        total = sum(rarity.values())
        visible = sum(weight for weight in rarity.values() if weight < unseen)
        content = {term: weight * self._rarity(term) for term, weight in content_of(text).items()}
        if content.keys() <= rarity.keys():  # translations: one that stands nowhere may be the wrong one
            content = {term: weight for term, weight in content.items() if rarity[term] < unseen} or content
        return Query(text, vector, rarity, content, visible / total if total else 0.0)

    def search(self, query: Query, top_k: int, within: frozenset[str] | None = None) -> Found:
        """The best passages, best first; ``within`` are the ids of the only documents searched."""
        terms = query.terms
        rows = self.index.dense(query.vector, _POOL, within).rows.tolist()
        if terms:
            rows = list(dict.fromkeys([*rows, *self.index.lexical(terms, _POOL, within).rows.tolist()]))
        if not rows:
            return Found(query, (), (), 0.0)
        dense = self.index.dense_scores(query.vector, rows)
        sentence = np.array([self._best_sentence(query, row) for row in rows], dtype=np.float32)
        lexical = self.index.lexical_scores(terms, rows) if terms else np.zeros(len(rows), dtype=np.float32)
        scores = _standard(dense) + _standard(sentence) + query.visibility * _standard(lexical)
        best = np.argsort(-scores, kind="stable")[:top_k].tolist()
        most = _BM25_CEILING * sum(query.rarity.values())
        return Found(
            query=query,
            rows=tuple(rows[i] for i in best),
            hits=tuple(Hit(rank, float(scores[i]), self.index.passage(rows[i])) for rank, i in enumerate(best, 1)),
            lexical_share=float(lexical.max()) / most if most else 0.0,
        )

    def _rarity(self, term: Term) -> float:
        """Of a term as rare as its commonest way, which is as rare as its rarest token."""
        return self._rarity_of(max(min(self.index.document_frequency(token) for token in way) for way in term.ways))

    def _rarity_of(self, count: int) -> float:
        passages = self.index.manifest.passages
        return math.log(1 + (passages - count + 0.5) / (count + 0.5))

    def _best_sentence(self, query: Query, row: int) -> float:
        vectors = self.index.sentences(row).vectors
        return float((vectors @ query.vector).max()) if len(vectors) else -1.0


def _standard(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)
