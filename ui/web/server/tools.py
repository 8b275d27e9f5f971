"""The tools ``ask`` and ``search`` for MCP clients (streamable HTTP).

Gradio would bring a server of its own: it calls the page over HTTP at the address that a client names, and holds
threads meanwhile that those very calls need.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import CallToolResult, TextContent, Tool
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ui.web.server.programs import Endpoint

__all__ = ["Tools"]

_PATH = "/gradio_api/mcp"
_FILTERS = {"type": ["object", "null"], "default": None}
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "ask": {"question": {"type": "string"}, "filters": _FILTERS},
    "search": {"query": {"type": "string"}, "top_k": {"type": "integer", "default": 8}, "filters": _FILTERS},
}


class Tools:
    """An MCP server over endpoints, described by their docstrings. Each request stands by itself: nothing is kept."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._server: Server[Any, Any] = Server("yinju")
        self._endpoints: dict[str, Endpoint] = {str(getattr(one, "__name__", "")): one for one in endpoints}
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
        return [
            Tool(
                name=name,
                description=inspect.getdoc(endpoint),
                inputSchema={
                    "type": "object",
                    "properties": _ARGUMENTS[name],
                    "required": [key for key, value in _ARGUMENTS[name].items() if "default" not in value],
                },
            )
            for name, endpoint in self._endpoints.items()
        ]

    async def _call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        if name not in self._endpoints:
            return _told({"error": f"There is no such tool: there are {', '.join(self._endpoints)}."})
        known = _ARGUMENTS[name]
        missing = [key for key, value in known.items() if "default" not in value and key not in arguments]
        if missing or not arguments.keys() <= known.keys():
            return _told({"error": f"The tool {name} takes {', '.join(known)}."})
        request = self._server.request_context.request
        return _told(await self._endpoints[name](**arguments, request=request))


def _told(values: dict[str, Any]) -> CallToolResult:
    text = TextContent(type="text", text=json.dumps(values, ensure_ascii=False))
    return CallToolResult(content=[text], isError="error" in values)
