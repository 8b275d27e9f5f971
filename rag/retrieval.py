"""A question to the passages that may answer it: candidates, one score of each (``rag.fusion``), and the hits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from corpus import Document, Passage, language_of
from embeddings import Encoder, Index, LanguageMeans, Term, base_of, figure_tokens, lexical_tokens, simplified
from embeddings.encoder import Vectors
from rag.answers import Hit
from rag.coverage import coverages
from rag.editions import Editions
from rag.fusion import Signals, fused, standard
from rag.language import has_han
from rag.reranking import Reranker
from rag.terms import content_of, terms_of

__all__ = ["Found", "Query", "Retriever"]

_POOL = 60  # candidates from each leg
_EXAMINED = 50  # of the candidates, looked at for copies and editions, and by a reranker
_LOOKED_INTO = 10  # candidates, for what stands together
_LANGUAGES = 4  # of the documents, the commonest, that a question is put into
_BM25_CEILING = 2.2  # k1 + 1: what a token's rarity is multiplied by at the most


@dataclass(frozen=True)
class Query:
    """A question as the index sees it: its vector, and its terms with their rarity.

    ``vector`` is the question's own, ``moved`` has others for documents in other languages, by language.
    ``rarity`` is each term's inverse document frequency as BM25 has it, ``visible`` that of the terms which stand in
    some passage. ``content`` holds the words of ``content_of``, each weighed by how rare it is in general and in the
    passages.
    """

    text: str
    vector: Vectors
    moved: dict[str, Vectors]
    rarity: dict[Term, float]
    visible: dict[Term, float]
    content: dict[Term, float]

    def vector_for(self, language: str) -> Vectors:
        """The vector for passages in a language, a BCP 47 tag."""
        return self.moved.get(base_of(language), self.vector)

    def crosses(self, document: Document) -> bool:
        """Whether the document is in another language than the question."""
        moved = self.moved.get(base_of(document.language))
        return has_han(self.text) != has_han(document.text) if moved is None else moved is not self.vector

    @property
    def terms(self) -> list[Term]:
        """The terms, in the order of the question."""
        return list(self.rarity)

    @property
    def visibility(self) -> float:
        """The share of the terms' rarity that belongs to visible ones (0 to 1)."""
        return sum(self.visible.values()) / sum(self.rarity.values()) if self.rarity else 0.0

    @property
    def most_bm25(self) -> float:
        """More than BM25 can give a passage for these terms."""
        return _BM25_CEILING * sum(self.rarity.values())

    def share_over(self, passage: Passage) -> float:
        """How much of the visible terms stands in the title and headings over a passage (0 to 1)."""
        tokens = _tokens_over((passage.title, *passage.headings))
        found = sum(weight for term, weight in self.visible.items() if any(map(tokens.issuperset, term.ways)))
        return found / sum(self.visible.values()) if self.visible else 0.0


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
        counts: Counter[str] = Counter()
        for language, count in index.languages.items():
            counts[base_of(language)] += count
        self._languages = [language for language, _ in counts.most_common(_LANGUAGES)]
        self.query = lru_cache(maxsize=16)(self._query)

    def over(self, index: Index) -> Retriever:
        """The same for another index, which the same encoder built."""
        return Retriever(index, self.encoder, self.reranker, self._means)

    def _query(self, text: str) -> Query:
        """``query(text)``: the question encoded, and its tokens looked up; the last ones are remembered."""
        vector = self.encoder.encode([simplified(text)], "query")[0]
        terms = terms_of(text, self._languages)
        rarity = {term: self._rarity(term) for term in terms}
        unseen = self._rarity_of(0)
        visible = {term: weight for term, weight in rarity.items() if weight < unseen}
        content = {term: weight * self._rarity(term) for term, weight in content_of(text, self._languages).items()}
        if content.keys() <= rarity.keys():  # translations: one that stands nowhere may be the wrong one
            content = {term: weight for term, weight in content.items() if term in visible} or content
        return Query(text, vector, self._moved(text, vector), rarity, visible, content)

    def _moved(self, text: str, vector: Vectors) -> dict[str, Vectors]:
        """The question's vector for each language of the documents; Chinese ones and a Chinese question need none."""
        if self._languages == ["zh"] and base_of(language_of(text)) == "zh":
            return {}
        known = [language for language in self._languages if language in self._means.languages]
        return {language: self._means.moved(vector, language) for language in known}

    def search(self, query: Query, top_k: int, within: frozenset[str] | None = None) -> Found:
        """The best passages, best first; ``within`` are the ids of the only documents searched.

        Copies of a passage are shown once, with it. An edition of a document never stands before a later one.
        """
        rows = self.candidates(query, within)
        if not rows:
            return Found(query, (), (), 0.0)
        passages = [self.index.passage(row) for row in rows]
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
        vectors = [query.vector_for(language) for language in self._languages]
        for vector in {id(vector): vector for vector in vectors}.values():
            rows += self.index.dense(vector, _POOL, within).rows.tolist()
        if query.terms:
            rows += self.index.lexical(query.terms, _POOL, within).rows.tolist()
        return list(dict.fromkeys(rows))

    def signals(self, query: Query, rows: Sequence[int], passages: Sequence[Passage]) -> Signals:
        """What speaks for each of these rows, whose passages are given too."""
        dense, sentence = self._likeness(query, rows)
        bm25 = coverage = over = np.zeros(len(rows), dtype=np.float32)
        if query.visible:
            bm25 = self.index.lexical_scores(query.terms, rows) / query.most_bm25
            coverage = self.index.lexical_coverage(query.visible, rows) / sum(query.visible.values())
            over = np.array([query.share_over(passage) for passage in passages], dtype=np.float32)
        signals = Signals(
            document_ids=[passage.document_id for passage in passages],
            dense=dense,
            sentence=sentence,
            bm25=bm25,
            coverage=coverage,
            over=over,
            together=np.zeros(len(rows), dtype=np.float32),
            visibility=query.visibility,
        )
        for i in np.argsort(-fused(signals), kind="stable")[:_LOOKED_INTO].tolist():
            signals.together[i] = self._together(query, rows[i], passages[i])
        return signals

    def _hits(self, query: Query, candidates: Sequence[tuple[int, float, Passage]]) -> list[tuple[int, Hit]]:
        """The candidates as hits with their rows: copies with the first of them, editions behind later ones."""
        passages = [passage for _, _, passage in candidates]
        superseded = self._editions.superseded(passages, query.text)
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

    def _rarity(self, term: Term) -> float:
        """Of a term as rare as its commonest way, which is as rare as its rarest token."""
        return self._rarity_of(max(min(self.index.document_frequency(token) for token in way) for way in term.ways))

    def _rarity_of(self, count: int) -> float:
        passages = self.index.manifest.passages
        return math.log(1 + (passages - count + 0.5) / (count + 0.5))

    def _together(self, query: Query, row: int, passage: Passage) -> float:
        spans = (self.index.sentences(row).spans - passage.start).tolist()
        sentences = [passage.text[start:end] for start, end in spans]
        return max(coverages(query.content, sentences, " ".join([passage.title, *passage.headings])), default=0.0)

    def _likeness(self, query: Query, rows: Sequence[int]) -> tuple[Vectors, Vectors]:
        """How near each row's passage and its best sentence are to the question, asked in their language."""
        dense, sentence = np.empty((2, len(rows)), dtype=np.float32)
        languages = np.array([self.index.language(row) if query.moved else "" for row in rows])
        for language in np.unique(languages):
            vector = query.vector_for(str(language))
            places = np.flatnonzero(languages == language).tolist()
            dense[places] = self.index.dense_scores(vector, [rows[i] for i in places])
            for i in places:
                vectors = self.index.sentences(rows[i]).vectors
                sentence[i] = (vectors @ vector).max() if len(vectors) else -1.0
        return dense, sentence


@lru_cache(maxsize=4096)
def _tokens_over(lines: tuple[str, ...]) -> frozenset[str]:
    text = "\n".join(lines)
    return frozenset([*lexical_tokens(text), *figure_tokens(text)])


def _reranked(
    reranker: Reranker, question: str, candidates: Sequence[tuple[int, float, Passage]]
) -> list[tuple[int, float, Passage]]:
    """The candidates in the reranker's order, with the standard scores of what it gave them."""
    given = reranker.scores(question, [passage for _, _, passage in candidates])
    scores = standard(np.asarray(given, dtype=np.float32))
    order = np.argsort(-scores, kind="stable").tolist()
    return [(candidates[i][0], float(scores[i]), candidates[i][2]) for i in order]
