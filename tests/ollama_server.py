"""A server that speaks Ollama's own protocol, by script."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from scripted_http import ScriptedHttp


@dataclass
class ScriptedOllama(ScriptedHttp):
    """Has ``models`` with what ``/api/show`` tells of each, and answers every chat with ``thinking`` and ``pieces``.

    ``failures`` are statuses that the next chats are answered with first; ``pause_s`` is waited before each piece.
    """

    models: dict[str, dict[str, Any]]
    pieces: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    failures: list[int] = field(default_factory=list)
    pause_s: float = 0.0
    chats: list[dict[str, Any]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a handler is a class of methods
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listed = {"models": [{"name": name, "model": name} for name in outer.models]}
                self._send(200, [listed]) if self.path == "/api/tags" else self._send(404, [{"error": "not found"}])

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                shown = outer.models.get(body.get("model"))
                if shown is None or self.path not in ("/api/show", "/api/chat"):
                    self._send(404, [{"error": f"model '{body.get('model')}' not found"}])
                elif self.path == "/api/show":
                    self._send(200, [shown])
                else:
                    outer.chats.append(
                        {**body, "headers": {name.lower(): value for name, value in self.headers.items()}}
                    )
                    self._chat(body)

            def _chat(self, body: dict[str, Any]) -> None:
                can_think = "thinking" in outer.models[body["model"]].get("capabilities", [])
                if outer.failures:
                    self._send(outer.failures.pop(0), [{"error": "server busy, please try again"}])
                elif body.get("think") and not can_think:
                    self._send(400, [{"error": f'"{body["model"]}" does not support thinking'}])
                else:
                    self._send(200, self._events(can_think and body.get("think") is not False))

            def _events(self, thinks: bool) -> Iterator[dict[str, Any]]:
                whole = {"model": "scripted", "created_at": "2026-01-01T00:00:00Z"}
                for text in outer.thinking if thinks else ():
                    yield {**whole, "message": {"role": "assistant", "content": "", "thinking": text}, "done": False}
                for text in outer.pieces:
                    time.sleep(outer.pause_s)
                    yield {**whole, "message": {"role": "assistant", "content": text}, "done": False}
                yield {**whole, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}

            def _send(self, status: int, values: Any) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/x-ndjson")
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):
                    for value in values:
                        self.wfile.write(json.dumps(value).encode() + b"\n")
                        self.wfile.flush()

            def log_message(self, *args: object) -> None:
                pass

        return Handler
