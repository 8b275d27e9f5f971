"""The library behind the page: documents put in and taken out, the index rebuilt beside the chat."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import Problem, ReadAlready, Skipped, YinjuError
from embeddings import IndexBusy, Progress, open_index, rebuild
from rag import Assistant, Settings
from ui.messages import PageMessage
from ui.web.store.originals import Originals
from ui.web.store.removed import Removed
from ui.web.store.suggested import Suggested
from ui.web.store.watching import FolderWatch

__all__ = ["Book", "LibraryService", "Outcome"]

_log = logging.getLogger(__name__)
_LONGEST_NAME = 60  # characters of the name of a file made of pasted text
_BUSY_SECONDS = 2.0  # until another program's rebuild is looked for again


@dataclass(frozen=True, slots=True)
class Book:
    """A line of the library. ``passages`` is None while the document waits for the index; ``problems`` say why a
    file is not in it, or what of it is not.
    """

    id: str
    file: str
    title: str
    source: str | None = None
    published: str | None = None
    passages: int | None = None
    problems: tuple[Problem, ...] = ()
    author: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an added file: read, or the sentence that says why not."""

    name: str
    problem: Problem | None = None


class LibraryService:
    """The documents folder, and the assistant over its newest index. Safe to use from several threads.

    ``assistant`` changes when a rebuild ends: ask for it anew with each question. An older one goes on answering those
    who hold it.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.progress: Progress | None = None
        self.error: Problem | None = None
        self._settings = assistant.settings
        self._library = assistant.settings.library
        self.originals = Originals(self._library)
        self._skipped: list[Skipped] = []
        self._already = ReadAlready()
        self._lock = threading.Lock()
        self._again = False
        self._worker: threading.Thread | None = None
        self._removed = Removed(self._library, assistant.settings.home / "removed")
        self._watch = FolderWatch(self._library.folder, self.rebuild)
        self.suggested = Suggested(
            lambda: self.assistant, assistant.settings.home / "suggestions.json", lambda: self.busy
        )

    def begin(self) -> None:
        """Begins what goes on beside the page: questions to offer, and the watch over the folder if it is set."""
        self.suggested.begin()
        self.watch(on=self._settings.watch)

    @property
    def busy(self) -> bool:
        """Whether the index is being rebuilt."""
        worker = self._worker
        return worker is not None and worker.is_alive()

    @property
    def removed(self) -> str | None:
        """The id of the document that ``restore`` would bring back."""
        return self._removed.last

    def configure(self, settings: Settings) -> None:
        """Has the next question answered by other settings; raises ``LanguageModelError`` if they name no model."""
        assistant = Assistant(self.assistant.index, self.assistant.encoder, settings)
        if settings.watch != self._settings.watch:
            self.watch(on=settings.watch)
        with self._lock:
            self._settings, self.assistant = settings, assistant

    def watch(self, *, on: bool) -> None:
        """Has the index rebuilt whenever the folder's files change, or no longer."""
        if on:
            self._library.folder.mkdir(parents=True, exist_ok=True)
            self._watch.start()
        else:
            self._watch.stop()

    @property
    def watching(self) -> bool:
        """Whether the folder is watched."""
        return self._watch.is_on

    def book(self, document_id: str) -> Book | None:
        """The line of the library of a document of the index."""
        return next((book for book in self.books() if book.id == document_id and book.passages is not None), None)

    def books(self) -> list[Book]:
        """The documents of the index, and the files of the folder that are not in it."""
        files = {self._library.id_of(path) for path in self._library.files()}
        index = self.assistant.index
        documents = index.documents()
        problems = _by_owner([*index.skipped(), *self._skipped], {document.id for document in documents} | files)
        books, indexed = [], set()
        for document in documents:
            file = document.id
            while file and file not in files:  # a file of several documents names them under itself
                file = file[: max(0, file.rfind("/"), file.rfind("#"))]
            if file:
                indexed.add(file)
                books.append(
                    Book(
                        document.id,
                        file,
                        document.title,
                        document.source,
                        document.published,
                        document.passages,
                        problems.get(document.id, ()),
                        document.author,
                        document.number,
                    )
                )
        waiting = [Book(file, file, file, problems=problems.get(file, ())) for file in sorted(files - indexed)]
        return books + waiting

    def add(self, paths: Iterable[str | Path]) -> Iterator[Outcome]:
        """Copies files into the folder, each by itself, and tells what became of it.

        When all are through, the index is rebuilt if any was good.
        """
        good = False
        try:
            for path in paths:
                try:
                    for outcome in self._library.take_in(path):
                        self._already.keep(outcome)
                        good = good or outcome.problem is None
                        yield Outcome(Path(path).name, outcome.problem)
                except YinjuError as exc:
                    yield Outcome(Path(path).name, exc.problem)
        finally:
            if good:
                self.rebuild()

    def paste(self, title: str, text: str) -> Iterator[Outcome]:
        """Takes in pasted text as a file named by its title, as ``add`` does."""
        name = " ".join("".join(char if char.isalnum() or char in "-_《》（）" else " " for char in title).split())
        with TemporaryDirectory(prefix="yinju-pasted-") as folder:
            path = Path(folder) / f"{name[:_LONGEST_NAME].strip() or time.strftime('%Y-%m-%d %H%M%S')}.txt"
            path.write_text(f"{title.strip()}\n\n{text.strip()}\n", encoding="utf-8")
            yield from self.add([path])

    def remove(self, document_id: str) -> None:
        """Takes a document out and has the index rebuilt; raises ``UnknownDocument`` or ``DocumentError``."""
        self._removed.remove(document_id)
        self.rebuild()

    def restore(self) -> None:
        """Puts the document that was removed last back where it was, unless another has taken its place.

        Raises:
            DocumentError: it can't be put back.
        """
        self._removed.restore()
        self.rebuild()

    def rebuild(self) -> None:
        """Starts a rebuild in the background; one that is running is followed by another."""
        with self._lock:
            self._again = True
            if not self.busy:
                self._worker = threading.Thread(target=self._work, name="yinju-rebuild", daemon=True)
                self._worker.start()

    def wait(self, seconds: float) -> bool:
        """Waits for the rebuild to end; tells whether it did."""
        worker = self._worker
        if worker is not None:
            worker.join(seconds)
        return not self.busy

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._again:
                    self._worker = None
                    return
                self._again = False
            try:
                self._rebuild()
                self.error = None
            except IndexBusy as exc:  # another program rebuilds: what is to be done here is done after it
                self.error = exc.problem
                self._again = True
                time.sleep(_BUSY_SECONDS)
            except YinjuError as exc:
                self.error = exc.problem
            except Exception as exc:  # noqa: BLE001 - the thread must live, and the page must say it
                _log.exception("The rebuild failed")
                self.error = Problem.of(PageMessage.REBUILD_FAILED, reason=exc)
            finally:
                self.progress = None

    def _rebuild(self) -> None:
        settings, encoder = self.assistant.settings, self.assistant.encoder
        self.progress = Progress("reading", 0, 1)
        already, self._already = self._already, ReadAlready()
        report = rebuild(
            self._library.folder,
            settings.index_dir,
            encoder=encoder,
            max_chars=settings.passage_chars,
            progress=self._advance,
            publish_to=settings.publish_to,
            follow_links=settings.follow_links,
            already=already,
        )
        self._skipped = list(report.skipped)
        if report.changed:
            index = open_index(settings.index_location)
            with self._lock:
                self.assistant = Assistant(index, encoder, self._settings)
            self.suggested.begin()

    def _advance(self, progress: Progress) -> None:
        self.progress = progress


def _by_owner(skipped: Iterable[Skipped], known: set[str]) -> dict[str, tuple[Problem, ...]]:
    """What was not read, by the document or else the file that it is told of; each told once."""
    found: dict[str, dict[Problem, None]] = {}
    for item in skipped:
        owner = item.id
        while owner and owner not in known:
            owner = owner[: max(0, owner.rfind("/"), owner.rfind("#"))]
        found.setdefault(owner or item.id, {})[item.problem] = None
    return {owner: tuple(problems) for owner, problems in found.items()}
