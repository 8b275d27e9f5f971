"""What readers thought of answers, kept beside the conversations, and as questions that ``yinju eval`` can ask."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rag.evaluation.examiner import holds
from rag.question.phrases import answer_language
from ui.web.store.conversations import Conversations
from ui.web.store.turns import Turn, history_of

__all__ = ["Rating", "Ratings", "question_of"]

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Rating:
    """Thumbs up or down, with what the reader said: a comment, the right answer, or that the documents have none."""

    good: bool
    comment: str = ""
    right_answer: str = ""
    unanswerable: bool = False


class Ratings:
    """The ratings of the turns of all conversations. Safe to use from several threads and processes."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations
        self.database = conversations.database

    def of(self, conversation_id: str) -> dict[int, Rating]:
        """The ratings of a conversation by the numbers of its turns."""
        rows = self.database.read(
            "SELECT number, good, comment, right_answer, unanswerable FROM ratings WHERE conversation_id = ?",
            conversation_id,
        )
        return {number: Rating(bool(good), said, right, bool(none)) for number, good, said, right, none in rows}

    def rate(self, conversation_id: str, number: int, rating: Rating | None) -> None:
        """Keeps the rating of a turn in place of an earlier one; None takes it back.

        Raises:
            YinjuError: there is no such turn, or the file can't be written.
        """
        if rating is None:
            self.database.write("DELETE FROM ratings WHERE conversation_id = ? AND number = ?", conversation_id, number)
            return
        self.database.write(
            "INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?, ?, ?, ?)",
            conversation_id,
            number,
            rating.good,
            rating.comment.strip()[:_LONGEST],
            rating.right_answer.strip()[:_LONGEST],
            rating.unanswerable,
            datetime.now(UTC).isoformat(timespec="milliseconds"),
        )

    def count(self) -> int:
        """How many turns are rated."""
        return int(self.database.read("SELECT count(*) FROM ratings")[0][0])

    def questions(self) -> list[dict[str, Any]]:
        """The ratings that tell what is expected, as questions in the form of ``docs/evaluation.md``, oldest first."""
        questions = []
        for conversation_id, number in self.database.read("SELECT conversation_id, number FROM ratings ORDER BY rated"):
            *before, turn = self.conversations.until(conversation_id, number)
            question = question_of(turn, self.of(conversation_id)[number])
            if question is not None:
                history = [{"role": role, "content": said} for role, said in history_of(before)]
                questions.append({"id": f"{conversation_id}/{number}", **question, "history": history})
        return questions

    def to_jsonl(self) -> str:
        """The questions as JSON lines."""
        return "".join(f"{json.dumps(question, ensure_ascii=False)}\n" for question in self.questions())


def question_of(turn: Turn, rating: Rating) -> dict[str, Any] | None:
    """A rated turn as a question with what is expected; None where the rating does not tell.

    A good answer's quotes are the evidence to be found again. Of a bad one only what the reader added tells: that no
    document answers, or the right answer, which is then looked for in the passages that had been found. That nothing
    was found within filters says nothing about all documents.
    """
    answer = turn.answer
    if answer is None:
        return None
    expected: dict[str, Any]
    if rating.good and answer.citations:
        documents = [citation.document_id for citation in answer.citations]
        expected = {"doc_ids": documents, "evidence": [citation.quote for citation in answer.citations]}
    elif (rating.good and answer.refused) or (not rating.good and rating.unanswerable):
        if turn.filters:
            return None
        expected = {"doc_ids": []}
    elif not rating.good and rating.right_answer:
        hits = [hit.passage for hit in answer.hits if holds(hit.passage.text, rating.right_answer)]
        if not hits:
            return None
        expected = {"doc_ids": [passage.document_id for passage in hits], "answers": [rating.right_answer]}
    else:
        return None
    expected["doc_ids"] = list(dict.fromkeys(expected["doc_ids"]))
    kind = "thumbs up" if rating.good else "thumbs down"
    comment = {"comment": rating.comment} if rating.comment else {}
    return {"text": turn.question, "lang": answer_language(turn.question), "kind": kind, **expected, **comment}
