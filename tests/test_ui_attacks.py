"""Attacks on a running page: files and addresses of the machine, asked for by HTTP, Gradio's API and MCP."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import mcp
import pytest
from gradio import processing_utils
from gradio.context import LocalContext
from gradio.exceptions import InvalidPathError
from gradio_client import Client
from mcp.client.streamable_http import streamable_http_client
from web_support import indexed, serving

from embeddings import Encoder
from ui.web.server import gateway
from ui.web.server.app import web_app
from ui.web.store.users import Users, write_user

pytestmark = pytest.mark.long

SECRET = "the hash of a password"
KEY = "Bearer chen:battery staple"
DOCUMENTS = {"a.md": "---\ntitle: 补贴办法\n---\n青年人才每月补贴1500元。\n"}
QUESTION = "青年人才每月补贴多少元？"


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "secret.md"
    path.write_text(SECRET)
    return path


@pytest.fixture(scope="module", params=["open", "users"])
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> Iterator[httpx.Client]:
    """A client of the page, without users and with them."""
    folder = tmp_path_factory.mktemp("attacked")
    users, headers = None, {}
    if request.param == "users":
        write_user(folder / "users.txt", "chen", "battery staple")
        users, headers = Users(folder / "users.txt"), {"authorization": KEY}
    app = web_app(indexed(folder / "home", DOCUMENTS, encoder=encoder), users=users)
    with serving(app) as served, httpx.Client(base_url=served, headers=headers, timeout=20) as client:
        yield client


def file_at(path: Any, **more: Any) -> dict[str, Any]:
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}, **more}


def asked(client: httpx.Client, *data: Any, name: str = "ask") -> str:
    """All that the server says to a call of a named endpoint, as Gradio's clients call it."""
    joined = client.post(f"/gradio_api/call/{name}", json={"data": list(data)})
    if joined.status_code != 200:
        return joined.text
    return client.get(f"/gradio_api/call/{name}/{joined.json()['event_id']}").text


def component(client: httpx.Client, elem_id: str) -> int:
    parts = client.get("/config").json()["components"]
    return int(next(part["id"] for part in parts if part["props"].get("elem_id") == elem_id))


