"""Attacks on the running server, played over HTTP, Gradio's API and MCP: no file, no address, no deadlock."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from web_support import indexed, serving

from embeddings import Encoder
from rag import Assistant
from ui.web.server.app import web_app
from ui.web.store.users import Users, remove_user, write_user

QUESTION = "青年人才每月补贴多少元？"
DOCUMENTS = {"a.md": "---\ntitle: 补贴办法\n---\n青年人才每月补贴1500元。\n"}
SECRET = "hunter2 is the secret of this file"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    return indexed(tmp_path_factory.mktemp("attacked") / "home", DOCUMENTS, encoder=encoder)


@pytest.fixture(scope="module")
def address(own: Assistant) -> Iterator[str]:
    with serving(web_app(own)) as served:
        yield served


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


def file_data(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


def cached(folder: Path) -> bool:
    """Whether the secret lies anywhere in Gradio's folder."""
    return any(SECRET in path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def calls(address: str, value: Any) -> Iterator[httpx.Response]:
    """The value as an argument of every kind of endpoint that takes one."""
    yield httpx.post(f"{address}/gradio_api/call/ask", json={"data": [QUESTION, value]})
    yield httpx.post(f"{address}/gradio_api/call/search", json={"data": [QUESTION, 3, value]})
    yield httpx.post(f"{address}/gradio_api/call/v2/ask", json={"question": QUESTION, "filters": value})
    yield httpx.post(f"{address}/gradio_api/run/ask", json={"data": [QUESTION, value]})
    config = httpx.get(f"{address}/config").json()
    for dependency in (one for one in config["dependencies"] if one["inputs"]):
        body = {"data": [value] * len(dependency["inputs"]), "fn_index": dependency["id"], "session_hash": "attack"}
        yield httpx.post(f"{address}/gradio_api/queue/join", json=body)
    for component in config["components"]:
        body = {"component_id": component["id"], "fn_name": "document", "session_hash": "attack", "data": value}
        yield httpx.post(f"{address}/gradio_api/component_server", json=body)
    tool = {"name": "ask", "arguments": {"question": QUESTION, "filters": value}}
    yield httpx.post(
        f"{address}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool},
        headers={"accept": "application/json, text/event-stream"},
    )


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a server that is made in this test keeps Gradio's files."""
    folder = tmp_path / "gradio"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def test_no_argument_of_any_endpoint_brings_a_file_of_this_machine(own: Assistant, secret: Path, cache: Path) -> None:
    fifo = secret.with_name("fifo")
    os.mkfifo(fifo)
    with serving(web_app(own)) as served:
        for path in (str(secret), f"{cache}/../secret.txt", "/etc/hostname", str(fifo), str(secret.parent), "secret\0"):
            for nested in (file_data(path), {"sources": [{"deep": file_data(path)}]}, [file_data(path, url="x")]):
                for response in calls(served, nested):
                    assert response.status_code == 400, response.request.url
                    assert str(secret.parent) not in response.text
        assert httpx.get(f"{served}/v1/models").status_code == 200
    assert not cached(cache)


def test_gradio_itself_refuses_files_that_were_not_uploaded(
    own: Assistant, secret: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second lock, should the first let something through: an update of Gradio must not take it away."""
    monkeypatch.setattr("ui.web.server.gateway.Gateway._was_uploaded", lambda *_: True)
    with serving(web_app(own)) as served:
        joined = httpx.post(f"{served}/gradio_api/call/ask", json={"data": [QUESTION, file_data(str(secret))]})
        told = httpx.get(f"{served}/gradio_api/call/ask/{joined.json()['event_id']}", timeout=30).text
        assert "error" in told
        assert str(secret) not in told
    assert not cached(cache)


def test_what_was_uploaded_can_be_added(own: Assistant, cache: Path) -> None:
    with serving(web_app(own)) as served:
        (path,) = httpx.post(f"{served}/gradio_api/upload", files={"files": ("new.txt", b"x" * 9)}).json()
        value = file_data(path, url=f"{served}/gradio_api/file={path}", orig_name="new.txt")
        asked = httpx.post(f"{served}/gradio_api/call/ask", json={"data": [QUESTION, {"sources": [value]}]})
        assert asked.status_code == 200
        elsewhere = file_data(path, url=f"http://198.51.100.1/gradio_api/file={path}")
        assert httpx.post(f"{served}/gradio_api/call/ask", json={"data": [QUESTION, elsewhere]}).status_code == 400


def test_the_server_fetches_no_address(address: str) -> None:
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(3)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/a.txt"

        def listen() -> None:
            try:
                listener.accept()
                asked.set()
            except TimeoutError:
                pass

        waiting = threading.Thread(target=listen)
        waiting.start()
        for response in calls(address, file_data(url, url=url)):
            assert response.status_code == 400
        for route in (f"file={url}", f"proxy={url}", f"file/{url}", f"stream/{url}"):
            assert httpx.get(f"{address}/gradio_api/{route}").status_code == 404
        waiting.join()
    assert not asked.is_set()


def test_routes_that_the_page_does_not_use_are_not_there(address: str, secret: Path) -> None:
    for route in (f"file={secret}", "runs", "dev/reload", "token", "app_id", "user", "login_check", "deep_link"):
        assert httpx.get(f"{address}/gradio_api/{route}").status_code == 404, route
    for route in ("vibe-edit", "vibe-code", "process_recording", "stream/x"):
        assert httpx.post(f"{address}/gradio_api/{route}", json={}).status_code == 404, route
    for route in ("monitoring", "custom_component/x", "login", "proxy=http://x", "docs", "openapi.json"):
        assert httpx.get(f"{address}/{route}").status_code == 404, route


def test_no_origin_is_let_in_and_a_malformed_one_is_told(address: str) -> None:
    port = address.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"192.168.1.20:{port}"):
        for method in ("GET", "OPTIONS"):
            asked = {"host": host, "origin": "http://evil.example", "access-control-request-method": "POST"}
            response = httpx.request(method, f"{address}/config", headers=asked)
            assert not [name for name in response.headers if name.startswith("access-control-")]
    told = httpx.post(f"{address}/gradio_api/call/ask", json={}, headers={"origin": "http://[::"})
    assert told.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"messages": ' + b'{"a":' * 50_000,
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"messages": "x"}',
        b'{"messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"messages": [{"role": "user", "content": [1]}]}',
        b'{"messages": [{"role": "user", "content": "q"}], "filters": 7}',
        b'{"messages": [{"role": "user", "content": "q"}], "filters": ["sources"]}',
        b'{"messages": [{"role": "user", "content": "q"}], "filters": {"sources": 7}}',
        b'{"messages": [{"role": "user", "content": "q"}], "filters": {"sources": [{"x": 1}]}}',
        b'{"messages": [{"role": "user", "content": "q"}], "filters": {"published_from": {}}}',
        b'{"messages": [{"role": "user", "content": "q"}], "filters": {"sources": ["\\udfff"]}}',
        b'{"messages": [{"role": "assistant", "content": "\\ud800"}, {"role": "user", "content": "q"}]}',
        b'{"messages": [{"role": "user", "content": "'
        + b"9" * 1900
        + b' yuan"}], "filters": {"languages": "zh", "x": 1}}',
    ],
)
def test_what_is_no_request_is_a_400(address: str, body: bytes) -> None:
    response = httpx.post(f"{address}/v1/chat/completions", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert "Traceback" not in response.text


@pytest.mark.parametrize("question", ["\ud800", "9" * 1999, "1" * 40 + "元", "0." + "3" * 60, "\ufdfa" * 1900])
def test_odd_questions_are_answered_or_refused(address: str, question: str) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": question}]})
    headers = {"content-type": "application/json"}
    response = httpx.post(f"{address}/v1/chat/completions", content=body, headers=headers, timeout=60)
    assert response.status_code in (200, 400)


def test_a_flood_is_answered_or_told_to_come_back(own: Assistant) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}]}

    async def flood(served: str) -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=500)
        async with httpx.AsyncClient(limits=limits, timeout=120) as client:
            asked = [client.post(f"{served}/v1/chat/completions", json=body) for _ in range(500)]
            page = client.get(f"{served}/config")
            *answers, shown = await asyncio.gather(*asked, page)
        assert shown.status_code == 200
        return answers

    with serving(web_app(own)) as served:
        answers = asyncio.run(flood(served))
        assert {answer.status_code for answer in answers} == {200, 429}
        assert all(int(one.headers["retry-after"]) > 0 for one in answers if one.status_code == 429)
        assert all("1500" in one.text for one in answers if one.status_code == 200)
        assert httpx.post(f"{served}/v1/chat/completions", json=body, timeout=60).status_code == 200


class Endless:
    """The real assistant, but for a question whose answer never ends."""

    def __init__(self, real: Assistant) -> None:
        self.real = real
        self.closed = threading.Semaphore(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def stream(self, question: str, **named: Any) -> Any:
        return self._endless() if question == "endless" else self.real.stream(question, **named)

    def _endless(self) -> Iterator[str]:
        pause = threading.Event()
        try:
            while True:
                pause.wait(0.05)
                yield "and so on, "
        finally:
            self.closed.release()


def test_streams_that_are_left_give_their_place_back(own: Assistant) -> None:
    endless = Endless(own)
    with serving(web_app(endless, at_once=2)) as served:  # type: ignore[arg-type]
        body = {"messages": [{"role": "user", "content": "endless"}], "stream": True}
        for _ in range(6):
            with httpx.stream("POST", f"{served}/v1/chat/completions", json=body, timeout=30) as response:
                next(response.iter_lines())
        body = {"messages": [{"role": "user", "content": QUESTION}]}
        assert httpx.post(f"{served}/v1/chat/completions", json=body, timeout=60).status_code == 200
        for _ in range(6):
            assert endless.closed.acquire(timeout=30)


def test_passwords_tried_at_once_count_at_once(own: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    write_user(path, "chen", PASSWORD)
    with serving(web_app(own, users=Users(path))) as served, ThreadPoolExecutor(60) as pool:

        def wrong(number: int) -> int:
            return httpx.post(f"{served}/login", data={"name": "chen", "password": f"wrong {number}"}).status_code

        told = sorted(pool.map(wrong, range(60)))
    assert told == [401] * 8 + [429] * 52


def test_sessions_end_with_the_password_and_with_the_user(own: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    for name in ("chen", "wang"):
        write_user(path, name, PASSWORD)
    with serving(web_app(own, users=Users(path))) as served:
        clients = [httpx.Client(base_url=served) for _ in range(2)]
        chen, wang = clients
        for client, name in zip(clients, ("chen", "wang"), strict=True):
            assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
            assert client.get("/config").status_code == 200
        write_user(path, "chen", "another password")
        assert chen.get("/config").status_code == 401
        assert wang.get("/config").status_code == 200
        remove_user(path, "wang")
        write_user(path, "wang", PASSWORD)  # somebody else of that name
        assert wang.get("/config").status_code == 401


def test_a_damaged_file_of_users_leaves_them_as_they_were(
    own: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "users.txt"
    write_user(path, "chen", PASSWORD)
    with serving(web_app(own, users=Users(path))) as served:
        for damage in (b"\xff\xfe not text", b"chen plain text\n", None):
            path.unlink() if damage is None else path.write_bytes(damage)
            assert httpx.get(f"{served}/config", auth=("chen", PASSWORD)).status_code == 200
            assert httpx.get(f"{served}/config").status_code == 401
        assert "The users it had before go on." in caplog.text
        write_user(path, "wang", PASSWORD)
        assert httpx.get(f"{served}/config", auth=("wang", PASSWORD)).status_code == 200
        assert httpx.get(f"{served}/config", auth=("chen", PASSWORD)).status_code == 401
