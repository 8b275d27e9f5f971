"""Who may use the page: names with hashed passwords, a line each, in a file that only its owner can read."""

from __future__ import annotations

import logging
import os
import re
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Problem
from rag import SettingsError
from ui.messages import PageMessage

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["SHORTEST", "Users", "remove_user", "write_user"]

SHORTEST = 10
"""How many characters a password has at least."""

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_HEAD = "# Users of Yinju: name:hash, a line each. 'yinju user NAME --auth-file FILE' writes it.\n"


class Users:
    """The users of a file; it is read again when it has changed. Safe to use from several threads.

    A file that is damaged or gone while the page is served changes nothing: the users are those of the last whole one,
    ``problem`` says so, and so does the log.

    Raises:
        SettingsError: the file can't be read, has no users, or a line is not one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: Problem | None = None
        self._hasher = _hasher()
        self._nobody = self._hasher.hash(os.urandom(16))
        self._lock = threading.Lock()
        self._seen = _state(path)
        self._hashes = _read(path)
        if not self._hashes:
            raise SettingsError(PageMessage.USERS_NONE, file=path)

    @property
    def names(self) -> frozenset[str]:
        """Everybody who may come in."""
        return frozenset(self._current())

    def stamp(self, name: str) -> str | None:
        """Another one whenever a user's password is another one; None for who is no user."""
        return self._current().get(name)

    def check(self, name: str, password: str) -> str | None:
        """The user's stamp if this is their password; an unknown name takes as long as a wrong password.

        That takes 64 MiB and a good part of a second, on purpose.
        """
        from argon2.exceptions import Argon2Error, InvalidHashError

        hashed = self._current().get(name)
        try:
            self._hasher.verify(hashed or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return None
        return hashed

    def _current(self) -> dict[str, str]:
        with self._lock:
            seen = _state(self.path)
            if seen != self._seen:
                self._seen = seen
                try:
                    self._hashes, self.problem = _read(self.path), None
                except SettingsError as exc:
                    self.problem = Problem.of(PageMessage.USERS_AS_BEFORE, problem=exc.problem)
                    _log.warning("%s", self.problem)
            return self._hashes


def write_user(path: Path, name: str, password: str) -> bool:
    """Adds a user or gives one another password; tells whether the user is new.

    Raises:
        SettingsError: the name or the password can't be used, or the file can't be read or written.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(PageMessage.USER_NAME, name=name)
    if len(password) < SHORTEST:
        raise SettingsError(PageMessage.PASSWORD_TOO_SHORT, characters=len(password), least=SHORTEST)
    users = _read(path) if path.exists() else {}
    new = name not in users
    users[name] = _hasher().hash(password)
    _write(path, users)
    return new


def remove_user(path: Path, name: str) -> None:
    """Takes a user out of the file.

    Raises:
        SettingsError: there is no such user, or the file can't be read or written.
    """
    users = _read(path)
    if users.pop(name, None) is None:
        raise SettingsError(PageMessage.USER_UNKNOWN, file=path, name=name)
    _write(path, users)


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # Argon2id with the parameters of RFC 9106 for little memory


def _read(path: Path) -> dict[str, str]:
    _stat(path)
    users = {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(PageMessage.USERS_BROKEN, file=path, reason=exc) from exc
    if not text.strip():  # a file that was left without users has its first line still
        raise SettingsError(PageMessage.USERS_NONE, file=path)
    for number, line in enumerate(text.splitlines(), 1):
        name, _, hashed = line.strip().partition(":")
        if not name or name.startswith("#"):
            continue
        if not _NAME.fullmatch(name) or not hashed.startswith("$argon2"):
            raise SettingsError(PageMessage.USERS_LINE, line=number, file=path)
        users[name] = hashed
    return users


def _state(path: Path) -> tuple[int, ...]:
    """What tells a file from what it is after a change; empty while there is none."""
    try:
        stat = path.stat()
    except OSError:
        return ()
    return stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as exc:
        raise SettingsError(PageMessage.USERS_UNREADABLE, file=path, reason=exc.strerror or exc) from exc


def _write(path: Path, users: dict[str, str]) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        lines = "".join(f"{name}:{hashed}\n" for name, hashed in sorted(users.items()))
        unfinished.write_text(_HEAD + lines, encoding="utf-8")
        unfinished.replace(path)
    except OSError as exc:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise SettingsError(PageMessage.USERS_UNWRITABLE, file=path, reason=exc.strerror or exc) from exc
