"""The two collections of an index on a server: passages by their rows, and texts of any length by their names.

A passage stands with its vector, the BM25 weights of its tokens as a sparse vector, and its sentences. The texts hold
whatever is longer than a field of Milvus may be, in pieces. What is there is never changed: a generation adds to it,
and takes out what the one before no longer had. So what was read is kept, for the generations after it as well.
"""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import Passage
from embeddings.encoders.protocol import Vectors
from embeddings.errors import IndexUnreadable
from embeddings.index.protocol import SentenceVectors
from embeddings.messages import IndexMessage
from embeddings.milvus.generation import Changes, State
from embeddings.milvus.location import MilvusLocation

if TYPE_CHECKING:
    from pymilvus import MilvusClient

__all__ = ["Collections", "Stored", "changes_name", "document_name", "piece_id", "shelf_name", "state_id"]

_PASSAGE_FIELDS = ["row", "document_id", "start", "end", "page", "title", "headings", "text"]
_FIELDS = [*_PASSAGE_FIELDS, "vector", "tokens", "spans", "sentences"]
_KEPT = 4096  # passages held in memory
_PIECES = 512  # asked for at once: an answer holds 64 MB at most
_KEPT_SHELVES = 1024  # of some hundred tokens each


def document_name(number: int) -> str:
    """The name of a document's text."""
    return f"document/{number}"


def changes_name(generation: int) -> str:
    """The name of the text that tells what a generation changed."""
    return f"changes/{generation}"


def shelf_name(shelf: int) -> str:
    """The name of a shelf of frequencies."""
    return f"frequencies/{shelf}"


def piece_id(name: str, number: int) -> str:
    """The key of a piece of a text."""
    return f"{name}/{number}"


def state_id(generation: int | str) -> str:
    """The key of the row that makes a generation be there; "%" stands for any."""
    return f"state/{generation}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as Milvus has it. ``tokens`` are the BM25 weights by dimension."""

    passage: Passage
    vector: Vectors
    tokens: Mapping[int, float]
    sentences: SentenceVectors

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Stored:
        """What the server tells of a row."""
        vector = np.array(values["vector"], dtype=np.float32)
        spans = np.array(json.loads(values["spans"]), dtype=np.int32).reshape(-1, 2)
        data = b"".join(map(b64decode, values["sentences"]))
        vectors = np.frombuffer(data, dtype=np.float16).reshape(-1, len(vector)).astype(np.float32)
        passage = Passage(
            values["document_id"],
            values["start"],
            values["end"],
            values["text"],
            values["title"],
            tuple(json.loads(values["headings"])),
            values["page"] if values["page"] >= 0 else None,
        )
        tokens = {int(dimension): float(weight) for dimension, weight in values["tokens"].items() if weight}
        return cls(passage, vector, tokens, SentenceVectors(spans, vectors))


