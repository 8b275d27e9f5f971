"""Commands that ask the documents."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.commands.options import (
    AsJson,
    ByAuthor,
    FromSource,
    InDocument,
    InFolder,
    InLanguage,
    Researched,
    Since,
    Until,
    WithNumber,
    settings_of,
)
from ui.terminal import hit_text, say, show, show_answer, step_text

__all__ = ["ask", "search"]


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    document: InDocument = None,
    folder: InFolder = None,
    source: FromSource = None,
    language: InLanguage = None,
    since: Since = None,
    until: Until = None,
    author: ByAuthor = None,
    number: WithNumber = None,
    research: Researched = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the documents, with its evidence.

    Example: yinju ask 济南高新区聘任了多少名首席政策官？

    Looked up by the language model in steps, which are shown: yinju ask 比较两份通知的补贴标准 --research always
    """
    from rag import Answered, Assistant, Step
    from rag.settings import EXTRACTIVE

    settings = settings_of()
    filters = _filters(document, folder, source, language, since, until, author, number)
    events = Assistant.from_settings(settings).events(question, filters=filters, research=research)
    if research == "always" and settings.llm == EXTRACTIVE:
        say("--research always needs a language model, and none is set (YINJU_LLM): the documents' own words answer.")
    for event in events:
        if isinstance(event, Step) and event.given is not None:
            say(step_text(event))
        elif isinstance(event, Answered):
            show_answer(event.answer, as_json)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    top_k: Annotated[int, typer.Option(min=1, max=100, help="How many passages to show.")] = 10,
    document: InDocument = None,
    folder: InFolder = None,
    source: FromSource = None,
    language: InLanguage = None,
    since: Since = None,
    until: Until = None,
    author: ByAuthor = None,
    number: WithNumber = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that fit a query best.

    Example: yinju search 人才补贴 --top-k 3
    """
    from rag import Assistant

    filters = _filters(document, folder, source, language, since, until, author, number)
    hits = Assistant.from_settings(settings_of(llm="extractive")).search(query, top_k, filters=filters)
    show([hit.to_dict() for hit in hits], "\n\n".join(map(hit_text, hits)) or "Nothing found.", as_json)


def _filters(*values: list[str] | str | None) -> dict[str, list[str] | str]:
    names = ("documents", "folders", "sources", "languages", "published_from", "published_to", "authors", "numbers")
    return {name: value for name, value in zip(names, values, strict=True) if value}
