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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import Document, Passage, Skipped, UnknownDocument
from embeddings.encoders.protocol import Vectors
from embeddings.errors import IndexMissing, IndexUnreadable
from embeddings.index.protocol import DocumentSummary, Manifest, Matches, SentenceVectors
from embeddings.index.tokens import Term
from embeddings.messages import IndexMessage

if TYPE_CHECKING:
    from pymilvus import MilvusClient

__all__ = ["BM25", "MilvusIndex", "MilvusLocation", "dimension_of", "piece_id"]

MANIFEST, SUMMARIES, FREQUENCIES, SKIPPED = "\0manifest", "\0summaries", "\0frequencies", "\0skipped"
"""What the texts hold beside the documents; no document has such an id."""

_PASSAGE_FIELDS = ["row", "document_id", "start", "end", "page", "title", "headings", "text"]
_FIELDS = [*_PASSAGE_FIELDS, "vector", "tokens", "spans", "sentences"]
_KEPT = 4096  # passages held in memory
_MORE = 3  # candidates by words for each that is asked for: Milvus adds tokens up, terms are scored here


@dataclass(frozen=True, slots=True)
class MilvusLocation:
    """Where an index is: ``milvus:<uri>``, or ``milvus:<uri>#<name>`` where a server holds several.

    The uri is that of a server, or the path of a file for milvus-lite.
    """

    uri: str
    name: str = "yinju"

    @classmethod
    def parse(cls, location: str) -> MilvusLocation:
        """Reads ``milvus:...``; raises ``IndexUnreadable`` where the uri is missing."""
        uri, _, name = location.removeprefix("milvus:").partition("#")
        if not uri:
            raise IndexUnreadable(IndexMessage.MILVUS_WITHOUT_ADDRESS)
        return cls(uri, name or "yinju")

    def __str__(self) -> str:
        """Without the credentials the uri may hold."""
        scheme, separator, rest = self.uri.rpartition("://")
        return f"Milvus index {self.name} at {scheme}{separator}{rest.rpartition('@')[2]}"

    def connect(self) -> MilvusClient:
        """A client; raises ``IndexUnreadable`` where there is no package or no server."""
        try:
            from pymilvus import MilvusClient
        except ImportError as exc:
            raise IndexUnreadable(IndexMessage.MILVUS_PACKAGE) from exc
        with self.translated():
            return MilvusClient(self.uri)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turns errors of Milvus into ``IndexUnreadable``."""
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, OSError) as exc:
            reason = getattr(exc, "message", None) or str(exc) or type(exc).__name__
            raise IndexUnreadable(
                IndexMessage.MILVUS_UNUSABLE, index=str(self), reason=reason.splitlines()[0][:200]
            ) from exc

    def current(self, client: MilvusClient) -> str | None:
        """The collection that answers, if there is one."""
        with self.translated():
            if not client.has_collection(self.name):
                return None
            return str(client.describe_alias(self.name)["collection_name"])


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
        self._lock = threading.Lock()
        values = json.loads(self._text(MANIFEST) or "{}")
        try:
            self.manifest = Manifest.from_dict(values["manifest"])
            self._bm25 = BM25(self.manifest.passages, values["average_length"])
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
        weights = {dimension_of(token): self._rarity(token) for token in tokens if self.document_frequency(token)}
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
        scores = (sum(self._score(term, stored[row].tokens) for term in terms) for row in rows)
        return np.fromiter(scores, dtype=np.float32, count=len(rows))

    def lexical_coverage(self, weights: Mapping[Term, float], rows: Sequence[int]) -> Vectors:
        """For each of these rows the sum of the weights of those terms that stand in its passage."""
        stored = self._stored(rows)
        sums = (sum(weight for term, weight in weights.items() if _stands(term, stored[row].tokens)) for row in rows)
        return np.fromiter(sums, dtype=np.float32, count=len(rows))

    def document_frequency(self, token: str) -> int:
        """See ``Index``."""
        return self._frequencies.get(token, 0)

    def passage(self, row: int) -> Passage:
        """See ``Index``."""
        return self._stored([row])[row].passage

    def sentences(self, row: int) -> SentenceVectors:
        """See ``Index``."""
        return self._stored([row])[row].sentences

    def skipped(self) -> list[Skipped]:
        """See ``Index``."""
        return [Skipped.from_dict(values) for values in json.loads(self._text(SKIPPED) or "[]")]

    def documents(self) -> list[DocumentSummary]:
        """See ``Index``."""
        return list(self._summaries)

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """See ``Index``."""
        return Counter(self._language_of.values())

    def language(self, row: int) -> str:
        """See ``Index``."""
        return self._language_of[self.passage(row).document_id]

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

    def _score(self, term: Term, weights: Mapping[int, float]) -> float:
        """The best of the term's ways, of those all of whose tokens stand there."""
        best = 0.0
        for way in term.ways:
            found = [weights.get(dimension_of(token)) for token in way]
            if None not in found:
                total = sum(self._rarity(token) * (weight or 0.0) for token, weight in zip(way, found, strict=True))
                best = max(best, total)
        return best

    def _rarity(self, token: str) -> float:
        return self._bm25.rarity(self.document_frequency(token))

    @cached_property
    def _frequencies(self) -> dict[str, int]:
        values: dict[str, int] = json.loads(self._text(FREQUENCIES) or "{}")
        return values

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
        """A text of any length, put together from its pieces; None if there is none."""
        with self._location.translated():
            first = self._client.get(self._texts, ids=[piece_id(name, 0)], output_fields=["piece", "pieces"])
            if not first:
                return None
            ids = [piece_id(name, number) for number in range(1, first[0]["pieces"])]
            rest = self._client.get(self._texts, ids=ids, output_fields=["id", "piece"]) if ids else []
        pieces = {value["id"]: value["piece"] for value in rest}
        return "".join([first[0]["piece"], *(pieces[one] for one in ids)])


def _stands(term: Term, tokens: Mapping[int, float]) -> bool:
    return any(all(dimension_of(token) in tokens for token in way) for way in term.ways)


def _best(rows: Sequence[int], scores: Vectors, top_k: int) -> Matches:
    order = np.lexsort((np.array(rows, dtype=np.int64), -scores))[:top_k]
    return Matches(np.array(rows, dtype=np.int64)[order], scores[order])
