from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

import rag.answering.quoting
from corpus import Document
from corpus.documents import Origin
from embeddings import Encoder, open_index, rebuild
from rag import Answer, AnswerSentence, Assistant, Settings
from rag.extractive.layout import Layout, LineKind
from rag.proof.citations import join_sentences
from rag.reading.reader import Reader
from ui.web.html import thread
from ui.web.store.turns import Turn
from ui.web.words.interface import words

DOCUMENTS = {
    "借书证.md": """# 松涛图书馆借书证办理指南

## 申请材料

申请借书证需要带下列材料：

1. 身份证或者护照原件；
2. 一寸照片两张；
3. 押金一百元。

## 办理步骤

1. 到一楼服务台领取申请表。
2. 填好表格，连同材料交给馆员。
3. 当场拍照，十分钟后领取借书证。

## 开馆时间

每天9:00至20:00开馆，周一闭馆。读者不得携带食品入内。

## 活动安排

| 星期 | 少儿区 | 成人区 |
|---|---|---|
| 周三 | 绘本朗读 | 书法 |
| 周六 | 折纸 | 观影、茶艺 |
""",
    "烘干机A5.md": """# 云帆A5烘干机说明书

## 故障代码

F01：门没有关好。请重新关门。
F02：滤网堵塞。请取下滤网清洗。
F04：温度过高。请断电冷却二十分钟。

## 保修

整机保修3年，电机保修10年。
""",
    "烘干机A7.md": """# 云帆A7烘干机说明书

## 故障代码

F01：门锁损坏。请联系售后。
F05：水箱已满。请倒掉积水。

## 保修

整机保修5年，电机保修12年。
""",
    "问答.txt": """社区食堂常见问题

问：饭卡丢了怎么办？
答：先在小程序里挂失，再带身份证到前台补卡，工本费十元。

问：可以外带吗？
答：可以，每份加收餐盒费一元。

问：几点停止供餐？
答：午餐13:00停止供餐。晚餐19:00停止供餐。
""",
    "年报.md": """# 松涛公司2023年度报告

2023年，公司实现营业收入8.2亿元，同比增长5%；净利润6100万元，同比下降3%；研发投入7400万元。

冬季供暖成本上升，主要是因为锅炉老化和天然气涨价。
""",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    settings = Settings(home=tmp_path_factory.mktemp("listing"), llm="extractive")
    folder = settings.library.folder
    folder.mkdir(parents=True)
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    rebuild(folder, settings.index_dir, encoder=encoder)
    return Assistant(open_index(settings.index_dir), encoder, settings, reader=Reader.beside(encoder))


@pytest.fixture(scope="module")
def listed(assistant: Assistant) -> Callable[[str], Answer]:
    def ask(question: str) -> Answer:
        with mock.patch.object(rag.answering.quoting, "routes_of", return_value=[("list", 1.0)]):
            return assistant.ask(question)

    return ask


@pytest.mark.parametrize(
    "question",
    ["办借书证要带什么材料？", "辦借書證要帶什麼材料？", "What materials do I need for a library card?"],
)
def test_a_list_is_told_whole_behind_what_leads_it_in(listed: Callable[[str], Answer], question: str) -> None:
    answer = listed(question)
    assert [citation.quote for citation in answer.citations] == [
        "申请借书证需要带下列材料：",
        "1. 身份证或者护照原件；",
        "2. 一寸照片两张；",
        "3. 押金一百元。",
    ]
    assert answer.text.count("\n") >= 3


def test_steps_stand_in_their_order_under_their_heading(listed: Callable[[str], Answer]) -> None:
    answer = listed("借书证怎么办，步骤有哪些？")
    assert answer.route == "list"
    places = [answer.text.find(step) for step in ("领取申请表", "填好表格", "当场拍照")]
    assert -1 < places[0] < places[1] < places[2]
    assert answer.sentences[0].lead


def test_of_a_table_the_row_that_the_question_names_is_told(listed: Callable[[str], Answer]) -> None:
    answer = listed("图书馆周六有哪些活动？")
    assert "折纸" in answer.text
    assert "观影、茶艺" in answer.text
    assert "绘本朗读" not in answer.text


def test_codes_are_listed_each_with_its_remedy_and_of_one_product(listed: Callable[[str], Answer]) -> None:
    answer = listed("云帆A5烘干机有哪些故障代码？")
    assert [citation.quote[:3] for citation in answer.citations] == ["F01", "F02", "F04"]
    assert "请取下滤网清洗。" in answer.text
    one = listed("F05怎么处理？")
    assert [citation.quote for citation in one.citations] == ["F05：水箱已满。请倒掉积水。"]


def test_a_reason_is_the_sentence_that_names_the_cause(listed: Callable[[str], Answer]) -> None:
    assert "锅炉老化和天然气涨价" in listed("为什么冬季供暖成本上升？").sentences[0].text


def test_a_list_about_a_code_that_no_document_has_is_refused(listed: Callable[[str], Answer]) -> None:
    assert listed("云帆A5显示F88是什么情况，怎么办？").certainty != "answered"


def test_a_printed_question_is_answered_by_the_lines_under_it(assistant: Assistant) -> None:
    answer = assistant.ask("饭卡丢了怎么办？")
    assert answer.citations[0].quote == "先在小程序里挂失，再带身份证到前台补卡，工本费十元。"
    assert "问：" not in answer.text


def test_a_clause_is_quoted_with_the_head_of_its_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("松涛公司2023年净利润是多少？")
    assert answer.citations[0].quote.startswith("2023年，公司实现营业收入")
    assert "净利润6100万元" in answer.citations[0].quote


def test_an_answer_says_its_document_where_another_answers_otherwise(assistant: Assistant) -> None:
    both = assistant.ask("云帆烘干机整机保修几年？")
    leads = {sentence.lead for sentence in both.sentences}
    assert leads == {"《云帆A5烘干机说明书》", "《云帆A7烘干机说明书》"}
    one = assistant.ask("云帆A7烘干机整机保修几年？")
    assert {citation.document_id for citation in one.citations} == {"烘干机A7.md"}


def test_lines_without_a_full_stop_do_not_run_together() -> None:
    rows = [AnswerSentence("名称：甲 | 数量：3", (1,), "supported"), AnswerSentence("尺寸三米", (2,), "supported")]
    sentences = (*rows, AnswerSentence("完。", (), "unchecked"))
    assert join_sentences(sentences) == "名称：甲 | 数量：3[1]\n尺寸三米[2]\n完。"
    under = [AnswerSentence("1. 甲；", (1,), "supported", lead="材料"), AnswerSentence("2. 乙。", (2,), "supported")]
    assert join_sentences(under) == "材料：\n1. 甲；[1]\n2. 乙。[2]"


def test_the_page_parts_lines_as_the_text_does(listed: Callable[[str], Answer]) -> None:
    answer = listed("云帆A5烘干机有哪些故障代码？")
    page = thread.thread([Turn(answer.question, answer)], words("zh-Hans"))
    assert page.count("<br>") >= answer.text.count("\n") > 1


def test_a_list_goes_on_past_the_further_lines_of_an_item() -> None:
    text = "流程如下：\n1. 登记\n请用正楷填写。\n2. 缴费\n3. 领证\n# 别的"
    layout = Layout(Document(id="a", text=text, title="", origin=Origin(())))
    series = layout.series_at(text.index("缴费"))
    assert series is not None
    assert [layout.said(item) for item in series.items] == ["1. 登记\n请用正楷填写。", "2. 缴费", "3. 领证"]
    assert series.lead is not None
    assert layout.said(series.lead) == "流程如下："
    assert layout.kind(0) is LineKind.TEXT


def test_a_list_without_a_leading_sentence_is_judged_as_a_whole(tmp_path: Path, encoder: Encoder) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "通行证.md").write_text(
        "# 青苔山景区通行证办理\n\n## 办理条件\n\n在景区内经营的商户和常住居民可以申领通行证。\n\n## 所需材料\n\n"
        "1. 本人身份证原件；\n2. 车辆行驶证复印件；\n3. 通行证申请表：在游客中心领取，或者由村委会盖章后代交；\n"
        "4. 近期照片一张。\n\n## 办理时间\n\n周一至周五9:00至16:30，在游客中心二楼。\n",
        encoding="utf-8",
    )
    settings = Settings(home=tmp_path / "home", llm="extractive")
    rebuild(documents, settings.index_dir, encoder=encoder)
    answer = Assistant(open_index(settings.index_dir), encoder, settings).ask("办通行证需要什么材料")
    assert answer.certainty == "answered"
    assert [number in answer.text for number in ("1. 本人", "2. 车辆", "3. 通行证", "4. 近期")] == [True] * 4
