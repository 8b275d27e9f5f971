"""A server that speaks the OpenAI chat completions protocol, streaming and failures included, by script."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from scripted_http import ScriptedHttp


@dataclass
class Reply:
    """What to answer one request with: pieces of text as server-sent events, or an HTTP error.

    With ``cut_after`` the connection is closed after that many pieces, without an end. ``pause_s`` is waited before
    each piece. ``reasoning`` goes before the pieces, in the fields of its own that ``reasoning_in`` names, as servers
    send it that part the two. ``fields`` go into the error. ``calls`` are the tools called after the pieces, (name,
    arguments) each; streamed, the arguments come in pieces.
    """

    pieces: tuple[str, ...] = ()
    status: int = 200
    error: str = ""
    cut_after: int | None = None
    pause_s: float = 0.0
    reasoning: str = ""
    reasoning_in: tuple[str, ...] = ("reasoning_content", "reasoning")
    fields: dict[str, Any] = field(default_factory=dict)
    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def tool_calls(self) -> list[dict[str, Any]]:
        """The calls as they stand in a whole message."""
        return [
            {
                "id": f"call_{place}_{name}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for place, (name, arguments) in enumerate(self.calls)
        ]


@dataclass
class ScriptedServer(ScriptedHttp):
    """Answers each request with the next reply of its script; the last one again when the script is over.

    ``left`` counts the clients that went before their answer was over. What ``refuses`` gives a reply for is answered
    with that, and takes nothing from the script. ``ignores_stream`` answers a request for a stream at once and whole.
    ``pages`` are JSON values by the path of a GET or POST request. With ``tokenizes`` it lends a tokenizer, as
    llama.cpp and vLLM do, by which a text is as many tokens as that says; ``counted`` are the requests for it.
    """

    script: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    left: int = 0
    refuses: Callable[[dict[str, Any]], Reply | None] = lambda _: None
    ignores_stream: bool = False
    pages: dict[str, Any] = field(default_factory=dict)
    tokenizes: Callable[[str], int] | None = None
    counted: list[dict[str, Any]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a handler is a class of methods
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path in outer.pages:
                    self._json(200, outer.pages[self.path])
                else:
                    self._send_error(Reply(status=404, error="Not Found"))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/tokenize":
                    outer.counted.append(body)
                    self._tokens(body)
                    return
                outer.requests.append(
                    {
                        "path": self.path,
                        "headers": {name.lower(): value for name, value in self.headers.items()},
                        **body,
                    }
                )
                if self.path in outer.pages:
                    self._json(200, outer.pages[self.path])
                    return
                reply = outer.refuses(body)
                if reply is None and self.path != "/v1/chat/completions":
                    reply = Reply(status=404, error="Not Found")
                if reply is None:
                    reply = outer.script.pop(0) if len(outer.script) > 1 else outer.script[0]
                streamed = body.get("stream") and not outer.ignores_stream
                send = self._send_error if reply.status != 200 else self._stream if streamed else self._whole
                try:
                    send(reply)
                except (BrokenPipeError, ConnectionResetError):
                    outer.left += 1
                    self.close_connection = True

            def _tokens(self, body: dict[str, Any]) -> None:
                if outer.tokenizes is None:
                    self._send_error(Reply(status=404, error="Not Found"))
                else:
                    self._json(200, {"tokens": list(range(outer.tokenizes(body["content"])))})

            def _whole(self, reply: Reply) -> None:
                message: dict[str, Any] = {"role": "assistant", "content": "".join(reply.pieces)}
                message |= dict.fromkeys(reply.reasoning_in, reply.reasoning) if reply.reasoning else {}
                message |= {"tool_calls": reply.tool_calls} if reply.calls else {}
                finish = "tool_calls" if reply.calls else "stop"
                choice = {"index": 0, "message": message, "finish_reason": finish}
                usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
                whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "scripted"}
                self._json(200, {**whole, "choices": [choice], "usage": usage})

            def _send_error(self, reply: Reply) -> None:
                error = {"message": reply.error, "type": "error", "code": reply.status, **reply.fields}
                self._json(reply.status, {"error": error})

            def _json(self, status: int, value: Any) -> None:
                content = json.dumps(value).encode()
                self.send_response(status)
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
                    self._event({"content": "", **dict.fromkeys(reply.reasoning_in, reply.reasoning)}, None)
                for i, piece in enumerate(reply.pieces):
                    time.sleep(reply.pause_s)
                    if i == reply.cut_after:
                        self.close_connection = True
                        return
                    self._event({"role": "assistant", "content": piece}, None)
                for place, call in enumerate(reply.tool_calls):
                    arguments = call["function"].pop("arguments")
                    self._event({"tool_calls": [{"index": place, **call}]}, None)
                    for start in range(0, len(arguments), 7):
                        piece = {"index": place, "function": {"arguments": arguments[start : start + 7]}}
                        self._event({"tool_calls": [piece]}, None)
                self._event({}, "tool_calls" if reply.calls else "stop")
                self._chunk(b"data: [DONE]\n\n")
                self._chunk(b"")

            def _event(self, delta: dict[str, Any], finish: str | None) -> None:
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

        return Handler

    @property
    def url(self) -> str:
        return f"{super().url}/v1"
