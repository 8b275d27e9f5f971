"""The tools for MCP clients (streamable HTTP): ``ask``, and those that Yinju's own research uses.

Gradio would bring a server of its own: it calls the page over HTTP at the address that a client names, and holds
threads meanwhile that those very calls need.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import CallToolResult, TextContent, Tool
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from corpus import YinjuError
from rag.research.tools import TOOLS
from ui.web.server.admission import Admission
from ui.web.server.programs import Endpoint
from ui.web.store.library_service import LibraryService

__all__ = ["Tools"]

_PATH = "/gradio_api/mcp"
_FILTERS = {
    "type": ["object", "null"],
    "default": None,
    "description": 'Which documents are reached, such as {"folders": ["policies"], "published_from": "2023"}.',
}
_ASK: dict[str, Any] = {
    "type": "object",
    "properties": {"question": {"type": "string"}, "filters": _FILTERS},
    "required": ["question"],
}


class Tools:
    """An MCP server. Each request stands by itself: nothing is kept, and each result numbers its passages from 1."""

    def __init__(self, ask: Endpoint, service: LibraryService, admission: Admission) -> None:
        self._server: Server[Any, Any] = Server("yinju")
        self._ask = ask
        self._service = service
        self._admission = admission
        self._manager: StreamableHTTPSessionManager | None = None
        list_tools: Callable[..., Any] = self._server.list_tools()  # type: ignore[no-untyped-call]
        list_tools(self._list)
        self._server.call_tool(validate_input=False)(self._call)  # whose complaints would repeat what was sent

    def add_to(self, app: FastAPI) -> None:
        """Serves the tools at ``/gradio_api/mcp``, where Gradio's clients look for them."""
        app.router.routes += [Route(path, self._Served(self)) for path in (_PATH, f"{_PATH}/")]

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG002 - as FastAPI calls it
        """What the application runs within."""
        self._manager = StreamableHTTPSessionManager(self._server, stateless=True)
        async with self._manager.run():
            yield

    class _Served:
        """An ASGI application, which Starlette tells from a function by its class."""

        def __init__(self, tools: Tools) -> None:
            self._tools = tools

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            assert self._tools._manager is not None, "the application's lifespan has not begun"  # noqa: SLF001
            await self._tools._manager.handle_request(scope, receive, send)  # noqa: SLF001

    async def _list(self) -> list[Tool]:
        ask = Tool(name="ask", description=inspect.getdoc(self._ask), inputSchema=_ASK)
        schemas = {name: tool.schema for name, tool in TOOLS.items()}
        return [
            ask,
            *(
                Tool(
                    name=name,
                    description=TOOLS[name].description,
                    inputSchema={**schema, "properties": {**schema["properties"], "filters": _FILTERS}},
                )
                for name, schema in schemas.items()
            ),
        ]

    async def _call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        request = self._server.request_context.request
        if name == "ask":
            if "question" not in arguments or not arguments.keys() <= _ASK["properties"].keys():
                return _told({"error": "The tool ask takes question, filters."})
            return _told(await self._ask(**arguments, request=request))
        if name not in TOOLS:
            return _told({"error": f"There is no such tool: there are ask, {', '.join(TOOLS)}."})
        filters = arguments.pop("filters", None)

        def given() -> dict[str, Any]:
            return self._service.assistant.toolbox(filters=filters).call(name, arguments)

        try:
            return _told(await self._admission.answered(request, given))
        except YinjuError as exc:
            return _told({"error": str(exc)})


def _told(values: dict[str, Any]) -> CallToolResult:
    text = TextContent(type="text", text=json.dumps(values, ensure_ascii=False))
    return CallToolResult(content=[text], isError="error" in values)
