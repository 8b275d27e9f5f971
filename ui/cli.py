"""The command line: data on stdout, progress and errors on stderr. The commands themselves are in ``ui.commands``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from ui.commands.asking import ask, search
from ui.commands.index import rollback, status, verify
from ui.commands.library import add, list_documents, remove
from ui.commands.measuring import evaluate
from ui.commands.models import models
from ui.commands.rebuilding import rebuild
from ui.commands.serving import chat, user
from ui.terminal import say

__all__ = ["app", "main"]

app = typer.Typer(
    name="yinju",
    help="引据 Yinju: ask questions of your documents, and get answers that cite the exact passage they rest on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_DEBUG = False


@app.callback()
def _options(debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False) -> None:
    global _DEBUG  # noqa: PLW0603 - read once, by main(), after the command has failed
    _DEBUG = debug


_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("chat", chat),
    ("user", user),
    ("ask", ask),
    ("search", search),
    ("rebuild", rebuild),
    ("add", add),
    ("remove", remove),
    ("list", list_documents),
    ("status", status),
    ("verify", verify),
    ("rollback", rollback),
    ("models", models),
    ("eval", evaluate),
)
for _name, _command in _COMMANDS:
    app.command(_name)(_command)


def main() -> None:
    """The ``yinju`` command. Exit codes: 0 done, 1 an error told in one line, 2 wrong usage."""
    try:
        app()
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone; Python would complain about that at exit
        sys.exit(1)
    except Exception as exc:
        from corpus import YinjuError

        if _DEBUG:
            raise
        if isinstance(exc, YinjuError):
            say(f"yinju: {exc}")
        else:
            what = f"{type(exc).__name__}: {exc}"
            say(f"yinju: something unforeseen went wrong ({what}). 'yinju --debug ...' shows where.")
        sys.exit(1)
