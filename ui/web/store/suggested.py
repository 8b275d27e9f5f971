"""The questions that the page offers, made in the background for the newest index and kept beside it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus import YinjuError
from rag import Assistant
from rag.settings import EXTRACTIVE
from rag.suggesting.suggestions import Suggestion, first_documents, suggestions_of

__all__ = ["BUNDLED", "Suggested"]

BUNDLED = frozenset({"000_0eb0c2514dd7671a.txt", "003_5e9ebf8f6c1b539e.txt"})
"""The ids of the bundled articles, about which the interface has examples of its own in each language."""

_log = logging.getLogger(__name__)
_AT_START = 6  # documents whose questions may stand at the start
_LOOKED_AT = 18  # documents at most that these are looked for in
_TRIES = 8  # questions asked of a document, of which some are kept
_KEPT = 4
_REST = 1.0  # how long it rests after a question, as a multiple of what that took
_LOOKED_IN = 0.2  # seconds between looks whether others are done
_MOST_WAITING = 32


class Suggested:
    """Which questions each document answers. Safe to use from several threads.

    They are made one by one by a thread of its own that rests between questions, while others are answered
    (``giving_way``) and while ``busy``; nobody waits for it. What was made is kept in a file with the generation of
    the index that answered, and forgotten with it. A language model is never asked.
    """

    def __init__(self, assistant: Callable[[], Assistant], path: Path, busy: Callable[[], bool]) -> None:
        """``busy`` tells that the machine is needed for something else."""
        self._assistant = assistant
        self._path = path
        self._busy = busy
        self._under_way = 0
        self._lock = threading.Lock()
        self._made: dict[str, tuple[Suggestion, ...]] = {}
        self._wanted: list[str] = []
        self._for_start: list[str] = []  # ids of documents
        self._generation = ""
        self._worker: threading.Thread | None = None

    def begin(self) -> None:
        """Makes what the start shows, as far as it is not made; returns at once."""
        with self._lock:
            self._renew()
            if self._next() is not None and self._worker is None:
                self._worker = threading.Thread(target=self._work, name="yinju-suggesting", daemon=True)
                self._worker.start()

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """While this is open nothing is made."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    @property
    def is_done(self) -> bool:
        """Whether everything that was wanted is made."""
        with self._lock:
            self._renew()
            return self._next() is None

    def first(self) -> list[Suggestion]:
        """A question of each document that the start shows, as far as they are made."""
        with self._lock:
            self._renew()
            offered = [self._made[document] for document in self._for_start if self._made.get(document)]
        return [made[0] for made in offered[:_AT_START]]

    def of(self, document_id: str) -> tuple[Suggestion, ...] | None:
        """The questions of a document; None while they are not made, which they will be next."""
        with self._lock:
            self._renew()
            made = self._made.get(document_id)
            if made is None and document_id not in self._wanted and len(self._wanted) < _MOST_WAITING:
                self._wanted.append(document_id)
        if made is None:
            self.begin()
        return made

    def wait(self, seconds: float) -> bool:
        """Waits until everything wanted is made; tells whether it is."""
        worker = self._worker
        if worker is not None:
            worker.join(seconds)
        return self.is_done

    # The lock is held by whoever calls these.

    def _renew(self) -> None:
        """Forgets what another generation of the index answered, and takes up what was kept of this one."""
        generation = self._assistant().index.manifest.generation
        if generation == self._generation:
            return
        self._generation, self._wanted, self._made = generation, [], {}
        documents = [one for one in self._assistant().index.documents() if one.id not in BUNDLED]
        self._for_start = [document.id for document in first_documents(documents, _LOOKED_AT)]
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["generation"] == generation:
                self._made = {
                    document: tuple(Suggestion(**one) for one in made) for document, made in kept["documents"].items()
                }

    def _next(self) -> str | None:
        """The document that comes next: one that is looked at, or one for the start while there are too few."""
        for document in self._wanted:
            if document not in self._made:
                return document
        found = 0
        for document in self._for_start:
            if document not in self._made:
                return document
            found += bool(self._made[document])
            if found == _AT_START:
                break
        return None

    def _work(self) -> None:
        while True:
            with self._lock:
                self._renew()
                document, generation = self._next(), self._generation
                if document is None:
                    self._worker = None
                    return
            try:
                made = self._make(document, generation)
            except YinjuError as exc:  # the document is gone, or the index
                _log.warning("%s", exc)
                made = ()
            except Exception:  # noqa: BLE001 - the page goes on without these questions
                _log.exception("No questions could be made of %s", document)
                made = ()
            with self._lock:
                if made is not None and generation == self._generation:
                    self._made[document] = made
                    self._keep()

    def _make(self, document_id: str, generation: str) -> tuple[Suggestion, ...] | None:
        """The questions of a document; None where the index was replaced meanwhile."""
        assistant = self._assistant()
        quoting = assistant
        if assistant.settings.llm != EXTRACTIVE:
            settings = assistant.settings.model_copy(update={"llm": EXTRACTIVE})
            quoting = Assistant(assistant.index, assistant.encoder, settings)
        found: list[Suggestion] = []
        began = time.monotonic()
        for tried in suggestions_of(quoting.document(document_id), quoting, _TRIES):
            if tried is not None:
                found.append(tried)
            if len(found) == _KEPT:
                break
            time.sleep(_REST * (time.monotonic() - began))
            while self._busy() or self._under_way:
                time.sleep(_LOOKED_IN)
            if self._assistant().index.manifest.generation != generation:
                return None
            began = time.monotonic()
        return tuple(found)

    def _keep(self) -> None:
        """Writes down what there is; what can't be written is made again after a restart."""
        values = {
            "generation": self._generation,
            "documents": {document: [one.to_dict() for one in made] for document, made in self._made.items()},
        }
        beside = self._path.with_suffix(".new")
        try:
            beside.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
            beside.replace(self._path)
        except OSError as exc:
            _log.warning("The questions that are offered could not be kept: %s", exc)
