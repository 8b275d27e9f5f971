"""What scripted servers of every protocol have in common: a real HTTP server on a port of its own."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_SEES_ITS_END_S = 0.02  # by itself it would look each half second


class _Server(ThreadingHTTPServer):
    """Says nothing where a client is gone: it would stand in what a command under test said on stderr."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class ScriptedHttp:
    """Serves with the handler that ``handler`` makes, between entering and leaving it."""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._http = _Server(("127.0.0.1", 0), self.handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_SEES_ITS_END_S,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"
