"""For other programs: named Gradio endpoints, and an OpenAI-compatible chat completion."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.types import Send

from corpus import YinjuError
from rag import Answer, LanguageModelError, QuestionError, SettingsError
from ui.messages import PageMessage
from ui.web.server.admission import Admission
from ui.web.server.queue import TooManyQuestions
from ui.web.store.library_service import LibraryService
from ui.web.views.asking import Ahead

__all__ = ["MODEL", "add_chat_completions", "endpoints"]

MODEL = "yinju"
"""The name under which OpenAI clients find the assistant."""

_MOST_HITS = 50

Endpoint = Callable[..., Awaitable[dict[str, Any]]]


def endpoints(service: LibraryService, admission: Admission) -> list[Endpoint]:
    """The functions ``ask`` and ``search``, typed and documented as Gradio's clients show them; MCP's see ``ask``."""

    async def ask(
        question: str, filters: dict[str, Any] | None = None, request: gr.Request | None = None
    ) -> dict[str, Any]:
        """Answer a question from the documents of this Yinju library, with proof.

        Every sentence of the answer cites the exact passage it rests on: "text" has marks such as [1], "citations"
        gives for each number the document, title, source, date and the literal quote, "sentences" says for each
        whether its source bears it out. If "refused" is true, the documents do not answer the question: say so and do
        not guess. Questions may be Chinese (either script) or English, whatever language the documents are in.

        Args:
            question: The question in full, understandable by itself, such as 济南高新区聘任了多少名首席政策官？
            filters: Which documents are asked, such as {"sources": ["济南日报"], "published_from": "2023-05"}; keys are
                documents (ids), folders, sources, authors, numbers, languages, published_from and
                published_to. Leave it out for all.
        """

        def answer() -> dict[str, Any]:
            return service.assistant.ask(question, filters=filters).to_dict()

        return await _or_error(admission.answered(request, answer))

    async def search(
        query: str, top_k: int = 8, filters: dict[str, Any] | None = None, request: gr.Request | None = None
    ) -> dict[str, Any]:
        """Find the passages of this Yinju library that fit a query best, best first, with their exact words.

        Use it to read around a subject; use ask for an answer. Each hit has the passage's text, its document's id and
        title, its headings and its character offsets in the document.

        Args:
            query: Words or a question, in Chinese or English.
            top_k: How many passages to return, 1 to 50.
            filters: Which documents are searched, as in ask.
        """

        def hits() -> dict[str, Any]:
            found = max(1, min(_whole(top_k), _MOST_HITS))
            return {"hits": [hit.to_dict() for hit in service.assistant.search(query, found, filters=filters)]}

        return await _or_error(admission.answered(request, hits))

    return [ask, search]


def add_chat_completions(app: FastAPI, service: LibraryService, admission: Admission) -> None:
    """Adds ``/v1/models`` and ``/v1/chat/completions`` as OpenAI's clients call them.

    A request may have ``filters`` of its own (``extra_body`` in OpenAI's client), as ``ask`` has.
    """

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "yinju"}]}

    @app.post("/v1/chat/completions", response_model=None)
    async def complete(request: Request) -> JSONResponse | StreamingResponse:
        try:
            body = await request.json()
            question, history = _conversation(body)
        except (ValueError, TypeError, KeyError, AttributeError) as exc:
            return JSONResponse(_error(f"The request can't be read: {exc}."), 400)
        asked = partial(service.assistant.stream, question, history=history, filters=body.get("filters"))
        pieces = _pieces(admission, request, asked)
        try:
            if body.get("stream"):
                begun = await anext(pieces)  # what fails at once fails with a status
                return _Stream(_events(begun, pieces), media_type="text/event-stream")
            async with aclosing(pieces):
                answer = [piece async for piece in pieces][-1]
        except YinjuError as exc:
            again = {"retry-after": str(exc.seconds)} if isinstance(exc, TooManyQuestions) else {}
            return JSONResponse(_error(str(exc)), _status(exc), again)
        assert isinstance(answer, Answer)
        message = {"role": "assistant", "content": _content(answer)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return JSONResponse({**_envelope("chat.completion"), "choices": [choice], "usage": usage, **_data(answer)})


def _conversation(body: Any) -> tuple[str, list[tuple[str, str]]]:
    """The last question, and the turns before it; what a client's system prompt says is not for a quoting assistant."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        raise TypeError("it is not an object with messages")
    said = [(message["role"], _text(message["content"])) for message in body["messages"]]
    turns = [(role, text) for role, text in said if role in ("user", "assistant")]
    if not turns or turns[-1][0] != "user":
        raise ValueError("the last message is not a user's")
    return turns[-1][1], turns[:-1]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part.get("type") == "text")


def _whole(number: Any) -> int:
    try:
        return int(number)
    except (TypeError, ValueError, OverflowError) as exc:
        raise QuestionError(PageMessage.TOP_K, most=_MOST_HITS) from exc


async def _pieces(
    admission: Admission, request: Request, asked: Callable[[], Any]
) -> AsyncGenerator[str | Answer, None]:
    async with aclosing(admission.stream(request, asked)) as pieces:
        async for piece in pieces:
            if not isinstance(piece, Ahead):
                yield piece


class _Stream(StreamingResponse):
    """Ends what it streams when the client leaves, and not only when what is left of it is collected."""

    body_iterator: AsyncGenerator[str, None]

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self.body_iterator):
            await super().stream_response(send)


def _status(exc: YinjuError) -> int:
    known: tuple[tuple[type[YinjuError], int], ...] = (
        (TooManyQuestions, 429),
        (LanguageModelError, 502),
        (SettingsError, 500),
    )
    return next((status for kind, status in known if isinstance(exc, kind)), 400)


async def _events(begun: str | Answer, pieces: AsyncGenerator[str | Answer, None]) -> AsyncGenerator[str, None]:
    envelope = _envelope("chat.completion.chunk")

    def event(delta: dict[str, str], finish: str | None = None, **more: Any) -> str:
        chunk = {**envelope, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}
        return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"

    async def all_pieces() -> AsyncIterator[str | Answer]:
        yield begun
        async for piece in pieces:
            yield piece

    async with aclosing(pieces):
        yield event({"role": "assistant", "content": ""})
        try:
            async for piece in all_pieces():
                if isinstance(piece, Answer):
                    yield event({"content": _sources(piece)})
                    yield event({}, "stop", **_data(piece))
                else:
                    yield event({"content": piece})
        except YinjuError as exc:
            yield f"data: {json.dumps(_error(str(exc)), ensure_ascii=False)}\n\n"
        yield "data: [DONE]\n\n"


def _content(answer: Answer) -> str:
    return answer.text + _sources(answer)


def _sources(answer: Answer) -> str:
    """What the marks stand for, for clients that show the message only."""
    lines = []
    for citation in answer.citations:
        known = (citation.title, citation.source, citation.published)
        quote = " ".join(citation.quote.split())
        lines.append(f"[{citation.number}] {' · '.join(part for part in known if part)}\n> {quote}")
    return "\n\n" + "\n\n".join(lines) if lines else ""


def _data(answer: Answer) -> dict[str, Any]:
    values = answer.to_dict()
    return {"yinju": {key: values[key] for key in ("citations", "sentences", "refused", "confidence")}}


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}


async def _or_error(making: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """What a program gets: the values, or the sentence that says why there are none."""
    try:
        return await making
    except YinjuError as exc:
        return {"error": str(exc)}
