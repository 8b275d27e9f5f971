"""Options that several commands have, and the settings that all of them start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rag import Settings

__all__ = [
    "AsJson",
    "ByAuthor",
    "FromSource",
    "InDocument",
    "InFolder",
    "InLanguage",
    "Researched",
    "Since",
    "Until",
    "WithNumber",
    "settings_of",
]

InDocument = Annotated[list[str] | None, typer.Option("--document", help="Ask only this document (an id).")]
InFolder = Annotated[list[str] | None, typer.Option("--folder", help="Ask only documents in this folder.")]
FromSource = Annotated[list[str] | None, typer.Option("--source", help="Ask only what this publisher published.")]
InLanguage = Annotated[list[str] | None, typer.Option("--language", help="Ask only this language: zh, zh-Hant, en.")]
ByAuthor = Annotated[list[str] | None, typer.Option("--author", help="Ask only what this author wrote.")]
WithNumber = Annotated[list[str] | None, typer.Option("--number", help="Ask only the document of this number (文号).")]
Since = Annotated[str | None, typer.Option("--from", help="Ask only what was published since (2023, 2023-05-01).")]
Until = Annotated[str | None, typer.Option("--to", help="Ask only what was published until then.")]
Researched = Annotated[
    Literal["auto", "always", "never"] | None,  # as in rag.settings, which takes a while to load
    typer.Option("--research", help="Whether the language model looks up in steps, instead of YINJU_RESEARCH."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def settings_of(**values: Any) -> Settings:
    """The settings of the environment, with these values in their place."""
    from rag import Settings

    return Settings(**values)
