"""The index on one machine: FAISS vectors, Tantivy postings and SQLite rows in one folder a generation."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from corpus import Document, Passage, UnknownDocument
from embeddings.encoder import Vectors
from embeddings.errors import IndexMissing, IndexUnreadable
from embeddings.index import DocumentSummary, Manifest, Matches, SentenceVectors
from embeddings.postings import Postings
from embeddings.tokens import Term

__all__ = ["FORMAT", "FaissIndex", "Layout", "StoredFile", "StoredPassage"]

FORMAT = 2
"""The version of the layout below; an index of another version is built anew."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are in an index folder::

    current                    the name of the generation that answers
    generation-000001/
      manifest.json            model, dimensions, counts, checksums
      rows.sqlite              files, documents, passages
      passages.faiss           one vector a passage, inner product
      postings/                BM25 postings of the passages
      sentence_starts.npy      int64 (passages + 1): where a passage's sentences begin in the next two
      sentence_spans.npy       int32 (sentences, 2): start and end in the document
      sentence_vectors.npy     float16 (sentences, dimensions)
    """

    generation: Path

    CURRENT = "current"
    PREFIX = "generation-"

    @property
    def manifest(self) -> Path:
        """The manifest's file."""
        return self.generation / "manifest.json"

    @property
    def rows(self) -> Path:
        """The SQLite file."""
        return self.generation / "rows.sqlite"

    @property
    def vectors(self) -> Path:
        """The FAISS file."""
        return self.generation / "passages.faiss"

    @property
    def postings(self) -> Path:
        """The postings' folder."""
        return self.generation / "postings"

    def sentence_array(self, name: str) -> Path:
        """One of the sentence arrays: "starts", "spans" or "vectors"."""
        return self.generation / f"sentence_{name}.npy"

    def checksums(self) -> dict[str, str]:
        """SHA-256 of every file of the generation but the manifest, by its path within it."""
        files = sorted(path for path in self.generation.rglob("*") if path.is_file() and path != self.manifest)
        sums = {}
        for path in files:
            with path.open("rb") as stream:
                sums[path.relative_to(self.generation).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
        return sums

    @classmethod
    def current(cls, index_dir: Path) -> Layout:
        """The generation that answers; raises ``IndexMissing`` or ``IndexUnreadable``."""
        pointer = index_dir / cls.CURRENT
        try:
            name = pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError as exc:
            if index_dir.is_dir() and any(index_dir.iterdir()) and not any(index_dir.glob(f"{cls.PREFIX}*")):
                raise IndexUnreadable(
                    f"{index_dir} is not an index of Yinju: it has other files but no {pointer.name!r}. "
                    "Name another folder, or empty this one and run 'yinju rebuild'."
                ) from exc
            raise IndexMissing(f"There is no index in {index_dir} yet. Build it with 'yinju rebuild'.") from exc
        except (OSError, UnicodeDecodeError) as exc:
            raise IndexUnreadable(f"{pointer} can't be read ({exc}). Build the index with 'yinju rebuild'.") from exc
        generation = index_dir / name
        if not name.startswith(cls.PREFIX) or "/" in name or not generation.is_dir():
            raise IndexUnreadable(
                f"{pointer} names {name[:80]!r}, which is not a generation of this index. Run 'yinju rebuild'."
            )
        return cls(generation)


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


class FaissIndex:
    """An opened generation; see ``embeddings.index.Index``. It stays whole when a rebuild makes the next one."""

    def __init__(self, layout: Layout, manifest: Manifest) -> None:
        self.layout = layout
        self.manifest = manifest
        self._vectors = faiss.read_index(str(layout.vectors))
        self._postings = Postings(layout.postings)
        self._starts, self._spans, self._sentence_vectors = (
            np.load(layout.sentence_array(name), mmap_mode="r") for name in ("starts", "spans", "vectors")
        )
        uri = f"{layout.rows.resolve().as_uri()}?mode=ro&immutable=1"
        self._rows = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self.document = lru_cache(maxsize=64)(self._read_document)
        self._rows_of = lru_cache(maxsize=8)(self._read_rows_of)
        counts = (self._vectors.ntotal, len(self._starts) - 1, self._one("SELECT count(*) FROM passages")[0])
        if set(counts) != {manifest.passages} or self._vectors.d != manifest.dimensions:
            raise ValueError(f"the manifest counts {manifest.passages} passages, the files hold {counts}")

    @classmethod
    def open(cls, index_dir: Path) -> FaissIndex:
        """The current generation of an index folder; see ``open_index``."""
        layout = Layout.current(index_dir)
        try:
            values = json.loads(layout.manifest.read_text(encoding="utf-8"))
            if values.get("format") != FORMAT:
                raise IndexUnreadable(
                    f"The index {layout.generation} is of format {values.get('format')}, this version reads {FORMAT}. "
                    "Run 'yinju rebuild'."
                )
            return cls(layout, Manifest(**values))
        except (OSError, ValueError, TypeError, AttributeError, RuntimeError, sqlite3.Error) as exc:
            raise IndexUnreadable(
                f"The index {layout.generation} is damaged ({str(exc).splitlines()[0][:200]}). Run 'yinju rebuild'."
            ) from exc

    def dense(self, query: Vectors, top_k: int, within: frozenset[str] | None = None) -> Matches:
        """See ``Index``."""
        chosen = None if within is None else self._rows_of(within)
        top_k = min(top_k, self.manifest.passages if chosen is None else len(chosen))
        if not top_k:
            return Matches(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        parameters = None if chosen is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(chosen))  # type: ignore[call-arg]
        scores, rows = self._vectors.search(query[None, :], top_k, params=parameters)
        return Matches(rows[0], scores[0])

    def lexical(self, terms: Sequence[Term], top_k: int, within: frozenset[str] | None = None) -> Matches:
        """See ``Index``."""
        return self._postings.search(terms, top_k, within)

    def dense_scores(self, query: Vectors, rows: Sequence[int]) -> Vectors:
        """See ``Index``."""
        return self.vectors(rows) @ query

    def lexical_scores(self, terms: Sequence[Term], rows: Sequence[int]) -> Vectors:
        """See ``Index``."""
        return self._postings.scores(terms, rows)

    def lexical_coverage(self, weights: Mapping[Term, float], rows: Sequence[int]) -> Vectors:
        """See ``Index``."""
        return self._postings.coverage(weights, rows)

    def document_frequency(self, token: str) -> int:
        """See ``Index``."""
        return self._postings.document_frequency(token)

    def passage(self, row: int) -> Passage:
        """See ``Index``."""
        found = self._one(f"{_SELECT_PASSAGES} WHERE passages.row = ?", int(row))
        return _stored(found).passage

    def sentences(self, row: int) -> SentenceVectors:
        """See ``Index``."""
        span = slice(int(self._starts[row]), int(self._starts[row + 1]))
        return SentenceVectors(np.array(self._spans[span]), self._sentence_vectors[span].astype(np.float32))

    def _read_document(self, document_id: str) -> Document:
        """See ``Index.document``."""
        found = self._one("SELECT json FROM documents WHERE id = ?", document_id)
        if found is None:
            raise UnknownDocument(f"The index has no document {document_id!r}. 'yinju list' shows the ids.")
        return Document.from_dict(json.loads(found[0]))

    def _read_rows_of(self, document_ids: frozenset[str]) -> npt.NDArray[np.int64]:
        rows = self._all("SELECT document_id, row FROM passages ORDER BY row")
        return np.array([row for document_id, row in rows if document_id in document_ids], dtype=np.int64)

    def documents(self) -> list[DocumentSummary]:
        """See ``Index``."""
        rows = self._all("SELECT id, title, source, published, language, passages, chars FROM documents ORDER BY id")
        return [DocumentSummary(*row) for row in rows]

    def close(self) -> None:
        """See ``Index``."""
        with self._lock:
            self._rows.close()

    # What follows is for the next rebuild.

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The vectors of these rows, shape (rows, dimensions)."""
        vectors: Vectors = self._vectors.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return vectors

    def files(self) -> dict[str, StoredFile]:
        """The files the documents were read from, by their ids."""
        return {row[0]: StoredFile(*row) for row in self._all("SELECT id, size, mtime_ns, sha256 FROM files")}

    def documents_of(self, file_id: str) -> Iterator[tuple[Document, list[StoredPassage]]]:
        """The documents of a file with their passages."""
        for (document_id,) in self._all("SELECT id FROM documents WHERE file_id = ? ORDER BY id", file_id):
            rows = self._all(f"{_SELECT_PASSAGES} WHERE document_id = ? ORDER BY passages.row", document_id)
            yield self._read_document(document_id), [_stored(row) for row in rows]

    def keys(self) -> dict[bytes, int]:
        """The row of each passage's key."""
        return dict(self._all("SELECT key, row FROM passages"))

    def _one(self, query: str, *values: object) -> Any:
        with self._lock:
            return self._rows.execute(query, values).fetchone()

    def _all(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._rows.execute(query, values).fetchall()


_SELECT_PASSAGES = (
    "SELECT passages.row, key, document_id, start, end, text, title, headings, page"
    " FROM passages JOIN documents ON documents.id = document_id"
)


def _stored(row: Any) -> StoredPassage:
    number, key, document_id, start, end, text, title, headings, page = row
    passage = Passage(document_id, start, end, text, title, tuple(json.loads(headings)), page)
    return StoredPassage(number, key, passage)