def uploaded_event(client: httpx.Client, value: Any) -> str:
    """What the server says to a file that is put into the library."""
    upload = component(client, "yj-upload")
    dependencies = client.get("/config").json()["dependencies"]
    function = next(one for one in dependencies if [upload, "upload"] in one["targets"])
    data = [value, *([None] * (len(function["inputs"]) - 1))]
    body = {"data": [value, "en", "", "title"][: len(data)], "fn_index": function["id"], "session_hash": "attack"}
    joined = client.post("/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        return joined.text
    return client.get("/gradio_api/queue/data", params={"session_hash": "attack"}).text


def tool(client: httpx.Client, arguments: dict[str, Any], name: str = "ask") -> Any:
    async def call() -> Any:
        headers = {key: value for key, value in client.headers.items() if key == "authorization"}
        async with (
            httpx.AsyncClient(headers=headers) as http,
            streamable_http_client(f"{client.base_url}/gradio_api/mcp/", http_client=http) as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await session.call_tool(name, arguments)

    return anyio.run(call)


@contextmanager
def listening() -> Iterator[tuple[str, list[Any]]]:
    """A server of this computer that must not be called; whoever calls is in the list."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        came: list[Any] = []

        def accept() -> None:
            try:
                while True:
                    connection, where = listener.accept()
                    came.append(where)
                    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nfetched")
                    connection.close()
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x.svg", came
        listener.shutdown(socket.SHUT_RDWR)


SHAPES: list[Callable[[Path], Any]] = [
    file_at,
    lambda path: {"sources": file_at(path)},
    lambda path: {"sources": [[file_at(path)]]},
    lambda path: file_at(path, is_stream=True),
    lambda path: {"path": str(path)},
    lambda path: file_at(f"/tmp/gradio/../..{path}"),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["ask", "search"])
def test_a_file_named_in_an_argument_is_not_opened(
    address: httpx.Client, secret: Path, shape: Callable[[Path], Any], name: str
) -> None:
    arguments = (QUESTION, shape(secret)) if name == "ask" else (QUESTION, 8, shape(secret))
    for said in (asked(address, *arguments, name=name), asked(address, shape(secret), *arguments[1:], name=name)):
        assert "was not uploaded" in said
        assert "secret.md" not in said
    named = {"filters": shape(secret), "question" if name == "ask" else "query": QUESTION}
    with pytest.raises(ExceptionGroup):
        tool(address, named, name)
    body = {"messages": [{"role": "user", "content": QUESTION}], "filters": shape(secret)}
    response = address.post("/v1/chat/completions", json=body)
    assert response.status_code == 400
    assert "secret.md" not in response.text


def test_the_library_takes_only_what_was_uploaded(address: httpx.Client, secret: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.md"
    link.symlink_to(secret)
    for value in (file_at(secret), {"path": str(secret)}, [file_at(secret)], file_at(link)):
        said = uploaded_event(address, value)
        assert "was not uploaded" in said
        assert "secret" not in said
    (path,) = address.post("/gradio_api/upload", files={"files": ("mine.md", "# 我的\n我的文件。".encode())}).json()
    assert "mine.md" in uploaded_event(address, [file_at(path, orig_name="mine.md")])


def test_uploads_can_not_fill_the_disk(address: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def upload() -> int:
        return address.post("/gradio_api/upload", files={"files": ("mine.md", b"# mine")}).status_code

    assert upload() == 200
    monkeypatch.setattr(gateway, "_MOST_HELD_BYTES", 5)
    assert upload() == 507


def test_a_pipe_stops_nobody(address: httpx.Client, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert "was not uploaded" in asked(address, QUESTION, file_at(tmp_path / "pipe.md"))
    assert "was not uploaded" in uploaded_event(address, [file_at(tmp_path / "pipe.md")])
    assert address.get("/config").status_code == 200


def test_the_server_fetches_no_address(address: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as (url, came):
        assert "was not uploaded" in asked(address, QUESTION, file_at(url))
        assert "was not uploaded" in asked(address, QUESTION, file_at("", url=url))
        assert "was not uploaded" in uploaded_event(address, [file_at(url, url=url)])
        for path in (f"/gradio_api/file={url}", f"/gradio_api/proxy={url}", f"/gradio_api/file/{url}"):
            assert address.get(path).status_code == 404
        assert "1500元" in tool(address, {"question": QUESTION}).content[0].text
        elsewhere = url.removeprefix("http://").removesuffix("/x.svg")
        for headers in ({"host": elsewhere}, {"x-forwarded-host": elsewhere}):
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
            body = {**call, "params": {"name": "ask", "arguments": {"question": QUESTION}}}
            accepted = {"accept": "application/json, text/event-stream", **headers}
            assert "1500元" in address.post("/gradio_api/mcp/", json=body, headers=accepted).text
        assert came == []


@pytest.mark.parametrize(
    "path",
    ["file={}", "file/{}", "proxy=http://127.0.0.1/{}", "runs", "vibe-code/", "openapi.json", "profiling/traces",
     "dev/reload", "deep_link?session_hash=x", "token", "custom_component/1/server/example/{}",
     "stream/a/b/1/playlist-file", "mcp/schema", "mcp/sse", "run-history/records"],
)  # fmt: skip
def test_what_the_page_does_not_use_is_closed(address: httpx.Client, secret: Path, path: str) -> None:
    response = address.get(f"/gradio_api/{path.format(secret)}")
    assert response.status_code == 404
    assert SECRET not in response.text
    assert address.post(f"/gradio_api/{path.format(secret)}", json={}).status_code == 404
    (upload,) = address.post("/gradio_api/upload", files={"files": ("page.html", b"<script>")}).json()
    assert address.get(f"/gradio_api/file={upload}").status_code == 404


def test_no_page_elsewhere_may_read_an_answer(address: httpx.Client) -> None:
    for host in (address.base_url.netloc.decode(), "192.0.2.7:7860"):  # an address of the local network, too
        for path in ("/config", "/gradio_api/info", "/", "/v1/models"):
            for method in ("GET", "OPTIONS"):
                headers = {"host": host, "origin": "https://evil.example", "access-control-request-method": "GET"}
                response = address.request(method, path, headers=headers)
                assert response.status_code == 403
                assert "access-control-allow-origin" not in response.headers
        same = address.get("/config", headers={"host": host, "origin": f"http://{host}"})
        assert same.status_code == 200


def test_gradio_itself_checks_paths_too(encoder: Encoder, tmp_path: Path, secret: Path) -> None:
    """Beside the gate; an update of Gradio that goes by something else than ``has_launched`` is found here."""
    app = web_app(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder))
    (blocks,) = [route.app.get_blocks() for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks")]
    token = LocalContext.blocks.set(blocks)
    try:
        part = next(iter(blocks.blocks.values()))
        with pytest.raises(InvalidPathError):
            processing_utils.move_files_to_cache(file_at(secret), part, check_in_upload_folder=True)
    finally:
        LocalContext.blocks.reset(token)


DEEP = '{"a":' * 20_000 + "1" + "}" * 20_000


@pytest.mark.parametrize(
    "body",
    [DEEP, "[" * 900 + "]" * 900, '{"data": ["\\ud800"]}', '{"data": ["x", {"\\udfff": 1}]}', '{"data": [1e999]}',
     '{"data": [NaN]}', "", "\xff", '{"data": [' + "9" * 5000 + "]}"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/gradio_api/call/ask", "/gradio_api/queue/join"])
def test_bodies_that_are_none_are_told(address: httpx.Client, body: str, path: str) -> None:
    response = address.post(path, content=body.encode("latin-1"), headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert "can't be read" in response.text


@pytest.mark.parametrize(
    "filters",
    [5, "x", ["x"], {"sources": 5}, {"sources": {"a": 1}}, {"documents": [1]}, {"published_from": [1, 2]},
     {"published_to": True}, {"colour" * 50: "red"}],
)  # fmt: skip
def test_filters_of_other_kinds_are_told_without_their_values(address: httpx.Client, filters: Any) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}], "filters": filters}
    response = address.post("/v1/chat/completions", json=body)
    assert response.status_code == 400
    assert "filter" in response.json()["error"]["message"]
    assert len(response.text) < 400
    told = tool(address, {"question": QUESTION, "filters": filters})
    assert told.isError
    assert "filter" in told.content[0].text
    for said in (asked(address, QUESTION, filters), asked(address, QUESTION, 8, filters, name="search")):
        assert "filter" in said or "event: error" in said
    assert "whole number" in tool(address, {"query": QUESTION, "top_k": "many"}, "search").content[0].text


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "https://a]b"])
def test_a_malformed_origin_is_told(address: httpx.Client, origin: str) -> None:
    assert address.get("/config", headers={"origin": origin}).status_code == 400
    assert address.post("/v1/chat/completions", json={}, headers={"origin": origin}).status_code == 400


def test_gradios_own_client_comes_through(address: httpx.Client) -> None:
    headers = {key: value for key, value in address.headers.items() if key == "authorization"}
    client = Client(str(address.base_url), verbose=False, headers=headers)
    assert "1500元" in client.predict(QUESTION, api_name="/ask")["text"]
    assert "1500元" in json.dumps(client.predict("补贴", 3, {"sources": []}, api_name="/search"), ensure_ascii=False)
