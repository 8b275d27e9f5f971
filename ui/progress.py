"""Progress bars on stderr for a rebuild or an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from embeddings import Progress as RebuildProgress
from rag.evaluation import Progress as EvaluationProgress

__all__ = ["progress_bars"]

_STAGES = {"reading": "Reading files", "encoding": "Encoding texts", "writing": "Writing index", "asking": "Asking"}


@contextmanager
def progress_bars() -> Iterator[Callable[[RebuildProgress | EvaluationProgress], None]]:
    """What reports its progress here; one bar a stage, drawn when the stage has something to do."""
    columns = (TextColumn("{task.description:<15}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def show(progress: RebuildProgress | EvaluationProgress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(_STAGES[progress.stage], total=progress.total)
            bars.update(tasks[progress.stage], completed=progress.done, total=progress.total)

        yield show
