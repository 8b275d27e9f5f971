"""The index on a Milvus server, for a corpus and its readers beyond one machine.

A generation is two collections: the passages with their vectors, the BM25 weights of their tokens as a sparse vector
and their sentences; and the texts, which holds whatever is longer than a field of Milvus may be, in pieces. An alias
names the passages of the generation that answers, so that it is exchanged in one step. Searches by vector and by words
are Milvus's own; what they find is scored here as the index on one machine does it.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from base64 import b64decode
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import Document, Passage, Skipped, UnknownDocument
from embeddings.encoders.protocol import Vectors
from embeddings.errors import IndexMissing, IndexUnreadable
from embeddings.index.documents import DocumentSummary, Facets, Filters, called
from embeddings.index.protocol import Manifest, Matches, SentenceVectors
from embeddings.index.tokens import Term
from embeddings.messages import IndexMessage
from embeddings.milvus.location import MilvusLocation

if TYPE_CHECKING:
    from pymilvus import MilvusClient

__all__ = ["BM25", "MilvusIndex", "dimension_of", "piece_id", "shelf_of"]

MANIFEST, SUMMARIES, FREQUENCIES, SKIPPED = "\0manifest", "\0summaries", "\0frequencies/", "\0skipped"
"""What the texts hold beside the documents; no document has such an id. Behind the third stands a shelf's number."""

_PASSAGE_FIELDS = ["row", "document_id", "start", "end", "page", "title", "headings", "text"]
_FIELDS = [*_PASSAGE_FIELDS, "vector", "tokens", "spans", "sentences"]
_KEPT = 4096  # passages held in memory
_KEPT_SHELVES = 1024  # of some hundred tokens each
_MORE = 3  # candidates by words for each that is asked for: Milvus adds tokens up, terms are scored here


@dataclass(frozen=True, slots=True)
class BM25:
    """Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, with the parameters of the postings."""

    passages: int
    average_length: float
    k1: float = 1.2
    b: float = 0.75

    def weight(self, count: int, length: int) -> float:
        """Of a token that stands ``count`` times in a passage of ``length`` tokens, without its rarity."""
        norm = 1 - self.b + self.b * length / self.average_length
        return count * (self.k1 + 1) / (count + self.k1 * norm)

    def rarity(self, frequency: int) -> float:
        """Of a token that stands in so many passages."""
        return math.log(1 + (self.passages - frequency + 0.5) / (frequency + 0.5))


def dimension_of(token: str) -> int:
    """The dimension of a token in the sparse vectors: 32 bits of its hash."""
    return int.from_bytes(hashlib.blake2b(token.encode(errors="surrogatepass"), digest_size=4).digest()) % (2**32 - 1)


def shelf_of(token: str, shelves: int) -> int:
    """The shelf on which it stands in how many passages a token stands."""
    return dimension_of(token) % shelves


def piece_id(name: str, number: int) -> str:
    """The key of a piece of a text."""
    return f"{hashlib.blake2b(name.encode(errors='surrogatepass'), digest_size=16).hexdigest()}/{number}"


@dataclass(frozen=True, slots=True)
class _Stored:
    """A passage as Milvus has it. ``tokens`` are the BM25 weights by dimension."""

    passage: Passage
    vector: Vectors
    tokens: Mapping[int, float]
    sentences: SentenceVectors

    @classmethod
    def of(cls, values: Mapping[str, Any], dimensions: int) -> _Stored:
        spans = np.array(json.loads(values["spans"]), dtype=np.int32).reshape(-1, 2)
        data = b"".join(map(b64decode, values["sentences"]))
        vectors = np.frombuffer(data, dtype=np.float16).reshape(-1, dimensions).astype(np.float32)
        passage = Passage(
            values["document_id"],
            values["start"],
            values["end"],
            values["text"],
            values["title"],
            tuple(json.loads(values["headings"])),
            values["page"] if values["page"] >= 0 else None,
        )
        tokens = {int(dimension): float(weight) for dimension, weight in values["tokens"].items()}
        return cls(passage, np.array(values["vector"], dtype=np.float32), tokens, SentenceVectors(spans, vectors))


