"""Bringing the index up to date with the documents folder, encoding only what is new."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from corpus import DocumentError, Library, Outcome, Problem, ReadAlready, Skipped
from embeddings.building.checkpoint import Checkpoint, identity
from embeddings.building.encoding import encode_all
from embeddings.building.ingestion import Intake
from embeddings.building.pace import Pace
from embeddings.building.plan import Plan
from embeddings.encoders.brought import BroughtEncoder
from embeddings.encoders.fingerprint import fingerprint_at, fingerprint_of
from embeddings.encoders.loading import DEFAULT_MODEL, load_encoder
from embeddings.encoders.protocol import Encoder
from embeddings.errors import IndexMissing, IndexProblem, IndexUnwritable
from embeddings.index.protocol import Manifest
from embeddings.local.generation import GenerationWriter
from embeddings.local.index import FaissIndex, damaged_files
from embeddings.local.layout import Layout, candidates, generation_before, point_to, pointed, tidy
from embeddings.local.lock import held
from embeddings.messages import IndexMessage
from embeddings.opening import publisher_of

__all__ = ["Progress", "RebuildReport", "as_json", "rebuild", "rollback"]

_Stage = Literal["reading", "encoding", "writing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage of a rebuild has come: files read, texts encoded (passages and their sentences).

    Files are read while texts are encoded; the total of texts grows until all files are read. ``seconds_left`` is how
    long encoding still takes, as far as that can be told: the longest texts come first, so that the share of texts
    tells less than it.
    """

    stage: _Stage
    done: int
    total: int
    seconds_left: float | None = None


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
        return asdict(self) | {"skipped": [as_json(skipped) for skipped in self.skipped]}


def rebuild(
    documents_dir: str | Path,
    index_dir: str | Path,
    *,
    model: str = DEFAULT_MODEL,
    encoder: Encoder | None = None,
    max_chars: int = 400,
    force: bool = False,
    progress: Callable[[Progress], None] | None = None,
    publish_to: str | None = None,
    follow_links: bool = False,
    already: ReadAlready | None = None,
) -> RebuildReport:
    """Indexes the documents folder; the old index answers until the new one is whole and has been checked.

    Files whose size and time, or else whose bytes, are those of the last rebuild are not read again, and passages
    whose text and model are the same keep their vectors. A rebuild that was broken off is taken up where it was.
    ``encoder`` stands in for loading ``model``; ``force`` reads and encodes everything anew. A file that can't be read
    is skipped and reported. ``progress`` is called from several threads, one at a time. ``publish_to`` is a server
    ("milvus:<uri>", or what a package brings) that is brought to hold the same; it answers from what it held until
    then. ``follow_links``: see ``Library``. ``already`` has what was read before, of files that have not changed since.

    Raises:
        DocumentError: there is no documents folder.
        IndexBusy: another rebuild is at work on this index.
        IndexUnreadable: what was written does not answer as it should, or the server can't be reached; what answered
            before still does.
        IndexUnwritable: the folder can't be written, or the disk is full.
        EncoderUnavailable: the model can't be loaded.
    """
    started = time.perf_counter()
    library, index_dir = Library(Path(documents_dir), follow_links), Path(index_dir)
    if not library.folder.is_dir():
        raise DocumentError(IndexMessage.FOLDER_MISSING, folder=library.folder)
    publish = _publisher(publish_to)
    with _written_to(index_dir), held(index_dir):
        encoder = encoder or BroughtEncoder.of(model)
        model = encoder.name if encoder else model
        fingerprint = fingerprint_at(encoder) if encoder else fingerprint_of(model)
        loaded = cache(lambda: encoder or load_encoder(model))
        telling = threading.Lock()

        def tell(stage: _Stage, done: int, total: int, seconds_left: float | None = None) -> None:
            if progress is not None:
                with telling:
                    progress(Progress(stage, done, total, seconds_left))

        report = _Rebuild(library, index_dir, model, fingerprint, loaded, max_chars, tell, already).run(
            started, force=force
        )
        publish(index_dir)
        return report


def rollback(index_dir: str | Path, *, publish_to: str | None = None) -> Manifest:
    """Has the generation before the current one answer again, and tells what it is; ``publish_to`` as in ``rebuild``.

    Raises:
        IndexBusy: a rebuild is at work on this index.
        IndexMissing: there is no index, or no older generation of it.
        IndexUnreadable: the older generation is damaged, or the folder holds something else.
        IndexUnwritable: the folder can't be written.
    """
    index_dir = Path(index_dir)
    pointed(index_dir)  # a folder that is no index is told before a lock is put into it
    publish = _publisher(publish_to)
    with _written_to(index_dir), held(index_dir):
        before = generation_before(index_dir)
        if before is None:
            raise IndexMissing(IndexMessage.GENERATION_FIRST, folder=index_dir)
        index = FaissIndex.open_generation(Layout(index_dir / before))
        index.close()
        point_to(index_dir / before)
        publish(index_dir)
        return index.manifest


