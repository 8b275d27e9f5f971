"""Questions about the library itself: how many documents, which, the latest, whose; over a small folder of files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.language.script import fold
from embeddings import Encoder, Index, open_index, rebuild
from rag.question.period import Period, period_of
from rag.question.question import Question
from rag.retrieval.retriever import Retriever
from rag.routes.file_types import file_type_asked
from rag.routes.library import library
from rag.routes.room import Asking, Reply
from rag.routes.written_in import language_asked

TODAY = date(2026, 6, 17)
FILES = {
    "春游通知.txt": "关于组织春游的通知\n各班级：\n4月18日去北山植物园，每人自带午餐。\n校务办公室\n2026年3月30日",
    "停电通知.md": "# 关于周六停电检修的通知\n\n发布日期：2025-11-05\n发布单位：后勤服务中心\n\n11月8日全天停电，"
    "实验楼的冰箱请提前清空。",
    "仓库出租合同.md": "# 仓库出租合同\n\n签订日期：2024年7月2日\n\n甲方每月十日前收取租金，逾期按日加收滞纳金。\n\n"
    "甲方代表：尹向晚\n乙方代表：柳知秋",
    "保洁服务合同.txt": "保洁服务合同\n签订日期：2026年1月15日\n乙方每周清洁实验楼两次，费用按季度结清。",
    "二月例会会议纪要.md": "# 二月例会会议纪要\n\n日期：2026-02-20\n记录人：霍青山\n\n会议决定修缮实验楼屋顶。",
    "价目表.csv": "品名,单价\n信纸,3\n墨水,12\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Index:
    folder = tmp_path_factory.mktemp("library")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    rebuild(folder, folder.parent / "library-index", encoder=encoder)
    return open_index(folder.parent / "library-index")


@pytest.fixture(scope="module")
def retriever(index: Index, encoder: Encoder) -> Retriever:
    return Retriever(index, encoder)


def ask(retriever: Retriever, text: str, within: frozenset[str] | None = None) -> Reply | None:
    return library(Asking(Question.of(text), retriever, None, within, 8, TODAY))


def named(reply: Reply | None) -> set[str]:
    """The files that an answer cites."""
    assert reply is not None
    return {citation.document_id for citation in reply.citations}


@pytest.mark.parametrize(
    ("question", "files"),
    [
        ("一共有多少份文件", set(FILES)),
        ("What do you have?", set(FILES)),
        ("你都知道些什么", set(FILES)),
        ("通知有哪几份", {"春游通知.txt", "停电通知.md"}),
        ("How many contracts are there?", {"仓库出租合同.md", "保洁服务合同.txt"}),
        ("后勤服务中心发的文件有哪些", {"停电通知.md"}),
        ("2026年以后的文件有几份", {"春游通知.txt", "保洁服务合同.txt", "二月例会会议纪要.md"}),
        ("去年的文件有哪些", {"停电通知.md"}),
        ("哪些是Markdown格式的", {"停电通知.md", "仓库出租合同.md", "二月例会会议纪要.md"}),
        ("有表格吗", {"价目表.csv"}),
        ("最新的合同是哪份", {"保洁服务合同.txt"}),
        ("最早的文件是哪一份", {"仓库出租合同.md"}),
        ("日期最新的是哪一份", {"春游通知.txt"}),
        ("霍青山这个人在哪几份文件里出现过", {"二月例会会议纪要.md"}),
        ("用中文写的是哪几份", set(FILES)),
        ("哪幾份文件提到了實驗樓", {"停电通知.md", "保洁服务合同.txt", "二月例会会议纪要.md"}),
        ("哪些合同提到了滞纳金", {"仓库出租合同.md"}),
        ("有没有关于春游的通知", {"春游通知.txt"}),
        ("霍青山写的文件有哪些", {"二月例会会议纪要.md"}),
    ],
)
def test_the_documents_asked_for_are_named_and_no_others(retriever: Retriever, question: str, files: set[str]) -> None:
    assert named(ask(retriever, question)) == files


def test_a_line_cites_the_words_of_the_document(retriever: Retriever, index: Index) -> None:
    reply = ask(retriever, "哪份文件提到了滞纳金")
    assert reply is not None
    (citation,) = reply.citations
    assert citation.quote == "甲方每月十日前收取租金，逾期按日加收滞纳金。"
    assert index.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert [sentence.verdict for sentence in reply.sentences] == ["unchecked", "supported"]


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("仓库那份合同什么时候签的", "签订日期：2024年7月2日"),
        ("停电通知是哪个单位发的", "发布单位：后勤服务中心"),
        ("二月例会的纪要是谁记录的", "记录人：霍青山"),
    ],
)
def test_a_document_tells_of_itself_in_its_own_line(retriever: Retriever, question: str, quote: str) -> None:
    reply = ask(retriever, question)
    assert reply is not None
    assert [citation.quote for citation in reply.citations] == [quote]


def test_what_no_document_has_is_said_and_counted(retriever: Retriever) -> None:
    reply = ask(retriever, "有没有关于潜水艇的文件")
    assert reply is not None
    assert "潜水艇" in reply.sentences[0].text
    assert "6" in reply.sentences[0].text
    assert not reply.citations


@pytest.mark.parametrize(
    "question", ["墨水多少钱", "停电那天冰箱怎么办", "合同有几个条款", "Who collects the rent?", "2026年3月"]
)
def test_what_documents_say_is_no_question_about_the_library(retriever: Retriever, question: str) -> None:
    assert ask(retriever, question) is None


def test_only_the_documents_chosen_count(retriever: Retriever) -> None:
    reply = ask(retriever, "一共有多少份文件", frozenset({"停电通知.md", "价目表.csv"}))
    assert named(reply) == {"停电通知.md", "价目表.csv"}


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("2024年5月的文件", Period("2024-05", "2024-05")),
        ("2024年以前的文件", Period(last="2023")),
        ("documents after march 2025", Period(first="2025-04")),
        ("documents from 2025", Period("2025", "2025")),
        ("2023年到2025年的文件", Period("2023", "2025")),
        ("今年一季度的通知", Period("2026-01", "2026-03")),
        ("上个月的文件", Period("2026-05", "2026-05")),
        ("最近三天的文件", Period("2026-06-14", "2026-06-17")),
        ("三月份的纪要", Period(month="03")),
        ("有几份合同", None),
    ],
)
def test_a_period_is_read_as_it_is_said(question: str, period: Period | None) -> None:
    assert period_of(question, TODAY)[0] == period


def test_a_rough_date_counts_only_where_it_lies_within_as_a_whole() -> None:
    assert Period("2024", "2025").holds("2024")
    assert not Period("2024-06", "2024-08").holds("2024")
    assert not Period("2024", "2024").holds("")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("有沒有用繁體字寫的", "zh-Hant"),
        ("英文的文件有几份", "en"),
        ("which of these files are in English?", "en"),
        ("any Japanese documents?", "ja"),
        ("英语培训的通知是哪份", None),
        ("Who is the English teacher?", None),
    ],
)
def test_the_language_of_documents_is_read_as_it_is_said(question: str, language: str | None) -> None:
    assert language_asked(fold(question))[0] == language


def test_a_type_is_no_part_of_a_longer_word() -> None:
    assert file_type_asked("哪些是pdf格式的文件")[1].split() == ["哪些是", "的文件"]
    assert file_type_asked("which wordings changed")[0] is None


def test_with_one_of_a_series_come_the_others(tmp_path: Path, encoder: Encoder) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for quarter, name in (("二", "鹭岛花园物业第二季度例会纪要.txt"), ("三", "物业例会纪要.txt")):
        text = f"鹭岛花园物业第{quarter}季度例会纪要\n\n时间：2026年{quarter}月9日\n\n会议同意更换水泵。\n"
        (folder / name).write_text(text, encoding="utf-8")
    rebuild(folder, tmp_path / "index", encoder=encoder)
    reply = ask(Retriever(open_index(tmp_path / "index"), encoder), "有几份会议纪要")
    assert named(reply) == {"鹭岛花园物业第二季度例会纪要.txt", "物业例会纪要.txt"}
