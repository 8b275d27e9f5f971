"""Other programs at the page's door, each with its real client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from web_support import serving

from rag import Assistant, LanguageModelError
from ui.web.server.app import web_app

pytestmark = pytest.mark.long

QUESTION = "济南高新区聘任了多少名首席政策官？"


class Refusing:
    """The real assistant, but for a language model that refuses."""

    def __init__(self, real: Assistant) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def stream(self, question: str, **named: Any) -> Any:
        if question == "refuse":
            raise LanguageModelError("The server refused.")
        if question == "cut":
            return self._cut()
        return self.real.stream(question, **named)

    @staticmethod
    def _cut() -> Iterator[str]:
        yield "half"
        raise LanguageModelError("The server went away.")


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with serving(web_app(Refusing(assistant))) as served:  # type: ignore[arg-type]
        yield served


def test_gradio_clients_call_ask_and_search(address: str) -> None:
    client = pytest.importorskip("gradio_client").Client(address, verbose=False)
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/ask", "/search"}
    answer = client.predict(QUESTION, api_name="/ask")
    assert "39" in answer["text"]
    assert answer["citations"][0]["document_id"] == "003_5e9ebf8f6c1b539e.txt"
    hits = client.predict("青年人才补贴", 3, api_name="/search")["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert "empty" in client.predict(" ", api_name="/ask")["error"]
    only = {"published_from": "2024"}
    assert client.predict(QUESTION, only, api_name="/ask")["refused"] is False
    assert client.predict(QUESTION, {"published_to": "2023"}, api_name="/ask")["refused"] is True
    hits = client.predict("人才", 9, only, api_name="/search")["hits"]
    assert {hit["passage"]["document_id"] for hit in hits} == {"003_5e9ebf8f6c1b539e.txt"}
    assert "no such filter" in client.predict(QUESTION, {"colour": "red"}, api_name="/ask")["error"]


def test_mcp_clients_find_the_tools(address: str) -> None:
    anyio = pytest.importorskip("anyio")
    mcp = pytest.importorskip("mcp")
    from mcp.client.streamable_http import streamable_http_client

    calls: list[tuple[str, dict[str, Any]]] = [
        ("ask", {"question": QUESTION}),
        ("search", {"query": "青年人才补贴", "top_k": 3}),
        ("list_documents", {"filters": {"published_from": "2024"}}),
        ("read", {"document_id": "003_5e9ebf8f6c1b539e.txt"}),
        ("compare", {"aspect": "首席政策官", "sides": ["济南高新区", "济宁经开区"]}),
        ("table", {"document_id": "003_5e9ebf8f6c1b539e.txt"}),
        ("search", {"query": "人才", "filters": {"colour": "red"}}),
        ("ask", {"query": "人才"}),
        ("shell", {"run": "ls"}),
    ]

    async def talk() -> tuple[Any, list[Any]]:
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            return tools, [await session.call_tool(name, given) for name, given in calls]

    tools, results = anyio.run(talk)
    described = {tool.name: tool for tool in tools}
    assert set(described) == {"ask", "search", "list_documents", "read", "table", "compare"}
    assert "cites the exact passage" in described["ask"].description
    assert {"question", "filters"} <= set(described["ask"].inputSchema["properties"])
    assert described["search"].inputSchema["required"] == ["query"]
    assert "filters" in described["read"].inputSchema["properties"]
    answer, hits, listed, whole, sides, table, filtered, unasked, unknown = (
        json.loads(one.content[0].text) for one in results
    )
    assert [one.isError for one in results] == [False, False, False, False, False, True, True, True, True]
    assert "39名" in answer["text"]
    assert [one["number"] for one in hits["passages"]] == [1, 2, 3]
    assert {one["document_id"] for one in listed["documents"]} == {"003_5e9ebf8f6c1b539e.txt"}
    assert whole["passages"][0]["text"]
    assert {one["side"] for one in sides["passages"]} == {"济南高新区", "济宁经开区"}
    assert "no table" in table["error"]
    assert "no such filter" in filtered["error"]
    assert "question" in unasked["error"]
    assert "no such tool" in unknown["error"]


def test_openai_clients_get_the_answer_with_its_citations(address: str) -> None:
    client = pytest.importorskip("openai").OpenAI(base_url=f"{address}/v1", api_key="none")
    assert [model.id for model in client.models.list()] == ["yinju"]
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
    ]
    answer = client.chat.completions.create(model="yinju", messages=messages)
    said = answer.choices[0].message.content
    assert "39名“首席政策官”" in said
    assert "[1] 双榜提名" in said
    assert answer.yinju["citations"][0]["document_id"] == "003_5e9ebf8f6c1b539e.txt"
    chunks = list(client.chat.completions.create(model="yinju", messages=messages, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == said
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].yinju["refused"] is False
    filtered = {"filters": {"published_to": "2023"}}
    assert client.chat.completions.create(model="yinju", messages=messages, extra_body=filtered).yinju["refused"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "not JSON"),
        ('{"messages": []}', 400, "last message is not a user's"),
        ('{"messages": [{"role": "assistant", "content": "x"}]}', 400, "last message is not a user's"),
        ('{"messages": [{"role": "user", "content": " "}]}', 400, "empty"),
        ('{"messages": [{"role": "user", "content": "refuse"}]}', 502, "refused"),
        ('{"messages": [{"role": "user", "content": "cut"}]}', 502, "went away"),
        ('{"stream": true, "messages": [{"role": "user", "content": "refuse"}]}', 502, "refused"),
        ("[]", 400, "not an object with messages"),
    ],
)
def test_what_goes_wrong_is_an_openai_error(address: str, body: str, status: int, said: str) -> None:
    response = httpx.post(f"{address}/v1/chat/completions", content=body)
    assert response.status_code == status
    assert said in response.json()["error"]["message"]


def test_a_stream_that_is_cut_says_so(address: str) -> None:
    body = {"stream": True, "messages": [{"role": "user", "content": "cut"}]}
    response = httpx.post(f"{address}/v1/chat/completions", json=body)
    events = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    assert json.loads(events[-2])["error"]["message"] == "The server went away."
    assert "half" in events[1]


def test_other_pages_may_not_ask(address: str) -> None:
    response = httpx.post(f"{address}/v1/chat/completions", json={}, headers={"host": "evil.example"})
    assert response.status_code == 400
    origin = {"origin": "https://evil.example"}
    allowed = httpx.options(
        f"{address}/v1/chat/completions", headers={**origin, "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in allowed.headers
    assert httpx.post(f"{address}/gradio_api/queue/join", content="{}", headers=origin).status_code == 403
    own = {"origin": address}
    assert httpx.post(f"{address}/v1/chat/completions", content="{}", headers=own).json()["error"]


def test_no_file_is_served_but_the_pages_own(address: str, bundled_home: Path) -> None:
    for path in (bundled_home / "documents" / "003_5e9ebf8f6c1b539e.txt", Path(__file__), Path("/etc/hostname")):
        assert httpx.get(f"{address}/gradio_api/file={path}").status_code in (403, 404)
