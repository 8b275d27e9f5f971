"""Writing one generation of an index: what it shares with the one before, and what is new."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

import numpy as np

from corpus import Document, Passage, Skipped
from embeddings.index.protocol import Manifest, PartSummary
from embeddings.local.check import check_answers
from embeddings.local.index import FaissIndex
from embeddings.local.layout import FORMAT, Layout, link_or_copy, remove, sha256_of, sync
from embeddings.local.parts import PART_ROWS, Block, Part, PartsWriter
from embeddings.local.postings import PostingsWriter
from embeddings.local.rows import StoredFile

__all__ = ["Entry", "GenerationWriter", "worth_sharing"]

_SHARED_FROM = 2_000  # rows; what is smaller is written anew in a moment, and then has no unused rows
_UNUSED_SHARE = 0.2
_ABSORBED = 4  # a part at the end that is not so many times as long as what is added becomes one with it

_LISTED = """CREATE INDEX IF NOT EXISTS documents_listed ON documents (
    id, title, source, published, language, passages, chars, author, number
)"""  # all that is listed and chosen by, without the documents themselves
_SCHEMA = f"""
CREATE TABLE files (id TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, sha256 TEXT);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, file_id TEXT, title TEXT, source TEXT, published TEXT, language TEXT,
    passages INTEGER, chars INTEGER, damaged_bytes INTEGER, author TEXT, number TEXT, json TEXT
);
CREATE TABLE skipped (file_id TEXT, json TEXT);
CREATE INDEX skipped_of_file ON skipped (file_id);
CREATE INDEX documents_of_file ON documents (file_id);
CREATE INDEX documents_by_language ON documents (language);
{_LISTED};
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, key BLOB, document_id TEXT,
    start INTEGER, end INTEGER, page INTEGER, headings TEXT, text TEXT
);
CREATE INDEX passages_of_document ON passages (document_id);
CREATE INDEX passages_of_key ON passages (key);
"""


def worth_sharing(index: FaissIndex) -> bool:
    """Whether the next generation should share this one's files: it is large, and few of its rows are unused."""
    rows = index.manifest.rows
    return rows >= _SHARED_FROM and rows - index.manifest.passages <= rows * _UNUSED_SHARE


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as it is written: with the key of its vectors and the tokens it is found by."""

    passage: Passage
    key: bytes
    tokens: list[str]


class GenerationWriter:
    """A generation that is being written into a folder beside the others.

    With a ``base`` it begins as that generation, whose files it shares. Documents are removed first and added then;
    ``finish`` takes the vectors of the added passages. Raises OSError or sqlite3.Error where something can't be
    written.
    """

    def __init__(self, index_dir: Path, base: FaissIndex | None) -> None:
        self._base = base
        self._layout = Layout.unfinished(index_dir)
        self._first_new = self._rows = 0
        self._removed: list[int] = []
        with ExitStack() as undo:
            undo.callback(remove, self._layout.generation)
            if base is not None:
                shutil.copyfile(base.layout.rows, self._layout.rows)
                self._first_new = self._rows = base.manifest.rows
                self._removed = base.removed.tolist()
            # Nothing here needs to survive a crash: an unfinished generation is thrown away.
            self._connection = sqlite3.connect(self._layout.rows, check_same_thread=False, isolation_level=None)
            undo.callback(self._connection.close)
            self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
            for statement in filter(str.strip, (_SCHEMA if base is None else _LISTED).split(";")):
                self._connection.execute(statement)
            self._postings = PostingsWriter(self._layout.postings, None if base is None else base.layout.postings)
            undo.callback(self._postings.discard)
            self._undo = undo.pop_all()

    def remove_file(self, file_id: str) -> list[str]:
        """Takes out a file and its documents, whose ids are returned."""
        documents = self._connection.execute("SELECT id FROM documents WHERE file_id = ?", (file_id,)).fetchall()
        for (document_id,) in documents:
            rows = self._connection.execute("SELECT row FROM passages WHERE document_id = ?", (document_id,))
            self._removed += [row for (row,) in rows]
            self._connection.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
            self._connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            self._postings.remove(document_id)
        self._connection.execute("DELETE FROM files WHERE id = ?", (file_id,))
        self._connection.execute("DELETE FROM skipped WHERE file_id = ?", (file_id,))
        return [document_id for (document_id,) in documents]

    def add_file(self, file: StoredFile) -> None:
        """Takes in a file, or what has become of its size and time."""
        values = (file.id, file.size, file.mtime_ns, file.sha256)
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", values)

    def add_skipped(self, file_id: str, skipped: Iterable[Skipped]) -> None:
        """Takes in what of a file was not read, in place of what was told of it before."""
        self._connection.execute("DELETE FROM skipped WHERE file_id = ?", (file_id,))
        rows = ((file_id, json.dumps(item.to_dict(), ensure_ascii=False)) for item in skipped)
        self._connection.executemany("INSERT INTO skipped VALUES (?, ?)", rows)

    def forget_skipped(self, present: Collection[str]) -> None:
        """Takes out what was told of files that are no longer there."""
        told = {file_id for (file_id,) in self._connection.execute("SELECT DISTINCT file_id FROM skipped")}
        for file_id in told.difference(present):
            self._connection.execute("DELETE FROM skipped WHERE file_id = ?", (file_id,))

    def add_document(self, file_id: str, document: Document, entries: Sequence[Entry]) -> None:
        """Takes in a document with its passages."""
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                file_id,
                document.title,
                document.source,
                document.published,
                document.language,
                len(entries),
                len(document.text),
                document.damaged_bytes,
                document.author,
                document.number,
                json.dumps(document.to_dict(), ensure_ascii=False),
            ),
        )
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row,
                    entry.key,
                    entry.passage.document_id,
                    entry.passage.start,
                    entry.passage.end,
                    entry.passage.page,
                    json.dumps(entry.passage.headings, ensure_ascii=False),
                    entry.passage.text,
                )
                for row, entry in enumerate(entries, self._rows)
            ),
        )
        for row, entry in enumerate(entries, self._rows):
            self._postings.add(row, entry.passage.document_id, entry.tokens)
        self._rows += len(entries)

    def finish(
        self, blocks: Iterable[Block], *, model: str, dimensions: int, max_chars: int, fingerprint: str = ""
    ) -> Layout:
        """Writes the vectors of the added passages, in their order, checks the whole, and gives it its name.

        Raises:
            IndexUnreadable: what was written does not answer as it should.
        """
        self._connection.execute("COMMIT")
        (documents,) = self._connection.execute("SELECT count(*) FROM documents").fetchone()
        self._connection.close()
        self._postings.close()
        np.save(self._layout.removed, np.array(sorted(self._removed), dtype=np.int64))
        parts = self._write_parts(blocks)
        shared = self._shared()
        files = self._layout.files()
        new = [name for name in files if name not in shared]
        sums = {**shared, **dict(zip(new, sha256_of(files[name] for name in new), strict=True))}
        manifest = Manifest(
            format=FORMAT,
            model=model,
            fingerprint=fingerprint,
            dimensions=dimensions,
            max_chars=max_chars,
            documents=documents,
            passages=self._rows - len(self._removed),
            sentences=sum(part.sentences for part in parts),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            generation=self._layout.generation.name.removeprefix(".").removesuffix(".unfinished"),
            rows=self._rows,
            recall=round(1 - sum((1 - part.recall) * part.rows for part in parts) / max(1, self._rows), 4),
            parts=tuple(parts),
            files={name: sums[name] for name in files},
            sizes={name: path.stat().st_size for name, path in files.items()},
        ).sealed()
        self._layout.manifest.write_text(json.dumps(manifest.to_dict(), ensure_ascii=False), encoding="utf-8")
        sync(self._layout, shared)
        check_answers(self._layout)
        return self._layout.finish()

    def discard(self) -> None:
        """Ends all writing, then removes what has been written so far."""
        self._undo.close()

    def _write_parts(self, blocks: Iterable[Block]) -> list[PartSummary]:
        """The parts: those shared with the base, short ones at its end written together with what is new."""
        base = self._base
        shared = [] if base is None else list(zip(base.parts, base.manifest.parts, strict=True))
        absorbed: list[Part] = []
        added = self._rows - self._first_new
        while added and shared:
            last, _ = shared[-1]
            if last.rows >= _ABSORBED * added or last.rows + added > PART_ROWS:
                break
            absorbed.insert(0, last)
            added += last.rows
            shared.pop()
        if base is not None:
            for number in range(len(shared)):
                self._layout.part(number).mkdir(parents=True)
                for path in base.layout.part(number).iterdir():
                    link_or_copy(path, self._layout.part(number) / path.name)
        writer = PartsWriter(self._layout.part(number) for number in count(len(shared)))
        for block in chain(*(part.blocks() for part in absorbed), blocks):
            writer.add(block)
        writer.close()
        return [summary for _, summary in shared] + writer.parts

    def _shared(self) -> dict[str, str]:
        """The sums of the files that are the base's own."""
        base = self._base
        if base is None:
            return {}
        theirs = base.layout.files()
        return {
            name: base.manifest.files[name]
            for name, path in self._layout.files().items()
            if name in theirs and path.samefile(theirs[name])
        }
