"""What every request passes first: the name it was sent to, the page it came from, and the headers of the answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

__all__ = ["LOOPBACK", "SecurityHeaders"]

_HOST = re.compile(r"(?:(?P<name>[^\[\]:@/]+)|\[(?P<six>[0-9a-f:.]+)\])(?::\d+)?")
_FORWARDED = (b"x-forwarded-", b"forwarded", b"x-real-ip")
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_POLICY = (  # Gradio's templates are compiled in the browser, hence unsafe-eval
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none'; "
    "frame-ancestors 'self'; form-action 'self'; base-uri 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Adds the security headers to every response, and lets no page elsewhere read or change anything here.

    The policy makes the browser itself refuse foreign addresses. A page elsewhere whose name is pointed at this
    computer (DNS rebinding) is told by the name it asks for: addresses in figures can't be pointed anywhere. What else
    it sends by script or form is told by its ``Origin``; no header ever lets it read an answer.
    """

    def __init__(self, app: Any, names: Sequence[str] = (), proxies: Sequence[str] = ()) -> None:
        """``proxies`` are the addresses of those that may say for whom they ask; what others say of it is dropped."""
        self.app = app
        self.proxies = frozenset(proxies)
        self.names = frozenset(name.lower() for name in (*LOOPBACK, *names))
        self.headers = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        """An ASGI application."""

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}  # a saved page is under a stricter policy
                more = [(name, value) for name, value in self.headers if name not in said]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        if scope["type"] == "http":
            headers = dict(scope["headers"])
            if not self._is_called(headers.get(b"host", b"").decode("latin-1")):
                told = "This page does not answer to that name. 'yinju chat --name NAME' lets it."
                await _refuse(send_with_headers, 400, told)
            elif _is_malformed(headers):
                await _refuse(send_with_headers, 400, "The request's Origin is none.")
            elif _from_elsewhere(headers):
                await _refuse(send_with_headers, 403, "Requests from other pages are refused.")
            else:
                await self.app(self._believed(scope), receive, send_with_headers)
        elif scope["type"] == "lifespan":  # nothing here speaks anything else
            await self.app(scope, receive, send)

    def _believed(self, scope: Any) -> Any:
        if (scope.get("client") or ("",))[0] in self.proxies:
            return scope
        kept = [(name, value) for name, value in scope["headers"] if not name.startswith(_FORWARDED)]
        return {**scope, "headers": kept}

    def _is_called(self, host: str) -> bool:
        match = _HOST.fullmatch(host.lower())
        name = (match["name"] or match["six"]) if match else ""
        try:
            return name in self.names or bool(ip_address(name))
        except ValueError:
            return False


async def _refuse(send: Callable[[Any], Awaitable[None]], status: int, told: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": told.encode()})


def _is_malformed(headers: dict[bytes, bytes]) -> bool:
    try:
        urlsplit(headers.get(b"origin", b""))
    except ValueError:
        return True
    return False


def _from_elsewhere(headers: dict[bytes, bytes]) -> bool:
    origin = headers.get(b"origin")
    return origin is not None and urlsplit(origin).netloc != headers.get(b"host")
