"""What a rebuild has to do about each file, given an older index."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from corpus import Library, Outcome, Problem, Skipped
from corpus.messages import DocumentMessage
from embeddings.encoders.fingerprint import same_weights
from embeddings.local.generation import worth_sharing
from embeddings.local.index import FaissIndex
from embeddings.local.rows import StoredFile
from embeddings.messages import IndexMessage

__all__ = ["Changes", "Plan", "changes"]


@dataclass(frozen=True, slots=True)
class Changes:
    """The files that a rebuild would read or leave out, by their ids."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def changes(documents_dir: str | Path, index_dir: str | Path, *, follow_links: bool = False) -> Changes:
    """What has changed in the documents folder since the index was built; raises as ``open_index`` does."""
    library = Library(Path(documents_dir), follow_links)
    index = FaissIndex.open(Path(index_dir))
    try:
        known = index.rows.files()
    finally:
        index.close()
    present: dict[str, StoredFile] = {}
    for file_id, path in library.by_id().items():
        try:
            present[file_id] = _stored_file(path, file_id, known)
        except OSError:  # a rebuild tells what can't be read
            if file_id in known:
                present[file_id] = known[file_id]
    return Changes(
        added=tuple(sorted(present.keys() - known.keys())),
        changed=tuple(
            name for name in sorted(present.keys() & known.keys()) if present[name].sha256 != known[name].sha256
        ),
        removed=tuple(sorted(known.keys() - present.keys())),
    )


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    ``documents`` says whether the documents of the older index are of use, ``vectors`` whether its vectors are;
    ``known`` are the files it has the documents of, in the first case.
    """

    old: FaissIndex | None
    documents: bool
    vectors: bool
    known: dict[str, StoredFile]
    present: dict[str, StoredFile]
    to_read: dict[str, Path]
    unreadable: tuple[Skipped, ...]

    @classmethod
    def of(
        cls, library: Library, old: FaissIndex | None, *, model: str, fingerprint: str, max_chars: int, force: bool
    ) -> Plan:
        """The plan for a library; with ``force`` nothing of the older index is of use."""
        vectors = (
            old is not None
            and not force
            and old.manifest.model == model
            and same_weights(old.manifest.fingerprint, fingerprint)
        )
        documents = vectors and old is not None and old.manifest.max_chars == max_chars
        known = old.rows.files() if old is not None and documents else {}
        present: dict[str, StoredFile] = {}
        to_read: dict[str, Path] = {}
        unreadable = [
            Skipped(file_id, Problem.of(IndexMessage.LINK_OUTSIDE, file=file_id)) for file_id in library.links_outside()
        ]
        for file_id, path in library.by_id().items():
            try:
                present[file_id] = _stored_file(path, file_id, known)
            except OSError as exc:
                unreadable.append(
                    Skipped(
                        file_id, Problem.of(DocumentMessage.FILE_UNREADABLE, file=file_id, reason=exc.strerror or exc)
                    )
                )
                continue
            if file_id not in known or known[file_id].sha256 != present[file_id].sha256:
                to_read[file_id] = path
        return cls(old, documents, vectors, known, present, to_read, tuple(unreadable))

    @property
    def gone(self) -> list[str]:
        """The files that are no longer there."""
        return sorted(self.known.keys() - self.present.keys())

    @property
    def shared(self) -> FaissIndex | None:
        """The older index, where the next generation begins as it and is not written anew."""
        return self.old if self.documents and self.old is not None and worth_sharing(self.old) else None

    def of_use(self, outcome: Outcome) -> bool:
        """Whether the outcome of reading a file changes anything."""
        return outcome.problem is None or outcome.file in self.known


def _stored_file(path: Path, file_id: str, known: dict[str, StoredFile]) -> StoredFile:
    stat = path.stat()
    before = known.get(file_id)
    if before is not None and (before.size, before.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
        return before
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return StoredFile(file_id, stat.st_size, stat.st_mtime_ns, digest)
