"""Somebody at the page who speaks to it as its script does, and can send what the script never would."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

__all__ = ["Event", "Refused", "Visitor", "events_of"]


class Refused(Exception):
    """The server did not do what was asked, and said why."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that can be set off in the page: by which component, and the values it takes."""

    number: int
    name: str
    target: int
    values: tuple[Any, ...]

    def with_value(self, place: int, value: Any) -> tuple[Any, ...]:
        """The usual values, but for one."""
        return (*self.values[:place], value, *self.values[place + 1 :])


def events_of(config: dict[str, Any]) -> list[Event]:
    """All events of a page's configuration, private ones too; each by the element and action or the name it has."""
    parts = {part["id"]: part["props"] for part in config["components"]}
    empty = {part["id"]: "" for part in config["components"] if part["type"] == "textbox"}
    events = []
    for told in config["dependencies"]:
        target, action = (*told["targets"][0], None)[:2] if told["targets"] else (None, None)
        element = parts.get(target, {}).get("elem_id") or f"component {target}"
        name = told["api_name"] if told["api_visibility"] == "public" else f"{element} {action}"
        values = tuple(parts[part].get("value") or empty.get(part) for part in told["inputs"])
        events.append(Event(told["id"], str(name), target or 0, values))
    return events


@dataclass
class Visitor:
    """One visit, with its session. Not to be shared by threads."""

    client: httpx.Client
    session: str = field(default_factory=lambda: uuid.uuid4().hex)

    def config(self) -> dict[str, Any]:
        """The page's configuration."""
        told: dict[str, Any] = self.client.get("/config").raise_for_status().json()
        return told

    def set_off(self, event: Event, values: tuple[Any, ...] | None = None, data: Any = None) -> dict[str, Any]:
        """Sets an event off and waits for its end; raises ``Refused`` with the server's words, or ``httpx.HTTPError``.

        ``data`` is what a component tells of its event (``gr.EventData``).
        """
        joined = self.join(event, event.values if values is None else values, data)
        if joined.status_code != 200:
            raise Refused(f"{joined.status_code} {joined.text[:500]}")
        last: dict[str, Any] = {}
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                last = json.loads(line.removeprefix("data:")) if line.startswith("data:") else last
                if last.get("msg") == "process_completed":
                    break
        output: dict[str, Any] = last.get("output") or {}
        if not last.get("success"):
            raise Refused(json.dumps(output, ensure_ascii=False)[:500])
        return output

    def join(self, event: Event, values: tuple[Any, ...], data: Any = None) -> httpx.Response:
        """Puts an event into the queue and does not wait for what comes of it."""
        body = {
            "data": list(values), "session_hash": self.session, "fn_index": event.number, "trigger_id": event.target,
            "event_data": data,
        }  # fmt: skip
        return self.client.post("/gradio_api/queue/join", content=json.dumps(body), headers=_JSON)

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """Uploads a file; its value as the page's script hands it on. Raises ``httpx.HTTPStatusError``."""
        response = self.client.post("/gradio_api/upload", files={"files": (name, content)}).raise_for_status()
        return {"path": response.json()[0], "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    def complete(self, question: str, **more: Any) -> httpx.Response:
        """Asks as a program does. A question with lone surrogates is sent as JSON can say them."""
        body = {"model": "yinju", "messages": [{"role": "user", "content": question}], **more}
        return self.client.post("/v1/chat/completions", content=json.dumps(body), headers=_JSON)


_JSON = {"content-type": "application/json"}
