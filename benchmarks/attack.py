"""Attacks on the running page, on what a question goes through and on reading: a table of tries and failures.

    python benchmarks/attack.py [--seconds 600] [--people 20] [--only ROW ...]

Every row has a server of its own, which ``yinju chat`` starts over the bundled articles in a temporary home, on
127.0.0.1; nothing else is spoken to. A row ends by itself: requests have time limits, and processes are ended that
take too much. The last row is a soak: ``--people`` ask, add, remove and rebuild for ``--seconds``.
docs/security.md tells what is promised; a failure is whatever breaks a promise.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from hostile import STRINGS, read_awkward, strings_through_functions
from measured import keep
from soak import soak
from victim import PASSWORD, USER, attacked
from visitor import Event, Refused, Visitor, events_of

QUESTION = "济南高新区聘任了多少名首席政策官？"
CANARY = "canary-5f1c2e"
WAIT_S = 30.0
MOST_OWN_MIB = 1800
PATHS = (
    "/config", "/info", "/gradio_api/info", "/gradio_api/queue/data?session_hash=a", "/gradio_api/queue/status",
    "/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/heartbeat/a", "/gradio_api/startup-events",
    "/gradio_api/mcp/", "/gradio_api/mcp/sse", "/gradio_api/mcp/schema", "/v1/models", "/v1/chat/completions",
    "/export/questions.jsonl", f"/export/{'0' * 32}.md", "/document/page?id=a&page=1", "/document/web?id=a",
    "/document/file?id=a", "/theme.css", "/static/js/a.js", "/assets/index.js", "/monitoring", "/docs", "/openapi.json",
    "/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/run/ask", "/gradio_api/call/ask",
    "/gradio_api/api/ask",
    "/gradio_api/component_server", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/stream/a/b/c/playlist.m3u8",
    "/gradio_api/deep_link", "/gradio_api/upload_progress?upload_id=a", "/gradio_api/dev/reload", "/manifest.json",
    "/pwa_icon", "/favicon.ico", "/robots.txt", "//config", "/login/../config", "/%2e/config", "/CONFIG",
)  # fmt: skip


@dataclass
class Row:
    """A line of the table."""

    tries: int = 0
    failures: list[str] = field(default_factory=list)
    figures: Any = None

    def tried(self, failure: str = "") -> None:
        """Counts one more, with what went wrong."""
        self.tries += 1
        if failure:
            self.failures.append(failure[:300])


def without_credentials(row: Row, _options: argparse.Namespace) -> None:
    """Nothing but the login page is given to somebody without credentials."""
    with attacked(users=True) as victim, httpx.Client(base_url=victim.address, timeout=WAIT_S) as client:
        for path in PATHS:
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                try:
                    status = client.request(method, path).status_code
                    row.tried(f"{method} {path}: {status}" if status < 400 or status >= 500 else "")
                except httpx.HTTPError as exc:
                    row.tried(f"{method} {path}: {type(exc).__name__}")


def many_passwords(row: Row, _options: argparse.Namespace) -> None:
    """Of many wrong passwords at once few are looked at, and a right one among them is no way around that."""
    with attacked(users=True) as victim, httpx.Client(base_url=victim.address, timeout=120) as client:
        guesses = [f"wrong {n}" for n in range(59)] + [PASSWORD]

        def guess(password: str) -> int:
            return client.post("/login", data={"name": USER, "password": password}).status_code

        with ThreadPoolExecutor(len(guesses)) as pool:
            statuses = Counter(pool.map(guess, guesses))
        row.tries, row.figures = len(guesses), {str(status): count for status, count in statuses.items()}
        if statuses[401] > 12:
            row.failures.append(f"{statuses[401]} of 59 wrong passwords were looked at")


def file_values(row: Row, _options: argparse.Namespace) -> None:
    """Values that Gradio takes for files, wherever a value can be: no file is copied, and no address is fetched."""
    with (
        attacked() as victim,
        listening() as (elsewhere, heard),
        httpx.Client(base_url=victim.address, timeout=WAIT_S) as client,
    ):
        secret, pipe = victim.home / "secret.txt", victim.home / "pipe"
        secret.write_text(CANARY)
        os.mkfifo(pipe)
        for kind, values in (("file", _file_values(str(secret))), ("address", _file_values(elsewhere)),
                             ("pipe", _file_values(str(pipe))[:1])):  # fmt: skip
            for event, place in _places(events_of(Visitor(client).config())):
                for value in values:
                    problem = _sent(client, event, place, value)
                    row.tried(problem and f"{kind} in value {place} of {event.name}: {problem}")
            if not victim.answers():
                row.failures.append(f"the server hangs after {kind} values")
                break
        for name in ("ask", "search"):
            for value in _file_values(str(secret)):
                _called(client, name, [QUESTION, *([3] if name == "search" else []), value])
                row.tried()
                _tool(client, name, {"question": QUESTION, "query": QUESTION, "filters": value})
                row.tried()
        for asked in (str(secret), str(pipe), elsewhere, "/etc/passwd", str(victim.home / "conversations.sqlite")):
            status = _status(client, f"/gradio_api/file={asked}")
            row.tried(f"file={asked}: {status}" if not 400 <= status < 500 else "")
        copies = [path for path in victim.log.parent.glob("tmp/**/*") if path.is_file() and _holds(path, CANARY)]
        row.failures += [f"copied to {path.name}" for path in copies[:5]]
        row.failures += [f"fetched {path}" for path in dict.fromkeys(heard)]


def strange_bodies(row: Row, _options: argparse.Namespace) -> None:
    """What a program may send by mistake or on purpose is refused with a status below 500."""
    with attacked() as victim, httpx.Client(base_url=victim.address, timeout=WAIT_S) as client:
        visitor = Visitor(client)
        ask = next(event for event in events_of(visitor.config()) if event.name == "yj-ask submit")
        for name, text in STRINGS.items():
            for length in (500, 2000):
                status = _completed(visitor, text[:length])
                row.tried("" if 200 <= status < 500 else f"{length} of {name}: {status}")
            problem = _sent(client, ask, 0, text)
            row.tried(problem and f"{name} in the page: {problem}")
        odd = (
            1, "x", [1], {"what": 1}, {"sources": 7}, {"published_from": {}}, {"documents": [None]},
            {"published_from": "0000-99"}, {"folders": ["\0"]}, {"sources": ["\ud800"]}, {"documents": [[[]]]},
        )  # fmt: skip
        for filters in odd:
            status = _completed(visitor, QUESTION, filters=filters)
            row.tried("" if 200 <= status < 500 else f"filters {filters!r}: {status}")
        history = [{"role": "user", "content": "问" * 200_000}, {"role": "assistant", "content": "答" * 200_000}] * 2
        bodies = (
            b"", b"[", b"7", b"null", b"[" * 200_000, b'{"messages":[{"role":"user","content":{"a":1}}]}', b"\xff\xfe",
            b'{"messages":"x"}', b'{"messages":[[]]}', b'{"messages":[{"role":"user","content":[{"type":"text"}]}]}',
            json.dumps({"messages": [*history, {"role": "user", "content": QUESTION}]}).encode(),
        )  # fmt: skip
        for body in bodies:
            for path in ("/v1/chat/completions", "/gradio_api/queue/join", "/gradio_api/call/ask", "/login"):
                status = _status(client, path, body)
                row.tried("" if 200 <= status < 500 else f"{body[:40]!r} to {path}: {status}")
        for origin in ("http://[", "null", "http://a:b", "\u00ff", "http://[::1", "javascript:1"):
            status = _status(client, "/v1/chat/completions", b"{}", {"origin": origin.encode()})
            row.tried("" if 400 <= status < 500 else f"origin {origin!r}: {status}")
        row.tried("" if victim.answers() else "the server does not answer any more")


def flood(row: Row, _options: argparse.Namespace) -> None:
    """Many questions at once: each is answered or told to come back, and the page can be opened meanwhile."""
    for count in (48, 500):
        with attacked() as victim:
            limits = httpx.Limits(max_connections=count + 10)
            statuses: Counter[str] = Counter()
            with httpx.Client(base_url=victim.address, timeout=180, limits=limits) as client:

                def ask(_n: int, client: httpx.Client = client) -> str:
                    try:
                        response = Visitor(client).complete(QUESTION)
                    except httpx.HTTPError as exc:
                        return type(exc).__name__
                    told = response.status_code == 200 or "retry-after" in response.headers
                    return f"{response.status_code}{'' if told else ' without retry-after'}"

                with ThreadPoolExecutor(count) as pool:
                    asked = [pool.submit(ask, n) for n in range(count)]
                    time.sleep(2)
                    row.tried("" if victim.answers(20) else f"the page can't be opened while {count} ask")
                    statuses.update(future.result() for future in asked)
                row.tries += count
                good = {"200", "429", "503"}
                row.failures += [f"{count} at once: {n} × {got}" for got, n in statuses.items() if got not in good]
                after = _completed(Visitor(client), QUESTION) if victim.answers() else 0
                row.tried("" if after == 200 else f"after {count} at once: {after}")
            row.figures = {**(row.figures or {}), str(count): dict(statuses)}


def abandoned(row: Row, _options: argparse.Namespace) -> None:
    """Streams that are left after their first words give their places back."""
    with attacked() as victim, httpx.Client(base_url=victim.address, timeout=WAIT_S) as client:
        visitor = Visitor(client)
        ask = next(event for event in events_of(visitor.config()) if event.name == "yj-ask submit")
        for _ in range(40):
            body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
            try:
                with client.stream("POST", "/v1/chat/completions", json=body) as stream:
                    next(stream.iter_raw(), None)
                row.tried()
            except httpx.HTTPError as exc:
                row.tried(f"a stream does not begin: {type(exc).__name__}")
                break
        for _ in range(20):
            other = Visitor(client)
            other.join(ask, ask.with_value(0, QUESTION))
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": other.session}) as stream:
                next(stream.iter_lines(), None)
            row.tried()
        status = _completed(visitor, QUESTION)
        row.tried("" if status == 200 else f"nobody is answered afterwards: {status}")


def questions(row: Row, _options: argparse.Namespace) -> None:
    """Adversarial texts through every function that a question goes through, with the time each takes."""
    row.tries, row.failures, row.figures = strings_through_functions()


def files(row: Row, _options: argparse.Namespace) -> None:
    """Awkward files, read and indexed, with memory and time."""
    row.tries, row.failures, row.figures = read_awkward()


def soaked(row: Row, options: argparse.Namespace) -> None:
    """Many people for a while."""
    with attacked() as victim:
        began = victim.memory_mib("RssAnon")
        result = soak(victim, options.people, options.seconds)
        own = victim.memory_mib("RssAnon") if victim.alive else 0
        row.tries, row.failures = sum(result.done.values()) + len(result.failures), result.failures
        if own > MOST_OWN_MIB:
            row.failures.append(f"the server holds {own} MiB of its own, more than {MOST_OWN_MIB}")
        if victim.tracebacks():
            row.failures.append(f"{victim.tracebacks()} tracebacks in the log")
        row.figures = {
            "done": dict(result.done), "own_mib_before": began, "own_mib_after": own,
            "most_mib_with_mapped_files": max(result.memory_mib),
        }  # fmt: skip


ROWS: dict[str, Callable[[Row, argparse.Namespace], None]] = {
    "credentials": without_credentials,
    "passwords": many_passwords,
    "file-values": file_values,
    "bodies": strange_bodies,
    "flood": flood,
    "abandoned": abandoned,
    "questions": questions,
    "files": files,
    "soak": soaked,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600, help="How long the soak takes.")
    parser.add_argument("--people", type=int, default=20, help="How many people are in it.")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), help="These rows and no others.")
    options = parser.parse_args()
    table: dict[str, Any] = {}
    for name in options.only:
        row, began = Row(), time.monotonic()
        try:
            ROWS[name](row, options)
        except (httpx.HTTPError, Refused, OSError, RuntimeError) as exc:  # the row could not go on
            row.failures.append(f"broken off: {type(exc).__name__}: {exc}"[:300])
        seconds = round(time.monotonic() - began)
        table[name] = {"tries": row.tries, "failures": len(row.failures), "seconds": seconds, "figures": row.figures}
        table[name]["first_failures"] = row.failures[:8]
        print(f"{name:12} {row.tries:6} tries {len(row.failures):5} failures {seconds:5} s", flush=True)
        for failure in row.failures[:8]:
            print(f"    {failure}", flush=True)
    failures = sum(row["failures"] for row in table.values())
    if options.only == list(ROWS):
        keep("attack", {"soak_seconds": options.seconds, "people": options.people, "failures": failures, **table})
    print(f"{failures} failures")
    sys.exit(1 if failures else 0)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """An address of this computer that nobody should ask for anything, and what was asked there."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CANARY.encode())

        do_HEAD = do_POST = do_GET  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/fetched", heard
        server.shutdown()


