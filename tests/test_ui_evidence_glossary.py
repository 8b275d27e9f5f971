"""The words of a quote, for who asks in another language: offered by its card, looked up when the list is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_ui_render import ANSWER, ATTACK, CITATION, Tags
from web_support import chromium, indexed, opened, put, serving

from embeddings import Encoder
from rag.glosses import Gloss, glosses_of
from ui.web.html import evidence
from ui.web.html.glossary import glossary
from ui.web.server.app import web_app
from ui.web.words.interface import words

EN = words("en")
ENGLISH = "How many chief policy officers did Jinan High-tech Zone appoint?"


@pytest.mark.parametrize(
    ("question", "search_question", "quote", "offered"),
    [
        (ENGLISH, ENGLISH, CITATION.quote, True),
        ("多少名？", "多少名？", CITATION.quote, False),
        ("2020?", "2020年多少名？", CITATION.quote, False),
        (ENGLISH, ENGLISH, "39 were appointed.", False),
        (ENGLISH, ENGLISH, "東京の大学は三つの学部がある。", False),
    ],
)
def test_a_chinese_quote_of_another_languages_answer_offers_its_words(
    question: str, search_question: str, quote: str, offered: bool
) -> None:
    citations = (replace(CITATION, quote=quote, key=None),)
    answer = replace(ANSWER, question=question, search_question=search_question, citations=citations)
    found = [attrs for tag, attrs in Tags(evidence.cards(answer, EN)).found if tag == "details"]
    assert [(one["data-document"], one["data-start"], one["data-end"]) for one in found] == (
        [("a.txt", "15", "24")] if offered else []
    )


def test_the_list_tells_words_readings_senses_and_where_they_are_from() -> None:
    shown = glossary(glosses_of("聘任39名政策官。"), EN)
    tags = [tag for tag, _ in Tags(shown).found]
    assert tags.count("dt") == tags.count("dd") == 4
    assert '<span lang="zh">聘任</span> <i lang="zh-Latn-pinyin">pìn rèn</i>' in shown
    assert '<dd lang="en">to appoint (to a position); appointed</dd>' in shown
    assert "CC-CEDICT" in shown
    assert "CC BY-SA 4.0" in shown
    assert EN.glossary_none in glossary((), EN)


def test_nothing_in_it_becomes_html() -> None:
    shown = glossary([Gloss(ATTACK, ATTACK, (ATTACK,))], EN)
    assert not {"script", "img"} & {tag for tag, _ in Tags(shown).found}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("glossary") / "home"
    with serving(web_app(indexed(home, encoder=encoder))) as served:
        yield served


@pytest.mark.long
def test_the_words_of_a_quote_are_opened_by_the_keyboard(address: str) -> None:
    with chromium() as browser:
        page, watch = opened(browser, address, locale="en-US")
        put(page, ENGLISH)
        page.locator("#yj-thread .yj-mark").first.click()
        page.locator(".yj-reader mark.yj-quote").first.wait_for()
        line = page.locator(".yj-reader [data-glossary] summary")
        assert line.inner_text() == EN.glossary
        assert page.locator(".yj-glosses").count() == 0  # nothing is looked up before
        line.focus()
        page.keyboard.press("Enter")
        page.locator(".yj-reader .yj-glosses dt", has_text="聘任").wait_for()
        assert "to appoint" in page.locator(".yj-glosses").inner_text()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.yj-glosses')")
        head = page.locator(".yj-reader > header").bounding_box()
        quote = page.locator(".yj-reader mark.yj-quote").first
        page.wait_for_function(
            "(top) => document.querySelector('.yj-reader mark.yj-quote').getBoundingClientRect().top >= top",
            arg=head["y"] + head["height"],
        )
        assert quote.is_visible()
        page.get_by_role("button", name="Back to the list").click()
        page.locator("#yj-panel .yj-card [data-glossary] summary").first.click()
        page.locator("#yj-panel .yj-card .yj-glosses dt", has_text="聘任").wait_for()

        put(page, "济南高新区聘任了多少名首席政策官？")
        page.locator("#yj-thread [data-turn='2'] .yj-mark").first.click()
        page.locator(".yj-reader mark.yj-quote").first.wait_for()
        assert page.locator("#yj-panel [data-glossary]").count() == 0
        assert watch.errors == []
        assert watch.foreign == []
