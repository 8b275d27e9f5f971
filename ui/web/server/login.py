"""A page with users: who comes in with which session, password or key; everybody else meets the login."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from markupsafe import Markup

from corpus import YinjuError
from rag.question.phrases import Language
from ui.messages import PageMessage
from ui.web.store.users import Users
from ui.web.words.interface import choose_language, words

__all__ = ["Login", "user_of"]

_COOKIE = "yinju-session"
_SESSION_SECONDS = 14 * 24 * 3600
_MOST_SESSIONS = 10_000
_MOST_FORM_BYTES = 4096
_TRIES, _TRIES_SECONDS = 8, 300.0
_AGAIN = {"retry-after": f"{_TRIES_SECONDS:.0f}"}
_CHECKS_AT_ONCE = 2


def user_of(scope: Any) -> str | None:
    """The user who came in with this request; None where there are no users."""
    user: str | None = scope.get("yinju.user")
    return user


class Login:
    """Lets requests of users through, and tells the application who they are; see ``user_of``.

    People come in by the login page and keep a cookie. Programs send name and password as HTTP Basic, or as the API
    key ``name:password``. Sessions live in memory: a restart asks for the password again.
    """

    def __init__(self, app: Any, users: Users) -> None:
        self.app = app
        self._users = users
        self._keys = _Remembered(_MOST_SESSIONS)
        self._sessions = _Remembered(_MOST_SESSIONS)
        self._tries = _Tries()
        self._secret = secrets.token_bytes(32)
        self._checking: dict[str, asyncio.Task[str | None]] = {}
        self._threads = ThreadPoolExecutor(_CHECKS_AT_ONCE, "yinju-door")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """An ASGI application."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # nothing here speaks anything else
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path, method = scope["path"], scope["method"]
        if path == "/login" and method == "POST":
            await self._log_in(scope, receive, send, headers)
            return
        try:
            user = self._session_user(headers) or await self._key_user(scope, headers)
        except _TooManyTries as exc:
            await _answer(send, 429, str(exc).encode(), {"content-type": "text/plain; charset=utf-8", **_AGAIN})
            return
        if path == "/logout" and method == "POST":
            self._sessions.drop(_digest(_cookie(headers)))
            await _answer(send, 303, headers={"location": "login", "set-cookie": f"{_COOKIE}=; Path=/; Max-Age=0"})
        elif user is not None and path != "/login":
            await self.app({**scope, "yinju.user": user}, receive, send)
        elif path in ("/", "/login") and method in ("GET", "HEAD"):
            await _answer(send, 200 if path == "/login" else 401, _login(_language(headers)))
        else:
            told = b"Sign in first: this page has users."
            await _answer(send, 401, told, {"www-authenticate": "Bearer", "content-type": "text/plain; charset=utf-8"})

    def _session_user(self, headers: dict[str, str]) -> str | None:
        return self._still(self._sessions.get(_digest(_cookie(headers))))

    def _still(self, remembered: tuple[str, str] | None) -> str | None:
        """The user who was let in, unless they have another password now or are no user any more."""
        user, stamp = remembered or ("", "")
        return user if user and self._users.stamp(user) == stamp else None

    async def _key_user(self, scope: Any, headers: dict[str, str]) -> str | None:
        """The user of a program's key; a key that was right is not hashed slowly again until the password changes."""
        name, password = _credentials(headers.get("authorization", ""))
        if not name:
            return None
        key = self._keyed(name, password)
        user = self._still(self._keys.get(key))
        if user is None:
            stamp = await self._check(scope, name, password)
            if stamp is not None:
                self._keys.put(key, name, stamp)
                user = name
        return user

    async def _log_in(self, scope: Any, receive: Any, send: Any, headers: dict[str, str]) -> None:
        language = _language(headers)
        form = parse_qs((await _body(receive)).decode("utf-8", "replace"))
        name, password = (form.get(field, [""])[0] for field in ("name", "password"))
        try:
            stamp = await self._check(scope, name.strip().lower(), password)
        except _TooManyTries:
            await _answer(send, 429, _login(language, words(language).login_wait, name), _AGAIN)
            return
        if stamp is None:
            await _answer(send, 401, _login(language, words(language).login_wrong, name))
            return
        token = secrets.token_urlsafe(32)
        self._sessions.put(_digest(token), name.strip().lower(), stamp)
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{_COOKIE}={token}; Path=/; Max-Age={_SESSION_SECONDS}; HttpOnly; SameSite=Lax{secure}"
        await _answer(send, 303, headers={"location": "./", "set-cookie": cookie})

    async def _check(self, scope: Any, name: str, password: str) -> str | None:
        """The stamp of a user whose password this is. Raises ``_TooManyTries`` for a name or an address that has been
        wrong too often. The same password for the same name, sent many times at once, is checked once.
        """
        key = self._keyed(name, password)
        checking = self._checking.get(key)
        if checking is None:
            keys = (f"name {name}", f"from {(scope.get('client') or ('',))[0]}")
            tried = self._tries.begin(keys)  # before it is known: sixty at once are sixty
            checking = asyncio.create_task(self._verify(name, password, keys, tried))
            self._checking[key] = checking
            checking.add_done_callback(lambda _: self._checking.pop(key, None))
        return await asyncio.shield(checking)

    async def _verify(self, name: str, password: str, keys: tuple[str, ...], tried: float) -> str | None:
        loop = asyncio.get_running_loop()
        stamp = await loop.run_in_executor(self._threads, self._users.check, name, password)
        if stamp is not None:
            self._tries.take_back(keys, tried)
        return stamp

    def _keyed(self, name: str, password: str) -> str:
        return hmac.digest(self._secret, f"{name}\0{password}".encode(), "sha256").hex()


