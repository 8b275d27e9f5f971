"""Writing one generation of an index: everything into a folder beside, then one pointer moved."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import faiss
import numpy as np

from corpus import Document, Passage, sentence_spans
from embeddings.encoder import Vectors
from embeddings.faiss_index import FORMAT, Layout, StoredFile
from embeddings.index import Manifest
from embeddings.matching import passage_tokens
from embeddings.postings import Postings

__all__ = ["Entry", "write_generation"]

_KEPT = 2  # the current generation and the one before it

_SCHEMA = """
CREATE TABLE files (id TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, sha256 TEXT);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, file_id TEXT, title TEXT, source TEXT, published TEXT, language TEXT,
    passages INTEGER, chars INTEGER, json TEXT
);
CREATE INDEX documents_of_file ON documents (file_id);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, key BLOB, document_id TEXT,
    start INTEGER, end INTEGER, page INTEGER, headings TEXT, text TEXT
);
CREATE INDEX passages_of_document ON passages (document_id);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to be indexed, the file it was read from, and its passages with the keys of their vectors."""

    file: StoredFile
    document: Document
    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]


def write_generation(
    index_dir: Path,
    *,
    model: str,
    max_chars: int,
    entries: Sequence[Entry],
    files: Sequence[StoredFile],
    vectors: Vectors,
    sentence_vectors: Sequence[Vectors],
) -> Manifest:
    """Writes a generation and makes it the current one; the one before it is kept, older ones are removed.

    ``vectors`` has the shape (passages, dimensions), in the order of the entries' passages, and ``sentence_vectors``
    an array (sentences, dimensions) for each passage. The pointer moves only when every file is on the disk, so that
    whatever interrupts this, readers find a whole generation. Raises OSError where the folder can't be written.
    """
    number = 1 + max((int(path.name.removeprefix(Layout.PREFIX)) for path in _generations(index_dir)), default=0)
    layout = Layout(index_dir / f".{Layout.PREFIX}{number:06}.unfinished")
    shutil.rmtree(layout.generation, ignore_errors=True)
    layout.generation.mkdir(parents=True)
    try:
        passages = [passage for entry in entries for passage in entry.passages]
        spans = [
            np.array(sentence_spans(entry.document.text, passage.start, passage.end), dtype=np.int32).reshape(-1, 2)
            for entry in entries
            for passage in entry.passages
        ]
        _write_rows(layout, entries, files)
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        faiss.write_index(flat, str(layout.vectors))
        Postings.write(
            layout.postings,
            (
                (passage.document_id, passage_tokens(entry.document, passage))
                for entry in entries
                for passage in entry.passages
            ),
        )
        starts = np.cumsum([0, *map(len, spans)], dtype=np.int64)
        np.save(layout.sentence_array("starts"), starts)
        np.save(layout.sentence_array("spans"), np.concatenate([np.empty((0, 2), dtype=np.int32), *spans]))
        stacked = np.concatenate([np.empty((0, vectors.shape[1]), dtype=np.float32), *sentence_vectors])
        np.save(layout.sentence_array("vectors"), stacked.astype(np.float16))
        manifest = Manifest(
            format=FORMAT,
            model=model,
            dimensions=vectors.shape[1],
            max_chars=max_chars,
            documents=len(entries),
            passages=len(passages),
            sentences=int(starts[-1]),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            files=layout.checksums(),
        )
        layout.manifest.write_text(json.dumps(manifest.to_dict(), ensure_ascii=False, indent=2), encoding="utf-8")
        _sync(layout.generation)
        finished = index_dir / f"{Layout.PREFIX}{number:06}"
        layout.generation.replace(finished)
    except BaseException:
        shutil.rmtree(layout.generation, ignore_errors=True)
        raise
    _point_to(finished)
    for outdated in _generations(index_dir)[:-_KEPT]:
        shutil.rmtree(outdated, ignore_errors=True)
    return manifest


def _generations(index_dir: Path) -> list[Path]:
    return sorted(
        path for path in index_dir.glob(f"{Layout.PREFIX}*") if path.name.removeprefix(Layout.PREFIX).isdigit()
    )


def _write_rows(layout: Layout, entries: Sequence[Entry], files: Sequence[StoredFile]) -> None:
    with closing(sqlite3.connect(layout.rows)) as connection, connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO files VALUES (?, ?, ?, ?)",
            ((file.id, file.size, file.mtime_ns, file.sha256) for file in files),
        )
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    entry.document.id,
                    entry.file.id,
                    entry.document.title,
                    entry.document.source,
                    entry.document.published,
                    entry.document.language,
                    len(entry.passages),
                    len(entry.document.text),
                    json.dumps(entry.document.to_dict(), ensure_ascii=False),
                )
                for entry in entries
            ),
        )
        keyed = ((passage, key) for entry in entries for passage, key in zip(entry.passages, entry.keys, strict=True))
        connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row,
                    key,
                    passage.document_id,
                    passage.start,
                    passage.end,
                    passage.page,
                    json.dumps(passage.headings, ensure_ascii=False),
                    passage.text,
                )
                for row, (passage, key) in enumerate(keyed)
            ),
        )


def _point_to(generation: Path) -> None:
    pointer = generation.parent / Layout.CURRENT
    unfinished = pointer.with_name(f".{Layout.CURRENT}.unfinished")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(generation.name)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(pointer)
    _sync_folder(generation.parent)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder can't be opened, and need not be
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
