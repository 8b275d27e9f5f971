"""The index on one machine: FAISS vectors, Tantivy postings and SQLite rows in one folder a generation."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus import Document, Passage, Skipped, UnknownDocument
from embeddings.encoders.protocol import Vectors
from embeddings.errors import IndexUnreadable
from embeddings.index.documents import DocumentSummary, Facets, Filters
from embeddings.index.protocol import Manifest, Matches, SentenceVectors
from embeddings.index.tokens import Term
from embeddings.local.layout import FORMAT, Layout, candidates, pointed, sha256_of
from embeddings.local.parts import Half, Part
from embeddings.local.postings import Postings
from embeddings.local.rows import Rows
from embeddings.messages import IndexMessage

__all__ = ["FaissIndex", "damaged_files", "read_manifest"]

_CHECKED_BYTES = 64_000_000
"""An index of up to this size is read whole and compared with its checksums when it is opened."""

_EXACT_CHOICE = 100_000  # filters that leave no more passages than this are searched exactly in a large index

_log = logging.getLogger(__name__)


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
        self.rows = Rows(layout.rows)
        self.document = lru_cache(maxsize=64)(self._read_document)
        self._usable_of = lru_cache(maxsize=8)(self._choose_usable)
        held = sum(part.rows for part in self.parts)
        last = self.rows.last
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

    def document_frequencies(self, tokens: Collection[str]) -> Mapping[str, int]:
        """See ``Index``."""
        return {token: self.document_frequency(token) for token in tokens}

    def passage(self, row: int) -> Passage:
        """See ``Index``."""
        return self.passages([row])[0]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """See ``Index``."""
        return [stored.passage for stored in self.rows.passages(rows)]

    def sentences(self, row: int) -> SentenceVectors:
        """See ``Index``."""
        return self.sentences_of([row])[0]

    def sentences_of(self, rows: Sequence[int]) -> list[SentenceVectors]:
        """See ``Index``."""
        wanted = np.asarray(rows, dtype=np.int64)
        found: dict[int, SentenceVectors] = {}
        for part in self.parts:
            here = wanted[(wanted >= part.first) & (wanted < part.last)]
            found.update(zip(here.tolist(), part.sentences_of(here), strict=True))
        return [found[row] for row in wanted.tolist()]

    def _read_document(self, document_id: str) -> Document:
        """See ``Index.document``."""
        document = self.rows.document(document_id)
        if document is None:
            raise UnknownDocument(IndexMessage.DOCUMENT_NOT_INDEXED, document=document_id)
        return document

    def documents(self) -> list[DocumentSummary]:
        """See ``Index``."""
        return self.rows.documents()

    def summaries(self, document_ids: Collection[str]) -> list[DocumentSummary]:
        """See ``Index``."""
        return self.rows.summaries(document_ids)

    def called(self, query: str, most: int) -> list[DocumentSummary]:
        """See ``Index``."""
        return self.rows.called(query, most)

    def choose(self, filters: Filters) -> frozenset[str]:
        """See ``Index``."""
        return self.rows.choose(filters)

    @cached_property
    def facets(self) -> Facets:
        """See ``Index``."""
        return self.rows.facets()

    def skipped(self) -> list[Skipped]:
        """See ``Index``."""
        return self.rows.skipped()

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """See ``Index``."""
        return self.rows.languages()

    def languages_of(self, rows: Sequence[int]) -> list[str]:
        """See ``Index``."""
        return self.rows.languages_of(rows)

    def close(self) -> None:
        """See ``Index``."""
        self.rows.close()

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
        return self._part_of(row).sentence_count(row)

    def some_rows(self, count: int) -> list[int]:
        """Up to so many rows in use, from all over the index."""
        step = max(1, self.manifest.rows // count)
        found = (self.rows.at_or_after(first) for first in range(0, self.manifest.rows, step))
        return sorted({row for row in found if row is not None})

    @cached_property
    def _usable(self) -> npt.NDArray[np.bool_] | None:
        if not len(self.removed):
            return None
        usable = np.ones(self.manifest.rows, dtype=np.bool_)
        usable[self.removed] = False
        return usable

    def _choose_usable(self, document_ids: frozenset[str]) -> npt.NDArray[np.bool_]:
        usable = np.zeros(self.manifest.rows, dtype=np.bool_)
        for first, last in self.rows.rows_of(document_ids):
            usable[first : last + 1] = True
        return usable

    def _part_of(self, row: int) -> Part:
        return next(part for part in self.parts if part.first <= row < part.last)


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
