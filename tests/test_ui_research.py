"""Research in steps on the page: the switch, the steps while they are taken, and what is left of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai_server import Reply, ScriptedServer
from quick_encoder import QuickEncoder
from test_rag_research import LIBRARIES
from web_support import chromium, indexed, opened, put, serving

from rag import Assistant
from ui.web.server.app import web_app

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


def test_the_switch_has_a_question_researched(browser: Any, tmp_path: Path, llm_server: ScriptedServer) -> None:
    plain = indexed(tmp_path / "home", LIBRARIES, encoder=QuickEncoder())
    written = {"llm": "openai:scripted", "llm_base_url": llm_server.url}
    assistant = Assistant(plain.index, plain.encoder, plain.settings.model_copy(update=written))
    said = "青山图书馆2025年藏书五万三千册[1]。"
    search = ("search", {"query": "青山图书馆藏书", "documents": ["green.txt"]})
    llm_server.script = [Reply(calls=(search,)), Reply((said,), pause_s=4)]
    with serving(web_app(assistant)) as address:
        page, watch = opened(browser, address)
        page.set_default_timeout(240_000)  # the first research loads LangChain's agents
        page.locator("#yj-research input").check()
        put(page, "青山图书馆有多少藏书？")
        page.locator("#yj-live .yj-steps li[data-tool=search]", has_text="青山图书馆藏书").wait_for()
        turn = page.locator("#yj-thread [data-turn='1']")
        turn.wait_for()
        folded = turn.locator("details.yj-steps-taken")
        assert folded.locator("summary").inner_text() == "查找了 1 步"
        assert not folded.locator("ol").is_visible()
        folded.locator("summary").click()
        assert "得到 " in folded.locator("ol li").inner_text()
        assert turn.locator(".yj-sentence[data-verdict=supported]").count() == 1
        assert "tools" in llm_server.requests[0]
        page.locator("#yj-research input").uncheck()
        put(page, "青山图书馆有多少藏书？")
        page.locator("#yj-thread [data-turn='2']").wait_for()
        assert "tools" not in llm_server.requests[-1]
        assert watch.errors == []
        assert watch.foreign == []
    with serving(web_app(plain)) as address:
        page, _ = opened(browser, address)
        assert page.locator("#yj-research").count() == 0 or not page.locator("#yj-research").is_visible()
