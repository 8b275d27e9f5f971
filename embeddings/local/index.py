"""The index on one machine: FAISS vectors, Tantivy postings and SQLite rows in one folder a generation."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import Document, Passage, Skipped, UnknownDocument
from embeddings.encoders.protocol import Vectors
from embeddings.errors import IndexUnreadable
from embeddings.index.protocol import DocumentSummary, Manifest, Matches, SentenceVectors
from embeddings.index.tokens import Term
from embeddings.local.layout import FORMAT, Layout, candidates, pointed, sha256_of
from embeddings.local.parts import Half, Part
from embeddings.local.postings import Postings
from embeddings.messages import IndexMessage

__all__ = ["FaissIndex", "StoredFile", "StoredPassage", "damaged_files", "read_manifest"]

_CHECKED_BYTES = 64_000_000
"""An index of up to this size is read whole and compared with its checksums when it is opened."""

_EXACT_CHOICE = 100_000  # filters that leave no more passages than this are searched exactly in a large index
_FEW_DOCUMENTS = 500

_log = logging.getLogger(__name__)


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
    """An opened generation; see ``embeddings.index.protocol.Index``. A rebuild leaves it whole."""

    def __init__(self, layout: Layout, manifest: Manifest, *, pointer: str = "") -> None:
        """``pointer`` is what the index's pointer said when this generation was chosen.

        Raises RuntimeError, OSError, ValueError or sqlite3.Error where a file is missing or damaged.
        """
        self.layout = layout
        self.manifest = manifest
        self._pointer = pointer
        firsts = accumulate((part.rows for part in manifest.parts[:-1]), initial=0)
        self.parts = [
            Part(layout.part(n), first) for n, (first, _) in enumerate(zip(firsts, manifest.parts, strict=False))
        ]
        self._postings = Postings(layout.postings)
        self.removed: npt.NDArray[np.int64] = np.load(layout.removed)
        uri = f"{layout.rows.resolve().as_uri()}?mode=ro&immutable=1"
        self._rows = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self.document = lru_cache(maxsize=64)(self._read_document)
        self._usable_of = lru_cache(maxsize=8)(self._choose_usable)
        held = sum(part.rows for part in self.parts)
        last = self._one("SELECT max(row) FROM passages")[0]
        if held != manifest.rows or (last is not None and last >= held):
            raise ValueError(
                f"the manifest counts {manifest.rows} rows, the files hold {held}, the last of them {last}"
            )

    @classmethod
    def open(cls, index_dir: Path) -> FaissIndex:
        """The current generation of an index folder, or the last good one before it; see ``open_index``."""
        while True:
            pointer = pointed(index_dir)
            problem: IndexUnreadable | None = None
            for name in candidates(index_dir, pointer):
                try:
                    index = cls.open_generation(Layout(index_dir / name), pointer)
                except IndexUnreadable as exc:
                    problem = problem or exc
                    continue
                if name != pointer:
                    _log.warning(
                        "%s Until then %s answers, of %s.",
                        problem or f"{index_dir} has lost the pointer to its current generation. Run 'yinju rebuild'.",
                        name,
                        index.manifest.created,
                    )
                return index
            if pointer == pointed(index_dir):  # else a rebuild has put a new one in place meanwhile
                raise problem or IndexUnreadable(IndexMessage.POINTER_ASTRAY, folder=index_dir, generation=pointer[:80])

    @classmethod
    def open_generation(cls, layout: Layout, pointer: str = "") -> FaissIndex:
        """One generation; raises ``IndexUnreadable`` if it is damaged or of another version."""
        try:
            manifest = read_manifest(layout)
            damaged = damaged_files(layout, manifest, sums=manifest.bytes <= _CHECKED_BYTES)
            if not damaged:
                return cls(layout, manifest, pointer=pointer)
        except (OSError, ValueError, TypeError, AttributeError, RuntimeError, sqlite3.Error) as exc:
            raise IndexUnreadable(
                IndexMessage.INDEX_DAMAGED, generation=layout.generation, reason=str(exc).splitlines()[0][:200]
            ) from exc
        raise IndexUnreadable(IndexMessage.INDEX_FILE_DAMAGED, generation=layout.generation, file=damaged[0])

    def newer(self) -> FaissIndex | None:
        """See ``Index``."""
        index_dir = self.layout.generation.parent
        pointer = pointed(index_dir)
        if pointer == self._pointer:
            return None
        self._pointer = pointer
        return self.open(index_dir)

    def dense(self, query: Vectors, top_k: int, within: frozenset[str] | None = None) -> Matches:
        """See ``Index``."""
        usable = self._usable if within is None else self._usable_of(within)
        exactly = within is not None and usable is not None and int(usable.sum()) <= _EXACT_CHOICE
        found = [
            part.search(query, top_k, None if usable is None else usable[part.first : part.last], exactly=exactly)
            for part in self.parts
        ]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *(matches.rows for matches in found)])
        scores = np.concatenate([np.empty(0, dtype=np.float32), *(matches.scores for matches in found)])
        best = np.lexsort((rows, -scores))[:top_k]
        return Matches(rows[best], scores[best])

    def lexical(self, terms: Sequence[Term], top_k: int, within: frozenset[str] | None = None) -> Matches:
        """See ``Index``."""
        return self._postings.search(terms, top_k, within)

    def dense_scores(self, query: Vectors, rows: Sequence[int] | npt.NDArray[np.int64]) -> Vectors:
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
        return min(self._postings.document_frequency(token), self.manifest.passages)

    def passage(self, row: int) -> Passage:
        """See ``Index``."""
        found = self._one(f"{_SELECT_PASSAGES} WHERE passages.row = ?", int(row))
        return _stored(found).passage

    def sentences(self, row: int) -> SentenceVectors:
        """See ``Index``."""
        return self._part_of(row).sentences(row)

    def _read_document(self, document_id: str) -> Document:
        """See ``Index.document``."""
        found = self._one("SELECT json FROM documents WHERE id = ?", document_id)
        if found is None:
            raise UnknownDocument(IndexMessage.DOCUMENT_NOT_INDEXED, document=document_id)
        return Document.from_dict(json.loads(found[0]))

    def documents(self) -> list[DocumentSummary]:
        """See ``Index``."""
        rows = self._all(
            "SELECT id, title, source, published, language, passages, chars, author, number FROM documents ORDER BY id"
        )
        return [DocumentSummary(*row) for row in rows]

    def skipped(self) -> list[Skipped]:
        """See ``Index``."""
        rows = self._all("SELECT json FROM skipped")
        return sorted((Skipped.from_dict(json.loads(text)) for (text,) in rows), key=lambda skipped: skipped.id)

    def skipped_of(self, file_id: str) -> list[Skipped]:
        """What of one file was not read."""
        rows = self._all("SELECT json FROM skipped WHERE file_id = ?", file_id)
        return [Skipped.from_dict(json.loads(text)) for (text,) in rows]

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """See ``Index``."""
        return dict(self._all("SELECT language, COUNT(*) FROM documents GROUP BY language"))

    def language(self, row: int) -> str:
        """See ``Index``."""
        query = "SELECT language FROM passages JOIN documents ON documents.id = document_id WHERE row = ?"
        return str(self._one(query, int(row))[0])

    def close(self) -> None:
        """See ``Index``."""
        with self._lock:
            self._rows.close()

    # What follows is for the next rebuild.

    def vectors(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Vectors:
        """The vectors of these rows, shape (rows, dimensions)."""
        wanted = np.asarray(rows, dtype=np.int64)
        vectors = np.empty((len(wanted), self.manifest.dimensions), dtype=np.float32)
        for part in self.parts:
            here = (wanted >= part.first) & (wanted < part.last)
            if here.any():
                vectors[here] = part.vectors(wanted[here])
        return vectors

    def stored_sentences(self, row: int) -> tuple[npt.NDArray[np.int32], Half]:
        """The spans and the vectors of a row's sentences as they are stored."""
        return self._part_of(row).stored_sentences(row)

    def sentence_count(self, row: int) -> int:
        """How many sentences a row has."""
        return self._part_of(row).sentences_of(row)

    def document_ids(self) -> set[str]:
        """The ids of all documents."""
        return {document_id for (document_id,) in self._all("SELECT id FROM documents")}

    def files(self) -> dict[str, StoredFile]:
        """The files the documents were read from, by their ids."""
        return {row[0]: StoredFile(*row) for row in self._all("SELECT id, size, mtime_ns, sha256 FROM files")}

    def documents_of(self, file_id: str) -> Iterator[tuple[Document, list[StoredPassage]]]:
        """The documents of a file with their passages."""
        for (document_id,) in self._all("SELECT id FROM documents WHERE file_id = ? ORDER BY id", file_id):
            rows = self._all(f"{_SELECT_PASSAGES} WHERE document_id = ? ORDER BY passages.row", document_id)
            yield self._read_document(document_id), [_stored(row) for row in rows]

    def damaged_documents(self) -> dict[str, int]:
        """The documents some of whose bytes fit no encoding, and how many."""
        return dict(self._all("SELECT id, damaged_bytes FROM documents WHERE damaged_bytes > 0 ORDER BY id"))

    def row_of(self, key: bytes) -> int | None:
        """A row whose vectors were made from what this is the key of."""
        found = self._one("SELECT row FROM passages WHERE key = ? LIMIT 1", key)
        return None if found is None else int(found[0])

    def some_rows(self, count: int) -> list[int]:
        """Up to so many rows in use, from all over the index."""
        step = max(1, self.manifest.rows // count)
        query = "SELECT row FROM passages WHERE row >= ? ORDER BY row LIMIT 1"
        found = (self._one(query, first) for first in range(0, self.manifest.rows, step))
        return sorted({int(row[0]) for row in found if row is not None})

    @cached_property
    def _usable(self) -> npt.NDArray[np.bool_] | None:
        if not len(self.removed):
            return None
        usable = np.ones(self.manifest.rows, dtype=np.bool_)
        usable[self.removed] = False
        return usable

    def _choose_usable(self, document_ids: frozenset[str]) -> npt.NDArray[np.bool_]:
        usable = np.zeros(self.manifest.rows, dtype=np.bool_)
        usable[list(self._rows_of(document_ids))] = True
        return usable

    def _rows_of(self, document_ids: frozenset[str]) -> Iterable[int]:
        if len(document_ids) <= _FEW_DOCUMENTS:
            for document_id in document_ids:
                yield from (row for (row,) in self._all("SELECT row FROM passages WHERE document_id = ?", document_id))
        else:
            rows = self._all("SELECT document_id, row FROM passages")
            yield from (row for document_id, row in rows if document_id in document_ids)

    def _part_of(self, row: int) -> Part:
        return next(part for part in self.parts if part.first <= row < part.last)

    def _one(self, query: str, *values: object) -> Any:
        with self._lock:
            return self._rows.execute(query, values).fetchone()

    def _all(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._rows.execute(query, values).fetchall()


def read_manifest(layout: Layout) -> Manifest:
    """A generation's manifest; raises ``IndexUnreadable`` for another version's, OSError or ValueError for none."""
    values = json.loads(layout.manifest.read_text(encoding="utf-8"))
    if values.get("format") != FORMAT:
        raise IndexUnreadable(
            IndexMessage.INDEX_FORMAT, generation=layout.generation, format=values.get("format"), known=FORMAT
        )
    manifest = Manifest.from_dict(values)
    if manifest.seal != manifest.sealed().seal:
        raise ValueError(f"{layout.manifest.name} is not as it was written")
    return manifest


def damaged_files(layout: Layout, manifest: Manifest, *, sums: bool = True) -> list[str]:
    """The files that are missing, or whose size or (with ``sums``) SHA-256 sum is not what was written."""
    present = layout.files()
    damaged = [
        name
        for name, size in manifest.sizes.items()
        if name not in present or present[name].stat().st_size != size or name not in manifest.files
    ]
    if sums and not damaged:
        names = list(manifest.files)
        found = sha256_of(present[name] for name in names)
        damaged = [name for name, digest in zip(names, found, strict=True) if digest != manifest.files[name]]
    return damaged


_SELECT_PASSAGES = (
    "SELECT passages.row, key, document_id, start, end, text, title, headings, page"
    " FROM passages JOIN documents ON documents.id = document_id"
)


def _stored(row: Any) -> StoredPassage:
    number, key, document_id, start, end, text, title, headings, page = row
    passage = Passage(document_id, start, end, text, title, tuple(json.loads(headings)), page)
    return StoredPassage(number, key, passage)
