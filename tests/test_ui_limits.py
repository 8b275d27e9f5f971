"""What the server keeps for its visitors, and for how long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio import route_utils
from gradio.state_holder import StateHolder
from web_support import chromium, indexed, opened, put, serving

from embeddings import Encoder
from ui.web.server.app import web_app

pytestmark = pytest.mark.long

VISITS = 256
DOCUMENTS = {"a.md": "---\ntitle: 补贴办法\n---\n青年人才每月补贴1500元。\n"}
QUESTION = "青年人才每月补贴多少元？"


def state_of(app: Any) -> StateHolder:
    """What Gradio keeps of the visits to its part of the application."""
    (holder,) = [route.app.state_holder for route in app.routes if hasattr(getattr(route, "app", None), "state_holder")]
    return holder


def soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def test_a_page_that_was_left_open_too_long_begins_a_new_conversation(encoder: Encoder, tmp_path: Path) -> None:
    app = web_app(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder))
    visits = state_of(app)
    with serving(app) as address, chromium() as browser:
        page, watch = opened(browser, address)
        put(page, QUESTION)
        page.locator("#yj-thread .yj-mark").first.wait_for()
        page.wait_for_function("location.hash.length === 33")
        first = page.url
        (own,) = visits.session_data
        for i in range(VISITS - 1):
            visits[f"other {i}"]
        assert own in visits
        for i in range(2 * VISITS):  # what the page asks for after an answer may make its visit the latest again
            visits[f"one more {i}"]
            if own not in visits:
                break
        assert len(visits.session_data) == VISITS
        assert own not in visits

        put(page, QUESTION)
        page.wait_for_function(f"location.href !== '{first}' && location.hash.length === 33")
        page.locator("#yj-open-drawer").click()
        page.locator(".yj-conversation").nth(1).wait_for()
        assert len(visits.session_data) == VISITS
        assert watch.errors == []


class QuickHours:
    """``asyncio`` as the scheduled deletion sees it: it sleeps for a moment only, and what it slept is counted."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0.02)


def test_uploads_are_deleted_after_a_day(encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        ahead = timedelta()

        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return super().now(tz) + cls.ahead

    hours = QuickHours()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr(route_utils, "asyncio", hours)
    monkeypatch.setattr(route_utils, "datetime", Clock)
    with serving(web_app(indexed(tmp_path / "home", DOCUMENTS, encoder=encoder))) as address:
        (uploaded,) = httpx.post(f"{address}/gradio_api/upload", files={"files": ("large.txt", b"x")}).json()
        Clock.ahead = timedelta(hours=23)
        looked = hours.slept.count(3600)
        assert soon(lambda: hours.slept.count(3600) > looked + 2)
        assert Path(uploaded).is_file()
        Clock.ahead = timedelta(hours=25)
        assert soon(lambda: not Path(uploaded).exists())
