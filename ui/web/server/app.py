"""The web application: the page mounted on a server that lets nothing in from elsewhere."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from corpus import YinjuError
from rag import Assistant, Settings, SettingsError
from rag.settings import EXTRACTIVE
from ui.messages import PageMessage
from ui.web.server.security_headers import LOOPBACK, SecurityHeaders

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI

    from ui.web.store.conversation_stores import ConversationStores
    from ui.web.store.library_service import LibraryService
    from ui.web.store.preferences import Preferences
    from ui.web.store.users import Users

__all__ = ["build", "http_server", "serve", "web_app"]

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: it reports its own start otherwise

_log = logging.getLogger(__name__)
_KEEP_ALIVE_S = 75  # idle: longer than clients and proxies (nginx: 60 s) do, else it is closed as a question is sent
_FAIR_SHARE = 30  # questions a minute
_PAGE_THREADS = 32
_VISITS_KEPT = 256
_M_ARENA_MAX = -8
_GRADIO_FIGURES = ("GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS", "GRADIO_NODE_NUM_PORTS", "GRADIO_ANALYTICS_MAX_EVENTS")
_STYLES = ("yinju.css", "evidence.css", "talk.css", "book.css")
_SCRIPTS = ("evidence.js", "yinju.js", "talk.js")


def build(assistant: Assistant | Settings) -> gr.Blocks:
    """The page over an assistant, or over the index in the settings' home; raises as ``Assistant.from_settings``."""
    _check_environment()
    from ui.web.server.admission import Admission
    from ui.web.server.programs import endpoints
    from ui.web.views.page import Page

    service, preferences, stores = _rooms(assistant)
    admission = Admission()
    return Page(service, stores, preferences, admission, endpoints(service, admission)).blocks


