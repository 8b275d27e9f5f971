"""Answers as HTML: what is shown, and that nothing of it is ever run."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Heading, Origin, Passage, Problem
from rag import Answer, AnswerSentence, Citation, Filters, Hit, Searched, Step, TextDelta, ThoughtDelta
from rag.question.phrases import Language
from ui.web.html import evidence, thread
from ui.web.html.thought import Thinking, folded
from ui.web.store.ratings import Rating
from ui.web.store.turns import Turn, history_of
from ui.web.views.thinking import ThoughtWatch
from ui.web.words.interface import LANGUAGES, choose_language, words

ZH = words("zh-Hans")
ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;"
PASSAGE = Passage("a.txt", 10, 30, "前面的话。聘任39名政策官。后面的话。", "标题", ("第一节",), 3)
CITATION = Citation(1, "a.txt", "标题", "日报", "2024-04-24", None, 3, PASSAGE.id, "聘任39名政策官。", 15, 24)
ANSWER = Answer(
    question="多少名？",
    text="聘任39名政策官。[1]",
    sentences=(AnswerSentence("聘任39名政策官。", (1,), "supported"),),
    citations=(CITATION,),
    hits=(Hit(1, 2.0, PASSAGE),),
    certainty="answered",
    model="extractive",
    confidence=0.9,
    timings_ms={"encode": 20.0, "search": 3.0},
)


class Tags(HTMLParser):
    """Every tag with its attributes, and whether all that was opened was closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_mark_carries_its_quote_and_where_it_is_from() -> None:
    shown = thread.thread([Turn("多少名？", ANSWER)], ZH)
    marks = [attrs for tag, attrs in Tags(shown).found if tag == "button" and "yj-mark" in (attrs.get("class") or "")]
    assert [mark["data-cite"] for mark in marks] == ["1"]
    assert marks[0]["data-quote"] == "聘任39名政策官。"
    assert marks[0]["data-from"] == "日报 · 2024-04-24 · 第 3 页"
    assert marks[0]["aria-label"] == "依据 1：标题"
    assert ">[1]</button>" in shown


def test_a_card_highlights_the_quote_in_its_passage() -> None:
    shown = evidence.cards(ANSWER, ZH)
    assert '前面的话。<mark class="yj-quote">聘任39名政策官。</mark>后面的话。' in shown
    assert "第一节" in shown


def test_a_card_names_the_copies_and_the_newer_edition() -> None:
    copy = replace(PASSAGE, document_id="c.txt", title="转载")
    shown = evidence.cards(replace(ANSWER, hits=(Hit(1, 2.0, PASSAGE, (copy,), "b.txt"),)), ZH)
    assert "同样的内容也见于：转载 (c.txt)" in shown
    assert "有更新的版本：b.txt" in shown


def test_a_citation_whose_passage_was_not_found_shows_its_quote() -> None:
    shown = evidence.cards(replace(ANSWER, hits=()), ZH)
    assert '<mark class="yj-quote">聘任39名政策官。</mark>' in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_escaped(language: str) -> None:
    spoken = words(language)  # type: ignore[arg-type]
    passage = replace(PASSAGE, document_id=ATTACK, text=ATTACK + "。", title=ATTACK, headings=(ATTACK,))
    citation = replace(
        CITATION, document_id=ATTACK, title=ATTACK, source=ATTACK, published=ATTACK, url=f"javascript:{ATTACK}",
        quote=ATTACK, start=10, end=10 + len(ATTACK), passage_id=passage.id,
    )  # fmt: skip
    sentence = AnswerSentence(ATTACK, (1,), "unsupported", (ATTACK,))
    hit = Hit(1, 1.0, passage, (passage,), ATTACK)
    answer = replace(ANSWER, sentences=(sentence,), citations=(citation,), hits=(hit,), model=ATTACK, notice=ATTACK)
    refusal = replace(answer, text=ATTACK, sentences=(), citations=(), certainty="none")
    mixed = replace(answer, sentences=(replace(sentence, lead=ATTACK), replace(sentence, before=ATTACK)))
    chosen, said = Filters(sources=(ATTACK,)), {0: Rating(False, ATTACK, ATTACK)}
    turns = [Turn(ATTACK, answer, filters=chosen), Turn(ATTACK, refusal), Turn(ATTACK, error=Problem(ATTACK))]
    turns.append(turns[2].replacing(turns[1].replacing(turns[0])))
    for shown in (
        thread.thread(turns, spoken, ATTACK, said, lambda _: ATTACK),
        thread.live(ATTACK, ATTACK, spoken),
        thread.live(ATTACK, "", spoken, steps=(Step(1, ATTACK, ATTACK, 2),)),
        thread.thread([Turn(ATTACK, replace(answer, steps=(Step(1, ATTACK, ATTACK, 2),)))], spoken),
        thread.thread([Turn(ATTACK, mixed)], spoken),
    ):
        tags = Tags(shown).found
        assert {tag for tag, _ in tags}.isdisjoint({"script", "img", "a"})
        assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
        assert "alert(1)" in shown


