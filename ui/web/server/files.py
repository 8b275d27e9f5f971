"""What the page fetches of the library's files: pictures of pages, saved web pages kept from running, the files."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote as quoted

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import FileResponse, Response

from corpus import Document, UnreadableDocument, YinjuError
from ui.web.html.evidence import Span
from ui.web.html.originals import WEB_POLICY, web_page
from ui.web.store.library_service import LibraryService
from ui.web.views.document import FILE, PAGE, WEB

__all__ = ["add_files"]

_MOST_QUOTES = 200
_DRAWN_AT_ONCE = 2  # on threads of their own: a page may take a minute, and every request needs one of the shared ones


def add_files(app: FastAPI, service: LibraryService) -> None:
    """Adds the three addresses. Documents are named by their ids: what the index does not know is not served."""

    drawing = CapacityLimiter(_DRAWN_AT_ONCE)

    @app.get(f"/{PAGE}")
    async def page(id: str, page: int) -> Response:  # noqa: A002 - the query's own name
        document = _document(service, id)
        try:
            picture = await run_sync(service.originals.picture, document.id, page, limiter=drawing)
        except UnreadableDocument as exc:
            raise HTTPException(404, str(exc)) from exc
        return Response(picture, media_type="image/png", headers={"cache-control": "private, max-age=600"})

    @app.get(f"/{WEB}")
    def web(
        id: str,  # noqa: A002 - the query's own name
        quote: Annotated[list[str] | None, Query(max_length=_MOST_QUOTES)] = None,
        active: int = 0,
    ) -> Response:
        document = _document(service, id)
        if service.originals.view(document.id) != "web":
            raise HTTPException(404, "This document is no web page.")
        try:
            spans = [_span(text, document) for text in quote or ()]
            html = web_page(document, service.originals.source(document.id), spans, active)
        except ValueError as exc:
            raise HTTPException(400, "A quote is <number>-<start>-<end>.") from exc
        except UnreadableDocument as exc:
            raise HTTPException(404, str(exc)) from exc
        return Response(html, media_type="text/html; charset=utf-8", headers={"content-security-policy": WEB_POLICY})

    @app.get(f"/{FILE}")
    def file(id: str) -> Response:  # noqa: A002 - the query's own name
        path = service.originals.path(_document(service, id).id)
        if path is None:
            raise HTTPException(404, "The file is not in the library any more.")
        name = f"attachment; filename*=UTF-8''{quoted(path.name, safe='')}"
        return FileResponse(path, media_type="application/octet-stream", headers={"content-disposition": name})


def _document(service: LibraryService, document_id: str) -> Document:
    try:
        return service.assistant.document(document_id)
    except YinjuError as exc:
        raise HTTPException(404, "There is no such document.") from exc


def _span(text: str, document: Document) -> Span:
    number, start, end = map(int, text.split("-"))
    if not 0 <= start <= end <= len(document.text):
        raise ValueError(text)
    return Span(number, start, end)
