"""Progress bars on stderr for a rebuild or an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from embeddings import Progress as RebuildProgress
from rag.evaluation.run import Progress as EvaluationProgress

__all__ = ["progress_bars"]

_STAGES = {"reading": "Reading files", "encoding": "Encoding texts", "writing": "Writing index", "asking": "Asking"}


@contextmanager
def progress_bars() -> Iterator[Callable[[RebuildProgress | EvaluationProgress], None]]:
    """What reports its progress here; one bar a stage, drawn when the stage has something to do."""
    label = TextColumn("{task.description:<15}")
    with Progress(label, BarColumn(), MofNCompleteColumn(), _Speed(), _Left(), console=Console(stderr=True)) as bars:
        tasks = {}

        def show(progress: RebuildProgress | EvaluationProgress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(_STAGES[progress.stage], total=progress.total)
            left = progress.seconds_left if isinstance(progress, RebuildProgress) else None
            bars.update(tasks[progress.stage], completed=progress.done, total=progress.total, left=left)

        yield show


class _Left(TimeRemainingColumn):
    """The time left: what a rebuild tells of it, else what the share that is done does."""

    def render(self, task: Task) -> Text:
        left = task.fields.get("left")
        if left is None or task.finished:
            return super().render(task)
        return Text(str(timedelta(seconds=round(left))), style="progress.remaining")


class _Speed(ProgressColumn):
    """How many a second: files, texts or questions."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed and speed >= 1 else "", style="progress.data.speed")
