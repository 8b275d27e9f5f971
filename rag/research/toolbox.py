"""What the tools work on: the documents asked, and the passages handed out, each under one number."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from corpus import Document, YinjuError
from corpus.language.script import fold
from embeddings import DocumentSummary, Index
from rag.answers import Hit
from rag.generative.windows import count_tokens
from rag.question.phrases import Language
from rag.question.question import Question
from rag.question.recency import now
from rag.research.reckoning import WorkedOut
from rag.research.tool import Listed, Tool, ToolError
from rag.retrieval.retriever import Found, Retriever

__all__ = ["Toolbox"]

_ROOM = 6000  # tokens of a result, where nobody says how many there are
_LEAST_ROOM = 200
_MOST_PASSAGES = 16_000  # of one document: what every kind of index gives at once
_ITEM_TOKENS = 4  # what stands between two items


@dataclass
class Toolbox:
    """The tools over one state of an index. ``within`` are the ids of the only documents they reach, None for all.

    A passage keeps the number that it was first handed out under, so that ``[3]`` means one passage throughout; its
    text is given once. ``worked_out`` is what came of the figures of tables. Tools only read, and what a text in a
    document asks for changes nothing of what they reach or how much they give. Safe to use from several threads.
    """

    tools: Mapping[str, Tool]
    retriever: Retriever
    within: frozenset[str] | None = None
    language: Language = "zh-Hans"
    today: date = field(default_factory=now)
    room: int = _ROOM
    worked_out: list[WorkedOut] = field(default_factory=list, init=False, repr=False)
    _hits: dict[int, Hit] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def call(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What a tool gives, as plain data of at most ``room`` tokens; an "error" says what was wrong with the call."""
        tool = self.tools.get(name)
        if tool is None:
            return {"error": f"There is no tool {name[:40]!r}; there are {', '.join(self.tools)}."}
        try:
            listed = tool.run(self, tool.arguments.model_validate(dict(arguments)))
        except ValidationError as exc:
            return {"error": _wrong(exc)}
        except (ToolError, YinjuError) as exc:
            return {"error": str(exc)}
        return self._fitting(listed)

    def said(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What a call asks for, in a few words for people; "" where it can't be read."""
        tool = self.tools.get(name)
        if tool is None:
            return ""
        try:
            return tool.said(self, tool.arguments.model_validate(dict(arguments)))
        except (ValidationError, ToolError, YinjuError):
            return ""

    @property
    def index(self) -> Index:
        """What is searched."""
        return self.retriever.index

    @property
    def handed_out(self) -> bool:
        """Whether any passage was given."""
        return bool(self._hits)

    def found(self, like: Found) -> Found:
        """The passages handed out, in the order of their numbers, as the result of one search like another."""
        with self._lock:
            return Found(like.query, tuple(self._hits), tuple(self._hits.values()), like.lexical_share)

    def search(self, query: str, top_k: int, within: frozenset[str] | None = None) -> Found:
        """What a query finds among the documents reached, or ``within`` those of them."""
        if not query.strip():
            raise ToolError("The query is empty.")
        if within is not None and self.within is not None:
            within &= self.within
        question = Question(query.strip(), self.language, self.today)
        return self.retriever.search(self.retriever.query(question), top_k, self.within if within is None else within)

    @cached_property
    def summaries(self) -> Mapping[str, DocumentSummary]:
        """The documents reached, by their ids."""
        reached = (one for one in self.index.documents() if self.within is None or one.id in self.within)
        return {one.id: one for one in reached}

    def document(self, name: str) -> Document:
        """The document of an id, or of a title that only one has; raises ``ToolError``."""
        if name in self.summaries:
            return self.index.document(name)
        wanted = fold(name.strip())
        titled = [one.id for one in self.summaries.values() if wanted in (fold(one.title), fold(one.id))]
        titled = titled or [one.id for one in self.summaries.values() if wanted and wanted in fold(one.title)]
        if len(titled) != 1:
            raise ToolError(
                f"There is no document {name[:80]!r}: give a document_id from search or list_documents."
                if not titled
                else f"{len(titled)} documents are called {name[:80]!r}: give the document_id of one."
            )
        return self.index.document(titled[0])

    def rows(self, document: Document) -> list[int]:
        """The rows of a document's passages in the index, in the order of the text."""
        most = max(1, min(_MOST_PASSAGES, self.summaries[document.id].passages))
        vector = self.retriever.query(Question(document.title or document.id, self.language, self.today)).vector
        rows: list[int] = self.index.dense(vector, most, frozenset({document.id})).rows.tolist()
        return sorted(rows, key=lambda row: self.index.passage(row).start)

    def quoted(self, row: int, hit: Hit | None = None, text: str | None = None, **more: Any) -> dict[str, Any]:
        """A passage as tools give it: who says it and when, and its words; ``text`` is the part of it that is meant.

        The number is given when it is handed out (``call``). ``more`` is said before the words.
        """
        passage = hit.passage if hit else self.index.passage(row)
        summary = self.summaries[passage.document_id]
        told = {
            "document_id": passage.document_id,
            "title": passage.title,
            "source": summary.source,
            "published": summary.published,
            "section": " > ".join(passage.headings),
            "page": passage.page,
            "superseded_by": hit.superseded_by if hit else None,
            **more,
        }
        told = {name: value for name, value in told.items() if value not in (None, "")}
        part = {} if text is None else {"part": True}
        return {"row": row, "hit": hit or Hit(0, 0.0, passage), **part, "told": told, "text": text or passage.text}

    def _fitting(self, listed: Listed) -> dict[str, Any]:
        """The facts and as many of the items as there is room for; ``left_out`` counts the others."""
        room = max(_LEAST_ROOM, self.room) - _cost(listed.facts)
        given: list[dict[str, Any]] = []
        with self._lock:
            for item in listed.items:
                numbered = self._numbered(item)
                room -= _cost(numbered) + _ITEM_TOKENS
                if room < 0 and given:
                    break
                given.append(numbered)
                if "row" in item:
                    self._hand_out(item)
        left_out = len(listed.items) - len(given)
        told = {**listed.facts, listed.name: given}
        if left_out:
            told["left_out"] = left_out
            if listed.resume:
                told["next_start"] = listed.resume[len(given)]
        return told

    def _numbered(self, item: Mapping[str, Any]) -> dict[str, Any]:
        if "row" not in item:
            return dict(item)
        hit = self._hits.get(item["row"])
        number = hit.rank if hit else len(self._hits) + 1
        given_before = hit is not None and not item.get("part")
        words = {"given_before": True} if given_before else {"text": item["text"]}
        return {"number": number, **item["told"], **words}

    def _hand_out(self, item: Mapping[str, Any]) -> None:
        row, hit = item["row"], item["hit"]
        if row not in self._hits:
            number = len(self._hits) + 1
            self._hits[row] = Hit(number, hit.score, hit.passage, hit.copies, hit.superseded_by)


def _cost(values: Any) -> int:
    return count_tokens(json.dumps(values, ensure_ascii=False, separators=(",", ":")))


def _wrong(exc: ValidationError) -> str:
    """What is wrong with the arguments, without what they were."""
    problems = [
        f"{'.'.join(map(str, error['loc']))}: "
        + ("It must be a whole number" if error["type"].startswith("int_") else error["msg"])
        for error in exc.errors()[:3]
    ]
    return f"The arguments can't be used: {'; '.join(problems)}."
