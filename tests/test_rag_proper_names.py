"""A place, organisation or brand that stands in no document: refused, or what there is instead is offered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings import Encoder, rebuild
from rag import Answer, Assistant, Settings
from rag.question.proper_names import places_in, proper_names_in

DOCUMENTS = {
    "luoyang.md": (
        "# 洛阳稀土园区发展简报\n\n发布日期：2025-03-04\n\n洛阳稀土园区现有企业312家，其中规模以上企业41家。\n\n"
        "园区为企业配备了18名服务专员。\n\n"
    ),
    "baoji.md": (
        "# 宝鸡钛谷园区发展简报\n\n发布日期：2025-03-09\n\n宝鸡钛谷园区现有企业527家，其中规模以上企业66家。\n\n"
        "园区为企业配备了23名服务专员。\n\n"
    ),
    "捡到动物怎么办.md": (
        "# 流浪动物救助须知\n\n发现流浪犬的，可以拨打救助站电话6677，工作人员两小时内上门收容。\n\n"
        "收容的动物十五日内无人认领的，可以领养。\n\n"
    ),
    "办公电脑使用规定.md": (
        "# 办公电脑使用规定\n\n第一条 出差期间不得用酒店的公用电脑登录公司系统。\n\n第二条 电脑每五年更换一次。\n\n"
    ),
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Callable[[str], Answer]:
    settings = Settings(home=tmp_path_factory.mktemp("names"), llm="extractive")
    settings.library.folder.mkdir(parents=True)
    for name, text in DOCUMENTS.items():
        (Path(settings.library.folder) / name).write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return Assistant.from_settings(settings).ask


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("木星上有几座研究站", ["木星"]),
        ("烏魯木齊的服務專員有幾名", ["乌鲁木齐"]),
        ("洛阳的园区有几家企业", ["洛阳"]),
        ("寶雞的園區有幾家企業", ["宝鸡"]),
        ("东西丢了能找谁", []),
        ("山上有没有厕所", []),
        ("星期二的美元汇率是多少", []),
        ("在中国开公司要多少钱", []),
        ("How many firms does the Luoyang rare earth park have?", ["luoyang"]),
        ("how many firms are there in baoji", ["baoji"]),
        ("Can I change my order on Monday?", []),
        ("May I march to the bank?", []),
        ("How long is the first break, and what's the price?", []),
        ("I'm on the old plan, where do I go down the hall?", []),
        ("大的那款100S甩干最快多少转", []),
        ("Wie hoch ist die Miete der Wohnung?", []),
        ("福岡の家賃はいくらですか", []),
    ],
)
def test_names_are_told_from_words_by_the_dictionary(question: str, names: list[str]) -> None:
    assert [name.text for name in proper_names_in(question)] == names


def test_a_name_is_known_in_other_forms_and_languages() -> None:
    (name,) = proper_names_in("How many firms are there in Luoyang?")
    assert name.stands_in("洛阳稀土园区现有企业312家")
    assert not name.stands_in("宝鸡钛谷园区现有企业527家")
    (academy,) = proper_names_in("央视的编辑招几人") or proper_names_in("中科院招几人")
    assert academy.text in ("央视", "中科院")
    (district,) = proper_names_in("胶州有几家企业")
    assert district.lies_with("青岛")
    assert not district.lies_with("洛阳")


def test_the_places_that_a_title_names() -> None:
    assert list(places_in("洛阳稀土园区发展简报")) == ["洛阳"]
    assert list(places_in("中国企业名录")) == []


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("木星上有多少家企业？", "没有 木星"),
        ("呼和浩特的园区有多少家企业？", "没有 呼和浩特"),
        ("深圳園區配備了多少名服務專員？", "沒有 深圳"),
    ],
)
def test_a_place_that_is_nowhere_is_not_answered_with_another(
    ask: Callable[[str], Answer], question: str, told: str
) -> None:
    answer = ask(question)
    assert answer.certainty != "answered"
    assert told in answer.text


def test_what_there_is_instead_is_told(ask: Callable[[str], Answer]) -> None:
    answer = ask("呼和浩特的园区有多少家企业？")
    assert "没有 呼和浩特" in answer.text
    assert "洛阳" in answer.text


@pytest.mark.parametrize(
    ("question", "document", "held"),
    [
        ("洛阳的园区有多少家企业？", "luoyang.md", "312家"),
        ("寶雞的園區配備了幾名服務專員？", "baoji.md", "23名"),
        ("How many firms does the Luoyang rare earth park have?", "luoyang.md", "312家"),
        ("How many service officers did the Baoji park assign?", "baoji.md", "23名"),
    ],
)
def test_a_name_binds_in_each_script_and_language(
    ask: Callable[[str], Answer], question: str, document: str, held: str
) -> None:
    answer = ask(question)
    assert {citation.document_id for citation in answer.citations} == {document}
    assert held in answer.citations[0].quote


def test_everyday_words_are_no_names(ask: Callable[[str], Answer]) -> None:
    answer = ask("看见没主的狗给谁打电话？")
    assert answer.certainty != "none"
    assert "6677" in answer.citations[0].quote


def test_a_place_that_is_said_by_the_way_does_not_refuse(ask: Callable[[str], Answer]) -> None:
    answer = ask("我在大阪出差，能用酒店大厅的电脑登录公司系统吗？")
    assert answer.certainty == "likely"
    assert answer.text.startswith("文档中有 洛阳，没有 大阪。")
    assert "公用电脑" in answer.citations[0].quote
