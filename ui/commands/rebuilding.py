"""Rebuilding the index from the command line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.options import AsJson, settings_of
from ui.terminal import say, show, summarise

if TYPE_CHECKING:
    from corpus import ReadAlready
    from embeddings import RebuildReport
    from rag import Settings

__all__ = ["rebuild", "rebuilt"]

_BUSY_SECONDS = 1.0  # between tries while another rebuild is at work


def rebuild(
    force: Annotated[bool, typer.Option("--force", help="Read and encode everything anew.")] = False,
    model: Annotated[str | None, typer.Option(help="The embedding model, instead of YINJU_EMBEDDING_MODEL.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index up to date with the documents folder, encoding only what is new.

    Example: yinju rebuild --force
    """
    settings = settings_of() if model is None else settings_of(embedding_model=model)
    report = rebuilt(settings, force=force)
    if as_json:
        show(report.to_dict(), "", as_json)
    summarise(report)


def rebuilt(settings: Settings, *, force: bool = False, already: ReadAlready | None = None) -> RebuildReport:
    """What a rebuild of the settings' library did, told on stderr while it does it; waits for one at work."""
    from embeddings import IndexBusy
    from embeddings import rebuild as rebuild_index
    from ui.progress import progress_bars

    if settings.library.seed():
        say(f"The bundled articles are in {settings.library.folder} now.")
    told = False
    try:
        while True:
            try:
                with progress_bars() as progress:
                    return rebuild_index(
                        settings.library.folder,
                        settings.index_dir,
                        model=settings.embedding_model,
                        max_chars=settings.passage_chars,
                        force=force,
                        progress=progress,
                        publish_to=settings.publish_to,
                        follow_links=settings.follow_links,
                        already=already,
                    )
            except IndexBusy as exc:  # what was added or removed here may have come too late for the other one
                if not told:
                    say(f"{exc} This one begins when that has ended; Ctrl-C stops the waiting.")
                told = True
                time.sleep(_BUSY_SECONDS)
    except KeyboardInterrupt:
        say("The index is as it was. What has been encoded is kept, and the next 'yinju rebuild' goes on from there.")
        raise