class _TooManyTries(YinjuError):
    """Someone is trying passwords out."""


class _Tries:
    """Wrong passwords of the last minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: OrderedDict[str, list[float]] = OrderedDict()

    def begin(self, keys: tuple[str, ...]) -> float:
        """Counts a try, to be taken back if it was right; raises ``_TooManyTries`` if there have been enough."""
        now = time.monotonic()
        with self._lock:
            if any(sum(at > now - _TRIES_SECONDS for at in self._at.get(key, ())) >= _TRIES for key in keys):
                raise _TooManyTries(PageMessage.PASSWORDS_WRONG)
            for key in keys:
                self._at[key] = [*self._at.pop(key, [])[-_TRIES:], now]
            while len(self._at) > _MOST_SESSIONS:
                self._at.popitem(last=False)
        return now

    def take_back(self, keys: tuple[str, ...], tried: float) -> None:
        with self._lock:
            for key in keys:
                if tried in self._at.get(key, ()):
                    self._at[key].remove(tried)


class _Remembered:
    """Digests with the user and stamp they belong to, for as long as a session lasts; the oldest give way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._users: OrderedDict[str, tuple[str, str, float]] = OrderedDict()

    def get(self, digest: str) -> tuple[str, str] | None:
        with self._lock:
            user, stamp, until = self._users.get(digest, ("", "", 0.0))
        return (user, stamp) if until > time.monotonic() else None

    def put(self, digest: str, user: str, stamp: str) -> None:
        with self._lock:
            self._users[digest] = user, stamp, time.monotonic() + _SESSION_SECONDS
            while len(self._users) > self._most:
                self._users.popitem(last=False)

    def drop(self, digest: str) -> None:
        with self._lock:
            self._users.pop(digest, None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _cookie(headers: dict[str, str]) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _credentials(authorization: str) -> tuple[str, str]:
    """Name and password of an ``Authorization`` header, empty where there are none."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
    elif scheme.lower() != "bearer":
        return "", ""
    name, _, password = value.strip().partition(":")
    return name, password


async def _body(receive: Any) -> bytes:
    body = b""
    while len(body) <= _MOST_FORM_BYTES:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body
    return b""


async def _answer(send: Any, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
    told = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store", **(headers or {})}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _language(headers: dict[str, str]) -> Language:
    accepted = headers.get("accept-language", "")
    return choose_language([part.partition(";")[0] for part in accepted.split(",")])


def _login(language: Language, problem: str = "", name: str = "") -> bytes:
    """The login page; it needs nothing else from this server, which would not give it."""
    from ui.web.html.assets import ASSETS
    from ui.web.html.templating import render

    style = Markup((ASSETS / "login.css").read_text(encoding="utf-8"))
    page = render("login.html", language=language, style=style, problem=problem, name=name, words=words(language))
    return page.encode()
