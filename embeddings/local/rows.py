"""The rows of a generation: its files, its documents and its passages, in SQLite."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from queue import LifoQueue
from typing import Any

from corpus import Document, Passage, Skipped
from embeddings.index.documents import DocumentSummary, Facets, Filters
from embeddings.local.choosing import condition

__all__ = ["Content", "Rows", "StoredFile", "StoredPassage"]

_READERS = 8

_SUMMARY = "SELECT id, title, source, published, language, passages, chars, author, number FROM documents"
_PASSAGE = (
    "SELECT passages.row, key, document_id, start, end, text, title, headings, page"
    " FROM passages JOIN documents ON documents.id = document_id"
)
_CONTENT = """
SELECT id, (SELECT ifnull(min(row), 0) FROM passages WHERE document_id = documents.id), json || (
    SELECT json_group_array(json_array(hex(key), start, "end", page, headings, text))
    FROM (SELECT * FROM passages WHERE document_id = documents.id ORDER BY row)
) FROM documents ORDER BY id
"""
_GIVEN = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was when its documents were read."""

    id: str
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its row and the key under which its vectors may be used again."""

    row: int
    key: bytes
    passage: Passage


@dataclass(frozen=True, slots=True)
class Content:
    """What stands for the content of a document: the sum of all that is stored of it and its passages.

    ``first_row`` is that of its passages, which follow each other, and no part of the sum.
    """

    first_row: int
    digest: str


class Rows:
    """An opened file of rows, which nothing changes any more. Safe to use from several threads.

    Each thread that reads has a connection to itself meanwhile. All are opened at once: they stay with this file also
    when a later rebuild has removed its name, or given it to another.
    """

    def __init__(self, path: Path) -> None:
        """Raises sqlite3.Error where there is no such file."""
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        for _ in range(_READERS):
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            connection.create_function("casefold", 1, str.casefold, deterministic=True)
            self._idle.put(connection)
        self._chosen = lru_cache(maxsize=64)(self._choose)

    def close(self) -> None:
        """Lets go of the file, when those who read have read."""
        connections = [self._idle.get() for _ in range(_READERS)]
        for connection in connections:
            connection.close()
            self._idle.put(connection)  # that it is closed is told to who reads all the same

    @property
    def last(self) -> int | None:
        """The last row in use, if there is any."""
        found: int | None = self._one("SELECT max(row) FROM passages")[0]
        return found

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """The passages of these rows, in their order."""
        found = {row[0]: row for row in self._all(f"{_PASSAGE} WHERE passages.row {_GIVEN}", _numbers(rows))}
        return [_stored(found[int(row)]) for row in rows]

    def languages_of(self, rows: Sequence[int]) -> list[str]:
        """The languages of the documents of these rows, in their order."""
        query = f"SELECT row, language FROM passages JOIN documents ON documents.id = document_id WHERE row {_GIVEN}"
        found = dict(self._all(query, _numbers(rows)))
        return [found[int(row)] for row in rows]

    def document(self, document_id: str) -> Document | None:
        """The document, None where there is none."""
        found = self._one("SELECT json FROM documents WHERE id = ?", document_id)
        return None if found is None else Document.from_dict(json.loads(found[0]))

    def documents(self) -> list[DocumentSummary]:
        """See ``Index``."""
        return [DocumentSummary(*row) for row in self._all(f"{_SUMMARY} ORDER BY id")]

    def summaries(self, document_ids: Collection[str]) -> list[DocumentSummary]:
        """See ``Index``."""
        rows = self._all(f"{_SUMMARY} WHERE id {_GIVEN} ORDER BY id", json.dumps(list(document_ids)))
        return [DocumentSummary(*row) for row in rows]

    def called(self, query: str, most: int) -> list[DocumentSummary]:
        """See ``Index``."""
        words = query.casefold().split()
        holds = " AND ".join(["instr(casefold(title || ' ' || id), ?)"] * len(words)) or "1"
        rows = self._all(f"{_SUMMARY} WHERE {holds} ORDER BY id LIMIT ?", *words, most)
        return [DocumentSummary(*row) for row in rows]

    def choose(self, filters: Filters) -> frozenset[str]:
        """See ``Index``. What was chosen is kept: nothing changes here."""
        return self._chosen(*condition(filters))

    def facets(self) -> Facets:
        """See ``Index``."""
        ids = (name for (name,) in self._all("SELECT id FROM documents"))
        sources = (name for (name,) in self._all("SELECT DISTINCT source FROM documents WHERE source <> ''"))
        return Facets.of(ids, sources, self.languages())

    def languages(self) -> Mapping[str, int]:
        """How many documents there are of each language."""
        return dict(self._all("SELECT language, COUNT(*) FROM documents GROUP BY language"))

    def rows_of(self, document_ids: frozenset[str]) -> Iterator[tuple[int, int]]:
        """The first and the last row of each of these documents; those between are its own as well."""
        query = f"SELECT min(row), max(row) FROM passages WHERE document_id {_GIVEN} GROUP BY document_id"
        yield from self._all(query, json.dumps(list(document_ids)))

    def skipped(self) -> list[Skipped]:
        """See ``Index``."""
        rows = self._all("SELECT json FROM skipped")
        return sorted((Skipped.from_dict(json.loads(text)) for (text,) in rows), key=lambda skipped: skipped.id)

    def skipped_of(self, file_id: str) -> list[Skipped]:
        """What of one file was not read."""
        rows = self._all("SELECT json FROM skipped WHERE file_id = ?", file_id)
        return [Skipped.from_dict(json.loads(text)) for (text,) in rows]

    def document_ids(self) -> set[str]:
        """The ids of all documents."""
        return {document_id for (document_id,) in self._all("SELECT id FROM documents")}

    def files(self) -> dict[str, StoredFile]:
        """The files the documents were read from, by their ids."""
        return {row[0]: StoredFile(*row) for row in self._all("SELECT id, size, mtime_ns, sha256 FROM files")}

    def documents_of(self, file_id: str) -> Iterator[tuple[Document, list[StoredPassage]]]:
        """The documents of a file with their passages."""
        ids = self._all("SELECT id FROM documents WHERE file_id = ? ORDER BY id", file_id)
        return self.with_passages(document_id for (document_id,) in ids)

    def with_passages(self, document_ids: Iterable[str]) -> Iterator[tuple[Document, list[StoredPassage]]]:
        """These documents with their passages; the rows of one follow each other."""
        for document_id in document_ids:
            rows = self._all(f"{_PASSAGE} WHERE document_id = ? ORDER BY passages.row", document_id)
            document = self.document(document_id)
            assert document is not None
            yield document, [_stored(row) for row in rows]

    def contents(self) -> dict[str, Content]:
        """What stands for the content of each document, by their ids."""
        with self._connection() as connection:
            return {
                document_id: Content(first_row, hashlib.blake2b(stored.encode(), digest_size=16).hexdigest())
                for document_id, first_row, stored in connection.execute(_CONTENT)
            }

    def damaged_documents(self) -> dict[str, int]:
        """The documents some of whose bytes fit no encoding, and how many."""
        return dict(self._all("SELECT id, damaged_bytes FROM documents WHERE damaged_bytes > 0 ORDER BY id"))

    def row_of(self, key: bytes) -> int | None:
        """A row whose vectors were made from what this is the key of."""
        found = self._one("SELECT row FROM passages WHERE key = ? LIMIT 1", key)
        return None if found is None else int(found[0])

    def at_or_after(self, row: int) -> int | None:
        """The first row in use from this one on."""
        found = self._one("SELECT row FROM passages WHERE row >= ? ORDER BY row LIMIT 1", row)
        return None if found is None else int(found[0])

    def _choose(self, where: str, values: tuple[str | int, ...]) -> frozenset[str]:
        return frozenset(name for (name,) in self._all(f"SELECT id FROM documents WHERE {where}", *values))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._idle.get()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def _one(self, query: str, *values: object) -> Any:
        with self._connection() as connection:
            return connection.execute(query, values).fetchone()

    def _all(self, query: str, *values: object) -> list[Any]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()


def _numbers(rows: Sequence[int]) -> str:
    return json.dumps([int(row) for row in rows])


def _stored(row: Any) -> StoredPassage:
    number, key, document_id, start, end, text, title, headings, page = row
    passage = Passage(document_id, start, end, text, title, tuple(json.loads(headings)), page)
    return StoredPassage(number, key, passage)
