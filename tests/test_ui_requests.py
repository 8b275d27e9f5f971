"""Requests that are none, and files of this machine in every argument there is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from web_support import indexed, serving

from embeddings import Encoder
from rag import Assistant
from ui.web.server.app import web_app

pytestmark = pytest.mark.long

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
        for value in (
            file_data(str(secret)),
            {"sources": [{"deep": file_data(f"{cache}/../secret.txt")}]},
            [file_data(str(fifo), url="x"), file_data("/etc/hostname")],
        ):
            for response in calls(served, value):
                assert response.status_code in (400, 404), response.request.url
                assert str(secret.parent) not in response.text
        assert httpx.get(f"{served}/v1/models").status_code == 200
    assert not cached(cache)


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
