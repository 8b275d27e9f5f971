"""The SQLite file of the page: its tables, brought up to date on opening, and one connection at a time."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import Problem, YinjuError
from ui.messages import PageMessage

__all__ = ["Database"]

_log = logging.getLogger(__name__)
_BUSY_SECONDS = 5.0

_STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE IF NOT EXISTS conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, updated TEXT NOT NULL)",
        """CREATE TABLE IF NOT EXISTS turns (
            conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            number INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT, error TEXT, asked TEXT NOT NULL,
            PRIMARY KEY (conversation_id, number)
        )""",
    ),
    (
        "ALTER TABLE turns ADD COLUMN filters TEXT",
        "ALTER TABLE turns ADD COLUMN replaced_by INTEGER",
        """CREATE TABLE ratings (
            conversation_id TEXT NOT NULL, number INTEGER NOT NULL, good INTEGER NOT NULL, comment TEXT NOT NULL,
            right_answer TEXT NOT NULL, unanswerable INTEGER NOT NULL, rated TEXT NOT NULL,
            PRIMARY KEY (conversation_id, number),
            FOREIGN KEY (conversation_id, number) REFERENCES turns (conversation_id, number) ON DELETE CASCADE
        )""",
    ),
    (  # what failed was kept as a sentence; it is now kept as what ``Problem.to_dict`` gives
        """UPDATE turns SET error = json_object('sentence', error, 'code', 'sentence', 'fields', json_object())
            WHERE error IS NOT NULL""",
    ),
)
"""The statements of each version of the tables; ``PRAGMA user_version`` counts those that a file has behind it."""


class Database:
    """One SQLite file. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: Problem | None = None
        """What became of a file that was damaged, once that has been found."""
        self._lock = threading.Lock()
        self._ready = False

    def read(self, query: str, *values: Any) -> list[Any]:
        """The rows of a query; raises ``YinjuError`` as ``opened`` does."""
        with self.opened() as connection:
            return connection.execute(query, values).fetchall()

    def write(self, query: str, *values: Any) -> None:
        """Runs one statement; raises ``YinjuError`` as ``opened`` does."""
        with self.opened() as connection:
            connection.execute(query, values)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if nothing goes wrong.

        Raises:
            YinjuError: the file can't be read or written, or a newer version of the program made it.
        """
        try:
            if not self._ready:
                self._prepare()
            with closing(self._connect()) as connection, connection:
                yield connection
        except (OSError, sqlite3.Error) as exc:
            if _is_damage(exc):
                self._set_aside()
            raise YinjuError(PageMessage.CONVERSATIONS_NOT_KEPT, file=self.path, reason=exc) from exc

    def _connect(self) -> sqlite3.Connection:
        """Who finds the file locked waits for that alone, and nobody behind them."""
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _prepare(self) -> None:
        """Makes the file, brings it up to date, and puts a damaged one aside."""
        with self._lock:
            if self._ready:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for last in (False, True):
                try:
                    with closing(self._connect()) as connection:
                        connection.execute("PRAGMA journal_mode = WAL")
                        self._bring_up_to_date(connection)
                except sqlite3.Error as exc:
                    if last or not _is_damage(exc):
                        raise
                    self._move_aside()
                else:
                    self._ready = True
                    return

    def _set_aside(self) -> None:
        with self._lock:
            if self._ready:
                self._ready = False
                self._move_aside()

    def _move_aside(self) -> None:
        """What is damaged is kept for whoever can mend it, and a new file begun; the lock is held."""
        moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        aside = self.path.with_name(f"{self.path.name}.damaged-{moment}")
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{suffix}").rename(f"{aside}{suffix}")
        self.problem = Problem.of(PageMessage.CONVERSATIONS_SET_ASIDE, file=aside)
        _log.warning("%s", self.problem)

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")  # another process may be at it too
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(_STEPS):
            raise YinjuError(PageMessage.FILE_TOO_NEW, file=self.path)
        for step in _STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(_STEPS)}")
        connection.commit()


def _is_damage(exc: Exception) -> bool:
    code = getattr(exc, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