def test_steps_stand_above_an_answer_while_it_is_made_and_fold_afterwards() -> None:
    steps = (Step(1, "search", "藏书量", 3), Step(2, "read", "年报", 0), Step(3, "table", "", None))
    live = thread.live("多少？", "", ZH, steps=steps)
    assert [attrs["data-tool"] for tag, attrs in Tags(live).found if "data-tool" in attrs] == [
        "search",
        "read",
        "table",
    ]
    assert "得到 3 条" in live
    assert "没有结果" in live
    assert "进行中" in live
    assert live.index("藏书量") < live.index("yj-answer")
    assert "正在考虑下一步" in thread.live("多少？", "", ZH, steps=steps[:2])
    assert "正在考虑下一步" not in thread.live("多少？", "有五万册", ZH, steps=steps[:2])
    shown = thread.thread([Turn("多少？", replace(ANSWER, steps=steps[:2]))], ZH)
    folded = [attrs for tag, attrs in Tags(shown).found if tag == "details" and attrs["class"] == "yj-steps-taken"]
    assert folded == [{"class": "yj-steps-taken"}]
    assert "<summary>查找了 2 步</summary>" in shown
    assert "yj-steps" not in thread.thread([Turn("多少？", ANSWER)], ZH)


def test_a_document_shows_each_citation_once_the_active_one_strongest() -> None:
    text = "标题\n聘任39名政策官。又说了一句。\n\n第二段"
    document = Document("a.txt", text, "标题", Origin(()), (Heading(0, 2),), "日报")
    spans = [evidence.Span(1, 3, 12), evidence.Span(2, 9, 18), evidence.Span(3, 19, 23)]
    shown = evidence.reader(document, spans, 1, ZH)
    assert '<mark class="yj-quote" data-span="1">聘任39名政</mark>' in shown
    assert '<mark class="yj-quote" data-span="1">策官。</mark>' in shown
    assert '<mark class="yj-quote-other" data-span="2">又说了一句。</mark>' in shown
    assert "<h4>标题</h4>" in shown
    assert 'data-jump="2"' in shown
    Tags(shown)


@given(
    st.text(alphabet='ab<&\n"。', max_size=40), st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=4)
)
def test_a_document_reads_the_same_however_it_is_cited(text: str, pairs: list[tuple[int, int]]) -> None:
    document = Document("a.txt", text, "t", Origin(()))
    spans = [evidence.Span(i, *sorted(pair)) for i, pair in enumerate(pairs, 1)]
    shown = evidence.reader(document, spans, 1, ZH)
    Tags(shown)
    body = re.sub(r"<[^>]*>", "", shown.partition('class="yj-document" dir="auto">')[2])
    assert html.unescape(body) == "".join(line for line in text.split("\n") if line.strip())


def test_only_web_addresses_become_links() -> None:
    assert "<a href=" not in evidence.cards(replace(ANSWER, citations=(replace(CITATION, url="file:///etc"),)), ZH)
    shown = evidence.cards(replace(ANSWER, citations=(replace(CITATION, url="https://a.example/?a=1&b"),)), ZH)
    assert 'href="https://a.example/?a=1&amp;b" target="_blank" rel="noopener noreferrer"' in shown


