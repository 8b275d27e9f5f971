"""A server that speaks the OpenAI chat completions protocol, streaming and failures included, by script."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What to answer one request with: pieces of text as server-sent events, or an HTTP error.

    With ``cut_after`` the connection is closed after that many pieces, without an end. ``pause_s`` is waited before
    each piece. ``reasoning`` goes before the pieces, in fields of its own, as servers send it that part the two.
    """

    pieces: tuple[str, ...] = ()
    status: int = 200
    error: str = ""
    cut_after: int | None = None
    pause_s: float = 0.0
    reasoning: str = ""


@dataclass
class ScriptedServer:
    """Answers each request with the next reply of its script; the last one again when the script is over.

    ``left`` counts the clients that went before their answer was over.
    """

    script: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    left: int = 0

    def __enter__(self) -> ScriptedServer:  # noqa: C901 - a handler is a class of methods
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(
                    {
                        "path": self.path,
                        "headers": {name.lower(): value for name, value in self.headers.items()},
                        **body,
                    }
                )
                reply = outer.script.pop(0) if len(outer.script) > 1 else outer.script[0]
                send = self._send_error if reply.status != 200 else self._stream if body.get("stream") else self._whole
                try:
                    send(reply)
                except (BrokenPipeError, ConnectionResetError):
                    outer.left += 1
                    self.close_connection = True

            def _whole(self, reply: Reply) -> None:
                message = {"role": "assistant", "content": "".join(reply.pieces)}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
                whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "scripted"}
                content = json.dumps({**whole, "choices": [choice], "usage": usage}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _send_error(self, reply: Reply) -> None:
                content = json.dumps(
                    {"error": {"message": reply.error, "type": "error", "code": reply.status}}
                ).encode()
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _stream(self, reply: Reply) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                if reply.reasoning:
                    self._event(
                        {"content": "", "reasoning_content": reply.reasoning, "reasoning": reply.reasoning}, None
                    )
                for i, piece in enumerate(reply.pieces):
                    time.sleep(reply.pause_s)
                    if i == reply.cut_after:
                        self.close_connection = True
                        return
                    self._event({"role": "assistant", "content": piece}, None)
                self._event({}, "stop")
                self._chunk(b"data: [DONE]\n\n")
                self._chunk(b"")

            def _event(self, delta: dict[str, str], finish: str | None) -> None:
                event = {
                    "id": "chatcmpl-1",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "scripted",
                    "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
                }
                self._chunk(f"data: {json.dumps(event)}\n\n".encode())

            def _chunk(self, content: bytes) -> None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
                self.wfile.flush()

            def log_message(self, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"
