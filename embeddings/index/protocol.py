"""What an index is to those who search it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus import Document, Passage, Skipped
from embeddings.encoders.protocol import Vectors
from embeddings.index.documents import DocumentSummary, Facets, Filters
from embeddings.index.tokens import Term

__all__ = ["Index", "Manifest", "Matches", "PartSummary", "SentenceVectors"]


@dataclass(frozen=True, slots=True)
class PartSummary:
    """A part of the vectors: its rows and their sentences, and how it is searched.

    A large part's rows are in ``lists`` lists, of which ``probes`` are looked into; ``recall`` is the share of the ten
    nearest that this finds (0 to 1), measured when the lists were made. Without lists every vector is looked at.
    """

    rows: int
    sentences: int
    lists: int = 0
    probes: int = 0
    recall: float = 1.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index says of itself.

    ``fingerprint`` is the encoder's, "" where it could not be told.
    ``created`` is an ISO 8601 time in UTC. ``rows`` are numbered from 0; those of removed passages stay unused for a
    while, so that there may be more rows than passages. ``recall`` is the share of the ten nearest passages that a
    search finds (0 to 1), 1.0 where every vector is looked at; ``parts`` are the vectors' on the disk, none where a
    server holds them. ``files`` are SHA-256 sums and ``sizes`` bytes, by name, and ``seal`` is the sum of all the rest.
    """

    format: int
    model: str
    dimensions: int
    max_chars: int
    documents: int
    passages: int
    sentences: int
    created: str
    generation: str = ""
    fingerprint: str = ""
    rows: int = 0
    recall: float = 1.0
    parts: tuple[PartSummary, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    seal: str = ""

    @property
    def bytes(self) -> int:
        """The size of all its files on the disk."""
        return sum(self.sizes.values())

    def sealed(self) -> Manifest:
        """The same with its seal."""
        values = json.dumps(self.to_dict() | {"seal": ""}, sort_keys=True)
        return replace(self, seal=hashlib.sha256(values.encode()).hexdigest())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Manifest:
        """The manifest of ``to_dict``'s values."""
        return cls(**{**values, "parts": tuple(PartSummary(**part) for part in values["parts"])})


@dataclass(frozen=True, slots=True)
class Matches:
    """Passages by their rows in the index with their scores, best first; both arrays have shape (matches,)."""

    rows: npt.NDArray[np.int64]
    scores: Vectors


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """The sentences of one passage: spans in the document, shape (sentences, 2), and unit vectors of them."""

    spans: npt.NDArray[np.int32]
    vectors: Vectors


class Index(Protocol):
    """A finished, unchanging index. Safe to use from several threads."""

    @property
    def manifest(self) -> Manifest:
        """What it says of itself."""
        ...

    def dense(self, query: Vectors, top_k: int, within: frozenset[str] | None = None) -> Matches:
        """The passages whose vectors have the greatest inner product with ``query``, shape (dimensions,).

        ``within`` are the ids of the only documents to be searched.
        """
        ...

    def lexical(self, terms: Sequence[Term], top_k: int, within: frozenset[str] | None = None) -> Matches:
        """The passages with the highest BM25 scores for these terms; fewer than ``top_k`` where few hold any."""
        ...

    def dense_scores(self, query: Vectors, rows: Sequence[int]) -> Vectors:
        """The inner products of ``query`` with the vectors of these rows."""
        ...

    def lexical_scores(self, terms: Sequence[Term], rows: Sequence[int]) -> Vectors:
        """The BM25 scores of these rows; 0 for a passage that holds none of the terms."""
        ...

    def lexical_coverage(self, weights: Mapping[Term, float], rows: Sequence[int]) -> Vectors:
        """For each of these rows the sum of the weights of those terms that stand in its passage."""
        ...

    def document_frequency(self, token: str) -> int:
        """In how many passages the token stands."""
        ...

    def document_frequencies(self, tokens: Collection[str]) -> Mapping[str, int]:
        """The same of many tokens, each of them in the result."""
        ...

    def passage(self, row: int) -> Passage:
        """The passage of a row."""
        ...

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of some rows, in their order."""
        ...

    def sentences(self, row: int) -> SentenceVectors:
        """The sentences of a row's passage."""
        ...

    def sentences_of(self, rows: Sequence[int]) -> list[SentenceVectors]:
        """The sentences of some rows' passages, in their order."""
        ...

    def document(self, document_id: str) -> Document:
        """The document; raises ``UnknownDocument``."""
        ...

    def documents(self) -> list[DocumentSummary]:
        """All documents in the order of their ids."""
        ...

    def summaries(self, document_ids: Collection[str]) -> list[DocumentSummary]:
        """Those of ``documents`` that have these ids, in the order of their ids."""
        ...

    def called(self, query: str, most: int) -> list[DocumentSummary]:
        """The first so many of ``documents`` whose title or id holds each word of the query, in any case."""
        ...

    def choose(self, filters: Filters) -> frozenset[str]:
        """The ids of the documents that fit."""
        ...

    @property
    def facets(self) -> Facets:
        """What the documents can be chosen by."""
        ...

    def skipped(self) -> list[Skipped]:
        """What of the files could not be read, or was recognised and not read, by the ids it goes by."""
        ...

    def newer(self) -> Index | None:
        """The index that has taken this one's place since, opened; None while there is none.

        Each is offered once: one that was not moved to does not come again.

        Raises:
            IndexProblem: there is one, but it can't be opened. This one stays as it is.
        """
        ...

    @property
    def languages(self) -> Mapping[str, int]:
        """How many documents there are of each language, by its BCP 47 tag."""
        ...

    def languages_of(self, rows: Sequence[int]) -> list[str]:
        """The languages of the documents of some rows' passages, in their order."""
        ...

    def close(self) -> None:
        """Lets go of open files."""
        ...
