"""What the files of a library hold, on its way into the next generation."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence

from corpus import Document, Outcome, Passage, Problem, Skipped, sentence_spans, split
from embeddings.building.checkpoint import Checkpoint
from embeddings.building.pace import Pace
from embeddings.building.plan import Plan
from embeddings.building.vectors import Wanted
from embeddings.index.matching import passage_tokens
from embeddings.index.texts import embedded_text, texts_of_passage
from embeddings.local.generation import Entry, GenerationWriter
from embeddings.messages import IndexMessage

__all__ = ["Intake"]

_log = logging.getLogger(__name__)


_Taken = tuple[Entry, list[tuple[int, int]], list[str]]
"""What is written of a passage, the spans of its sentences, and the texts to encode."""


class Intake:
    """Takes documents in, in a thread of its own, while the texts they bring are encoded.

    ``skipped`` tells what could not be read, ``wanted`` which vectors the added passages need.
    """

    def __init__(
        self, plan: Plan, writer: GenerationWriter, checkpoint: Checkpoint, pace: Pace, *, model: str, max_chars: int
    ) -> None:
        self.skipped: list[Skipped] = []
        self.wanted = Wanted()
        self._plan = plan
        self._writer = writer
        self._checkpoint = checkpoint
        self._pace = pace
        self._model = model
        self._max_chars = max_chars
        self._stopped = threading.Event()
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self, outcomes: Iterator[Outcome], progress: Callable[[int, int], None]) -> None:
        """Begins; ``outcomes`` are those of the files to be read, in their order."""
        self._thread = threading.Thread(target=self._run, args=(outcomes, progress), name="yinju-reading", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Waits up to so long for the end; tells whether more is to come. Raises what went wrong in taking in."""
        if self._thread is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                return True
        if self._failure is not None:
            raise self._failure
        return False

    def stop(self) -> None:
        """Ends it before its time."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, outcomes: Iterator[Outcome], progress: Callable[[int, int], None]) -> None:
        try:
            self._take_all(outcomes, progress)
        except BaseException as exc:  # noqa: BLE001 - raised again in the thread that waits for this one
            self._failure = exc

    def _take_all(self, outcomes: Iterator[Outcome], progress: Callable[[int, int], None]) -> None:
        plan = self._plan
        done, read = len(plan.present) - len(plan.to_read), 0
        whole = sum(plan.present[file_id].size for file_id in plan.to_read) or 1
        self._pace.read = 0.0 if plan.to_read else 1.0
        progress(done, len(plan.present))
        for file_id in plan.gone if plan.shared else ():
            self._writer.remove_file(file_id)
        self._writer.forget_skipped(plan.present)
        for file_id in plan.present:
            if self._stopped.is_set():
                return
            if file_id in plan.to_read:
                self._take(next(outcomes))
                done += 1
                read += plan.present[file_id].size
                self._pace.read = read / whole
                progress(done, len(plan.present))
            else:
                self._carry_over(file_id)

    def _take(self, outcome: Outcome) -> None:
        """A file that has been read, or could not be."""
        if self._plan.shared and outcome.file in self._plan.known:
            self._writer.remove_file(outcome.file)
        told = [*outcome.skipped, *([Skipped(outcome.file, outcome.problem)] if outcome.problem is not None else ())]
        self.skipped += told
        self._writer.add_skipped(outcome.file, told)
        if outcome.problem is not None:
            return
        self._writer.add_file(self._plan.present[outcome.file])
        for document in outcome.documents:
            try:
                entry = self._entry(document, split(document, max_chars=self._max_chars))
            except Exception as exc:  # noqa: BLE001 - whatever it is, it is this document's fate and stops no other
                _log.exception("%s can't be indexed", document.id)
                self.skipped.append(Skipped(document.id, _not_indexed(document, exc)))
            else:
                self._add(outcome.file, document, entry)

    def _carry_over(self, file_id: str) -> None:
        """A file whose documents the older index has."""
        plan, file = self._plan, self._plan.present[file_id]
        if plan.shared:
            if file != plan.known[file_id]:
                self._writer.add_file(file)  # its time has changed, its bytes have not
        elif plan.old is not None:
            self._writer.add_file(file)
            self._writer.add_skipped(file_id, plan.old.rows.skipped_of(file_id))
            for document, stored in plan.old.rows.documents_of(file_id):
                self._add(file_id, document, self._entry(document, [known.passage for known in stored]))

    def _entry(self, document: Document, passages: Sequence[Passage]) -> list[_Taken]:
        """All that is computed of a document: what is written of each passage, its sentences, and what is encoded."""
        json.dumps(document.to_dict(), ensure_ascii=False).encode()  # what can't be written is told before it is
        entries = []
        for passage in passages:
            spans = sentence_spans(document.text, passage.start, passage.end)
            entry = Entry(passage, _key(self._model, passage), passage_tokens(document, passage))
            entries.append((entry, spans, texts_of_passage(document, passage, spans)))
        return entries

    def _add(self, file_id: str, document: Document, entries: Sequence[_Taken]) -> None:
        old = self._plan.old if self._plan.vectors else None
        for entry, spans, texts in entries:
            row = None if old is None else old.rows.row_of(entry.key)
            if old is not None and row is not None and old.sentence_count(row) == len(spans):
                self.wanted.reuse(row, spans)
            else:
                self.wanted.encode(self._checkpoint.need(texts), spans)
        self._writer.add_document(file_id, document, [entry for entry, _, _ in entries])


def _not_indexed(document: Document, exc: Exception) -> Problem:
    lines = str(exc).strip().splitlines()
    reason = lines[0][:200] if lines else type(exc).__name__
    return Problem.of(IndexMessage.DOCUMENT_UNINDEXABLE, document=document.id, reason=reason)


def _key(model: str, passage: Passage) -> bytes:
    return hashlib.blake2b(f"{model}\0{embedded_text(passage)}\0{passage.text}".encode(), digest_size=16).digest()
