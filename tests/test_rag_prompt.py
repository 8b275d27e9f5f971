"""What a language model is told, and a prompt of one's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openai_server import Reply, ScriptedServer
from quick_encoder import QuickEncoder

from corpus import Passage
from embeddings import open_index, rebuild
from rag import Assistant, Settings, SettingsError
from rag.answers import Hit
from rag.conversation import Turn
from rag.generative.prompts import TemplatePrompt
from rag.generative.sourced import Sourced

OLD = Passage("rules/2022.pdf", 0, 9, "灯塔每晚八点亮。", '岛规"旧"', ("第一章", "第二条"), 3)
NEW = Passage("rules/2025.pdf", 0, 9, "灯塔每晚七点亮。", "岛规", ("第一章",), 4)
HITS = [
    Sourced(1, 2.0, NEW, source="岛报", published="2025-03-01"),
    Sourced(2, 1.0, OLD, superseded_by=NEW.document_id, superseded_by_title="岛规 2025-03-01"),
]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.generative.prompts.now", lambda: date(2026, 2, 3))


def test_each_passage_tells_where_it_is_from() -> None:
    asked = TemplatePrompt().messages("几点亮？", HITS, (), "zh-Hans")[-1][1]
    first, _, second = asked.partition("number=2 ")
    for told in ('title="岛规"', 'section="第一章"', 'source="岛报"', 'date="2025-03-01"', "page=4"):
        assert told in first
    assert 'file="rules/2025.pdf"' in first
    assert "superseded-by" not in first
    assert 'title="岛规\\"旧\\"" section="第一章 > 第二条" file="rules/2022.pdf" page=3' in second
    assert 'superseded-by="岛规 2025-03-01"' in second
    assert asked.endswith("问题：几点亮？")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-Hans", ("今天是 2026-02-03", "用简体中文回答", "先写较新的", "只能回答一部分")),
        ("zh-Hant", ("今天是 2026-02-03", "用繁體中文回答", "先寫較新的", "只能回答一部分")),
        ("en", ("Today is 2026-02-03", "in the language of the question", "the newer first", "only a part")),
    ],
)
def test_the_rules_in_each_language(language: str, words: tuple[str, ...]) -> None:
    rules = TemplatePrompt().messages("?", HITS, (), language)[0][1]  # type: ignore[arg-type]
    assert all(word in rules for word in words)
    assert "NO_ANSWER" in rules
    assert "39" not in rules  # no example is a fact of a document


def test_stale_marks_are_left_out_of_the_history() -> None:
    history = [("user", "第[1]条呢？"), ("assistant", "在东岸。[3][12] It is old [4].")]
    for told in (
        TemplatePrompt().messages("?", HITS, history, "zh-Hans"),
        TemplatePrompt().rewriting("?", history, "en"),
    ):
        said = str(told[1:])
        assert "第[1]条呢？" in said
        assert "在东岸。 It is old." in said


def test_a_template_of_ones_own_replaces_what_it_likes(tmp_path: Path) -> None:
    file = tmp_path / "prompt.j2"
    file.write_text(
        "{% extends 'prompt.j2' %}{% block rules %}{{ super() }}\n9. {{ language }}: 用敬语。{% endblock %}"
        "{% block question %}请问：{{ question }}{% endblock %}",
        encoding="utf-8",
    )
    rules, asked = (text for _, text in TemplatePrompt(file).messages("几点亮？", HITS, (), "zh-Hans"))
    assert rules.endswith("9. zh-Hans: 用敬语。")
    assert "只写 NO_ANSWER" in rules
    assert 'file="rules/2022.pdf"' in asked
    assert asked.endswith("请问：几点亮？")


def test_a_file_that_extends_nothing_is_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("Answer in verse. Today is {{ today }}.", encoding="utf-8")
    prompt = TemplatePrompt(file)
    assert prompt.messages("?", HITS, (), "en")[0] == ("system", "Answer in verse. Today is 2026-02-03.")
    assert "Rewrite the user's last question" in prompt.rewriting("?", (), "en")[0][1]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{% block rules %}", "block"),
        ("{{ passages_found }}", "'passages_found' is undefined"),
        ("{% extends 'other.j2' %}", "other.j2"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        (" \n", "empty"),
        (None, "No such file"),
    ],
)
def test_a_template_that_can_not_be_used_is_told_at_once(tmp_path: Path, source: str | None, reason: str) -> None:
    file = tmp_path / "prompt.j2"
    if source is not None:
        file.write_text(source, encoding="utf-8")
    with pytest.raises(SettingsError, match=reason) as raised:
        TemplatePrompt(file)
    assert raised.value.code == "prompt_unusable"
    assert f"YINJU_LLM_PROMPT={file}" in str(raised.value)


class Terse:
    def messages(self, question: str, hits: list[Hit], history: list[Turn], language: str) -> list[Turn]:
        return [("user", f"{hits[0].passage.text if hits else ''} {question}")]

    def rewriting(self, question: str, history: list[Turn], language: str) -> list[Turn]:
        return [("user", question)]


def test_prompts_are_handed_in_and_set_and_earlier_editions_sent(tmp_path: Path, llm_server: ScriptedServer) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("只用一句话。", encoding="utf-8")
    values = {"home": tmp_path / "home", "llm": "openai:scripted", "llm_base_url": llm_server.url, "reader": "none"}
    settings = Settings(**values, llm_prompt=file)
    settings.library.folder.mkdir(parents=True)
    for year, hour in (("2022", "八"), ("2025", "七")):
        head = f"岛屿管理规定\n\n{year}年3月1日发布\n\n"
        text = f"{head}灯塔每晚{hour}点亮。渡船每小时一班，码头每天六点开，岛上不许生火。\n"
        (settings.library.folder / f"{year}.txt").write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=QuickEncoder())
    index = open_index(settings.index_dir)
    llm_server.script = [Reply(("灯塔每晚七点亮[1]。",))]
    Assistant(index, QuickEncoder(), settings).ask("灯塔几点亮？")
    Assistant(index, QuickEncoder(), Settings(**values), prompt=Terse()).ask("灯塔几点亮？")
    set_by_file, handed_in = (request["messages"] for request in llm_server.requests)
    assert set_by_file[0] == {"role": "system", "content": "只用一句话。"}
    older = set_by_file[1]["content"].partition('file="2022.txt"')[2].partition(">")[0]
    assert 'superseded-by="岛屿管理规定' in older
    assert [message["role"] for message in handed_in] == ["user"]
    assert handed_in[0]["content"].endswith("灯塔几点亮？")
