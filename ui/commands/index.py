"""Commands that look at the index, and go back to the one before."""

from __future__ import annotations

import typer

from ui.commands.options import AsJson, settings_of
from ui.terminal import say, show

__all__ = ["rollback", "status", "verify"]


def status(as_json: AsJson = False) -> None:
    """Tell what the index holds, and which files have changed since it was built.

    Example: yinju status
    """
    from rag.status import status as status_of

    found = status_of(settings_of())
    show(found.to_dict(), found.describe(), as_json)


def verify(as_json: AsJson = False) -> None:
    """Compare every file of the index with its checksum, and have it find some of its passages.

    Example: yinju verify
    """
    from embeddings import check_index

    results = check_index(settings_of().index_dir)
    lines = []
    for result in results:
        about = (
            f"{result.generation}{' (answers)' if result.current else ''}: {result.files} files, {result.bytes:,} bytes"
        )
        lines += [
            f"{about}, {'damaged' if result.problems else 'all as written'}",
            *(f"! {p}" for p in result.problems),
        ]
    show([result.to_dict() for result in results], "\n".join(lines), as_json)
    if any(result.problems for result in results):
        say("The index is damaged: run 'yinju rebuild', or 'yinju rollback' if an older generation is whole.")
        raise typer.Exit(1)


def rollback(as_json: AsJson = False) -> None:
    """Have the generation before the current one answer again.

    Example: yinju rollback
    """
    from embeddings import rollback as roll_back

    settings = settings_of()
    manifest = roll_back(settings.index_dir, publish_to=settings.publish_to)
    text = f"{manifest.generation} answers again: {manifest.documents} documents, built {manifest.created}."
    show(manifest.to_dict(), text, as_json)