@dataclass(frozen=True)
class _Rebuild:
    """One rebuild."""

    library: Library
    index_dir: Path
    model: str
    fingerprint: str
    encoder: Callable[[], Encoder]
    max_chars: int
    progress: Callable[..., None]
    already: ReadAlready | None = None

    def run(self, started: float, *, force: bool) -> RebuildReport:
        for old, current in self._older():
            plan = Plan.of(
                self.library,
                old,
                model=self.model,
                fingerprint=self.fingerprint,
                max_chars=self.max_chars,
                force=force,
            )
            with closing(self._read(plan)) as outcomes:
                looked_at: list[Outcome] = []
                for outcome in outcomes:
                    looked_at.append(outcome)
                    if plan.of_use(outcome):
                        break
                if current and plan.documents and not plan.gone and not any(map(plan.of_use, looked_at)):
                    assert old is not None
                    Checkpoint.forget(self.index_dir)  # of a rebuild that was broken off, and what it was for is gone
                    self.progress("reading", len(plan.present), len(plan.present))
                    return self._report(plan, old, [_problem_of(outcome) for outcome in looked_at], started)
                if old is not None and damaged_files(old.layout, old.manifest):
                    continue  # what is damaged is not built upon; the index before it may be whole
                layout, intake = self._write(plan, chain(looked_at, outcomes), force=force)
                with closing(FaissIndex.open_generation(layout)) as new:
                    return self._report(plan, new, intake.skipped, started, encoded=intake.wanted.new)
        raise AssertionError("the last index to build upon is none")

    def _read(self, plan: Plan) -> Generator[Outcome, None, None]:
        """The outcomes of the files to be read, in their order; those that have been read are not read again."""
        known = {file: self.already.of(file) for file in plan.to_read} if self.already is not None else {}
        rest = {file: path for file, path in plan.to_read.items() if known.get(file) is None}
        with closing(self.library.read(rest, workers=min(os.cpu_count() or 1, len(rest)))) as outcomes:
            for file in plan.to_read:
                yield known.get(file) or next(outcomes)

    def _older(self) -> Iterator[tuple[FaissIndex | None, bool]]:
        """Indexes to build upon, the current one first and none last, each with whether it is the current one."""
        try:
            pointer = pointed(self.index_dir)
        except IndexProblem:
            pointer = ""
        for name in candidates(self.index_dir, pointer):
            try:
                with closing(FaissIndex.open_generation(Layout(self.index_dir / name))) as index:
                    yield index, name == pointer
            except IndexProblem:
                continue
        yield None, False

    def _write(self, plan: Plan, outcomes: Iterator[Outcome], *, force: bool) -> tuple[Layout, Intake]:
        """Reads, encodes and writes the next generation, and makes it the current one."""
        tidy(self.index_dir)  # before anything else is written: the disk may be full of what was broken off
        checkpoint = Checkpoint(self.index_dir, identity(self.model, self.fingerprint), afresh=force)
        try:
            writer = GenerationWriter(self.index_dir, plan.shared)
            pace = Pace()
            intake = Intake(plan, writer, checkpoint, pace, model=self.model, max_chars=self.max_chars)
            try:
                intake.start(outcomes, partial(self.progress, "reading"))
                encode_all(checkpoint, self.encoder, intake.wait, partial(self.progress, "encoding"), pace)
                self.progress("writing", 0, 1)
                dimensions = plan.old.manifest.dimensions if plan.old and plan.vectors else self.encoder().dimensions
                layout = writer.finish(
                    intake.wanted.blocks(plan.old, checkpoint, dimensions),
                    model=self.model,
                    fingerprint=self.fingerprint,
                    dimensions=dimensions,
                    max_chars=self.max_chars,
                )
            except BaseException:
                intake.stop()
                writer.discard()
                raise
        except BaseException:
            checkpoint.close()
            raise
        point_to(layout.generation)
        tidy(self.index_dir, {layout.generation.name, *([plan.old.layout.generation.name] if plan.old else [])})
        checkpoint.discard()
        self.progress("writing", 1, 1)
        return layout, intake

    def _report(
        self, plan: Plan, index: FaissIndex, skipped: Sequence[Skipped], started: float, encoded: int | None = None
    ) -> RebuildReport:
        """What was done; ``encoded`` is None where nothing was."""
        removed = plan.old.rows.document_ids() - index.rows.document_ids() if plan.old else set()
        return RebuildReport(
            model=self.model,
            documents=index.manifest.documents,
            passages=index.manifest.passages,
            encoded=encoded or 0,
            removed=tuple(sorted(removed)),
            skipped=(*plan.unreadable, *skipped),
            damaged=index.rows.damaged_documents(),
            changed=encoded is not None,
            seconds=round(time.perf_counter() - started, 3),
        )


def as_json(skipped: Skipped) -> dict[str, Any]:
    """Plain values for JSON: the problem's sentence, and beside it its code and fields."""
    told = skipped.problem.to_dict()
    return {"id": skipped.id, "problem": told["sentence"], "code": told["code"], "fields": told["fields"]}


def _publisher(publish_to: str | None) -> Callable[[Path], None]:
    return publisher_of(publish_to) if publish_to is not None else lambda _: None


def _problem_of(outcome: Outcome) -> Skipped:
    return Skipped(outcome.file, outcome.problem or Problem(""))


@contextmanager
def _written_to(index_dir: Path) -> Iterator[None]:
    """Makes the folder, and tells in one sentence that it can't be written to."""
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        yield
    except (OSError, sqlite3.Error) as exc:
        problem = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
        raise IndexUnwritable(IndexMessage.INDEX_UNWRITABLE, folder=index_dir, reason=problem) from exc
