"""Conversations kept on disk, in one SQLite file of the home folder."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import YinjuError
from ui.web.turns import Turn, answer_from

__all__ = ["Conversations", "Summary"]

_TITLE_CHARS = 60
_MOST_LISTED = 200

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, updated TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS turns (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT, error TEXT, asked TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number)
);
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of the list. ``updated`` is an ISO 8601 time in UTC."""

    id: str
    title: str
    updated: str
    turns: int


class Conversations:
    """The conversations of one home. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._made = False

    def listed(self, query: str = "") -> list[Summary]:
        """The conversations whose title, questions or answers hold the query, the newest first."""
        like = "%" + query.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        rows = self._read(
            r"""
            SELECT id, title, updated, (SELECT count(*) FROM turns WHERE conversation_id = id) FROM conversations
            WHERE title LIKE ?1 ESCAPE '\' OR id IN (
                SELECT conversation_id FROM turns
                WHERE question LIKE ?1 ESCAPE '\' OR json_extract(answer, '$.text') LIKE ?1 ESCAPE '\')
            ORDER BY updated DESC LIMIT ?2
            """,
            like,
            _MOST_LISTED,
        )
        return [Summary(*row) for row in rows]

    def turns(self, conversation_id: str) -> list[Turn]:
        """The turns of a conversation; none if there is no such conversation."""
        rows = self._read(
            "SELECT question, answer, error FROM turns WHERE conversation_id = ? ORDER BY number", conversation_id
        )
        return [
            Turn(question, answer_from(json.loads(answer)) if answer else None, error)
            for question, answer, error in rows
        ]

    def append(self, conversation_id: str | None, turn: Turn) -> str:
        """Adds a turn, to a new conversation if None is named; returns the conversation's id."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        conversation_id = conversation_id or uuid.uuid4().hex
        answer = json.dumps(turn.answer.to_dict(), ensure_ascii=False) if turn.answer else None
        with self._open() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET updated = ?3",
                (conversation_id, turn.question[:_TITLE_CHARS], now),
            )
            connection.execute(
                "INSERT INTO turns SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5 FROM turns "
                "WHERE conversation_id = ?1",
                (conversation_id, turn.question, answer, turn.error, now),
            )
        return conversation_id

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives a conversation another title; an empty one changes nothing."""
        if title.strip():
            self._write("UPDATE conversations SET title = ? WHERE id = ?", title.strip()[:200], conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Deletes a conversation with its turns."""
        self._write("DELETE FROM conversations WHERE id = ?", conversation_id)

    def to_dict(self, conversation_id: str) -> dict[str, Any] | None:
        """A conversation as plain values for JSON."""
        rows = self._read("SELECT id, title, updated FROM conversations WHERE id = ?", conversation_id)
        if not rows:
            return None
        turns = [
            {"question": turn.question, "answer": turn.answer and turn.answer.to_dict(), "error": turn.error}
            for turn in self.turns(conversation_id)
        ]
        return {**dict(zip(("id", "title", "updated"), rows[0], strict=True)), "turns": turns}

    def to_markdown(self, conversation_id: str) -> str | None:
        """A conversation for people: questions, answers with their marks, and what each mark stands for."""
        values = self.to_dict(conversation_id)
        if values is None:
            return None
        lines = [f"# {values['title']}", ""]
        for turn in self.turns(conversation_id):
            lines += [f"## {turn.question}", "", turn.answer.text if turn.answer else f"*{turn.error}*", ""]
            for citation in turn.answer.citations if turn.answer else ():
                known = [citation.title, citation.source, citation.published, citation.document_id]
                lines.append(f"[{citation.number}] {' · '.join(part for part in known if part)}")
                lines += [f"> {line}" for line in citation.quote.split("\n")] + [""]
        return "\n".join(lines)

    def _read(self, query: str, *values: Any) -> list[Any]:
        with self._open() as connection:
            return connection.execute(query, values).fetchall()

    def _write(self, query: str, *values: Any) -> None:
        with self._open() as connection:
            connection.execute(query, values)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if nothing goes wrong."""
        try:
            with self._lock:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
                    connection.execute("PRAGMA foreign_keys = ON")
                    if not self._made:
                        connection.execute("PRAGMA journal_mode = WAL")
                        connection.executescript(_SCHEMA)
                        self._made = True
                    yield connection
        except (OSError, sqlite3.Error) as exc:
            raise YinjuError(f"The conversations can't be kept in {self.path}: {exc}.") from exc
