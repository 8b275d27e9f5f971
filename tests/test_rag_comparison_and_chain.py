"""Sides beside each other, and one question after another: real encoder, real index, documents of our own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from embeddings import Encoder, Index, open_index, rebuild
from rag.answers import Route
from rag.proof.citations import Numbering
from rag.question.question import Question
from rag.question.romanised import names_romanised, stands_romanised
from rag.reading.reader import Reader
from rag.retrieval.retriever import Retriever
from rag.routes.chain import chain
from rag.routes.comparison import comparison
from rag.routes.deciding import decided
from rag.routes.room import Asking, Reply
from rag.routes.sides import sides_of

TODAY = date(2026, 11, 1)
DOCUMENTS = {
    "青鸟K3咖啡机说明书.md": "# 青鸟K3咖啡机说明书\n\n## 规格\n\n"
    "水箱容量为1.8升，整机重量6.5千克。\n\n## 保修\n\n整机保修3年。\n",
    "青鸟K5咖啡机说明书.md": "# 青鸟K5咖啡机说明书\n\n## 规格\n\n"
    "水箱容量为2.4升，整机重量8.2千克。\n\n## 保修\n\n整机保修5年。\n",
    "图书馆借阅规则2023.md": (
        "# 松林图书馆借阅规则（2023年版）\n\n发布日期：2023-03-01\n\n第一条 每位读者最多可借图书5册。\n\n"
        "第二条 借期为30天，可以续借一次。\n\n第三条 逾期每册每天收取0.2元。\n"
    ),
    "图书馆借阅规则2025.md": (
        "# 松林图书馆借阅规则（2025年修订版）\n\n发布日期：2025-06-01\n\n第一条 每位读者最多可借图书8册。\n\n"
        "第二条 借期为45天，可以续借两次。\n\n第三条 逾期每册每天收取0.1元。\n"
    ),
    "水果库存.csv": "品种,东库（箱）,西库（箱）,备注\n苹果,120,156,冷藏\n雪梨,80,71,冷藏\n葡萄,45,60,常温\n",
    "五月例会纪要.md": (
        "# 五月例会纪要\n\n1. 温室改造由周若兰负责，6月底完成。\n\n2. 灌溉系统招标由谢一鸣负责，7月初开标。\n"
    ),
    "通讯录.csv": (
        "姓名,部门,分机,手机\n周若兰,园艺部,6102,13900001111\n谢一鸣,工程部,6205,13900002222\n"
        "陈向北,财务部,6301,13900003333\n"
    ),
    "松坪区稳岗补贴实施办法.md": (
        "# 松坪区稳岗补贴实施办法\n\n第一条 本办法适用于在松坪区注册、依法缴纳失业保险的企业。\n\n"
        "第四条 招用应届毕业生的，每人补贴2000元，一次发放。已经享受过的不再补贴。\n\n"
        "第六条 区人社局受理、审核、公示3个工作日后，自收到申请之日起20个工作日内拨付补贴资金。\n"
    ),
    "柳溪区企业用工支持办法.md": (
        "# 柳溪区企业用工支持办法\n\n第二条 所需资金每年安排900万元。\n\n"
        "第三条 招用应届毕业生的，每人补贴1600元，分两次发放。已经享受过的减半补贴。\n\n"
        "第八条 审核通过后30个工作日内拨付补贴资金。\n"
    ),
    "松坪区召开就业工作会议.md": (
        "# 松坪区召开就业工作会议\n\n副区长沈若谷在会上讲话。全区去年新增就业8600人。"
        "他表示，企业最关心的是快，补贴发放时间由40个工作日缩短一半。会后有12家企业签约。\n"
    ),
    "名师风采.md": "# 名师风采\n\n汤予安毕业于江城师范学院。他2016年起担任教研组长。他的学生遍布各地。\n",
    "油烟净化器说明书.md": (
        "# 清源Q7油烟净化器说明书\n\n## 保养\n\n风机每年加油一次；滤网每2个月清洗一次；电场每半年清洗一次。\n"
    ),
    "回访记录.md": (
        "# 客户回访记录（和顺食堂）\n\n问：净化器用得怎么样？\n\n"
        "答：排烟没问题，就是我们炒菜多，滤网实际三周就得清洗一次，油积得快。\n"
    ),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Index:
    folder = tmp_path_factory.mktemp("compared")
    documents = folder / "documents"
    documents.mkdir()
    for name, text in DOCUMENTS.items():
        (documents / name).write_text(text, encoding="utf-8")
    rebuild(documents, folder / "index", encoder=encoder)
    return open_index(Path(folder / "index"))


def asking(index: Index, encoder: Encoder, text: str) -> Asking:
    return Asking(Question.of(text), Retriever(index, encoder), Reader.beside(encoder), None, 8, TODAY)


def leads(reply: Reply | None) -> dict[str, str]:
    assert reply is not None
    return {sentence.lead: sentence.text for sentence in reply.sentences}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("K3和K5哪个更重", ("K3", "K5")),
        ("今年的产量比去年多多少", ("今年", "去年")),
        ("职工食堂和教师食堂营业时间有什么区别", ("职工食堂", "教师食堂")),
        ("How much more does the large room cost than the small one?", ("large", "small")),
        ("借期多长", None),
    ],
)
def test_the_sides_are_what_is_compared(
    index: Index, encoder: Encoder, text: str, labels: tuple[str, ...] | None
) -> None:
    sides = sides_of(text, encoder, index, TODAY)

    assert (sides.labels if sides else None) == labels


def test_each_side_has_its_sentence_and_the_difference_is_shown(index: Index, encoder: Encoder) -> None:
    reply = comparison(asking(index, encoder, "K3和K5的保修期差多少"))

    said = leads(reply)
    assert "3年" in said["K3"]
    assert "5年" in said["K5"]
    assert said["相差"] == "5年 − 3年 = 2年"
    assert reply is not None
    assert reply.confidence >= 0.5


def test_a_side_that_no_document_has_is_said_to_be_missing(index: Index, encoder: Encoder) -> None:
    reply = comparison(asking(index, encoder, "K3和K9的水箱哪個大？"))

    said = leads(reply)
    assert "1.8升" in said["K3"]
    assert said["K9"] == "文件中沒有找到。"
    assert reply is not None
    assert 0.35 <= reply.confidence < 0.5


def test_cells_of_one_row_are_subtracted(index: Index, encoder: Encoder) -> None:
    reply = comparison(asking(index, encoder, "苹果的库存，东库和西库差多少"))

    assert reply is not None
    computed = reply.sentences[-1]
    assert computed.text == "156箱 − 120箱 = 36箱"
    assert [reply.citations[number - 1].quote.startswith("品种：苹果") for number in computed.citations] == [True]


@pytest.mark.parametrize(
    "text", ["最多能借几册图书，旧规定和新规定分别是多少", "2023年版和2025年修订版最多能借几册图书？"]
)
def test_the_earlier_edition_is_shown_beside_the_later(index: Index, encoder: Encoder, text: str) -> None:
    reply = comparison(asking(index, encoder, text))

    said = list(leads(reply).items())
    assert "5册" in said[0][1]
    assert "8册" in said[1][1]
    assert "2025" in said[1][0]


@pytest.mark.parametrize("text", ["两个区的补贴发放时间哪个快", "松坪区和柳溪区补贴发放时间差多少"])
def test_a_side_is_told_by_what_says_the_same_of_it_as_of_the_other(index: Index, encoder: Encoder, text: str) -> None:
    said = leads(comparison(asking(index, encoder, text)))

    assert "20个工作日" in said["松坪区"]
    assert "30个工作日" in said["柳溪区"]


def test_districts_in_latin_letters_are_sides_of_chinese_documents(index: Index, encoder: Encoder) -> None:
    reply = comparison(asking(index, encoder, "Compare the subsidy for hiring graduates in Songping and Liuxi"))

    said = leads(reply)
    assert "2000元" in said["Songping"]
    assert "1600元" in said["Liuxi"]


def test_a_sentence_that_leans_on_its_article_is_quoted_from_the_number_on(index: Index, encoder: Encoder) -> None:
    reply = comparison(asking(index, encoder, "招用应届毕业生，已经享受过的，松坪区和柳溪区还补贴吗"))

    said = leads(reply)
    assert said["松坪区"] == "第四条 招用应届毕业生的，每人补贴2000元，一次发放。已经享受过的不再补贴。"
    assert said["柳溪区"] == "第三条 招用应届毕业生的，每人补贴1600元，分两次发放。已经享受过的减半补贴。"


def taken(asked: Asking) -> tuple[Route, Reply] | None:
    """What answers what sounds like a fact; None for single facts."""
    return decided(
        [("fact", 0.95), ("table", 0.05)], asked, lambda: asked.extract(asked.question.text).confidence, 0.35
    )


def test_what_is_asked_of_two_documents_is_answered_from_both(index: Index, encoder: Encoder) -> None:
    asked = asking(index, encoder, "滤网说明书写多久清洗一次，食堂实际多久清洗一次")
    answer = taken(asked)

    assert answer is not None
    route, reply = answer
    assert route == "chain"
    told = {reply.citations[one.citations[0] - 1].document_id: one.text for one in reply.sentences}
    assert "2个月" in told["油烟净化器说明书.md"]
    assert "三周" in told["回访记录.md"]


def test_what_is_asked_twice_of_one_document_is_left_to_single_facts(index: Index, encoder: Encoder) -> None:
    asked = asking(index, encoder, "Q7的风机多久加一次油，电场多久清洗一次")

    assert taken(asked) is None


@pytest.mark.parametrize(
    ("text", "figure", "begins"),
    [
        ("补贴发放时间缩短多少", "40个工作日", "他表示"),
        ("汤予安哪年开始担任教研组长", "2016年", "汤予安"),
    ],
)
def test_the_sentence_before_a_pronoun_is_quoted_where_it_says_more_of_what_is_asked(
    index: Index, encoder: Encoder, text: str, figure: str, begins: str
) -> None:
    sentences = asking(index, encoder, text).extract(text).cite(Numbering())

    assert next(one.text for one in sentences if figure in one.text).startswith(begins)


@pytest.mark.parametrize(
    ("text", "bridge", "answer"),
    [
        ("负责温室改造的人的分机是多少？", "周若兰", "6102"),
        ("灌溉系統招標的負責人的手機是多少？", "谢一鸣", "13900002222"),
    ],
)
def test_the_words_that_answer_the_first_question_lead_to_the_second(
    index: Index, encoder: Encoder, text: str, bridge: str, answer: str
) -> None:
    reply = chain(asking(index, encoder, text))

    assert reply is not None
    first, second = reply.sentences
    assert bridge in first.text
    assert second.lead == bridge
    assert answer in second.text


def test_a_chain_whose_first_step_no_document_answers_is_none(index: Index, encoder: Encoder) -> None:
    reply = chain(asking(index, encoder, "负责火星基地的人的血型是什么？"))

    assert reply is None or reply.confidence < 0.35


def test_names_in_latin_letters_are_known_by_their_readings() -> None:
    assert names_romanised("Zhou Ruolan", "温室改造由周若兰负责")
    assert not names_romanised("Zhou Ruoshan", "温室改造由周若兰负责")


def test_people_are_known_by_their_reading() -> None:
    assert stands_romanised("周若兰", "zhou ruolan leads the greenhouse works")
    assert stands_romanised("周若兰", "the works are led by ruo-lan zhou.")
    assert not stands_romanised("周若山", "zhou ruolan leads the greenhouse works")
