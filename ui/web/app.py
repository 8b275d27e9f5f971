"""The web application: the page mounted on a server that lets nothing in from elsewhere."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import socket
import threading
import webbrowser
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus import YinjuError
from rag import Assistant, Settings, SettingsError

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from ui.web.conversations import Conversations
    from ui.web.preferences import Preferences
    from ui.web.shelf import Shelf

__all__ = ["build", "serve", "web_app"]

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: it reports its own start otherwise

_log = logging.getLogger(__name__)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_POLICY = (  # Gradio's templates are compiled in the browser, hence unsafe-eval
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'none'; object-src 'none'; "
    "frame-ancestors 'self'; form-action 'self'; base-uri 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def build(assistant: Assistant | Settings) -> gr.Blocks:
    """The page over an assistant, or over the index in the settings' home; raises as ``Assistant.from_settings``."""
    from ui.web.page import Page

    shelf, preferences, conversations = _rooms(assistant)
    return Page(shelf, conversations, preferences).blocks


def web_app(assistant: Assistant | Settings, *, hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The page as an ASGI application. ``hosts`` are the names it answers to; "*" is any."""
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from ui.web.page import ASSETS, Page
    from ui.web.programs import add_chat_completions

    shelf, preferences, conversations = _rooms(assistant)
    # Who chooses the model chooses who gets the passages: only whoever sits at this computer may.
    blocks = Page(shelf, conversations, preferences, fixed=not set(hosts) <= set(LOOPBACK)).blocks
    blocks.queue(default_concurrency_limit=8)
    blocks.state_session_capacity = 1000  # a visit takes some 150 KiB, and Gradio would keep 10,000
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            # A page elsewhere whose name is pointed at 127.0.0.1 must not read the documents (DNS rebinding).
            Middleware(TrustedHostMiddleware, allowed_hosts=[host.replace("::1", "[::1]") for host in hosts]),
            Middleware(_Guard),
        ],
    )
    _add_exports(app, conversations)
    add_chat_completions(app, shelf)
    # In the head, and not as Gradio's css: that one it rewrites to apply inside its container only.
    style = "".join((ASSETS / name).read_text(encoding="utf-8") for name in ("yinju.css", "talk.css"))
    script = "".join((ASSETS / name).read_text(encoding="utf-8") for name in ("yinju.js", "talk.js"))
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        favicon_path=str(ASSETS / "logo.svg"),
        max_file_size="64mb",
        theme=_theme(),
        head=f"<style>{style}</style><script>{script}</script>",
        pwa=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=importlib.util.find_spec("mcp") is not None,  # gradio's extra of that name
    )
    return app


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Serves the page until Ctrl-C; the index must have been built.

    Raises:
        SettingsError: the port is taken, or ``host`` is not this computer.
        YinjuError: as ``Assistant.from_settings``.
    """
    import uvicorn

    if host not in LOOPBACK:
        raise SettingsError(
            f"Yinju has no users and passwords yet, so it listens on this computer only, not on {host}. "
            "Use 127.0.0.1, with an SSH tunnel or a proxy that asks for a password in front of it."
        )
    with _listen(host, port) as listener:
        assistant = Assistant.from_settings(settings)
        app = web_app(assistant)
        threading.Thread(target=_warm, args=(assistant,), daemon=True).start()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3))
        if open_browser:
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            threading.Timer(1.0, webbrowser.open, [address]).start()
        server.run(sockets=[listener])


def _warm(assistant: Assistant) -> None:
    """Loads what the first question in each language would have to wait for."""
    for query in ("热身", "warming up"):
        assistant.search(query)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        raise SettingsError(
            f"The page can't be served on {host}:{port}: {exc.strerror or exc}. "
            "Stop the program that listens there, or choose another port with 'yinju chat --port'."
        ) from exc
    return listener


def _rooms(assistant: Assistant | Settings) -> tuple[Shelf, Preferences, Conversations]:
    """What the page and the programs share: the library with its assistant, the settings, and the conversations."""
    from ui.web.conversations import Conversations
    from ui.web.preferences import Preferences
    from ui.web.shelf import Shelf

    if isinstance(assistant, Settings):
        assistant = Assistant.from_settings(assistant)
    shelf, preferences = Shelf(assistant), Preferences(assistant.settings)
    if preferences.settings != assistant.settings:
        try:
            shelf.configure(preferences.settings)
        except YinjuError as exc:  # such as a provider's package that is gone: the page can set that right
            preferences.problem = str(exc)
            _log.warning("%s", exc)
    return shelf, preferences, Conversations(assistant.settings.home / "conversations.sqlite")


def _add_exports(app: FastAPI, conversations: Conversations) -> None:
    from fastapi import HTTPException, Response

    from ui.web.ratings import Ratings

    @app.get("/export/questions.jsonl")
    def questions() -> Response:
        return Response(Ratings(conversations).to_jsonl(), media_type="application/x-ndjson")

    @app.get("/export/{name}")
    def export(name: str) -> Response:
        conversation_id, _, kind = name.rpartition(".")
        if kind == "json":
            values = conversations.to_dict(conversation_id)
            content = None if values is None else json.dumps(values, ensure_ascii=False, indent=2)
        else:
            content = conversations.to_markdown(conversation_id) if kind == "md" else None
        if content is None:
            raise HTTPException(404, "There is no such conversation.")
        media = "application/json" if kind == "json" else "text/markdown; charset=utf-8"
        return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


class _Guard:
    """Adds the security headers to every response, and lets no page elsewhere change anything here.

    The policy makes the browser itself refuse foreign addresses. A page elsewhere could send a request that it can't
    read the answer of; one that changes something is told apart by its ``Origin``.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.headers = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        if scope["type"] == "http":
            send_on = send_with_headers
            if scope["method"] not in ("GET", "HEAD", "OPTIONS") and _from_elsewhere(dict(scope["headers"])):
                await send_on({"type": "http.response.start", "status": 403, "headers": []})
                await send_on({"type": "http.response.body", "body": b"Requests from other pages are refused."})
                return
            await self.app(scope, receive, send_on)
        else:
            await self.app(scope, receive, send)


def _from_elsewhere(headers: dict[bytes, bytes]) -> bool:
    origin = headers.get(b"origin")
    return origin is not None and urlsplit(origin).netloc != headers.get(b"host")


def _theme() -> Any:
    """Gradio's plainest theme in our colours and in the fonts that are on the reader's computer."""
    import gradio as gr

    fonts = [gr.themes.Font(name) for name in ("system-ui", "PingFang SC", "Hiragino Sans GB", "Noto Sans CJK SC")]
    fonts += [gr.themes.Font("Microsoft YaHei"), gr.themes.Font("sans-serif")]
    mono = [gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")]
    return gr.themes.Base(
        primary_hue="stone", secondary_hue="stone", neutral_hue="stone", font=fonts, font_mono=mono, radius_size="md"
    )
