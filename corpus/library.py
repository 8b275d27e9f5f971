"""The documents folder: what is in it, what is put in and taken out."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath

from corpus.documents import Document
from corpus.errors import DocumentError, Problem, UnknownDocument, UnreadableDocument
from corpus.filenames import escaped, path_text, readable
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.outcomes import Outcome, read_files
from corpus.readers.reading import read_bytes, reader_for

__all__ = ["Library", "read_document", "read_documents"]

_LIMITS = Limits()


def read_documents(path: str | Path, root: str | Path | None = None, *, limits: Limits = _LIMITS) -> Iterator[Document]:
    """The documents in a file, one after another; most files hold one.

    The id of a file's only document is the path relative to ``root`` (the documents folder), else the file's name.

    Raises:
        UnsupportedFormat: no reader knows the file's suffix.
        UnreadableDocument: the file is missing, may not be read, lies outside ``root``, is empty, or is not what its
            suffix says, or breaks one of the ``limits``.
    """
    path = Path(path)
    reader_for(path.name)
    document_id = readable(path.name)
    if root is not None:
        try:
            document_id = Library(Path(root).resolve()).id_of(path.resolve())
        except ValueError as exc:
            raise UnreadableDocument(DocumentMessage.FILE_OUTSIDE, file=path_text(path), folder=root) from exc
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise UnreadableDocument(
                DocumentMessage.FILE_TOO_LARGE, file=path_text(path), size=size, most=limits.file_bytes
            )
        data = path.read_bytes()
    except OSError as exc:
        raise UnreadableDocument(
            DocumentMessage.FILE_UNREADABLE, file=path_text(path), reason=exc.strerror or exc
        ) from exc
    for document in read_bytes(data, path.name, document_id, limits):
        if isinstance(document, Document):
            yield document


def read_document(path: str | Path, root: str | Path | None = None) -> Document:
    """The document in a file that holds one; see ``read_documents``.

    Raises:
        UnsupportedFormat: no reader knows the file's suffix.
        UnreadableDocument: the file can't be read, or holds more than one document.
    """
    document, *others = read_documents(path, root)
    if others:
        raise UnreadableDocument(
            DocumentMessage.DOCUMENTS_SEVERAL, file=path_text(Path(path)), documents=1 + len(others)
        )
    return document


@dataclass(frozen=True, slots=True)
class Library:
    """A folder of documents, with the files of its subfolders.

    Links that lead out of it are not followed unless ``follow_links``: whoever may put a link in would have any file of
    this computer answered from. Names that are no UTF-8 are called by what they say in GB18030.
    """

    folder: Path
    follow_links: bool = False

    def seed(self) -> bool:
        """Puts the bundled articles into a folder that does not exist yet; tells whether it did.

        Raises:
            DocumentError: the folder can't be made.
        """
        if self.folder.exists():
            return False
        self._make_folder()
        with resources.as_file(resources.files("corpus") / "articles") as articles:
            for article in articles.glob("*.txt"):
                shutil.copyfile(article, self.folder / article.name)
        return True

    def files(self) -> Iterator[Path]:
        """Every file that is not hidden, in the order of the ids."""
        yield from self.by_id().values()

    def by_id(self) -> dict[str, Path]:
        """The same by their ids."""
        return {file_id: path for file_id, path in self._entries().items() if self._is_ours(path)}

    def links_outside(self) -> dict[str, Path]:
        """The links that are not followed, by the ids that they would have."""
        return {file_id: path for file_id, path in self._entries().items() if not self._is_ours(path)}

    def _entries(self) -> dict[str, Path]:
        """Files, and links to folders outside, by their ids."""
        found: dict[str, Path] = {}
        seen: set[Path] = set()
        for folder, subfolders, names in os.walk(self.folder, followlinks=True):
            place = Path(folder)
            real = place.resolve()
            if real in seen:  # links in a circle
                subfolders.clear()
                continue
            seen.add(real)
            shown = [name for name in subfolders if not name.startswith(".")]
            outside = [name for name in shown if not self._is_ours(place / name)]
            subfolders[:] = sorted(set(shown) - set(outside))
            for name in sorted((*names, *outside), key=lambda name: (readable(name) != name, name)):
                path = place / name
                if not name.startswith(".") and (name in outside or path.is_file()):
                    file_id = self.id_of(path)
                    if file_id in found:  # two names that read the same
                        file_id = "/".join(map(escaped, path.relative_to(self.folder).parts))
                    found[file_id] = path
        return dict(sorted(found.items()))

    def _is_ours(self, path: Path) -> bool:
        return self.follow_links or path.resolve().is_relative_to(self.folder.resolve())

    def read(
        self,
        files: Mapping[str, Path] | Iterable[Path] | None = None,
        *,
        workers: int | None = None,
        limits: Limits = _LIMITS,
    ) -> Generator[Outcome, None, None]:
        """One outcome for each of the files (default: all there are), in their order; no file stops the others.

        A mapping gives the ids they are called by, as ``by_id`` does.
        Files are read by ``workers`` processes (default: one a core; 0: in this one), and only a few at a time are
        held. A file outside the folder is called by its name.

        Raises:
            ValueError: ``workers`` is negative.
        """
        files = self.by_id() if files is None else files
        if isinstance(files, Mapping):
            named: Iterable[tuple[Path, str]] = ((path, file_id) for file_id, path in files.items())
        else:
            named = ((path, self._called(path)) for path in files)
        yield from read_files(named, workers=workers, limits=limits)

    def _called(self, path: Path) -> str:
        return self.id_of(path) if path.is_relative_to(self.folder) else readable(path.name)

    def id_of(self, path: Path) -> str:
        """The id of the document in a file of the folder."""
        return "/".join(map(readable, path.relative_to(self.folder).parts))

    def file_of(self, document_id: str) -> str | None:
        """The id of the file that a document is in: its own, or that of an archive, a mail, a file of several articles.

        None if the folder has no such file.
        """
        file = document_id
        while file:
            try:
                self.path_of(file)
            except UnknownDocument:
                file = file[: max(0, file.rfind("/"), file.rfind("#"))]
            else:
                return file
        return None

    def path_of(self, document_id: str) -> Path:
        """The file of a document.

        Raises:
            UnknownDocument: there is none of this id in the folder.
        """
        relative = PurePosixPath(document_id)
        path = self.folder / relative
        inside = document_id and not relative.is_absolute() and ".." not in relative.parts
        if inside and not path.is_file():
            path = self.by_id().get(document_id, path)  # a name that is no UTF-8
        if not inside or not path.is_file() or not self._is_ours(path):
            raise UnknownDocument(DocumentMessage.DOCUMENT_MISSING, document=document_id, folder=self.folder)
        return path

    def add(self, source: str | Path) -> list[str]:
        """Copies a file, or the files of a folder, into the library; returns the ids of those that are in it now.

        Raises:
            DocumentError: none of them could be taken in; of several the error is the first one's.
        """
        outcomes = list(self.take_in(source))
        taken = [outcome.file for outcome in outcomes if outcome.problem is None]
        if not taken:
            problem = next(outcome.problem for outcome in outcomes if outcome.problem is not None)
            raise UnreadableDocument(problem)
        return taken

    def take_in(self, source: str | Path) -> Iterator[Outcome]:
        """Copies a file, or the files of a folder, into the library, and tells what came of each.

        Each is read first, by a process of its own within the limits, so that nothing enters that could not be
        answered from; one that is refused stops no other. A file that is there already with the same bytes is left as
        it is, and not read.

        Raises:
            DocumentError: the folder holds no files, or the library can't be written.
        """
        source = Path(source).absolute() if Path(source).name not in ("", "..") else Path(source).resolve()
        if source.is_dir():
            given = Library(source, self.follow_links)
            files = [(path, f"{readable(source.name)}/{given.id_of(path)}") for path in given.files()]
            if not files:
                raise UnreadableDocument(DocumentMessage.FOLDER_EMPTY, folder=path_text(source))
        else:
            files = [(source, readable(source.name))]
        to_read: list[tuple[Path, str]] = []
        for path, document_id in files:
            present = self.folder / document_id
            if not present.exists() or not path.exists():
                to_read.append((path, document_id))
            elif filecmp.cmp(present, path, shallow=False):
                yield Outcome(document_id)
            else:
                yield Outcome(document_id, problem=Problem.of(DocumentMessage.NAME_TAKEN, document=document_id))
        if not to_read:
            return
        paths = {document_id: path for path, document_id in to_read}
        with closing(read_files(to_read, workers=min(os.cpu_count() or 1, len(to_read)))) as outcomes:
            for outcome in outcomes:
                if outcome.problem is None:
                    self._copy(paths[outcome.file], self.folder / outcome.file)
                yield outcome

    def remove(self, document_id: str) -> None:
        """Deletes a document's file.

        Raises:
            UnknownDocument: there is none of this id.
            DocumentError: the file can't be deleted.
        """
        path = self.path_of(document_id)
        try:
            path.unlink()
        except OSError as exc:
            raise DocumentError(
                DocumentMessage.FILE_NOT_REMOVED, file=path_text(path), reason=exc.strerror or exc
            ) from exc

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise DocumentError(
                DocumentMessage.FOLDER_NOT_MADE, folder=self.folder, reason=exc.strerror or exc
            ) from exc

    def _copy(self, source: Path, target: Path) -> None:
        self._make_folder()
        unfinished = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, unfinished)
            unfinished.replace(target)
        except OSError as exc:
            with suppress(OSError):  # a full disk is not to be filled with what was broken off
                unfinished.unlink(missing_ok=True)
            problem = exc.strerror or exc
            raise DocumentError(
                DocumentMessage.FILE_NOT_COPIED, file=path_text(source), target=path_text(target), reason=problem
            ) from exc
