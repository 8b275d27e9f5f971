"""Conversations kept on disk, in one SQLite file of the home folder."""

from __future__ import annotations

import json
import sqlite3
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import Problem, YinjuError
from rag import Answer
from rag.filters import filters_of
from ui.messages import PageMessage
from ui.web.store.database import Database
from ui.web.store.plain_text import sources
from ui.web.store.turns import Turn

__all__ = ["Conversations", "Summary"]

_TITLE_CHARS = 60
_MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of the list. ``updated`` is an ISO 8601 time in UTC."""

    id: str
    title: str
    updated: str
    turns: int


class Conversations:
    """The conversations of one home. Safe to use from several threads and processes.

    A turn that is asked again is not deleted: it is marked with the number of the turn that took its place, and keeps
    its rating.
    """

    def __init__(self, path: Path) -> None:
        self.database = Database(path)

    def listed(self, query: str = "") -> list[Summary]:
        """The conversations whose title, questions or answers hold the query, the newest first."""
        like = "%" + query.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        rows = self.database.read(
            r"""
            SELECT id, title, updated,
                (SELECT count(*) FROM turns WHERE conversation_id = id AND replaced_by IS NULL) FROM conversations
            WHERE title LIKE ?1 ESCAPE '\' OR id IN (
                SELECT conversation_id FROM turns WHERE replaced_by IS NULL
                AND (question LIKE ?1 ESCAPE '\' OR json_extract(answer, '$.text') LIKE ?1 ESCAPE '\'))
            ORDER BY updated DESC LIMIT ?2
            """,
            like,
            _MOST_LISTED,
        )
        return [Summary(*row) for row in rows]

    def turns(self, conversation_id: str) -> list[Turn]:
        """The turns of a conversation; none if there is no such conversation."""
        rows = self.database.read(
            "SELECT replaced_by, number, question, answer, error, filters FROM turns "
            "WHERE conversation_id = ? ORDER BY number",
            conversation_id,
        )
        standing: list[Turn] = []
        replaced: dict[int, Turn] = {}
        for replaced_by, *row in rows:
            turn = _turn(*row)
            if turn.number in replaced:
                turn = turn.replacing(replaced.pop(turn.number))
            if replaced_by is None:
                standing.append(turn)
            else:
                replaced[replaced_by] = turn
        return standing

    def until(self, conversation_id: str, number: int) -> list[Turn]:
        """The turn of a number, last, after those that came before it when it was asked."""
        rows = self.database.read(
            "SELECT number, question, answer, error, filters FROM turns WHERE conversation_id = ?1 "
            "AND (number = ?2 OR number < ?2 AND (replaced_by IS NULL OR replaced_by > ?2)) ORDER BY number",
            conversation_id,
            number,
        )
        return [_turn(*row) for row in rows]

    def append(self, conversation_id: str | None, turn: Turn, replaces: int | None = None) -> tuple[str, Turn]:
        """Adds a turn, to a new conversation if None is named; it may take the place of the turn of a number.

        Returns the conversation's id, and the turn with its number.
        """
        conversation_id = conversation_id or uuid.uuid4().hex
        answer = json.dumps(turn.answer.to_dict(), ensure_ascii=False) if turn.answer else None
        filters = json.dumps(asdict(turn.filters), ensure_ascii=False) if turn.filters else None
        error = json.dumps(turn.error.to_dict(), ensure_ascii=False) if turn.error else None
        now = _now()
        with self.database.opened() as connection:
            connection.execute("BEGIN IMMEDIATE")  # the number must still be free when the turn is written
            _touch(connection, conversation_id, turn.question, now)
            (number,) = connection.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM turns WHERE conversation_id = ?", (conversation_id,)
            ).fetchone()
            connection.execute(
                "INSERT INTO turns (conversation_id, number, question, answer, error, asked, filters) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (conversation_id, number, turn.question, answer, error, now, filters),
            )
            connection.execute(
                "UPDATE turns SET replaced_by = ? WHERE conversation_id = ? AND number = ?",
                (number, conversation_id, replaces),
            )
        return conversation_id, replace(turn, number=number)

    def fork(self, conversation_id: str, before: int) -> str:
        """A new conversation with the turns that come before a number; returns its id."""
        forked = uuid.uuid4().hex
        with self.database.opened() as connection:
            connection.execute(
                "INSERT INTO conversations SELECT ?, title, ? FROM conversations WHERE id = ?",
                (forked, _now(), conversation_id),
            )
            connection.execute(
                "INSERT INTO turns (conversation_id, number, question, answer, error, asked, filters) "
                "SELECT ?, number, question, answer, error, asked, filters FROM turns "
                "WHERE conversation_id = ? AND number < ? AND replaced_by IS NULL",
                (forked, conversation_id, before),
            )
        return forked

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives a conversation another title; an empty one changes nothing."""
        if title.strip():
            self.database.write("UPDATE conversations SET title = ? WHERE id = ?", title.strip()[:200], conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Deletes a conversation with its turns and their ratings."""
        self.database.write("DELETE FROM conversations WHERE id = ?", conversation_id)

    def to_dict(self, conversation_id: str) -> dict[str, Any] | None:
        """A conversation as plain values for JSON."""
        rows = self.database.read("SELECT id, title, updated FROM conversations WHERE id = ?", conversation_id)
        if not rows:
            return None
        turns = [
            {**_values(turn), "earlier": [_values(earlier) for earlier in turn.earlier]}
            for turn in self.turns(conversation_id)
        ]
        return {**dict(zip(("id", "title", "updated"), rows[0], strict=True)), "turns": turns}

    def to_markdown(self, conversation_id: str) -> str | None:
        """A conversation for people: questions, answers with their marks, and what each mark stands for.

        What was replaced stands under the turn that took its place, numbered as on the page.
        """
        values = self.to_dict(conversation_id)
        if values is None:
            return None
        parts = [f"# {values['title']}"]
        for turn in self.turns(conversation_id):
            parts += _paragraphs(f"## {turn.question}", turn)
            for place, earlier in enumerate(turn.earlier, 1):
                parts += _paragraphs(f"### {place}/{len(turn.earlier) + 1} · {earlier.question}", earlier)
        return "\n\n".join(parts) + "\n"


def _values(turn: Turn) -> dict[str, Any]:
    return {
        "number": turn.number,
        "question": turn.question,
        "filters": asdict(turn.filters) if turn.filters else None,
        "answer": turn.answer and turn.answer.to_dict(),
        "error": turn.error,
    }


def _paragraphs(heading: str, turn: Turn) -> list[str]:
    if turn.answer is None:
        return [heading, f"*{turn.error}*"]
    return [heading, turn.answer.text, *([sources(turn.answer)] if turn.answer.citations else [])]


def _turn(number: int, question: str, answer: str | None, error: str | None, filters: str | None) -> Turn:
    try:
        return Turn(
            question,
            Answer.from_dict(json.loads(answer)) if answer else None,
            Problem.from_dict(json.loads(error)) if error else None,
            filters_of(json.loads(filters) if filters else None),
            number,
        )
    except (ValueError, TypeError, KeyError, AttributeError, YinjuError):
        return Turn(str(question), None, Problem.of(PageMessage.TURN_DAMAGED), number=number)


def _touch(connection: sqlite3.Connection, conversation_id: str, question: str, now: str) -> None:
    """Makes the conversation if there is none, and says when it was last changed."""
    connection.execute(
        "INSERT INTO conversations VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET updated = ?3",
        (conversation_id, question[:_TITLE_CHARS], now),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
