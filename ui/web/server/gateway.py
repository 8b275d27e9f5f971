"""What of Gradio is reachable: the addresses that the page and its programs use, and no file that was not uploaded.

Gradio has many more routes than a page needs: some fetch addresses, some serve files of its cache, some write code. And
wherever a request's JSON holds its ``FileData``, Gradio copies the file of that path, or fetches that address, before
any function of ours sees it. Its own check of such paths returns at once where Blocks are mounted and not launched. So
both are decided here, before Gradio: addresses by a list of what there is, and files by where uploads lie.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse

__all__ = ["Gateway", "error_body"]

_API = "/gradio_api/"
_ENDPOINTS = frozenset(
    {"call", "cancel", "component_server", "heartbeat", "info", "mcp", "openapi.json", "queue", "reset", "run",
     "startup-events", "theme.css", "upload", "upload_progress"}
)  # fmt: skip
_OUTSIDE = frozenset({"custom_component", "docs", "login", "logout", "monitoring", "openapi.json", "proxy", "pwa_icon"})
_MOST_BODY_BYTES = 4 * 1024 * 1024
_BODIES = ("POST", "PUT", "PATCH")
_UPLOAD = f"{_API}upload"

Receive = Callable[[], Awaitable[Any]]


class Gateway:
    """ASGI middleware that lets through what the page is made of.

    ``uploads`` is the folder that Gradio writes uploaded files to. A request's JSON that names any other file, an
    address to fetch, or is nested too deep or too long to be one of ours, is refused with one sentence that repeats
    nothing of it.
    """

    def __init__(self, app: Any, uploads: Path) -> None:
        self.app = app
        self._uploads = uploads.resolve()

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if not _is_reachable(path):
            await JSONResponse(error_body("There is no such address here."), 404)(scope, receive, send)
            return
        if scope["method"] in _BODIES and path.rstrip("/") != _UPLOAD:
            body = await _body(receive)
            problem = self._problem(body, scope)
            if problem is not None:
                status, told = problem
                await JSONResponse(error_body(told), status)(scope, receive, send)
                return
            receive = _again(body or b"", receive)
        await self.app(scope, receive, send)

    def _problem(self, body: bytes | None, scope: Any) -> tuple[int, str] | None:
        """The status and sentence of a body that can't be let in."""
        if body is None:
            return 413, f"A request has at most {_MOST_BODY_BYTES // 1024**2} MiB beside uploads."
        if not body.strip():
            return None
        try:
            values = json.loads(body)
        except (ValueError, RecursionError):
            return 400, "The request's body is no JSON that can be read."
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        for value in _objects(values):
            if _names_a_file(value) and not self._was_uploaded(value, host):
                return 400, "The request names a file that was not uploaded here."
        return None

    def _was_uploaded(self, value: dict[str, Any], host: str) -> bool:
        path, url = value.get("path"), value.get("url")
        if not isinstance(path, str) or value.get("is_stream") or not _is_here(url, host):
            return False
        try:
            named = Path(path).resolve(strict=True)
            return Path(path).is_absolute() and self._uploads in named.parents and named.is_file()
        except (OSError, ValueError, RuntimeError):  # not there, no path at all, or links in a circle
            return False


def error_body(message: str) -> dict[str, Any]:
    """What a program is told, in the form that OpenAI's clients read."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}


def _is_here(url: Any, host: str) -> bool:
    try:
        return url is None or (isinstance(url, str) and urlsplit(url).netloc in ("", host))
    except ValueError:
        return False


def _is_reachable(path: str) -> bool:
    if not path.startswith(_API):
        return path.lstrip("/").split("/", 1)[0].partition("=")[0] not in _OUTSIDE
    name = path.removeprefix(_API).split("/", 1)[0]
    return name in _ENDPOINTS


def _objects(values: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value, without recursion."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _names_a_file(value: dict[str, Any]) -> bool:
    """Whether Gradio could take this for one of its files; wider than its own rule of today."""
    meta = value.get("meta")
    marked = isinstance(meta, dict) and "_type" in meta
    return marked or ("path" in value and bool({"url", "orig_name", "mime_type", "is_stream", "meta"} & value.keys()))


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is too long."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MOST_BODY_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives the body that was read, and then what comes after it."""
    given = False

    async def replayed() -> Any:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