class MilvusIndex:
    """An opened generation on a server; see ``embeddings.index.protocol.Index``."""

    def __init__(self, location: MilvusLocation, client: MilvusClient, collection: str) -> None:
        self._location = location
        self._client = client
        self._collection = self._offered = collection
        self._texts = collection.replace("_passages", "_texts")
        self._kept: dict[int, _Stored] = {}
        self._frequencies: dict[int, dict[str, int]] = {}
        self._lock = threading.Lock()
        values = json.loads(self._text(MANIFEST) or "{}")
        try:
            self.manifest = Manifest.from_dict(values["manifest"])
            self._bm25 = BM25(self.manifest.passages, values["average_length"])
            self._shelves = int(values["shelves"])
        except (KeyError, TypeError) as exc:
            raise IndexUnreadable(IndexMessage.MILVUS_MANIFEST, index=str(location)) from exc
        self.document = lru_cache(maxsize=64)(self._read_document)

    @classmethod
    def open(cls, location: str) -> MilvusIndex:
        """The current generation; see ``open_index``."""
        place = MilvusLocation.parse(location)
        client = place.connect()
        collection = place.current(client)
        if collection is None:
            raise IndexMissing(IndexMessage.MILVUS_MISSING, index=str(place))
        return cls(place, client, collection)

    def newer(self) -> MilvusIndex | None:
        """See ``Index``."""
        collection = self._location.current(self._client)
        if collection is None or collection == self._offered:
            return None
        self._offered = collection
        return MilvusIndex(self._location, self._client, collection)

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
        stored = self._stored(rows)
        return np.array([stored[row].vector @ query for row in rows], dtype=np.float32)

    def lexical_scores(self, terms: Sequence[Term], rows: Sequence[int]) -> Vectors:
        """See ``Index``."""
        stored = self._stored(rows)
        counts = self.document_frequencies({token for term in terms for way in term.ways for token in way})
        rarity = {token: self._bm25.rarity(count) for token, count in counts.items()}
        scores = (sum(_score(term, stored[row].tokens, rarity) for term in terms) for row in rows)
        return np.fromiter(scores, dtype=np.float32, count=len(rows))

    def lexical_coverage(self, weights: Mapping[Term, float], rows: Sequence[int]) -> Vectors:
        """For each of these rows the sum of the weights of those terms that stand in its passage."""
        stored = self._stored(rows)
        sums = (sum(weight for term, weight in weights.items() if _stands(term, stored[row].tokens)) for row in rows)
        return np.fromiter(sums, dtype=np.float32, count=len(rows))

    def document_frequency(self, token: str) -> int:
        """See ``Index``."""
        return self.document_frequencies([token])[token]

    def document_frequencies(self, tokens: Collection[str]) -> Mapping[str, int]:
        """See ``Index``. Only the shelves that the tokens stand on are read, all at once, and kept for a while."""
        shelves = {token: shelf_of(token, self._shelves) for token in tokens}
        with self._lock:
            found = {shelf: self._frequencies[shelf] for shelf in shelves.values() if shelf in self._frequencies}
        missing = {f"{FREQUENCIES}{shelf}": shelf for shelf in shelves.values() if shelf not in found}
        if missing:
            found |= {missing[name]: json.loads(text) for name, text in self._read_texts(list(missing)).items()}
            with self._lock:
                if len(self._frequencies) + len(missing) > _KEPT_SHELVES:
                    self._frequencies.clear()
                self._frequencies |= found
        return {token: found[shelf].get(token, 0) for token, shelf in shelves.items()}

    def passage(self, row: int) -> Passage:
        """See ``Index``."""
        return self._stored([row])[row].passage

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """See ``Index``."""
        stored = self._stored(rows)
        return [stored[row].passage for row in rows]

    def sentences(self, row: int) -> SentenceVectors:
        """See ``Index``."""
        return self._stored([row])[row].sentences

    def sentences_of(self, rows: Sequence[int]) -> list[SentenceVectors]:
        """See ``Index``."""
        stored = self._stored(rows)
        return [stored[row].sentences for row in rows]

    def skipped(self) -> list[Skipped]:
        """See ``Index``."""
        return [Skipped.from_dict(values) for values in json.loads(self._text(SKIPPED) or "[]")]

    def documents(self) -> list[DocumentSummary]:
        """See ``Index``."""
        return list(self._summaries)

    def summaries(self, document_ids: Collection[str]) -> list[DocumentSummary]:
        """See ``Index``."""
        wanted = set(document_ids)
        return [summary for summary in self._summaries if summary.id in wanted]

    def called(self, query: str, most: int) -> list[DocumentSummary]:
        """See ``Index``."""
        return called(self._summaries, query, most)

    def choose(self, filters: Filters) -> frozenset[str]:
        """See ``Index``."""
        return filters.choose(self._summaries)

    @cached_property
    def facets(self) -> Facets:
        """See ``Index``."""
        sources = (summary.source for summary in self._summaries if summary.source)
        return Facets.of(self._language_of, sources, self.languages)

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """See ``Index``."""
        return Counter(self._language_of.values())

    def languages_of(self, rows: Sequence[int]) -> list[str]:
        """See ``Index``."""
        return [self._language_of[passage.document_id] for passage in self.passages(rows)]

    def close(self) -> None:
        """See ``Index``. The client may serve the next generation, and goes with the last that uses it."""

    def count(self) -> int:
        """How many passages the server holds."""
        with self._location.translated():
            return int(self._client.query(self._collection, filter="", output_fields=["count(*)"])[0]["count(*)"])

    def _read_document(self, document_id: str) -> Document:
        text = self._text(document_id)
        if text is None:
            raise UnknownDocument(IndexMessage.DOCUMENT_NOT_INDEXED, document=document_id)
        return Document.from_dict(json.loads(text))

    @cached_property
    def _summaries(self) -> list[DocumentSummary]:
        return [DocumentSummary(*values) for values in json.loads(self._text(SUMMARIES) or "[]")]

    @cached_property
    def _language_of(self) -> dict[str, str]:
        return {summary.id: summary.language for summary in self._summaries}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {summary.id: number for number, summary in enumerate(self._summaries)}

    def _search(self, field: str, query: Any, top_k: int, within: frozenset[str] | None) -> list[int]:
        """The rows that Milvus finds, which are kept in memory then."""
        top_k = min(top_k, self.manifest.passages)
        chosen = None if within is None else [self._numbers[name] for name in within if name in self._numbers]
        if not top_k or chosen == []:
            return []
        with self._location.translated():
            hits = self._client.search(
                self._collection,
                data=[query],
                anns_field=field,
                limit=top_k,
                filter="" if chosen is None else f"document in {sorted(chosen)}",
                output_fields=_FIELDS,
                search_params={"metric_type": "IP"},
            )[0]
        self._keep(hit["entity"] for hit in hits)
        return [int(hit["entity"]["row"]) for hit in hits]

    def _stored(self, rows: Sequence[int]) -> Mapping[int, _Stored]:
        with self._lock:
            found = {row: self._kept[row] for row in rows if row in self._kept}
        missing = [int(row) for row in rows if row not in found]
        if missing:
            with self._location.translated():
                values = self._client.get(self._collection, ids=missing, output_fields=_FIELDS)
            found |= self._keep(values)
        return found

    def _keep(self, values: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> dict[int, _Stored]:
        read = {int(value["row"]): _Stored.of(value, self.manifest.dimensions) for value in values}
        with self._lock:
            if len(self._kept) + len(read) > _KEPT:
                self._kept.clear()
            self._kept |= read
        return read

    def _text(self, name: str) -> str | None:
        """A text of any length; None if there is none."""
        return self._read_texts([name]).get(name)

    def _read_texts(self, names: Sequence[str]) -> dict[str, str]:
        """Texts by their names, put together from their pieces, of which a short one has one; those there are."""
        first = self._pieces([piece_id(name, 0) for name in names])
        whole = {name: first[piece_id(name, 0)] for name in names if piece_id(name, 0) in first}
        later = {name: [piece_id(name, n) for n in range(1, value["pieces"])] for name, value in whole.items()}
        rest = self._pieces([one for ids in later.values() for one in ids])
        return {
            name: "".join([value["piece"], *(rest[one]["piece"] for one in later[name])])
            for name, value in whole.items()
        }

    def _pieces(self, ids: Sequence[str]) -> dict[str, Any]:
        if not ids:
            return {}
        with self._location.translated():
            found = self._client.get(self._texts, ids=list(ids), output_fields=["id", "piece", "pieces"])
        return {value["id"]: value for value in found}


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
