"""An event that is sent while the stream that would tell of it ends."""

from __future__ import annotations

import asyncio
import time

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ui.web.server.stream_ends import UNDER_WAY_S, StreamEnds


async def _stream(request: Request) -> Response:
    return StreamingResponse(iter(["data: close_stream\n\n"]), media_type="text/event-stream")


async def _join(request: Request) -> Response:
    return JSONResponse({"event_id": "1"})


def test_no_answer_to_an_event_overtakes_the_end_of_the_stream() -> None:
    routes = [Route("/gradio_api/queue/data", _stream), Route("/gradio_api/queue/join", _join, methods=["POST"])]
    transport = httpx.ASGITransport(StreamEnds(Starlette(routes=routes)))

    async def between() -> tuple[float, str]:
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            began = time.monotonic()
            read = await client.get("/gradio_api/queue/data")
            joined = await client.post("/gradio_api/queue/join", json={})
            assert joined.json() == {"event_id": "1"}
            return time.monotonic() - began, read.text

    took, read = asyncio.run(between())
    assert read == "data: close_stream\n\n"
    assert took >= UNDER_WAY_S
