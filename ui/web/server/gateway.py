"""What reaches Gradio: the addresses that the page and its clients use, and bodies that name no file but an upload.

Gradio serves more than this page needs. It opens files and addresses that a body names, and how well it checks them
differs with how it is started and from version to version: so they are looked at here, before it sees them.
"""

from __future__ import annotations

import json
import math
import os
import stat
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Gateway"]

_OWN = ("/v1/", "/document/", "/export/")
_TOOLS = ("/gradio_api/mcp", "/gradio_api/mcp/")
_UPLOAD = "/gradio_api/upload"
_PAGE = ("/", "/config", "/config/")
_READ = frozenset(
    (*_PAGE, *_TOOLS, "/theme.css", "/favicon.ico", "/robots.txt", "/gradio_api/info", "/gradio_api/info/",
     "/gradio_api/queue/data", "/gradio_api/startup-events", "/gradio_api/theme.css", "/gradio_api/upload_progress")
)  # fmt: skip
_READ_UNDER = (*_OWN, "/assets/", "/static/", "/gradio_api/heartbeat/", "/gradio_api/call/")
_SENT = frozenset(
    (*_TOOLS, _UPLOAD, "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/reset/",
     "/gradio_api/component_server", "/gradio_api/component_server/")
)  # fmt: skip
_SENT_UNDER = ("/v1/", "/gradio_api/call/", "/gradio_api/run/")
_MOST_BYTES = 2 * 1024 * 1024
_MOST_HELD_BYTES = 2 * 1024**3  # of all uploads, which lie there for a day
_DEEPEST = 32


class Gateway:
    """Passes on what the page and its clients send, and nothing else."""

    def __init__(self, app: ASGIApp, uploads: str) -> None:
        """``uploads`` is the folder that files which were really uploaded lie in."""
        self.app = app
        self._uploads = frozenset((Path(uploads).absolute(), Path(uploads).resolve()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if not _is_open(method, path):
            await PlainTextResponse("There is nothing here.", 404)(scope, receive, send)
        elif path == _UPLOAD and await to_thread.run_sync(self._held) > _MOST_HELD_BYTES:
            told = "There is no room for more files at the moment. Try again tomorrow, or add them with 'yinju add'."
            await PlainTextResponse(told, 507)(scope, receive, send)
        elif method != "POST" or path == _UPLOAD:
            # What Gradio reads from the query of its page are themes and saved states: the page has neither.
            await self.app({**scope, "query_string": b""} if path in _PAGE else scope, receive, send)
        else:
            try:
                body = _checked(await _read(receive), self._uploads)
            except _Refused as exc:
                await _refusal(path, exc)(scope, receive, send)
            else:
                await self.app(_with_length(scope, len(body)), _Replay(body, receive), send)

    def _held(self) -> int:
        """Bytes of the uploads that lie there."""
        files = (Path(folder) / name for top in self._uploads for folder, _, names in os.walk(top) for name in names)
        return sum(file.lstat().st_size for file in set(map(Path.absolute, files)) if file.exists())


class _Refused(Exception):
    """The sentence that says why, and the status for it."""

    def __init__(self, told: str, status: int = 400) -> None:
        super().__init__(told)
        self.status = status


class _Replay:
    """A body that has been read already, then whatever else the client does."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _is_open(method: str, path: str) -> bool:
    if method in ("GET", "HEAD"):
        return path in _READ or path.startswith(_READ_UNDER)
    if method == "POST":
        return path in _SENT or path.startswith(_SENT_UNDER)
    return method == "DELETE" and path in _TOOLS


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _MOST_BYTES:
            raise _Refused(f"The request is larger than {_MOST_BYTES // 1024 // 1024} MB.", 413)
        if not message.get("more_body"):
            return bytes(body)


def _checked(body: bytes, uploads: frozenset[Path]) -> bytes:
    """The body as JSON written anew, so that what was looked at is what is used; raises ``_Refused``."""
    try:
        values = json.loads(body)
        _look_through(values, uploads)
        return json.dumps(values, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeError as exc:  # such as a half of a character, which no text has
        raise _Refused("The request can't be read: it holds text that is no Unicode.") from exc
    except (ValueError, RecursionError) as exc:
        raise _Refused("The request can't be read: it is not JSON.") from exc


def _look_through(values: Any, uploads: frozenset[Path]) -> None:
    level, depth = [values], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise _Refused(f"The request can't be read: it is nested more than {_DEEPEST} levels deep.")
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                _check_file(value, uploads)
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, float) and not math.isfinite(value):
                raise _Refused("The request can't be read: it holds a number without end.")
        level = below


def _check_file(value: dict[str, Any], uploads: frozenset[Path]) -> None:
    """Whatever has a path or is marked as a file must be an upload; where it is to be had is for the server to say."""
    meta = value.get("meta")
    if value.get("path") is None and not (isinstance(meta, dict) and "_type" in meta):
        return
    if not _is_upload(value.get("path"), uploads):
        raise _Refused("The request names a file that was not uploaded. Send it to /gradio_api/upload first.")
    value["url"] = None


def _is_upload(path: Any, uploads: frozenset[Path]) -> bool:
    if not isinstance(path, str) or "\0" in path or not Path(path).is_absolute():
        return False
    inside = Path(os.path.normpath(path))
    if uploads.isdisjoint(inside.parents):  # nothing elsewhere is so much as looked at
        return False
    try:
        real = inside.resolve(strict=True)
        return not uploads.isdisjoint(real.parents) and stat.S_ISREG(real.stat().st_mode)
    except (OSError, RuntimeError, ValueError):
        return False


def _refusal(path: str, exc: _Refused) -> PlainTextResponse:
    told = str(exc)
    if not path.startswith("/v1/"):
        return PlainTextResponse(told, exc.status)
    error = {"message": told, "type": "invalid_request_error", "param": None, "code": None}
    return PlainTextResponse(json.dumps({"error": error}), exc.status, media_type="application/json")


def _with_length(scope: Scope, length: int) -> Scope:
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*kept, (b"content-length", str(length).encode())]}
