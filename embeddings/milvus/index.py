"""The index on a Milvus server, for a corpus and its readers beyond one machine.

An alias names the collections that answer, and in them the newest state that is written names the generation: both are
exchanged in one step. Searches by vector and by words are Milvus's own; what they find is scored here as the index on
one machine does it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from corpus import Document, Passage, Skipped, UnknownDocument
from embeddings.encoders.protocol import Vectors
from embeddings.errors import IndexMissing
from embeddings.index.documents import DocumentSummary, Facets, Filters, called
from embeddings.index.protocol import Matches, SentenceVectors
from embeddings.index.tokens import Term
from embeddings.messages import IndexMessage
from embeddings.milvus.collections import Collections, document_name
from embeddings.milvus.generation import Line, State
from embeddings.milvus.location import MilvusLocation
from embeddings.milvus.weights import BM25, dimension_of

__all__ = ["MilvusIndex"]

_MORE = 3  # candidates by words for each that is asked for: Milvus adds tokens up, terms are scored here


class MilvusIndex:
    """An opened generation on a server; see ``embeddings.index.protocol.Index``."""

    def __init__(self, collections: Collections, state: State) -> None:
        self.collections = collections
        self.state = state
        self.manifest = state.manifest
        self._offered = (collections.passages, state.number)
        self._bm25 = BM25(self.manifest.passages, state.average_length)
        self.document = lru_cache(maxsize=64)(self._read_document)

    @classmethod
    def open(cls, location: str) -> MilvusIndex:
        """The current generation; see ``open_index``."""
        place = MilvusLocation.parse(location)
        client = place.connect()
        passages = place.current(client)
        if passages is None:
            raise IndexMissing(IndexMessage.MILVUS_MISSING, index=str(place))
        collections = Collections(place, client, passages).loaded()
        return cls(collections, collections.state())

    def newer(self) -> MilvusIndex | None:
        """See ``Index``."""
        location, client = self.collections.location, self.collections.client
        passages = location.current(client)
        if passages is None:
            return None
        same = passages == self.collections.passages
        collections = self.collections if same else Collections(location, client, passages).loaded()
        state = collections.state()
        if (passages, state.number) == self._offered:
            return None
        self._offered = (passages, state.number)
        return MilvusIndex(collections, state)

    def dense(self, query: Vectors, top_k: int, within: frozenset[str] | None = None) -> Matches:
        """See ``Index``."""
        rows = self._search("vector", query.tolist(), top_k, within)
        return _best(rows, self.dense_scores(query, rows), top_k)

    def lexical(self, terms: Sequence[Term], top_k: int, within: frozenset[str] | None = None) -> Matches:
        """See ``Index``."""
        tokens = {token for term in terms for way in term.ways for token in way}
        counts = self.document_frequencies(tokens)
        weights = {dimension_of(token): self._bm25.rarity(count) for token, count in counts.items() if count}
        rows = self._search("tokens", weights, top_k * _MORE, within) if weights else []
        scores = self.lexical_scores(terms, rows)
        found = [row for row, score in zip(rows, scores, strict=True) if score > 0]
        return _best(found, scores[scores > 0], top_k)

    def dense_scores(self, query: Vectors, rows: Sequence[int]) -> Vectors:
        """See ``Index``."""
        stored = self.collections.stored(rows)
        return np.array([stored[row].vector @ query for row in rows], dtype=np.float32)

    def lexical_scores(self, terms: Sequence[Term], rows: Sequence[int]) -> Vectors:
        """See ``Index``."""
        stored = self.collections.stored(rows)
        counts = self.document_frequencies({token for term in terms for way in term.ways for token in way})
        rarity = {token: self._bm25.rarity(count) for token, count in counts.items()}
        scores = (sum(_score(term, stored[row].tokens, rarity) for term in terms) for row in rows)
        return np.fromiter(scores, dtype=np.float32, count=len(rows))

    def lexical_coverage(self, weights: Mapping[Term, float], rows: Sequence[int]) -> Vectors:
        """For each of these rows the sum of the weights of those terms that stand in its passage."""
        stored = self.collections.stored(rows)
        sums = (sum(weight for term, weight in weights.items() if _stands(term, stored[row].tokens)) for row in rows)
        return np.fromiter(sums, dtype=np.float32, count=len(rows))

    def document_frequency(self, token: str) -> int:
        """See ``Index``."""
        return self.document_frequencies([token])[token]

    def document_frequencies(self, tokens: Collection[str]) -> Mapping[str, int]:
        """See ``Index``. Of what the first generation had, only the shelves that the tokens stand on are read."""
        dimensions = {token: dimension_of(token) for token in tokens}
        shelves = self.collections.shelves({dimension % self.state.shelves for dimension in dimensions.values()})
        return {
            token: shelves[dimension % self.state.shelves].get(dimension, 0) + self._frequencies_since[dimension]
            for token, dimension in dimensions.items()
        }

    def passage(self, row: int) -> Passage:
        """See ``Index``."""
        return self.collections.stored([row])[row].passage

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """See ``Index``."""
        stored = self.collections.stored(rows)
        return [stored[row].passage for row in rows]

    def sentences(self, row: int) -> SentenceVectors:
        """See ``Index``."""
        return self.collections.stored([row])[row].sentences

    def sentences_of(self, rows: Sequence[int]) -> list[SentenceVectors]:
        """See ``Index``."""
        stored = self.collections.stored(rows)
        return [stored[row].sentences for row in rows]

    def skipped(self) -> list[Skipped]:
        """See ``Index``."""
        (last,) = self.collections.changes([self.state.number])
        return list(last.skipped)

    def documents(self) -> list[DocumentSummary]:
        """See ``Index``."""
        return [line.summary for line in self.lines.values()]

    def summaries(self, document_ids: Collection[str]) -> list[DocumentSummary]:
        """See ``Index``."""
        return [self.lines[name].summary for name in sorted(set(document_ids)) if name in self.lines]

    def called(self, query: str, most: int) -> list[DocumentSummary]:
        """See ``Index``."""
        return called(self.documents(), query, most)

    def choose(self, filters: Filters) -> frozenset[str]:
        """See ``Index``."""
        return filters.choose(self.documents())

    @cached_property
    def facets(self) -> Facets:
        """See ``Index``."""
        sources = (line.summary.source for line in self.lines.values() if line.summary.source)
        return Facets.of(self.lines, sources, self.languages)

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """See ``Index``."""
        return Counter(line.summary.language for line in self.lines.values())

    def languages_of(self, rows: Sequence[int]) -> list[str]:
        """See ``Index``."""
        return [self.lines[passage.document_id].summary.language for passage in self.passages(rows)]

    def close(self) -> None:
        """See ``Index``. The client may serve the next generation, and goes with the last that uses it."""

    # What follows is for the next rebuild.

    def count(self) -> int:
        """How many passages the server holds of this generation."""
        return self.collections.count(self._here)

    @cached_property
    def lines(self) -> Mapping[str, Line]:
        """The documents by their ids, in the order of these."""
        found: dict[int, Line] = {}
        for changes in self.collections.changes(range(self.state.number + 1)):
            for number in changes.gone:
                del found[number]
            found |= {line.number: line for line in changes.brought}
        return {line.summary.id: line for line in sorted(found.values(), key=lambda line: line.summary.id)}

    @cached_property
    def gone(self) -> Sequence[int]:
        """The numbers of the documents that the generation before still had."""
        (last,) = self.collections.changes([self.state.number])
        return last.gone

    def _read_document(self, document_id: str) -> Document:
        line = self.lines.get(document_id)
        texts = {} if line is None else self.collections.read_texts([document_name(line.number)])
        if not texts:
            raise UnknownDocument(IndexMessage.DOCUMENT_NOT_INDEXED, document=document_id)
        return Document.from_dict(json.loads(*texts.values()))

    @cached_property
    def _frequencies_since(self) -> Counter[int]:
        """By how many passages each token has more or fewer than in the first generation, by its dimension."""
        found: Counter[int] = Counter()
        for changes in self.collections.changes(range(1, self.state.number + 1)):
            found.update(changes.frequencies)
        return found

    @cached_property
    def _here(self) -> str:
        """What chooses the passages of this generation: not those before it only, and not those still to come."""
        here = f"document < {self.state.documents}"
        return f"{here} and document not in {list(self.gone)}" if self.gone else here

    def _search(self, field: str, query: Any, top_k: int, within: frozenset[str] | None) -> list[int]:
        top_k = min(top_k, self.manifest.passages)
        chosen = None if within is None else sorted(self.lines[name].number for name in within if name in self.lines)
        if not top_k or chosen == []:
            return []
        here = self._here if chosen is None else f"document in {chosen}"
        return self.collections.search(field, query, top_k, here)


def _score(term: Term, weights: Mapping[int, float], rarity: Mapping[str, float]) -> float:
    """The best of a term's ways, of those all of whose tokens stand there."""
    best = 0.0
    for way in term.ways:
        found = [weights.get(dimension_of(token)) for token in way]
        if None not in found:
            total = sum(rarity[token] * (weight or 0.0) for token, weight in zip(way, found, strict=True))
            best = max(best, total)
    return best


def _stands(term: Term, tokens: Mapping[int, float]) -> bool:
    return any(all(dimension_of(token) in tokens for token in way) for way in term.ways)


def _best(rows: Sequence[int], scores: Vectors, top_k: int) -> Matches:
    order = np.lexsort((np.array(rows, dtype=np.int64), -scores))[:top_k]
    return Matches(np.array(rows, dtype=np.int64)[order], scores[order])
