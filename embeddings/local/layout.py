"""Where an index stands on the disk, and the pointer that says which of its generations answers."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import IndexMissing, IndexUnreadable
from embeddings.messages import IndexMessage

__all__ = [
    "FORMAT",
    "Layout",
    "candidates",
    "generations",
    "link_or_copy",
    "point_to",
    "pointed",
    "remove",
    "sha256_of",
    "sync",
    "tidy",
]

FORMAT = 8
"""The version of the layout below and of what documents are read as; an index of another version is built anew."""

_POINTER = "current"
_PREFIX = "generation-"
_UNFINISHED = ".unfinished"
_DISCARDED = ".discarded"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are in an index folder::

    current                    the name of the generation that answers
    encoded.sqlite             vectors of a rebuild that has not come to its end
    generation-000001/
      manifest.json            model, dimensions, counts, sizes, checksums
      rows.sqlite              files, documents, passages
      removed.npy              int64: rows that are no longer in use
      postings/                BM25 postings of the passages
      parts/0000/              the vectors of consecutive rows
        passages.faiss           float16, inner product: one a passage
        lists.faiss              of a large part: 8 bits a dimension, in inverted lists
        starts.bin               int64 (rows + 1): where a passage's sentences begin in the next two
        spans.bin                int32 (sentences, 2): start and end in the document
        sentences.bin            float16 (sentences, dimensions)

    A generation never changes. The next one shares the files it has in common with it by hard links.
    """

    generation: Path

    @property
    def manifest(self) -> Path:
        """The manifest's file."""
        return self.generation / "manifest.json"

    @property
    def rows(self) -> Path:
        """The SQLite file."""
        return self.generation / "rows.sqlite"

    @property
    def removed(self) -> Path:
        """The array of unused rows."""
        return self.generation / "removed.npy"

    @property
    def postings(self) -> Path:
        """The postings' folder."""
        return self.generation / "postings"

    def part(self, number: int) -> Path:
        """The folder of a part, counted from 0."""
        return self.generation / "parts" / f"{number:04}"

    def files(self) -> dict[str, Path]:
        """Every file of the generation but the manifest, by its path within it."""
        found = sorted(path for path in self.generation.rglob("*") if path.is_file() and path != self.manifest)
        return {path.relative_to(self.generation).as_posix(): path for path in found if path.suffix != ".lock"}

    @classmethod
    def unfinished(cls, index_dir: Path) -> Layout:
        """A new, empty generation, to be given its name by ``finish``."""
        taken = [_number(path) for path in generations(index_dir)]
        folder = index_dir / f".{_PREFIX}{max(taken, default=0) + 1:06}{_UNFINISHED}"
        folder.mkdir()
        return cls(folder)

    def finish(self) -> Layout:
        """The generation under its name, whole and on the disk."""
        name = self.generation.name.removeprefix(".").removesuffix(_UNFINISHED)
        return Layout(self.generation.replace(self.generation.with_name(name)))


def _number(generation: Path) -> int:
    return int(generation.name.removeprefix(_PREFIX))


def generations(index_dir: Path) -> list[Path]:
    """The generations of an index, the oldest first."""
    found = (path for path in index_dir.glob(f"{_PREFIX}*") if path.name.removeprefix(_PREFIX).isdigit())
    return sorted((path for path in found if path.is_dir()), key=_number)


def pointed(index_dir: Path) -> str:
    """What the pointer says, which may be nonsense.

    Raises:
        IndexMissing: there is no index in the folder.
        IndexUnreadable: the folder holds something else.
    """
    try:
        return (index_dir / _POINTER).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError as exc:
        if generations(index_dir):
            return ""
        if index_dir.is_dir() and any(not path.name.startswith((".", "encoded.")) for path in index_dir.iterdir()):
            raise IndexUnreadable(IndexMessage.NOT_AN_INDEX, folder=index_dir, pointer=_POINTER) from exc
        raise IndexMissing(IndexMessage.INDEX_MISSING, folder=index_dir) from exc
    except OSError as exc:
        raise IndexUnreadable(
            IndexMessage.POINTER_UNREADABLE, file=index_dir / _POINTER, reason=exc.strerror or exc
        ) from exc


def candidates(index_dir: Path, pointer: str) -> list[str]:
    """The generation that the pointer names, then older ones; where it names none, all, the newest first."""
    names = [path.name for path in generations(index_dir)]
    before = names[: names.index(pointer) + 1] if pointer in names else names
    return before[::-1]


def generation_before(index_dir: Path) -> str | None:
    """The generation before the current one, if there is one; raises as ``pointed`` does."""
    older = candidates(index_dir, pointed(index_dir))[1:]
    return older[0] if older else None


def point_to(generation: Path) -> None:
    """Makes a generation the one that answers, in one step."""
    pointer = generation.parent / _POINTER
    unfinished = pointer.with_name(f".{_POINTER}{_UNFINISHED}")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(generation.name)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(pointer)
    _sync_folder(generation.parent)


def tidy(index_dir: Path, keep: Iterable[str] | None = None) -> None:
    """Removes what broken-off rebuilds left behind and, where ``keep`` names some, all other generations."""
    if keep is not None:
        kept = set(keep)
        for outdated in generations(index_dir):
            if outdated.name not in kept:
                _set_aside(outdated)
    for suffix in (_UNFINISHED, _DISCARDED):
        for path in index_dir.glob(f".*{suffix}"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def remove(unfinished: Path) -> None:
    """Removes an unfinished generation; what can't be removed now, ``tidy`` removes before the next one is begun.

    A merge of Tantivy's may outlive its writer: under another name, nothing is put into the folder while it is emptied.
    """
    shutil.rmtree(_set_aside(unfinished), ignore_errors=True)


def _set_aside(folder: Path) -> Path:
    """A folder under the name of what is to be removed, so that nothing half removed looks like a generation."""
    try:
        return folder.rename(folder.with_name(f".{folder.name.removeprefix('.')}{_DISCARDED}"))
    except OSError:
        return folder  # something has it open, on a system where that forbids it: next time


def link_or_copy(source: Path, target: Path) -> None:
    """The same file under a second name, or its copy where the file system knows no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sha256_of(paths: Iterable[Path]) -> list[str]:
    """The SHA-256 sums of files, in their order; several are read at once."""

    def one(path: Path) -> str:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(one, paths))


def sync(layout: Layout, shared: Iterable[str]) -> None:
    """Has the generation's files written to the disk; those ``shared`` with an older one are there already."""
    there = set(shared)
    for name, path in layout.files().items():
        if name not in there:
            _sync_file(path)
    _sync_file(layout.manifest)
    for folder in (layout.generation, *(path for path in layout.generation.rglob("*") if path.is_dir())):
        _sync_folder(folder)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as stream:  # Windows flushes only what was opened for writing
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder can't be opened, and need not be
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
