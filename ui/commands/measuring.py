"""The command that measures answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ui.commands.options import AsJson, settings_of
from ui.terminal import say, show

__all__ = ["evaluate"]


def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="Questions as JSON lines.")] = None,
    *,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="A B", help="Compare two runs saved with --out instead.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="REPORT.html", help="Write a report to look at.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="RUN.json", help="Save the run, for --compare.")] = None,
    top_k: Annotated[
        int | None, typer.Option(min=1, max=100, help="Passages an answer is made from, instead of YINJU_TOP_K.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure retrieval, answers and refusals on questions whose answers are known.

    Documents in the files are indexed in a temporary folder; without any, your own index is asked.

    Example: yinju eval questions.jsonl --html report.html
    """
    if compare is not None:
        if files or html or out or top_k:
            raise typer.BadParameter("--compare takes two saved runs, and nothing else but --json.")
        _compare(*compare, as_json=as_json)
        return
    if not files:
        raise typer.BadParameter("give a file of questions, or two saved runs to --compare.")
    from rag.evaluation.questionnaire import read_questionnaire
    from rag.evaluation.run import evaluate as evaluate_questions
    from ui.progress import progress_bars
    from ui.report.html import report_html
    from ui.report.text import evaluation_text

    settings = settings_of() if top_k is None else settings_of(top_k=top_k)
    for path in filter(None, (html, out)):
        _check_writable(path)
    questionnaire = read_questionnaire(*files)
    with progress_bars() as progress:
        evaluation = evaluate_questions(questionnaire, settings, progress=progress)
    for warning in evaluation.warnings:
        say(f"! {warning}")
    if out is not None:
        _write(out, json.dumps(evaluation.to_dict(), ensure_ascii=False, indent=1))
    if html is not None:
        _write(html, report_html(evaluation))
    show(evaluation.to_dict(), evaluation_text(evaluation), as_json)


def _compare(before: Path, after: Path, *, as_json: bool) -> None:
    from rag.evaluation.comparison import compare, read_run
    from ui.report.text import comparison_text

    comparison = compare(read_run(before), read_run(after))
    show(comparison.to_dict(), comparison_text(comparison), as_json)


def _check_writable(path: Path) -> None:
    """Told before the work is done, not after it."""
    from rag.errors import EvaluationError
    from ui.messages import PageMessage

    if path.is_dir() or not path.absolute().parent.is_dir():
        raise EvaluationError(PageMessage.FILE_NO_PLACE, file=path)


def _write(path: Path, text: str) -> None:
    from rag.errors import EvaluationError
    from ui.messages import PageMessage

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise EvaluationError(PageMessage.FILE_UNWRITABLE, file=path, reason=exc.strerror or exc) from exc
    say(f"{path} is written.")