def _file_values(named: str) -> tuple[Any, ...]:
    data = {"path": named, "meta": {"_type": "gradio.FileData"}}
    return data, [data], {"a": {"b": data}}, {**data, "url": named, "orig_name": "a.txt"}


def _places(events: list[Event]) -> Iterator[tuple[Event, int]]:
    for event in events:
        for place in range(len(event.values)):
            yield event, place


def _sent(client: httpx.Client, event: Event, place: int, value: Any) -> str:
    """What went wrong in a way that no server may: no answer, or an error that repeats a value."""
    try:
        Visitor(client).set_off(event, event.with_value(place, value), {"file": "a", "id": "a", "act": "open"})
    except Refused as exc:
        return f"the error repeats it: {exc}" if CANARY in str(exc) or "/tmp/" in str(exc) else ""
    except (httpx.HTTPError, ValueError) as exc:
        return f"{type(exc).__name__}: {exc}"
    return ""


def _called(client: httpx.Client, name: str, data: list[Any]) -> str:
    """A named endpoint as Gradio's clients call it; what it told."""
    begun = client.post(f"/gradio_api/call/{name}", json={"data": data})
    if begun.status_code != 200:
        return begun.text
    return client.get(f"/gradio_api/call/{name}/{begun.json()['event_id']}").text


def _tool(client: httpx.Client, name: str, arguments: dict[str, Any]) -> str:
    """An MCP tool; what it told, or that there is none."""
    headers = {"accept": "application/json, text/event-stream"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    return client.post("/gradio_api/mcp/", json=body, headers=headers).text


def _completed(visitor: Visitor, question: str, **more: Any) -> int:
    """The status that a program gets; 0 for none within the time."""
    try:
        return visitor.complete(question, **more).status_code
    except httpx.HTTPError:
        return 0


def _status(client: httpx.Client, path: str, body: bytes | None = None, headers: Any = None) -> int:
    try:
        if body is None:
            return client.get(path).status_code
        return client.post(path, content=body, headers=headers).status_code
    except httpx.HTTPError:
        return 0


def _holds(path: Path, text: str) -> bool:
    try:
        return text in path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


if __name__ == "__main__":
    main()
