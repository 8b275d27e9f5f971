"""The terminal: answers, passages and rebuilds as text; data on stdout, all else on stderr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from embeddings import RebuildReport
    from rag import Answer, Hit

__all__ = ["answer_text", "hit_text", "say", "show", "summarise"]

_NEAREST = 2  # passages shown with a refusal


def answer_text(answer: Answer) -> str:
    """An answer with its sources and doubts; a refusal with the passages that come closest."""
    lines = [answer.text]
    if answer.notice:
        lines.append(answer.notice)
    for citation in answer.citations:
        about = " · ".join(filter(None, (citation.title, citation.source, citation.published, citation.document_id)))
        lines.append(f"\n[{citation.number}] {about}\n    {citation.quote}")
    for sentence in answer.sentences:
        lines += [f"! {problem}" for problem in sentence.problems]
    if answer.refused and answer.hits:
        lines += ["\nWhat comes closest:", *(f"\n{hit_text(hit)}" for hit in answer.hits[:_NEAREST])]
    return "\n".join(lines)


def hit_text(hit: Hit) -> str:
    """A found passage under where it stands."""
    passage = hit.passage
    about = " > ".join((passage.title, *passage.headings))
    return f"{hit.rank}. {about}  ({passage.id}, score {hit.score:.2f})\n{passage.text}"


def summarise(report: RebuildReport) -> None:
    """Says what a rebuild did, on stderr."""
    for skipped in report.skipped:
        say(f"skipped {skipped.id}: {skipped.problem}")
    for document_id, count in report.damaged.items():
        say(f"{document_id} was read, but {count} of its bytes fit no encoding; they show as \ufffd.")
    done = f"{report.encoded} passages encoded" if report.changed else "nothing had changed"
    say(f"{report.documents} documents, {report.passages} passages; {done} in {report.seconds:.1f} seconds.")


def show(values: object, text: str, as_json: bool) -> None:
    """Writes what was asked for to stdout."""
    typer.echo(json.dumps(values, ensure_ascii=False, indent=2) if as_json else text)


def say(message: str) -> None:
    """Writes to stderr what is no data."""
    typer.echo(message, err=True)
