"""Fifty people at once at the page: first words, errors and memory; beside it a bare gr.ChatInterface.

    python benchmarks/page.py [--people 50] [--questions 2000] [--visit 5]

The server is a process of its own on 127.0.0.1 over the bundled articles. Each person speaks to it as the page's
script does (queue/join, then the event stream), asks ``--visit`` questions, leaves, and comes again as somebody new.
The bare chat is ``gr.ChatInterface`` around the same assistant, asked in the same way. What a first visit transfers is
counted in Chromium where playwright has one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from measured import keep

from embeddings import rebuild
from rag import Answer, Assistant, Settings

QUESTIONS = (
    "济南高新区聘任了多少名首席政策官？",
    "2020年经开区发放了多少青年人才补贴？",
    "How many chief policy officers did Jinan High-tech Zone appoint?",
    "2023年济南高新区新入选市级以上高层次人才多少人？",
    "北京市朝阳区人才公寓的租金是多少？",
)
ALONE = 20  # questions of one person without others
TIMEOUT_S = 300.0
SETTLED_S = 3  # nothing more is loaded then


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--visit", type=int, default=5, help="Questions of one visit.")
    parser.add_argument("--serve", choices=("page", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, Settings(home=options.home, llm="extractive"), options.port)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), llm="extractive")
        settings.library.seed()
        rebuild(settings.library.folder, settings.index_dir)
        figures: dict[str, Any] = {"people": options.people, "load_average": round(os.getloadavg()[0], 1)}
        for kind in ("page", "bare"):  # kept as they come: on a busy machine it takes long
            figures[kind] = asyncio.run(measured(kind, settings.home, options))
            keep("page", figures, ("gradio", "torch"))


def serve(kind: str, settings: Settings, port: int) -> None:
    """What the server's process does."""
    import uvicorn
    from fastapi import FastAPI

    if kind == "page":
        from ui.web.server.app import web_app

        app = web_app(settings)
    else:
        import gradio as gr

        assistant = Assistant.from_settings(settings)

        def answer(message: str, _history: list[Any]) -> Iterator[str]:
            text = ""
            for piece in assistant.stream(message):
                text = piece.text if isinstance(piece, Answer) else text + piece
                yield text

        chat = gr.ChatInterface(answer, concurrency_limit=8, api_name="chat")
        app = gr.mount_gradio_app(FastAPI(), chat, path="/", ssr_mode=False)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


@dataclass
class Told:
    """What was asked so far, and what came of it. Times are in seconds."""

    first_words: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def measured(kind: str, home: Path, options: argparse.Namespace) -> dict[str, Any]:
    with running(kind, home) as (address, process):
        weight = await asyncio.to_thread(page_weight, address)
        limits = httpx.Limits(max_connections=4 * options.people)
        async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT_S, limits=limits) as client:
            config = (await client.get("/config")).json()
            alone = await Visitors(client, kind, config, options.visit).ask(1, ALONE)
            memory = {"0": rss_mib(process)}
            many = Visitors(client, kind, config, options.visit)
            began = time.perf_counter()
            watching = asyncio.create_task(watch(process, many.told, memory))
            together = await many.ask(options.people, options.questions)
            watching.cancel()
            memory[str(len(together.whole))] = rss_mib(process)
    return {
        "alone": summary(alone),
        "together": {
            **summary(together),
            "questions_per_second": round(len(together.whole) / (time.perf_counter() - began), 2),
        },
        "rss_mib_after_questions": memory,
        "first_visit": weight,
    }