class Collections:
    """Both collections, to read from; ``passages`` names the one, and the other is called after it."""

    def __init__(self, location: MilvusLocation, client: MilvusClient, passages: str) -> None:
        self.location = location
        self.client = client
        self.passages = passages
        self.texts = passages.replace("_passages", "_texts")
        self._kept: dict[int, Stored] = {}
        self._shelves: dict[int, Mapping[int, int]] = {}
        self._changes: dict[int, Changes] = {}
        self._lock = threading.Lock()

    def loaded(self) -> Collections:
        """These collections, read into the server's memory where they are not: milvus-lite begins with none there."""
        from pymilvus.client.types import LoadState

        with self.location.translated():
            for name in (self.passages, self.texts):
                if self.client.get_load_state(name)["state"] != LoadState.Loaded:
                    self.client.load_collection(name)
        return self

    def state(self) -> State:
        """The newest generation; raises ``IndexUnreadable`` where there is none."""
        with self.location.translated():
            found = self.client.query(self.texts, filter=f'id like "{state_id("%")}"', output_fields=["piece"])
        try:
            return max((State.from_json(value["piece"]) for value in found), key=lambda state: state.number)
        except (KeyError, TypeError, ValueError) as exc:
            raise IndexUnreadable(IndexMessage.MILVUS_MANIFEST, index=str(self.location)) from exc

    def search(self, field: str, query: Any, limit: int, chosen: str) -> list[int]:
        """The rows that Milvus finds among those that fit the expression ``chosen``."""
        with self.location.translated():
            hits = self.client.search(
                self.passages,
                data=[query],
                anns_field=field,
                limit=limit,
                filter=chosen,
                output_fields=_FIELDS,
                search_params={"metric_type": "IP"},
            )[0]
        self._keep(hit["entity"] for hit in hits)
        return [int(hit["entity"]["row"]) for hit in hits]

    def count(self, chosen: str) -> int:
        """How many passages fit an expression."""
        with self.location.translated():
            return int(self.client.query(self.passages, filter=chosen, output_fields=["count(*)"])[0]["count(*)"])

    def stored(self, rows: Sequence[int]) -> Mapping[int, Stored]:
        """The passages of these rows; raises ``IndexUnreadable`` where one is not there."""
        with self._lock:
            found = {row: self._kept[row] for row in rows if row in self._kept}
        missing = [int(row) for row in rows if row not in found]
        if missing:
            with self.location.translated():
                values = self.client.get(self.passages, ids=missing, output_fields=_FIELDS)
            found |= self._keep(values)
            if not found.keys() >= set(rows):
                raise IndexUnreadable(IndexMessage.MILVUS_INCOMPLETE, passages=len(found), expected=len(set(rows)))
        return found

    def changes(self, generations: Iterable[int]) -> list[Changes]:
        """What these generations changed."""
        wanted = list(generations)
        with self._lock:
            missing = {changes_name(number): number for number in wanted if number not in self._changes}
        read = {missing[name]: Changes.from_json(text) for name, text in self._texts_of(missing).items()}
        with self._lock:
            self._changes |= read
            return [self._changes[number] for number in wanted]

    def shelves(self, numbers: Collection[int]) -> Mapping[int, Mapping[int, int]]:
        """In how many passages the tokens of these shelves stood in the first generation, by their dimensions."""
        with self._lock:
            found = {number: self._shelves[number] for number in numbers if number in self._shelves}
        missing = {shelf_name(number): number for number in numbers if number not in found}
        if missing:
            read = {
                missing[name]: {int(key): count for key, count in json.loads(text).items()}
                for name, text in self._texts_of(missing).items()
            }
            with self._lock:
                if len(self._shelves) + len(read) > _KEPT_SHELVES:
                    self._shelves.clear()
                self._shelves |= read
            found |= read
        return found

    def read_texts(self, names: Sequence[str]) -> dict[str, str]:
        """Texts by their names, put together from their pieces, of which a short one has one; those there are."""
        first = self._pieces([piece_id(name, 0) for name in names])
        whole = {name: first[piece_id(name, 0)] for name in names if piece_id(name, 0) in first}
        later = {name: [piece_id(name, n) for n in range(1, value["pieces"])] for name, value in whole.items()}
        rest = self._pieces([one for ids in later.values() for one in ids])
        return {
            name: "".join([value["piece"], *(rest[one]["piece"] for one in later[name])])
            for name, value in whole.items()
        }

    def _texts_of(self, names: Collection[str]) -> dict[str, str]:
        """All of these texts; raises ``IndexUnreadable`` where one is not there."""
        texts = self.read_texts(list(names))
        if len(texts) < len(names):
            raise IndexUnreadable(IndexMessage.MILVUS_MANIFEST, index=str(self.location))
        return texts

    def _pieces(self, ids: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for first in range(0, len(ids), _PIECES):
            with self.location.translated():
                values = self.client.get(
                    self.texts, ids=list(ids[first : first + _PIECES]), output_fields=["id", "piece", "pieces"]
                )
            found |= {value["id"]: value for value in values}
        return found

    def _keep(self, values: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> dict[int, Stored]:
        read = {int(value["row"]): Stored.of(value) for value in values}
        with self._lock:
            if len(self._kept) + len(read) > _KEPT:
                self._kept.clear()
            self._kept |= read
        return read
