"""Questions made of documents: well formed, and offered only where the assistant answers them from that place."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelf import SHELF
from web_support import indexed

from corpus import Document, read_document
from embeddings import DocumentSummary, Encoder
from rag.overviews import overview_of
from rag.suggesting import chinese, english
from rag.suggesting.candidates import candidates_of, in_script
from rag.suggesting.suggestions import first_documents, suggestions_of


def shelved(folder: Path, name: str) -> Document:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SHELF[name], encoding="utf-8")
    return read_document(path, folder)


@pytest.mark.parametrize(
    ("sentence", "questions"),
    [
        ("清河图书馆聘任了39名顾问。", ["清河图书馆聘任了多少名顾问？"]),
        ("清河图书馆的读者总量突破39.63万人，其中少儿占12%。", ["清河图书馆的读者总量突破多少人？"]),
        ("普通读者的借期为30天。", ["普通读者的借期为多少天？"]),
        ("自习室在2025年4月10日重新开放。", ["自习室在什么时候重新开放？"]),
        ("会议的报名截止时间为2025年5月1日。", ["会议的报名截止时间是什么时候？"]),
        ("毕业生签约率达到96.5%。", ["毕业生签约率达到百分之多少？"]),
        ("该馆每周开放62个小时。", []),  # which one?
        ("今年计划加装35台电梯。", []),  # which year?
        ("大约有30人参加了会议。", []),  # not told exactly
        ("读者可以自由出入。", []),
    ],
)
def test_a_chinese_question_asks_in_the_place_of_the_figure(sentence: str, questions: list[str]) -> None:
    assert [question for question, _ in chinese.asked(sentence)] == questions


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The deposit is 5,000 yuan.", "How much is the deposit?"),
        (
            "Tenants must give 30 days' notice before leaving.",
            "How many days' notice must tenants give before leaving?",
        ),
        ("Expenses are reimbursed within 14 days.", "Within how many days are expenses reimbursed?"),
        ("The report must be submitted by 30 June 2025.", "By when must the report be submitted?"),
        ("The meeting was held on 4 March 2024.", "When was the meeting held?"),
        ("The late fee is 5% of the monthly rent.", "What percentage of the monthly rent is the late fee?"),
        ("The warranty period is 24 months.", "How many months is the warranty period?"),
        ("It is paid within 14 days.", None),
        ("The tank holds 40 litres.", None),  # its verb would have to change
        ("If the rent is late, a fee of 20 euros is charged.", None),
    ],
)
def test_an_english_question_has_its_auxiliary_before_its_subject(sentence: str, question: str | None) -> None:
    made = [question for question, _ in english.asked(sentence, {"tenants", "expenses"})]
    assert made == ([question] if question else [])


def test_tables_are_asked_about_by_their_names_and_figures_by_their_place(tmp_path: Path) -> None:
    document = shelved(tmp_path, "制度/2025年/清河图书馆分馆情况.md")
    made = {candidate.question: candidate for candidate in candidates_of(document)}
    assert {
        "东湖分馆的藏书量是多少？",
        "西岭分馆的开馆日期是什么时候？",
        "南浦分馆的负责人是谁？",
        "清河图书馆全年举办读者活动多少场？",
    } <= set(made)
    cell = made["东湖分馆的藏书量是多少？"]
    assert document.text[cell.start : cell.end] == "48200"
    assert list(made)[-1] == "《清河图书馆分馆情况》主要讲了什么？"


def test_a_traditional_document_is_asked_about_in_its_script(tmp_path: Path) -> None:
    document = shelved(tmp_path, "港口/濱海港年報.txt")
    questions = [candidate.question for candidate in candidates_of(document)]
    assert "濱海港新增國際航線有多少條？" in questions
    assert questions[-1] == "《濱海港年報》主要講了什麼？"
    assert in_script("濱海港新增國際航線有多少條？", "zh-Hans") == "滨海港新增国际航线有多少条？"
    assert in_script("滨海港新增国际航线有多少条？", "zh-Hant") == "濱海港新增國際航線有多少條？"
    assert in_script("How much is the deposit?", "zh-Hant") == "How much is the deposit?"


def test_headings_of_an_english_document_are_asked_about(tmp_path: Path) -> None:
    document = shelved(tmp_path, "English/Harbour Studio Tenancy Agreement.md")
    questions = [candidate.question for candidate in candidates_of(document)]
    assert "How much is the monthly rent?" in questions
    assert "How many days' notice must the tenant give before moving out?" in questions
    assert "What does “Harbour Studio Tenancy Agreement” say about notice and repairs?" in questions


def test_the_first_documents_are_of_all_folders_and_new() -> None:
    documents = [
        DocumentSummary(name, name, None, published, "zh-Hans", 1, 9)
        for name, published in [("a/1", "2020"), ("a/2", "2024"), ("a/3", "2022"), ("b/1", None), ("c", "2019")]
    ]
    assert [one.id for one in first_documents(documents, 4)] == ["a/2", "c", "b/1", "a/3"]


@pytest.mark.long
def test_only_what_is_answered_from_its_own_place_is_offered(tmp_path: Path, encoder: Encoder) -> None:
    assistant = indexed(tmp_path / "home", {"a.md": SHELF["制度/清河图书馆借阅办法.md"]}, encoder=encoder)
    document = assistant.document("a.md")
    tried = list(suggestions_of(document, assistant, 6))
    kept = [one for one in tried if one is not None]
    assert 3 <= len(tried) <= 6
    assert len(kept) >= 2
    for one in kept:
        answer = assistant.ask(one.question)
        assert answer.certainty == "answered"
        assert answer.citations[0].document_id == "a.md"

    class Refusing:
        def ask(self, question: str):
            return assistant.ask("珠穆朗玛峰有多高？")

    assert list(suggestions_of(document, Refusing(), 3)) == [None, None, None]


@pytest.mark.long
def test_an_overview_stands_under_the_documents_headings(tmp_path: Path, encoder: Encoder) -> None:
    assistant = indexed(tmp_path / "home", {"a.md": SHELF["制度/清河图书馆借阅办法.md"]}, encoder=encoder)
    reply = overview_of("a.md", assistant.index, assistant.encoder, "zh-Hans")
    assert reply is not None
    assert {"借阅数量与期限", "逾期处理", "开放时间"} & {sentence.lead for sentence in reply.sentences}
    text = assistant.document("a.md").text
    assert all(text[one.start : one.end] == one.quote for one in reply.citations)
