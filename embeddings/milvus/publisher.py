"""Bringing an index that was built on this machine to a Milvus server."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from corpus import Document
from embeddings.errors import IndexUnreadable
from embeddings.index.matching import passage_tokens
from embeddings.local.index import FaissIndex
from embeddings.local.rows import StoredPassage
from embeddings.messages import IndexMessage
from embeddings.milvus.index import (
    BM25,
    FREQUENCIES,
    MANIFEST,
    SKIPPED,
    SUMMARIES,
    MilvusIndex,
    dimension_of,
    piece_id,
    shelf_of,
)
from embeddings.milvus.location import MilvusLocation

if TYPE_CHECKING:
    from pymilvus import MilvusClient

__all__ = ["publish"]

_BATCH = 256
_PIECE_CHARS = 16_000  # a field holds 65,535 bytes, a character takes four at most
_SAMPLE = 20
_SHELF_TOKENS = 256  # whose frequencies are read together


def publish(index: FaissIndex, location: str) -> bool:
    """Has the server hold what the index holds; tells whether it had to be written.

    A generation is written beside the one that answers, counted, searched, and then the alias is moved. The generation
    before stays.

    Raises:
        IndexUnreadable: there is no such server, or what was written does not answer as it should.
    """
    place = MilvusLocation.parse(location)
    client = place.connect()
    current = place.current(client)
    if current is not None and _seal(place, client, current) == index.manifest.seal:
        return False
    with place.translated():
        present = sorted(name for name in client.list_collections() if name.startswith(f"{place.name}_0"))
        number = 1 + max((int(name.split("_")[-2]) for name in present), default=0)
        passages, texts = (f"{place.name}_{number:06}_{kind}" for kind in ("passages", "texts"))
        try:
            _write(client, index, passages, texts)
            _check(MilvusIndex(place, client, passages), index)
        except BaseException:
            for name in (passages, texts):
                client.drop_collection(name)
            raise
        if current is None:
            client.create_alias(passages, place.name)
        else:
            client.alter_alias(passages, place.name)
        kept = "" if current is None else current.removesuffix("_passages")
        for name in present:
            if not kept or not name.startswith(kept):
                client.drop_collection(name)
    return True


def _seal(place: MilvusLocation, client: MilvusClient, collection: str) -> str | None:
    try:
        return MilvusIndex(place, client, collection).manifest.seal
    except IndexUnreadable:
        return None


def _write(client: MilvusClient, index: FaissIndex, passages: str, texts: str) -> None:
    _create(client, passages, texts, index.manifest.dimensions)
    frequencies: Counter[str] = Counter()
    tokens = 0
    for document, stored in _documents(index):
        for known in stored:
            found = passage_tokens(document, known.passage)
            frequencies.update(set(found))
            tokens += len(found)
    average = tokens / max(1, index.manifest.passages) or 1.0
    bm25 = BM25(index.manifest.passages, average)
    summaries = index.documents()
    numbers = {summary.id: number for number, summary in enumerate(summaries)}
    for batch in _batches(_rows(index, bm25, numbers)):
        client.insert(passages, batch)
    shelves = 1 + len(frequencies) // _SHELF_TOKENS
    manifest = replace(index.manifest, files={}, sizes={}, parts=()).to_dict()
    large = {
        MANIFEST: json.dumps({"manifest": manifest, "average_length": average, "shelves": shelves}),
        SUMMARIES: json.dumps([astuple(summary) for summary in summaries], ensure_ascii=False),
        SKIPPED: json.dumps([skipped.to_dict() for skipped in index.skipped()], ensure_ascii=False),
    }
    documents = ((document.id, json.dumps(document.to_dict(), ensure_ascii=False)) for document, _ in _documents(index))
    for batch in _batches(_pieces(chain(large.items(), _frequency_texts(frequencies, shelves), documents))):
        client.insert(texts, batch)
    for name in (passages, texts):
        client.flush(name)
        client.load_collection(name)


def _create(client: MilvusClient, passages: str, texts: str, dimensions: int) -> None:
    from pymilvus import DataType

    schema = client.create_schema(auto_id=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    for name in ("document", "start", "end", "page"):
        schema.add_field(name, DataType.INT64)
    for name in ("document_id", "title", "headings", "text", "spans"):
        schema.add_field(name, DataType.VARCHAR, max_length=65_535)
    schema.add_field("sentences", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=4096, max_length=65_535)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    schema.add_field("tokens", DataType.SPARSE_FLOAT_VECTOR)
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
    indexes.add_index("tokens", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    client.create_collection(passages, schema=schema, index_params=indexes, consistency_level="Strong")

    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("pieces", DataType.INT64)
    schema.add_field("piece", DataType.VARCHAR, max_length=65_535)
    schema.add_field("none", DataType.FLOAT_VECTOR, dim=2)  # a collection must have one
    indexes = client.prepare_index_params()
    indexes.add_index("none", index_type="FLAT", metric_type="IP")
    client.create_collection(texts, schema=schema, index_params=indexes, consistency_level="Strong")


def _documents(index: FaissIndex) -> Iterator[tuple[Document, list[StoredPassage]]]:
    for file_id in index.rows.files():
        yield from index.rows.documents_of(file_id)


def _rows(index: FaissIndex, bm25: BM25, numbers: dict[str, int]) -> Iterator[dict[str, Any]]:
    for document, stored in _documents(index):
        vectors = index.vectors([known.row for known in stored])
        for known, vector in zip(stored, vectors, strict=True):
            passage = known.passage
            spans, sentences = index.stored_sentences(known.row)
            found = passage_tokens(document, passage)
            weights = {dimension_of(token): bm25.weight(n, len(found)) for token, n in Counter(found).items()}
            yield {
                "row": known.row,
                "document": numbers[document.id],
                "document_id": document.id,
                "start": passage.start,
                "end": passage.end,
                "page": -1 if passage.page is None else passage.page,
                "title": passage.title,
                "headings": json.dumps(passage.headings, ensure_ascii=False),
                "text": passage.text,
                "spans": json.dumps(spans.tolist()),
                "sentences": [b64encode(sentence.tobytes()).decode() for sentence in sentences],
                "vector": vector.tolist(),
                "tokens": weights or {0: 0.0},
            }


def _frequency_texts(frequencies: Mapping[str, int], shelves: int) -> Iterator[tuple[str, str]]:
    """In how many passages each token stands, by shelves: a reader needs the few that a question's tokens stand on."""
    stand: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for token, count in frequencies.items():
        stand[shelf_of(token, shelves)][token] = count
    for shelf in range(shelves):
        yield f"{FREQUENCIES}{shelf}", json.dumps(stand[shelf], ensure_ascii=False)


def _pieces(texts: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for name, text in texts:
        pieces = [text[start : start + _PIECE_CHARS] for start in range(0, len(text), _PIECE_CHARS)] or [""]
        for number, piece in enumerate(pieces):
            yield {"id": piece_id(name, number), "pieces": len(pieces), "piece": piece, "none": [0.0, 1.0]}


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _check(written: MilvusIndex, index: FaissIndex) -> None:
    """That the server holds every passage and finds some of them."""
    count = written.count()
    if count != index.manifest.passages:
        raise IndexUnreadable(IndexMessage.MILVUS_INCOMPLETE, passages=count, expected=index.manifest.passages)
    for row in index.some_rows(_SAMPLE):
        vector = index.vectors([row])[0]
        scores = written.dense(vector, 10).scores
        if written.passage(row) != index.passage(row) or not len(scores) or scores[0] < float(vector @ vector) - 0.02:
            raise IndexUnreadable(IndexMessage.MILVUS_NOT_FOUND, passage=row)
