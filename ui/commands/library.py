"""Commands that change the documents folder, or look at what is in it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ui.commands.options import AsJson, settings_of
from ui.commands.rebuilding import rebuilt
from ui.terminal import say, show, summarise

__all__ = ["add", "list_documents", "remove"]


def add(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders to copy into the library.")],
    as_json: AsJson = False,
) -> None:
    """Copy files into the documents folder and bring the index up to date.

    Example: yinju add report.txt policies/
    """
    from corpus import DocumentError, ReadAlready, Skipped
    from corpus.filenames import path_text

    settings = settings_of()
    settings.library.seed()
    added: list[str] = []
    refused: list[Skipped] = []
    already = ReadAlready()
    for path in paths:
        try:
            for outcome in settings.library.take_in(path):
                if outcome.problem is None:
                    added.append(outcome.file)
                    already.keep(outcome)
                else:
                    refused.append(Skipped(outcome.file, outcome.problem))
        except DocumentError as exc:
            refused.append(Skipped(path_text(path), exc.problem))
    for skipped in refused:
        say(f"not added: {skipped.problem}")
    if not added:
        raise typer.Exit(1)
    report = rebuilt(settings, already=already)
    values = {"added": added, "refused": [asdict(skipped) for skipped in refused], "rebuild": report.to_dict()}
    show(values, "\n".join(f"added {name}" for name in added), as_json)
    summarise(report)


def remove(
    document_ids: Annotated[list[str], typer.Argument(help="Ids of documents, as 'yinju list' shows them.")],
    as_json: AsJson = False,
) -> None:
    """Delete documents from the documents folder and the index.

    Example: yinju remove report.txt
    """
    settings = settings_of()
    for document_id in document_ids:
        settings.library.path_of(document_id)  # all or none: a wrong id leaves the others where they are
    for document_id in document_ids:
        settings.library.remove(document_id)
    report = rebuilt(settings)
    text = "\n".join(f"removed {name}" for name in document_ids)
    show({"removed": document_ids, "rebuild": report.to_dict()}, text, as_json)
    summarise(report)


def list_documents(as_json: AsJson = False) -> None:
    """List the documents in the index.

    Example: yinju list --json
    """
    from embeddings import open_index

    documents = open_index(settings_of().index_location).documents()
    lines = (
        f"{summary.id}  {summary.title}  "
        f"{' '.join(filter(None, (summary.number, summary.source, summary.author, summary.published)))}  "
        f"{summary.passages} passages"
        for summary in documents
    )
    show([summary.to_dict() for summary in documents], "\n".join(lines) or "The index is empty.", as_json)
