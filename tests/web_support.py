"""A real server with the real model on a free port, and a real browser that reports what it asks for."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from embeddings import Encoder, open_index, rebuild
from rag import Answer, Answered, Assistant, Event, Settings, TextDelta
from ui.web.server.app import http_server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def missing(what: str) -> Any:
    """Skips the test, or fails it where a browser is required."""
    if os.environ.get("YINJU_REQUIRE_BROWSER") == "1":
        pytest.fail(f"YINJU_REQUIRE_BROWSER is set, but {what}.")
    pytest.skip(f"needs a browser: {what}")


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """An ASGI application on a free port of 127.0.0.1, given as its address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = http_server(app, log_level="error", grace_s=1)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def indexed(home: Path, documents: dict[str, str] | None = None, *, encoder: Encoder) -> Assistant:
    """An assistant over a new home: the bundled articles, or these texts by their file names."""
    settings = Settings(home=home)
    if documents is None:
        settings.library.seed()
    else:
        settings.library.folder.mkdir(parents=True)
        for name, text in documents.items():
            (settings.library.folder / name).write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return Assistant(open_index(settings.index_dir), encoder, settings)


def as_events(pieces: Iterable[str | Answer | Event]) -> Iterator[Event]:
    """The older stream as events, for assistants that stand in for the real one."""
    for piece in pieces:
        if isinstance(piece, str):
            yield TextDelta(piece)
        else:
            yield Answered(piece) if isinstance(piece, Answer) else piece


@dataclass
class Watch:
    """What a page did that it should not: addresses elsewhere, errors, dialogs."""

    addresses: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def on(self, page: Any) -> None:
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    @property
    def foreign(self) -> list[str]:
        """The addresses that are neither this computer's nor part of the page itself."""
        here = ("http://127.0.0.1:", "data:", "blob:")
        return [address for address in self.addresses if not address.startswith(here)]


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium under playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed (pip install playwright)")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing("there is no chromium (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Any, address: str, **context: Any) -> tuple[Any, Watch]:
    """A fresh visitor's page, once its words are there, and what watches it."""
    context = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}, **context}
    page = browser.new_context(**context).new_page()
    page.set_default_timeout(30_000)
    watch = Watch()
    watch.on(page)
    page.goto(address)
    page.wait_for_selector("html[data-yj-ready]", state="attached")
    return page, watch


def reload(page: Any, watch: Watch) -> None:
    """Loads the page anew; what the page that is left complains of then, streams that were broken off, is no fault."""
    assert watch.errors == []
    page.once("framenavigated", lambda _: watch.errors.clear())
    page.reload()
    page.wait_for_selector("html[data-yj-ready]", state="attached")


def put(page: Any, question: str) -> None:
    """Types a question and sends it off."""
    page.locator("#yj-ask textarea").fill(question)
    page.locator("#yj-ask textarea").press("Enter")
