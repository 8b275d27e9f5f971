"""Commands for the web page and its users."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.models import offered
from ui.commands.options import settings_of
from ui.commands.rebuilding import rebuilt
from ui.terminal import say, summarise

__all__ = ["chat", "user"]


def chat(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = False,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one of this computer.")] = (
        "127.0.0.1"
    ),
    auth_file: Annotated[Path | None, typer.Option(help="Let in the users of this file; see 'yinju user'.")] = None,
    allow_open: Annotated[bool, typer.Option("--allow-open", help="Let in everybody who reaches --host.")] = False,
    name: Annotated[list[str] | None, typer.Option(help="A host name by which the page is reached.")] = None,
    questions_per_minute: Annotated[
        int | None, typer.Option(min=1, help="How many each user may ask (30 where others can reach the page).")
    ] = None,
    upload_mb: Annotated[int, typer.Option(min=1, max=256, help="The largest file that can be added.")] = 64,
    proxy: Annotated[
        list[str] | None, typer.Option(help="The address of a reverse proxy whose X-Forwarded-For is believed.")
    ] = None,
) -> None:
    """Serve the web page on 127.0.0.1, building the index first if there is none.

    Example: yinju chat --port 8000

    For others: yinju chat --host 0.0.0.0 --auth-file users.txt
    """
    from embeddings import IndexMissing, open_index
    from rag.generative.servers import find_servers
    from rag.settings import EXTRACTIVE
    from ui.web.server.app import serve

    settings = settings_of()
    try:
        open_index(settings.index_location).close()
    except IndexMissing:
        say(f"Building the index of {settings.library.folder} (the first time only).")
        summarise(rebuilt(settings))
    if settings.llm == EXTRACTIVE:
        servers = find_servers()
        if servers:
            say(offered(servers))
    say(f"Starting the page at http://{host}:{port} (Ctrl-C stops it).")
    serve(
        settings,
        host,
        port,
        open_browser=open_browser,
        auth_file=auth_file,
        allow_open=allow_open,
        names=name or (),
        questions_per_minute=questions_per_minute,
        upload_mb=upload_mb,
        proxies=proxy or (),
    )


def user(
    name: Annotated[str, typer.Argument(help="The user's name: small letters, digits and . _ @ -")],
    auth_file: Annotated[Path, typer.Option(help="The file of users; made if there is none.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the user out of the file.")] = False,
) -> None:
    """Add a user of the web page, or change the password; it is asked for, and kept hashed (Argon2id).

    Example: yinju user wang.li --auth-file users.txt
    """
    from ui.web.store.users import remove_user, write_user

    if remove:
        remove_user(auth_file, name)
        say(f"{name} is no longer a user in {auth_file}.")
        return
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    new = write_user(auth_file, name, password)
    say(f"{name} is {'a user' if new else 'given a new password'} in {auth_file} now.")
