"""What a question names is a constraint; the newest goes first; documents that differ are both shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from embeddings import Encoder, rebuild
from rag import Assistant, Settings
from rag.question.identifiers import identifiers_in, people_in
from rag.question.question import Question
from rag.retrieval.periods import period_of, series_of

DOCUMENTS = {
    "青禾K2净水器说明书.md": (
        "# 青禾K2净水器说明书\n\n"
        "青禾K2的滤芯寿命为12个月，出水量每分钟2升。\n\n"
        "E31：滤芯到期。请更换滤芯。\n\n"
        "E32：水压过低。请打开进水阀。\n\n"
    ),
    "青禾K3净水器说明书.md": (
        "# 青禾K3净水器说明书\n\n青禾K3的滤芯寿命为18个月，出水量每分钟3升。\n\nE41：水箱缺水。请给水箱加水。\n\n"
    ),
    "器材借用办法.txt": (
        "器材借用办法\n\n"
        "第一条 为方便师生借用器材，制定本办法。\n\n"
        "第二条 借用器材应当登记姓名和电话。\n\n"
        "第三条 每次借用不超过七日。逾期不还的，每日收取五元。\n\n"
        "第四条 损坏器材的，照价赔偿。\n\n"
    ),
    "2023年馆藏报告.md": (
        "# 滨河图书馆2023年度馆藏报告\n\n发布日期：2024-02-10\n\n全年新增图书8200册，馆藏总量为31万册。\n\n"
    ),
    "2024年馆藏报告.md": (
        "# 滨河图书馆2024年度馆藏报告\n\n发布日期：2025-02-12\n\n全年新增图书9600册，馆藏总量为32万册。\n\n"
    ),
    "读者须知.md": (
        "# 滨河图书馆读者须知\n\n发布日期：2023-05-06\n\n外借图书的期限为三十天，可以续借一次。\n\n"
        "馆长接待日为每周一上午，地点在会客室。\n\n"
    ),
    "外借通知.md": (
        "# 关于调整外借期限的通知\n\n发布日期：2024-09-01\n\n外借图书的期限为四十五天，不再续借。\n\n"
        "馆长接待日改为每周四上午，地点在会客室。\n\n"
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    settings = Settings(home=tmp_path_factory.mktemp("demands"), llm="extractive")
    settings.library.folder.mkdir(parents=True)
    for name, text in DOCUMENTS.items():
        (Path(settings.library.folder) / name).write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return Assistant.from_settings(settings)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("青禾K4的出水量", ["k4"]),
        ("GB/T 28001是什么", ["gb/t 28001"]),
        ("泽政发〔2025〕6号讲了什么", ["〔2025〕6号"]),
        ("分机8777是谁的", ["8777"]),
        ("五楼有什么", ["五楼"]),
        ("支持5km以内配送吗", []),
        ("大的那款100S甩干多快", ["100s"]),
        ("2024年5月12日开会吗", []),
    ],
)
def test_names_are_told_from_amounts_and_dates(question: str, names: list[str]) -> None:
    found = [one.text for one in identifiers_in(question)]
    assert found[: len(names)] == names
    assert bool(found) == bool(names)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("1—8栋高层住宅", True),
        ("9—14栋小褚", False),
        ("三至六栋", True),
        ("14-16栋", False),
        ("1栋到8栋", True),
        ("15栋", False),
    ],
)
def test_a_building_stands_in_a_range_of_them(text: str, *, held: bool) -> None:
    (name,) = identifiers_in("我家住5栋")
    assert (name.form.search(text) is not None) is held


def test_people_have_a_surname() -> None:
    assert people_in("张伟的分机号") == ("张伟",)
    assert people_in("探亲假有多少天") == ()
    assert people_in("王海燕和李老师在哪间") == ("王海燕", "李老师")


@pytest.mark.parametrize(
    "question",
    [
        "马达坏了怎么办",
        "叶子发黄是什么病",
        "戴眼镜的有几个",
        "金耳环在哪买",
        "马路边能停车吗",
        "当天才说不来，钱能全退吗",
        "租够几样就白送灯",
        "进门那张卡丢了",
        "在林子里盖房子",
        "周几能晚上去看",
        "毛布はどこにありますか",
        "王经理，卸车的工人谁来找？",
    ],
)
def test_words_that_begin_with_a_surname_are_no_people(question: str) -> None:
    assert people_in(question) == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("青禾K4的滤芯寿命是多久？", "文档中有 K2 和 K3，没有 K4。"),
        ("青禾K4的濾芯壽命是多久？", "文件中有 K2 和 K3，沒有 K4。"),
        ("张伟的电话是多少？", "文档中没有 张伟。"),
    ],
)
def test_what_no_document_has_is_refused_and_the_like_is_offered(
    assistant: Assistant, question: str, told: str
) -> None:
    answer = assistant.ask(question)
    assert answer.refused
    assert answer.text.endswith(told)


def test_a_code_is_answered_from_its_own_line(assistant: Assistant) -> None:
    answer = assistant.ask("E32是什么故障？")
    assert "水压过低" in answer.citations[0].quote
    assert "E31" not in answer.citations[0].quote


@pytest.mark.parametrize("question", ["器材借用办法第三条是什么？", "器材借用办法第3条怎么规定的"])
def test_an_article_is_given_whole_and_alone(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.certainty == "answered"
    quoted = "".join(citation.quote for citation in answer.citations)
    assert quoted == "第三条 每次借用不超过七日。逾期不还的，每日收取五元。"


def test_an_article_that_there_is_not_is_refused(assistant: Assistant) -> None:
    assert assistant.ask("器材借用办法第九条是什么？").refused


def test_the_report_of_the_year_asked_for_is_not_hidden_by_the_next(assistant: Assistant) -> None:
    answer = assistant.ask("2023年新增图书多少册？")
    assert "8200册" in answer.citations[0].quote
    assert all(hit.superseded_by is None for hit in answer.hits)


def test_of_a_series_the_newest_goes_first(assistant: Assistant) -> None:
    assert "9600册" in assistant.ask("最近一年新增图书多少册？").citations[0].quote


def test_documents_that_differ_are_both_shown_newer_first(assistant: Assistant) -> None:
    answer = assistant.ask("外借图书的期限是多少天？")
    assert [citation.document_id for citation in answer.citations] == ["外借通知.md", "读者须知.md"]
    assert [sentence.lead for sentence in answer.sentences] == [
        "《关于调整外借期限的通知》（2024-09-01）",
        "《滨河图书馆读者须知》（2023-05-06）",
    ]


def test_sentences_that_say_otherwise_are_both_shown_though_they_have_no_figures(assistant: Assistant) -> None:
    answer = assistant.ask("馆长哪天接待读者？")
    assert [citation.document_id for citation in answer.citations] == ["外借通知.md", "读者须知.md"]


def test_years_are_counted_from_today() -> None:
    assert Question("去年新增图书多少册？", today=date(2025, 3, 1)).relative_years == {"2024"}
    assert Question("What was bought last year?", today=date(2025, 3, 1)).relative_years == {"2024"}
    assert Question("新增图书多少册？").relative_years == frozenset()


def test_periods_are_told_from_editions() -> None:
    assert period_of("2024年3月例会纪要") == {("year", "2024"), ("month", "3")}
    assert period_of("借阅办法（2024年修订）") == frozenset()
    assert series_of("2023年度馆藏报告") == series_of("2024年度馆藏报告")
