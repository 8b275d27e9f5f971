"""Bringing an index that was built on this machine to a Milvus server.

What stands in the documents that are new is brought, and what has been gone for a generation is taken out. Both are
seen by nobody: a reader looks at the documents that its own state counts, less those that it names as gone. The next
state is one row, written when all is there and has been checked.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from embeddings.errors import IndexUnreadable
from embeddings.index.documents import DocumentSummary
from embeddings.index.matching import passage_tokens
from embeddings.index.protocol import Manifest
from embeddings.local.index import FaissIndex
from embeddings.local.rows import Content
from embeddings.messages import IndexMessage
from embeddings.milvus.collections import Collections, changes_name, document_name, piece_id, shelf_name, state_id
from embeddings.milvus.generation import Changes, Line, State
from embeddings.milvus.index import MilvusIndex
from embeddings.milvus.location import MilvusLocation
from embeddings.milvus.weights import BM25, dimension_of

if TYPE_CHECKING:
    from pymilvus import MilvusClient

__all__ = ["publish"]

T = TypeVar("T")

_BATCH = 256
_PIECE_CHARS = 16_000  # a field holds 65,535 bytes, a character takes four at most
_SAMPLE = 20
_SHELF_TOKENS = 256  # whose frequencies are read together
_MOVED_SHARE = 0.2  # of the passages that collections began with: when as many have come or gone, they are made anew
_NOTHING = Content(0, "")  # the content of a document that is not there
_MOST_GENERATIONS = 1000  # of the same collections: a reader that comes reads what each of them changed


def publish(index: FaissIndex, location: str) -> bool:
    """Has the server hold what the index holds; tells whether it had to be written.

    Only what differs is brought, or all of it, into new collections to which the alias is moved then. What answered
    stays for those who have it open, until the time after this one.

    Raises:
        IndexUnreadable: there is no such server, or what was written does not answer as it should.
    """
    place = MilvusLocation.parse(location)
    client = place.connect()
    current = place.current(client)
    old = None if current is None else _opened(Collections(place, client, current))
    if old is not None and old.manifest.seal == index.manifest.seal:
        return False
    if old is None or not _bring_difference(old, index):
        with place.translated():
            _bring_all(place, client, current, index)
    return True


def _opened(collections: Collections) -> MilvusIndex | None:
    try:
        return MilvusIndex(collections, collections.loaded().state())
    except IndexUnreadable:
        return None


def _bring_difference(old: MilvusIndex, index: FaissIndex) -> bool:
    """Brings what is new; False where the collections are to be made anew instead."""
    if _kind(old.manifest) != _kind(index.manifest) or old.state.number + 1 == _MOST_GENERATIONS:
        return False
    contents = index.rows.contents()
    try:
        gone = [line for name, line in old.lines.items() if contents.get(name, _NOTHING).digest != line.digest]
        new = index.summaries(contents.keys() - old.lines.keys() | {line.summary.id for line in gone})
        moved = old.state.moved + sum(summary.passages for summary in [*(line.summary for line in gone), *new])
        if moved >= old.state.written * _MOVED_SHARE:
            return False
        with old.collections.location.translated():
            _clear(old)
            _bring(old, index, gone, _lines(new, contents, old.state.documents, old.state.rows), moved)
    except IndexUnreadable:  # what is there is not what it should be
        return False
    return True


def _clear(old: MilvusIndex) -> None:
    """Takes out what this generation does not have: what the one before had, what a rebuild broken off has left."""
    state, collections, client = old.state, old.collections, old.collections.client
    outdated = f"document >= {state.documents}" + (f" or document in {list(old.gone)}" if old.gone else "")
    client.delete(collections.passages, filter=outdated)
    client.delete(collections.texts, filter=outdated)
    client.delete(collections.texts, filter=f'id like "{state_id("%")}" and id != "{state_id(state.number)}"')
    _drop(client, collections.location, keep=[collections.passages, collections.texts])


def _bring(old: MilvusIndex, index: FaissIndex, gone: Sequence[Line], lines: Sequence[Line], moved: int) -> None:
    """Writes the generation after this one, in which these documents are ``gone`` and those of the ``lines`` new."""
    state, collections, client = old.state, old.collections, old.collections.client
    brought = _Brought(index, lines, state.rows, state.average_length)
    _insert(client, collections.passages, brought.rows())
    for rows in _batches(row for line in gone for row in line.rows):
        for stored in collections.stored(rows).values():
            brought.frequencies.subtract(stored.tokens.keys())
    changes = Changes([line.number for line in gone], lines, brought.frequencies, index.skipped())
    texts = chain(brought.texts(), [(changes_name(state.number + 1), -1, changes.to_json())])
    _upsert_texts(client, collections.texts, texts)
    following = replace(
        state,
        number=state.number + 1,
        manifest=_without_files(index.manifest),
        rows=state.rows + index.manifest.rows,
        documents=state.documents + len(lines),
        moved=moved,
    )
    first = [line.first_row - state.rows for line in lines if line.rows]
    _check(MilvusIndex(collections, following), index, first[:: 1 + len(first) // _SAMPLE], state.rows)
    _insert(client, collections.texts, [_state_row(following)])


def _bring_all(place: MilvusLocation, client: MilvusClient, current: str | None, index: FaissIndex) -> None:
    """Makes new collections beside those that answer, and has the alias name them."""
    present = [name for name in client.list_collections() if name.startswith(f"{place.name}_0")]
    number = 1 + max((int(name.split("_")[-2]) for name in present), default=0)
    new = Collections(place, client, f"{place.name}_{number:06}_passages")
    try:
        _create(client, new, index.manifest.dimensions)
        contents = index.rows.contents()
        lines = _lines(index.documents(), contents, 0, 0)
        brought = _Brought(index, lines, 0, _average_length(index, contents))
        _insert(client, new.passages, brought.rows())
        shelves = 1 + len(brought.frequencies) // _SHELF_TOKENS
        changes = [(changes_name(0), -1, Changes(brought=lines, skipped=index.skipped()).to_json())]
        _upsert_texts(client, new.texts, chain(brought.texts(), changes, _shelf_texts(brought.frequencies, shelves)))
        state = State(
            number=0,
            manifest=_without_files(index.manifest),
            rows=index.manifest.rows,
            documents=len(lines),
            written=index.manifest.passages,
            moved=0,
            average_length=brought.average_length,
            shelves=shelves,
        )
        _insert(client, new.texts, [_state_row(state)])
        for name in (new.passages, new.texts):
            client.flush(name)
        new.loaded()
        _check(MilvusIndex(new, state), index, index.some_rows(_SAMPLE))
    except BaseException:
        for name in (new.passages, new.texts):
            client.drop_collection(name)
        raise
    if current is None:
        client.create_alias(new.passages, place.name)
    else:
        client.alter_alias(new.passages, place.name)
    before = [] if current is None else [current, current.replace("_passages", "_texts")]
    _drop(client, place, keep=[new.passages, new.texts, *before])


@dataclass(frozen=True)
class _Brought:
    """Documents on their way to the server, where their passages have the rows of this index and ``offset`` more.

    ``frequencies`` tells, once the rows have been gone through, in how many of them each token stands.
    """

    index: FaissIndex
    lines: Sequence[Line]
    offset: int
    average_length: float
    frequencies: Counter[int] = field(default_factory=Counter)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The passages as Milvus is to have them."""
        bm25 = BM25(self.index.manifest.passages, self.average_length)
        numbers = {line.summary.id: line.number for line in self.lines}
        for document, stored in self.index.rows.with_passages(numbers):
            vectors = self.index.vectors([known.row for known in stored])
            for known, vector in zip(stored, vectors, strict=True):
                passage = known.passage
                spans, sentences = self.index.stored_sentences(known.row)
                found = passage_tokens(document, passage)
                weights = {dimension_of(token): bm25.weight(n, len(found)) for token, n in Counter(found).items()}
                self.frequencies.update(weights.keys())
                yield {
                    "row": self.offset + known.row,
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

    def texts(self) -> Iterator[tuple[str, int, str]]:
        """The names, the numbers and the texts of the documents."""
        for line in self.lines:
            document = self.index.document(line.summary.id)
            yield document_name(line.number), line.number, json.dumps(document.to_dict(), ensure_ascii=False)


def _kind(manifest: Manifest) -> tuple[object, ...]:
    """What two indexes must have in common for passages of the one to serve in the other."""
    return manifest.format, manifest.model, manifest.fingerprint, manifest.dimensions, manifest.max_chars


def _lines(
    summaries: Iterable[DocumentSummary], contents: Mapping[str, Content], first: int, offset: int
) -> list[Line]:
    return [
        Line(number, offset + contents[summary.id].first_row, contents[summary.id].digest, summary)
        for number, summary in enumerate(summaries, first)
    ]


def _average_length(index: FaissIndex, document_ids: Iterable[str]) -> float:
    documents = index.rows.with_passages(document_ids)
    tokens = sum(len(passage_tokens(document, known.passage)) for document, stored in documents for known in stored)
    return tokens / max(1, index.manifest.passages) or 1.0


def _without_files(manifest: Manifest) -> Manifest:
    return replace(manifest, files={}, sizes={}, parts=())


def _create(client: MilvusClient, collections: Collections, dimensions: int) -> None:
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
    client.create_collection(collections.passages, schema=schema, index_params=indexes, consistency_level="Strong")

    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("document", DataType.INT64)  # -1 for a text that is none
    schema.add_field("pieces", DataType.INT64)
    schema.add_field("piece", DataType.VARCHAR, max_length=65_535)
    schema.add_field("none", DataType.FLOAT_VECTOR, dim=2)  # a collection must have one
    indexes = client.prepare_index_params()
    indexes.add_index("none", index_type="FLAT", metric_type="IP")
    client.create_collection(collections.texts, schema=schema, index_params=indexes, consistency_level="Strong")


def _drop(client: MilvusClient, place: MilvusLocation, keep: Collection[str]) -> None:
    """Removes collections of this index: those of generations before the last one, and of rebuilds broken off."""
    for name in client.list_collections():
        if name.startswith(f"{place.name}_0") and name not in keep:
            client.drop_collection(name)


def _shelf_texts(frequencies: Mapping[int, int], shelves: int) -> Iterator[tuple[str, int, str]]:
    """In how many passages each token stands, by shelves: a reader needs the few that a question's tokens stand on."""
    stand: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for dimension, count in frequencies.items():
        stand[dimension % shelves][dimension] = count
    for shelf in range(shelves):
        yield shelf_name(shelf), -1, json.dumps(stand[shelf])


def _upsert_texts(client: MilvusClient, collection: str, texts: Iterable[tuple[str, int, str]]) -> None:
    """Writes texts over those that a rebuild which was broken off may have left under the same names."""
    for batch in _batches(row for name, document, text in texts for row in _pieces(name, document, text)):
        client.upsert(collection, batch)


def _pieces(name: str, document: int, text: str) -> list[dict[str, Any]]:
    pieces = [text[start : start + _PIECE_CHARS] for start in range(0, len(text), _PIECE_CHARS)] or [""]
    return [_text_row(piece_id(name, number), document, len(pieces), piece) for number, piece in enumerate(pieces)]


def _state_row(state: State) -> dict[str, Any]:
    return _text_row(state_id(state.number), -1, 1, state.to_json())


def _text_row(key: str, document: int, pieces: int, piece: str) -> dict[str, Any]:
    return {"id": key, "document": document, "pieces": pieces, "piece": piece, "none": [0.0, 1.0]}


def _insert(client: MilvusClient, collection: str, rows: Iterable[dict[str, Any]]) -> None:
    for batch in _batches(rows):
        client.insert(collection, batch)


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    coming = iter(things)
    while batch := list(islice(coming, _BATCH)):
        yield batch


def _check(written: MilvusIndex, index: FaissIndex, rows: Iterable[int], offset: int = 0) -> None:
    """That the server holds every passage, and finds these, which have the rows of the index and ``offset`` more."""
    count = written.count()
    if count != index.manifest.passages:
        raise IndexUnreadable(IndexMessage.MILVUS_INCOMPLETE, passages=count, expected=index.manifest.passages)
    for row in rows:
        vector = index.vectors([row])[0]
        scores = written.dense(vector, 10).scores
        least = float(vector @ vector) - 0.02
        if written.passage(offset + row) != index.passage(row) or not len(scores) or scores[0] < least:
            raise IndexUnreadable(IndexMessage.MILVUS_NOT_FOUND, passage=row)
