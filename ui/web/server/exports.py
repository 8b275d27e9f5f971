"""What can be taken along: conversations as Markdown and JSON, and rated answers as questions for ``yinju eval``."""

from __future__ import annotations

import json

from fastapi import FastAPI, HTTPException, Request, Response

from corpus import YinjuError
from ui.web.server.login import user_of
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.ratings import Ratings

__all__ = ["add_exports"]


def add_exports(app: FastAPI, stores: ConversationStores) -> None:
    """Adds ``/export/<conversation>.md``, ``.json`` and ``/export/questions.jsonl``, for each user their own."""

    @app.exception_handler(YinjuError)
    def failed(_: Request, exc: Exception) -> Response:
        return Response(str(exc), 503, media_type="text/plain; charset=utf-8")

    @app.get("/export/questions.jsonl")
    def questions(request: Request) -> Response:
        kept = Ratings(stores.of(user_of(request.scope)))
        return Response(kept.to_jsonl(), media_type="application/x-ndjson")

    @app.get("/export/{name}")
    def export(name: str, request: Request) -> Response:
        conversations = stores.of(user_of(request.scope))
        conversation_id, _, kind = name.rpartition(".")
        if kind == "json":
            values = conversations.to_dict(conversation_id)
            content = None if values is None else json.dumps(values, ensure_ascii=False, indent=2)
        else:
            content = conversations.to_markdown(conversation_id) if kind == "md" else None
        if content is None:
            raise HTTPException(404, "There is no such conversation.")
        media = "application/json" if kind == "json" else "text/markdown; charset=utf-8"
        return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})