@dataclass
class Visitors:
    """People who ask one page, as its script would ask for them."""

    client: httpx.AsyncClient
    kind: str
    config: dict[str, Any]
    visit: int
    told: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        """Finds the question's event in the page's configuration."""
        event = event_of(self.kind, self.config)
        self._event = {"fn_index": event["id"], "trigger_id": event["targets"][0][0]}
        self._others = [value_of(self.config, component) for component in event["inputs"][1:]]

    async def ask(self, people: int, questions: int) -> Told:
        """So many people ask until so many questions have been asked; each visit is a session of its own."""
        left = [questions]
        await asyncio.gather(*(self._person(left) for _ in range(people)))
        return self.told

    async def _person(self, left: list[int]) -> None:
        session, asked = uuid.uuid4().hex, 0
        while left[0] > 0:
            left[0] -= 1
            if asked == self.visit:
                session, asked = uuid.uuid4().hex, 0
            question = QUESTIONS[(left[0] + asked) % len(QUESTIONS)]
            asked += 1
            try:
                await self._ask(session, question)
            except (httpx.HTTPError, ValueError) as exc:
                self.told.errors.append(f"{type(exc).__name__}: {exc}")

    async def _ask(self, session: str, question: str) -> None:
        began = time.perf_counter()
        body = {"data": [question, *self._others], "session_hash": session, **self._event}
        (await self.client.post("/gradio_api/queue/join", json=body)).raise_for_status()
        words = False
        async with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                text = json.dumps(message.get("output", {}), ensure_ascii=False)
                begun = message.get("msg") == "process_generating" and (self.kind == "bare" or says_something(text))
                if begun and not words:
                    self.told.first_words.append(time.perf_counter() - began)
                    words = True
                if message.get("msg") == "process_completed":
                    if not message["success"] or "yj-error" in text:
                        raise ValueError(f"no answer: {text[:200]}")
                    self.told.whole.append(time.perf_counter() - began)
                    return
        raise ValueError("the stream ended before the answer")


def says_something(text: str) -> bool:
    """Whether an update of the page shows words of an answer, and not that it is being waited for."""
    return "aria-busy" in text and "yj-waiting" not in text


def event_of(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """The event that a question sets off."""
    for event in config["dependencies"]:
        if kind == "bare" and event["api_name"] == "chat":
            return event
        names = {component["id"]: component["props"].get("elem_id") for component in config["components"]}
        if kind == "page" and any(names.get(of) == "yj-ask" and what == "submit" for of, what in event["targets"]):
            return event
    raise ValueError("the page has no question box")


def value_of(config: dict[str, Any], component: int) -> Any:
    return next(part["props"].get("value") for part in config["components"] if part["id"] == component)


async def watch(process: subprocess.Popen[bytes], told: Told, memory: dict[str, float]) -> None:
    """Notes the server's memory at every 250 questions."""
    mark = 250
    while True:
        await asyncio.sleep(0.2)
        if len(told.whole) >= mark:
            memory[str(mark)] = rss_mib(process)
            mark += 250


def summary(told: Told) -> dict[str, Any]:
    def shown(seconds: list[float]) -> dict[str, float]:
        p50, p95 = np.percentile(seconds, (50, 95)) * 1000 if seconds else (0.0, 0.0)
        return {"p50_ms": round(float(p50)), "p95_ms": round(float(p95))}

    return {
        "questions": len(told.whole),
        "errors": len(told.errors),
        "first_errors": told.errors[:3],
        "first_words": shown(told.first_words),
        "whole_answer": shown(told.whole),
    }


def page_weight(address: str) -> dict[str, Any] | None:
    """What a first visit transfers, and how long it takes until a question can be typed; None without a browser."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=browser_path, args=flags)
        page = browser.new_page()
        page.set_default_timeout(TIMEOUT_S * 1000)
        sizes: list[float] = []
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        began = time.perf_counter()
        page.goto(address)
        page.locator("textarea:visible").first.wait_for()
        ready = time.perf_counter() - began
        seen = -1
        while seen != len(sizes):  # never idle: the page keeps a stream open
            seen = len(sizes)
            page.wait_for_timeout(SETTLED_S * 1000)
        browser.close()
    return {"requests": len(sizes), "kib": round(sum(sizes) / 1024), "question_box_after_s": round(ready, 2)}


def rss_mib(process: subprocess.Popen[bytes]) -> float:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(process.pid)], capture_output=True, text=True, check=True)
    return round(int(told.stdout) / 1024, 1)


@contextmanager
def running(kind: str, home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The server on a free port, once it answers and has been asked each question."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--serve", kind, "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{address}/config", timeout=30).raise_for_status()
                break
            except httpx.TransportError:
                if process.poll() is not None:
                    raise
                time.sleep(0.5)
        yield address, process
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