def test_verdicts_have_words_and_icons() -> None:
    sentences = (
        AnswerSentence("一。", (1,), "supported"),
        AnswerSentence("二40。", (1,), "unsupported", ("没有“40”",)),
        AnswerSentence("三。", (1,), "unchecked"),
    )
    shown = thread.thread([Turn("q", replace(ANSWER, sentences=sentences))], ZH)
    for said in ("原文可证 1 句", "原文未见 1 句", "未核对 1 句", "原文未见：没有“40”"):
        assert said in shown
    assert shown.count("yj-verdict") == 2


def test_a_refusal_lists_at_most_three_passages() -> None:
    hits = tuple(Hit(i, 1.0, PASSAGE) for i in range(1, 6))
    shown = thread.thread([Turn("q", replace(ANSWER, certainty="none", citations=(), hits=hits, text="没有。"))], ZH)
    assert shown.count('yj-near"') == 3
    assert "最接近的段落" in shown


def test_latin_sentences_are_set_apart() -> None:
    sentences = (AnswerSentence("One.", (1,), "supported"), AnswerSentence("Two.", (1,), "supported"))
    shown = thread.thread([Turn("q", replace(ANSWER, sentences=sentences))], ZH)
    assert "</span> <span" in shown


def test_history_leaves_out_what_failed() -> None:
    turns = [Turn("a", ANSWER), Turn("b", error=Problem("no"))]
    assert history_of(turns) == [("user", "a"), ("assistant", "聘任39名政策官。[1]")]


@pytest.mark.parametrize(
    ("preferences", "language"),
    [
        (["zh-CN", "en"], "zh-Hans"),
        (["zh"], "zh-Hans"),
        (["zh-TW"], "zh-Hant"),
        (["zh-Hant-HK"], "zh-Hant"),
        (["zh-Hans-HK"], "zh-Hans"),
        (["zh-MO"], "zh-Hant"),
        (["de-DE", "zh-CN"], "zh-Hans"),
        (["en-GB", "zh-CN"], "en"),
        (["zh-Hans"], "zh-Hans"),
        (["de"], "en"),
        ([""], "en"),
    ],
)
def test_the_language_follows_the_browser(preferences: list[str], language: str) -> None:
    assert choose_language(preferences) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_is_told_where_it_is_not_that_of_single_facts(language: Language) -> None:
    said = words(language)
    for route, name in said.talk.routes.items():
        shown = thread.thread([Turn("多少名？", replace(ANSWER, route=route))], said)
        assert f"<summary>{html.escape(name)} · " in shown
    assert "fact" not in said.talk.routes
    assert len(set(said.talk.routes.values())) == 6
    plain = thread.thread([Turn("多少名？", ANSWER)], said)
    assert not any(f"{html.escape(name)} · " in plain for name in said.talk.routes.values())


def test_thought_is_folded_and_harmless() -> None:
    thinking = Thinking().going_on("先看", 0.2).going_on(ATTACK, 12.9)
    shown = thread.live("？", "", ZH, thought=folded(thinking, ZH))
    assert [tag for tag, _ in Tags(shown).found if tag in ("script", "img")] == []
    assert '<details class="yj-thought"><summary>思考中，12 秒</summary>' in shown
    assert markupsafe.escape(ATTACK) in shown
    assert "yj-waiting" not in shown
    assert "思考了 12 秒" in folded(replace(thinking, over=True), ZH)
    assert folded(Thinking().going_on("\n", 1), ZH) == ""
    assert len(Thinking().going_on("想" * 9000, 1).text) == 4000


def test_thought_is_shown_a_few_times_in_a_second() -> None:
    watch = ThoughtWatch()
    assert watch.takes(ThoughtDelta("先看"))
    assert not watch.takes(ThoughtDelta("再看"))
    assert watch.so_far.text == "先看再看"
    assert watch.takes(TextDelta("好"))
    assert watch.so_far.over
    assert not watch.takes(Searched("？", ()))
