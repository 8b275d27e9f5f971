"""Who may use the page: names with hashed passwords, a line each, in a file that only its owner can read."""

from __future__ import annotations

import logging
import os
import re
import threading
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from rag import SettingsError

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

    A file that is damaged or gone later leaves the users as they were, and a warning is logged.

    Raises:
        SettingsError: the file can't be read, has no users, or a line is not one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hasher = _hasher()
        self._nobody = self._hasher.hash(os.urandom(16))
        self._busy = threading.Semaphore(2)  # a check takes 64 MiB and a good part of a second, on purpose
        self._seen: tuple[int, int] | None = None
        self._hashes: dict[str, str] = {}
        self._told = ""
        self._reading = threading.Lock()
        if not self.names:
            raise SettingsError(f"The file of users {path} is empty. 'yinju user NAME --auth-file {path}' adds one.")

    @property
    def names(self) -> frozenset[str]:
        """Everybody who may come in."""
        return frozenset(self._current())

    def fingerprint(self, name: str) -> str:
        """Another one with each new password of a user; "" for nobody."""
        hashed = self._current().get(name)
        return sha256(hashed.encode()).hexdigest() if hashed else ""

    def _current(self) -> dict[str, str]:
        """The users of the file as it is now, or as it last was whole."""
        with self._reading:
            try:
                stat = _stat(self.path)
                seen = stat.st_mtime_ns, stat.st_size
                if seen != self._seen:
                    self._seen = seen  # a damaged file is told of once
                    self._hashes = _read(self.path)
            except SettingsError as exc:
                if not self._hashes:
                    raise
                if self._told != str(exc):
                    self._told = str(exc)
                    _log.warning("%s The users it had before go on.", exc)
            return self._hashes

    def check(self, name: str, password: str) -> bool:
        """Whether this is a user's password; an unknown name takes as long as a wrong password."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        hashed = self._current().get(name)
        with self._busy:
            try:
                self._hasher.verify(hashed or self._nobody, password)
            except (Argon2Error, InvalidHashError, UnicodeEncodeError):
                return False
        return hashed is not None


def write_user(path: Path, name: str, password: str) -> bool:
    """Adds a user or gives one another password; tells whether the user is new.

    Raises:
        SettingsError: the name or the password can't be used, or the file can't be read or written.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} can't be a user's name: it has 1 to 64 small Latin letters, digits and . _ @ -, and begins "
            "with a letter or a digit."
        )
    if len(password) < SHORTEST:
        raise SettingsError(f"The password has {len(password)} characters; it needs at least {SHORTEST}.")
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
        raise SettingsError(f"{path} has no user {name!r}.")
    _write(path, users)


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # Argon2id with the parameters of RFC 9106 for little memory


def _read(path: Path) -> dict[str, str]:
    _stat(path)
    users = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"The file of users {path} can't be read: {exc}.") from exc
    for number, line in enumerate(lines, 1):
        name, _, hashed = line.strip().partition(":")
        if not name or name.startswith("#"):
            continue
        if not _NAME.fullmatch(name) or not hashed.startswith("$argon2"):
            raise SettingsError(
                f"Line {number} of the file of users {path} is no user. "
                f"'yinju user NAME --auth-file {path}' writes them."
            )
        users[name] = hashed
    return users


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as exc:
        raise SettingsError(
            f"The file of users {path} can't be read: {exc.strerror or exc}. "
            f"'yinju user NAME --auth-file {path}' makes it."
        ) from exc


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
        raise SettingsError(f"The file of users {path} can't be written: {exc.strerror or exc}.") from exc
