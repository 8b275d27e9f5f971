"""Bringing the index up to date with the documents folder, encoding only what is new."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from filelock import FileLock, Timeout

from corpus import Document, DocumentError, Library, Passage, Skipped, sentence_spans, split
from embeddings.encoder import DEFAULT_MODEL, Encoder, Vectors, load_encoder
from embeddings.errors import IndexBusy, IndexProblem, IndexUnwritable
from embeddings.faiss_index import FaissIndex, StoredFile
from embeddings.generation import Entry, write_generation

__all__ = ["Changes", "Progress", "RebuildReport", "changes", "rebuild"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage of a rebuild has come: files read, texts encoded (passages and their sentences)."""

    stage: Literal["reading", "encoding", "writing"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild did. ``encoded`` counts the passages that were new; ``changed`` is False if nothing had to be.

    ``damaged`` has the documents some of whose bytes fit no encoding, and how many.
    """

    model: str
    documents: int
    passages: int
    encoded: int
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    damaged: dict[str, int]
    changed: bool
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def rebuild(
    documents_dir: str | Path,
    index_dir: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    encoder: Encoder | None = None,
    max_chars: int = 400,
    force: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> RebuildReport:
    """Indexes the documents folder; the old index answers until the new one is whole.

    Files whose size and time, or else whose bytes, are those of the last rebuild are not read again, and passages
    whose text and model are the same keep their vectors. ``encoder`` stands in for loading ``model``; ``force`` reads
    and encodes everything anew. A file that can't be read is skipped and reported.

    Raises:
        DocumentError: there is no documents folder.
        IndexBusy: another rebuild is at work on this index.
        IndexUnwritable: the folder can't be written, or the disk is full.
        EncoderUnavailable: the model can't be loaded.
    """
    started = time.perf_counter()
    library, index_dir = Library(Path(documents_dir)), Path(index_dir)
    if not library.folder.is_dir():
        raise DocumentError(f"There is no documents folder {library.folder}. Make it and put documents into it.")
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(index_dir / ".rebuild.lock", timeout=0):
            model = encoder.name if encoder else model
            task = _Rebuild(library, index_dir, model, encoder, max_chars, progress or (lambda _: None))
            return task.run(started, force=force)
    except Timeout as exc:
        raise IndexBusy(f"Another rebuild of {index_dir} is running. Wait for it to end, then try again.") from exc
    except OSError as exc:
        raise IndexUnwritable(
            f"The index can't be written to {index_dir}: {exc.strerror or exc}. The old index is unchanged; free some "
            "space, or set YINJU_HOME to a folder that can be written."
        ) from exc


@dataclass(frozen=True, slots=True)
class Changes:
    """The files that a rebuild would read or leave out, by their ids."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def changes(documents_dir: str | Path, index_dir: str | Path) -> Changes:
    """What has changed in the documents folder since the index was built; raises as ``open_index`` does."""
    library = Library(Path(documents_dir))
    index = FaissIndex.open(Path(index_dir))
    try:
        known = index.files()
    finally:
        index.close()
    present = {library.id_of(path): _stored_file(path, library.id_of(path), known) for path in library.files()}
    return Changes(
        added=tuple(sorted(present.keys() - known.keys())),
        changed=tuple(
            name for name in sorted(present.keys() & known.keys()) if present[name].sha256 != known[name].sha256
        ),
        removed=tuple(sorted(known.keys() - present.keys())),
    )


@dataclass
class _Rebuild:
    """One rebuild: the old index, if there is one of use, and what is gathered on the way to the next."""

    library: Library
    index_dir: Path
    model: str
    encoder: Encoder | None
    max_chars: int
    report_progress: Callable[[Progress], None]
    skipped: list[Skipped] = field(default_factory=list)
    read_anew: int = 0

    def run(self, started: float, *, force: bool) -> RebuildReport:
        old = self._old_index()
        same_kind = old is not None and old.manifest.model == self.model
        reused = old if same_kind and not force else None
        files, entries = self._gather(reused if reused and reused.manifest.max_chars == self.max_chars else None)
        old_ids = {summary.id for summary in old.documents()} if old else set()
        removed = tuple(sorted(old_ids - {entry.document.id for entry in entries}))
        changed = bool(force or self.read_anew or removed or reused is None or set(reused.files()) != set(files))
        encoded = 0
        if changed:
            vectors, sentence_vectors, encoded = self._vectors(entries, reused)
            self.report_progress(Progress("writing", 0, 1))
            write_generation(
                self.index_dir,
                model=self.model,
                max_chars=self.max_chars,
                entries=entries,
                files=list(files.values()),
                vectors=vectors,
                sentence_vectors=sentence_vectors,
            )
            self.report_progress(Progress("writing", 1, 1))
        if old is not None:
            old.close()
        return RebuildReport(
            model=self.model,
            documents=len(entries),
            passages=sum(len(entry.passages) for entry in entries),
            encoded=encoded,
            removed=removed,
            skipped=tuple(self.skipped),
            damaged={e.document.id: e.document.damaged_bytes for e in entries if e.document.damaged_bytes},
            changed=changed,
            seconds=round(time.perf_counter() - started, 3),
        )

    def _old_index(self) -> FaissIndex | None:
        try:
            return FaissIndex.open(self.index_dir)
        except IndexProblem:
            return None  # missing or of no use: the next one is built from nothing

    def _gather(self, old: FaissIndex | None) -> tuple[dict[str, StoredFile], list[Entry]]:
        """Every file that could be read, and the documents in them in the order of the files."""
        known = old.files() if old else {}
        files: dict[str, StoredFile] = {}
        entries: dict[str, list[Entry]] = {}
        to_read: dict[str, Path] = {}
        for path in self.library.files():
            file_id = self.library.id_of(path)
            try:
                file = files[file_id] = _stored_file(path, file_id, known)
            except OSError as exc:
                self.skipped.append(Skipped(file_id, f"{path} can't be read: {exc.strerror or exc}."))
                continue
            if old is not None and file_id in known and known[file_id].sha256 == file.sha256:
                entries[file_id] = list(self._unchanged(file, old))
            else:
                to_read[file_id] = path
        total = len(files)
        self.report_progress(Progress("reading", len(entries), total))
        workers = min(os.cpu_count() or 1, len(to_read))
        for done, outcome in enumerate(self.library.read(to_read.values(), workers=workers), len(entries) + 1):
            self.skipped += outcome.skipped
            if outcome.problem is None:
                self.read_anew += 1
                entries[outcome.file] = [self._split(files[outcome.file], document) for document in outcome.documents]
            else:
                self.skipped.append(Skipped(outcome.file, outcome.problem))
                del files[outcome.file]
            self.report_progress(Progress("reading", done, total))
        return files, [entry for file_id in files for entry in entries[file_id]]

    def _unchanged(self, file: StoredFile, old: FaissIndex) -> Iterator[Entry]:
        for document, stored in old.documents_of(file.id):
            yield Entry(file, document, tuple(s.passage for s in stored), tuple(s.key for s in stored))

    def _split(self, file: StoredFile, document: Document) -> Entry:
        passages = tuple(split(document, max_chars=self.max_chars))
        return Entry(file, document, passages, tuple(_key(self.model, passage) for passage in passages))

    def _vectors(self, entries: Sequence[Entry], old: FaissIndex | None) -> tuple[Vectors, list[Vectors], int]:
        """Vectors of all passages and of their sentences, the known ones from the old index, and how many were new."""
        old_rows = old.keys() if old else {}
        keyed = [
            (key, passage, entry.document)
            for entry in entries
            for passage, key in zip(entry.passages, entry.keys, strict=True)
        ]
        new = [i for i, (key, _, _) in enumerate(keyed) if key not in old_rows]
        new_sentences = [_sentences(document, passage) for _, passage, document in (keyed[i] for i in new)]
        texts = [embedded_text(keyed[i][1]) for i in new] + [text for texts in new_sentences for text in texts]
        encoded = self._encode(texts) if texts or old is None else np.empty((0, old.manifest.dimensions), np.float32)

        vectors = np.empty((len(keyed), encoded.shape[1]), dtype=np.float32)
        vectors[new] = encoded[: len(new)]
        sentence_vectors: list[Vectors] = [encoded[:0]] * len(keyed)
        first = len(new)
        for i, texts_of_passage in zip(new, new_sentences, strict=True):
            sentence_vectors[i] = encoded[first : first + len(texts_of_passage)]
            first += len(texts_of_passage)
        if old is not None:
            kept = [(i, old_rows[key]) for i, (key, _, _) in enumerate(keyed) if key in old_rows]
            if kept:
                vectors[[i for i, _ in kept]] = old.vectors([row for _, row in kept])
            for i, row in kept:
                sentence_vectors[i] = old.sentences(row).vectors
        return vectors, sentence_vectors, len(new)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if self.encoder is None:
            self.encoder = load_encoder(self.model)
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.report_progress(Progress("encoding", done, len(texts)))

        self.report_progress(Progress("encoding", 0, len(texts)))
        return self.encoder.encode(texts, "document", advance)


def embedded_text(passage: Passage) -> str:
    """What is encoded for a passage: its text under its title and headings, which it may not repeat itself."""
    above = [line for line in (passage.title, *passage.headings) if line and line not in passage.text]
    return "\n".join([*above, passage.text])


def _sentences(document: Document, passage: Passage) -> list[str]:
    return [document.text[start:end] for start, end in sentence_spans(document.text, passage.start, passage.end)]


def _key(model: str, passage: Passage) -> bytes:
    return hashlib.blake2b(f"{model}\0{embedded_text(passage)}\0{passage.text}".encode(), digest_size=16).digest()


def _stored_file(path: Path, file_id: str, known: dict[str, StoredFile]) -> StoredFile:
    stat = path.stat()
    before = known.get(file_id)
    if before is not None and (before.size, before.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
        return before
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return StoredFile(file_id, stat.st_size, stat.st_mtime_ns, digest)