def web_app(
    assistant: Assistant | Settings,
    *,
    names: Sequence[str] = (),
    users: Users | None = None,
    fixed: bool = False,
    questions_per_minute: int | None = None,
    at_once: int = 8,
    upload_mb: int = 64,
    proxies: Sequence[str] = (),
) -> FastAPI:
    """The page as an ASGI application.

    It answers to this computer's loopback names, to addresses in figures, and to ``names``; with ``users`` to those
    only. Who chooses the model chooses who gets the passages: where it is ``fixed``, or there are users, the page
    can't. ``questions_per_minute`` bounds what each user or address may ask, ``at_once`` how many answers are made at
    the same time, ``upload_mb`` the size of an added file. ``proxies`` are the addresses of those who may say for whom
    they ask (``X-Forwarded-For``).
    """
    _check_environment()
    import gradio as gr
    from anyio import CapacityLimiter
    from fastapi import FastAPI
    from gradio.utils import get_upload_folder
    from starlette.middleware import Middleware
    from starlette.middleware.cors import CORSMiddleware
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from ui.web.html.assets import ASSETS
    from ui.web.server.admission import Admission
    from ui.web.server.exports import add_exports
    from ui.web.server.files import add_files
    from ui.web.server.gateway import Gateway
    from ui.web.server.login import Login, user_of
    from ui.web.server.programs import add_chat_completions, endpoints
    from ui.web.server.stream_ends import StreamEnds
    from ui.web.server.tools import Tools
    from ui.web.views.page import Page

    service, preferences, stores = _rooms(assistant)
    admission = Admission(questions_per_minute, at_once)
    programs = endpoints(service, admission)
    blocks = Page(service, stores, preferences, admission, programs, fixed=fixed or users is not None).blocks
    blocks.queue(default_concurrency_limit=None)  # who waits for an answer waits in the admission
    # The page's handlers would else take the threads that every request needs.
    blocks.limiter = CapacityLimiter(_PAGE_THREADS)  # type: ignore[assignment]  # Gradio declares it None
    # Blocks that are mounted, not launched, have Gradio look at no path that it is asked to open.
    blocks.has_launched = True
    # For each visit Gradio keeps a copy of every component's configuration, some 140 KiB, and lets go of it only when
    # there are more visits than this; it would keep 10,000.
    blocks.state_session_capacity = _VISITS_KEPT
    tools = Tools(programs[0], service, admission)
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=tools.lifespan,
        middleware=[
            Middleware(SecurityHeaders, names=names, proxies=proxies),
            *([Middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))] if proxies else []),
            *([Middleware(Login, users=users)] if users else []),
            Middleware(Gateway, uploads=get_upload_folder()),
            Middleware(StreamEnds),
            # It lets in no origin. Gradio adds headers of its own, which let in any, unless there is one.
            Middleware(CORSMiddleware, allow_origins=[]),
        ],
    )
    add_exports(app, stores)
    add_files(app, service)
    add_chat_completions(app, service, admission)
    tools.add_to(app)
    # In the head, and not as Gradio's css: that one it rewrites to apply inside its container only.
    style = "".join((ASSETS / name).read_text(encoding="utf-8") for name in _STYLES)
    script = "".join((ASSETS / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        favicon_path=str(ASSETS / "logo.svg"),
        max_file_size=f"{upload_mb}mb",
        auth_dependency=(lambda request: user_of(request.scope)) if users else None,
        theme=_theme(),
        head=f"<style>{style}</style><script>{script}</script>",
        pwa=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,  # see ui.web.server.tools
    )
    service.begin()
    return app


def serve(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    open_browser: bool = False,
    auth_file: Path | None = None,
    allow_open: bool = False,
    names: Sequence[str] = (),
    questions_per_minute: int | None = None,
    upload_mb: int = 64,
    proxies: Sequence[str] = (),
) -> None:
    """Serves the page until Ctrl-C; the index must have been built.

    Beyond this computer it listens for the users of ``auth_file``, or for everybody with ``allow_open``. Who asks from
    there may ask 30 questions a minute if ``questions_per_minute`` does not say otherwise.

    Raises:
        SettingsError: the port is taken, the file of users can't be used, there is none for a ``host`` that is not
            this computer, or a ``GRADIO_`` variable is no number.
        YinjuError: as ``Assistant.from_settings``.
    """
    _check_environment()
    _share_arenas()
    from ui.web.store.users import Users

    beyond = host not in LOOPBACK
    if beyond and auth_file is None and not allow_open:
        raise SettingsError(PageMessage.PAGE_OPEN_TO_ALL, host=host)
    users = None if auth_file is None else Users(auth_file)
    if questions_per_minute is None and (beyond or users):
        questions_per_minute = _FAIR_SHARE
    with _listen(host, port) as listener, TemporaryDirectory(prefix="yinju-") as uploads:
        os.environ["GRADIO_TEMP_DIR"] = uploads  # its own is one that any user of the computer may have made before
        assistant = Assistant.from_settings(settings)
        app = web_app(
            assistant,
            names=(socket.gethostname(), *names) if beyond else names,
            users=users,
            fixed=beyond,
            questions_per_minute=questions_per_minute,
            upload_mb=upload_mb,
            proxies=proxies,
        )
        threading.Thread(target=_warm, args=(assistant,), daemon=True).start()
        server = http_server(app)
        if open_browser:
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            threading.Timer(1.0, webbrowser.open, [address]).start()
        server.run(sockets=[listener])


def http_server(app: FastAPI, *, log_level: str = "warning", grace_s: int = 3) -> uvicorn.Server:
    """The server of an application; when it is stopped, what it answers just then has ``grace_s`` seconds to end."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level=log_level,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=grace_s,
        )
    )


def _share_arenas() -> None:
    """Has threads share two of malloc's arenas: with one for each of its many threads, what a server has let go of adds
    up to gigabytes that no other thread can use (glibc's mallopt(3), M_ARENA_MAX).
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 2)


def _check_environment() -> None:
    """Gradio reads these when it is imported, and fails at one that is no number; an empty one is as good as none."""
    for name in _GRADIO_FIGURES:
        value = os.environ.get(name)
        if value is not None and not value.strip():
            del os.environ[name]
        elif value is not None and not re.fullmatch(r"\s*[0-9]+\s*", value):
            raise SettingsError(PageMessage.PORT_NO_NUMBER, variable=name, value=value)


def _warm(assistant: Assistant) -> None:
    """Loads what the first question in each language would have to wait for; no language model is asked."""
    quoting = assistant.settings.model_copy(update={"llm": EXTRACTIVE})
    own = Assistant(assistant.index, assistant.encoder, quoting)
    for question in ("济南热身多少分钟？", "How long does Jinan warm up?"):
        own.ask(question)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        raise SettingsError(PageMessage.PAGE_NOT_SERVED, host=host, port=port, reason=exc.strerror or exc) from exc
    return listener


def _rooms(assistant: Assistant | Settings) -> tuple[LibraryService, Preferences, ConversationStores]:
    """What the page and the programs share: the library with its assistant, the settings, and the conversations."""
    from ui.web.store.conversation_stores import ConversationStores
    from ui.web.store.library_service import LibraryService
    from ui.web.store.preferences import Preferences

    if isinstance(assistant, Settings):
        assistant = Assistant.from_settings(assistant)
    service, preferences = LibraryService(assistant), Preferences(assistant.settings)
    if preferences.settings != assistant.settings:
        try:
            service.configure(preferences.settings)
        except YinjuError as exc:  # such as a provider's package that is gone: the page can set that right
            preferences.problem = exc.problem
            _log.warning("%s", exc)
    return service, preferences, ConversationStores(assistant.settings.home)


def _theme() -> Any:
    """Gradio's plainest theme in our colours and in the fonts that are on the reader's computer."""
    import gradio as gr

    fonts = [gr.themes.Font(name) for name in ("system-ui", "PingFang SC", "Hiragino Sans GB", "Noto Sans CJK SC")]
    fonts += [gr.themes.Font("Microsoft YaHei"), gr.themes.Font("sans-serif")]
    mono = [gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")]
    return gr.themes.Base(
        primary_hue="stone", secondary_hue="stone", neutral_hue="stone", font=fonts, font_mono=mono, radius_size="md"
    )
