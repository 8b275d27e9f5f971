"""Floods and abandoned streams: everybody is answered or told to come back, and nobody keeps a place they have left."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import mcp
import pytest
from mcp.client.streamable_http import streamable_http_client
from openai_server import Reply, ScriptedServer
from web_support import as_events, chromium, indexed, opened, put, serving

from embeddings import Encoder
from rag import Assistant, Settings
from ui.web.server.app import web_app
from ui.web.store.users import Users, write_user

pytestmark = pytest.mark.long

DOCUMENTS = {"a.md": "---\ntitle: 补贴办法\n---\n青年人才每月补贴1500元。\n"}
QUESTION = "青年人才每月补贴多少元？"
BODY = {"messages": [{"role": "user", "content": QUESTION}]}
KEY = {"authorization": "Bearer chen:battery staple"}


class Held:
    """The real assistant, but nobody is answered before all are there."""

    def __init__(self, real: Assistant) -> None:
        self.real = real
        self.go_on = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def events(self, question: str, **named: Any) -> Any:
        return as_events(self.stream(question, **named))

    def stream(self, question: str, **named: Any) -> Iterator[Any]:
        assert self.go_on.wait(120)
        yield from self.real.stream(question, **named)

    def ask(self, question: str, **named: Any) -> Any:
        assert self.go_on.wait(120)
        return self.real.ask(question, **named)


@pytest.fixture(params=["open", "users"])
def users(request: pytest.FixtureRequest, tmp_path: Path) -> Users | None:
    if request.param == "open":
        return None
    write_user(tmp_path / "users.txt", "chen", "battery staple")
    return Users(tmp_path / "users.txt")


async def flood(address: str, held: Held, count: int, **body: Any) -> list[httpx.Response]:
    """So many questions at once; when all have come, those that are inside go on."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, headers=KEY, timeout=240, limits=limits) as client:
        asking = [asyncio.create_task(client.post("/v1/chat/completions", json={**BODY, **body})) for _ in range(count)]
        inside = min(count, 72)  # eight are answered, sixty-four wait
        while sum(task.done() for task in asking) < count - inside:
            await asyncio.sleep(0.05)
        for path in ("/", "/config", "/theme.css", "/v1/models", "/gradio_api/info", "/export/questions.jsonl"):
            assert (await client.get(path)).status_code == 200
        held.go_on.set()
        return list(await asyncio.gather(*asking))


@pytest.mark.parametrize("stream", [False, True])
def test_five_hundred_at_once_are_answered_or_told(
    encoder: Encoder, tmp_path: Path, users: Users | None, stream: bool
) -> None:
    held = Held(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder))
    with serving(web_app(held, users=users)) as address:  # type: ignore[arg-type]
        answers = asyncio.run(flood(address, held, 500, stream=stream))
        assert Counter(answer.status_code for answer in answers) == {200: 72, 429: 428}
        for answer in answers:
            if answer.status_code == 200:
                assert "1500元" in answer.text or "1500\\u5143" in answer.text
            else:
                assert int(answer.headers["retry-after"]) > 0
                assert "Ask again in" in answer.json()["error"]["message"]
        assert httpx.post(f"{address}/v1/chat/completions", json=BODY, headers=KEY, timeout=60).status_code == 200


def test_forty_eight_at_once_are_all_answered(encoder: Encoder, tmp_path: Path, users: Users | None) -> None:
    held = Held(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder))
    with serving(web_app(held, users=users)) as address:  # type: ignore[arg-type]
        assert {answer.status_code for answer in asyncio.run(flood(address, held, 48))} == {200}


def test_forty_eight_tools_at_once_are_all_answered(encoder: Encoder, tmp_path: Path, users: Users | None) -> None:
    held = Held(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder))

    async def call(address: str) -> str:
        async with (
            httpx.AsyncClient(headers=KEY, timeout=240) as http,
            streamable_http_client(f"{address}/gradio_api/mcp/", http_client=http) as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            return str((await session.call_tool("ask", {"question": QUESTION})).content)

    async def all_at_once(address: str) -> list[str]:
        calls = [asyncio.create_task(call(address)) for _ in range(48)]
        async with httpx.AsyncClient(base_url=address, headers=KEY, timeout=60) as client:
            assert (await client.get("/gradio_api/info")).status_code == 200
        held.go_on.set()
        return await asyncio.gather(*calls)

    with serving(web_app(held, users=users)) as address:  # type: ignore[arg-type]
        assert all("1500元" in said for said in asyncio.run(all_at_once(address)))


def test_the_page_is_answered_beside_a_flood(encoder: Encoder, tmp_path: Path) -> None:
    held = Held(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder))
    with serving(web_app(held)) as address, chromium() as browser:  # type: ignore[arg-type]
        flooding = threading.Thread(target=lambda: asyncio.run(flood(address, held, 120)))
        flooding.start()
        page, watch = opened(browser, address)
        put(page, QUESTION)
        page.locator("#yj-thread .yj-mark").first.wait_for()
        flooding.join(120)
        assert not flooding.is_alive()
        assert watch.errors == []


def test_streams_that_the_client_leaves_give_their_place_back(
    encoder: Encoder, tmp_path: Path, llm_server: ScriptedServer, users: Users | None
) -> None:
    llm_server.script = [Reply(tuple("青年人才每月补贴。" * 60), pause_s=0.5)]  # it would go on for four minutes
    home = tmp_path / "home"
    quoting = indexed(home, DOCUMENTS, encoder=encoder)
    settings = Settings(home=home, llm="openai:scripted", llm_base_url=llm_server.url)
    app = web_app(Assistant(quoting.index, encoder, settings), users=users, at_once=2)
    with serving(app) as address, ExitStack() as kept:
        client = kept.enter_context(httpx.Client(base_url=address, headers=KEY, timeout=60))
        for _ in range(8):
            streaming = client.stream("POST", "/v1/chat/completions", json={**BODY, "stream": True})
            with streaming as response:
                lines = (line for line in response.iter_lines() if line)
                assert "assistant" in next(lines)
                assert json.loads(next(lines).removeprefix("data: "))["choices"][0]["delta"]["content"]
        llm_server.script = [Reply(("每月1500元。[1]",))]
        answer = client.post("/v1/chat/completions", json=BODY)
        assert "1500元" in answer.json()["choices"][0]["message"]["content"]
