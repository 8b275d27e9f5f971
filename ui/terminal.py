"""The terminal: answers, passages and rebuilds as text; data on stdout, all else on stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.markdown import Markdown

    from embeddings import RebuildReport
    from rag import Answer, Hit, Step

__all__ = ["answer_text", "hit_text", "markdown", "say", "show", "show_answer", "step_text", "summarise"]

_NEAREST = 2  # passages shown with a refusal


def answer_text(answer: Answer) -> str:
    """An answer with its sources and doubts; a refusal with the passages that come closest."""
    return "\n".join([answer.text, *_under(answer)])


def show_answer(answer: Answer, as_json: bool) -> None:
    """Writes an answer to stdout; what a language model wrote is set as Markdown where a person looks at it."""
    written = any(sentence.before is not None for sentence in answer.sentences)
    if as_json or not written or not sys.stdout.isatty():
        show(answer.to_dict(), answer_text(answer), as_json)
        return
    from rich.console import Console

    Console(highlight=False, soft_wrap=False).print(markdown(answer.text))
    typer.echo("\n".join(_under(answer)))


def markdown(text: str) -> Markdown:
    """Markdown for the terminal, read as the page reads it: no link to click, formulas as they are written."""
    from rich.markdown import Markdown

    from rag.proof.markdown import parser

    shown = Markdown(text, hyperlinks=False)
    shown.parsed = parser().parse(text)
    for block in shown.parsed:
        for token in block.children or ():
            if token.type == "formula":
                token.type = "text"
    return shown


def _under(answer: Answer) -> list[str]:
    """The lines under an answer: what is to be said of it, its sources and doubts, or what comes closest."""
    lines: list[str] = []
    if answer.notice:
        lines.append(answer.notice)
    for citation in answer.citations:
        about = " · ".join(filter(None, (citation.title, citation.source, citation.published, citation.document_id)))
        lines.append(f"\n[{citation.number}] {about}\n    {citation.quote}")
    for sentence in answer.sentences:
        lines += [f"! {problem}" for problem in sentence.problems]
    if answer.refused and answer.hits:
        lines += ["\nWhat comes closest:", *(f"\n{hit_text(hit)}" for hit in answer.hits[:_NEAREST])]
    return lines


def hit_text(hit: Hit) -> str:
    """A found passage under where it stands."""
    passage = hit.passage
    about = " > ".join((passage.title, *passage.headings))
    return f"{hit.rank}. {about}  ({passage.id}, score {hit.score:.2f})\n{passage.text}"


def step_text(step: Step) -> str:
    """A step of research that is over, on one line: what it asks for is a model's words, no command to a terminal."""
    from ui.web.words.research import RESEARCH

    said = RESEARCH["en"]
    asked = "".join(char if char.isprintable() else " " for char in step.asked)
    given = said.given.format(step.given) if step.given else said.nothing
    return f"{step.number}. {said.tools.get(step.tool, step.tool)} {asked}".rstrip() + f": {given}"


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
