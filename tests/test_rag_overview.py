"""Which documents a question names, and the overview of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from embeddings import Encoder, open_index, rebuild
from rag.question.question import Question
from rag.retrieval.retriever import Retriever
from rag.routes.likeness import likest
from rag.routes.naming import naming_of
from rag.routes.overview import overview
from rag.routes.room import Asking, Reply

DOCUMENTS = {
    "会议/船坞改建协调会纪要.md": """# 松浦港务局专题会议纪要

时间：2025年6月12日　地点：二楼会议室
主持：易怀谷

## 一、进展

二号船坞闸门已经拆除，累计完成土方3.2万立方米，占总量的六成。
施工队伍由两支增加到三支，每天作业10小时。

## 二、议定事项

1. 同意二号船坞的通水日期推迟到9月20日。
2. 批准追加防渗工程费用480万元，由港务局自筹。
3. 夜间打桩一律停止，违者每次罚款2万元。

## 三、其他

下次协调会7月10日召开。
联系人：柴望舒，电话 0577-3366 1188。
""",
    "仓库租赁合同.txt": """仓库租赁合同

出租方：松浦港务局
承租方：岚谷茶叶有限公司

第一条 甲方将五号仓库出租给乙方存放茶叶，面积1200平方米。

第二条 租期两年，自2025年3月1日起至2027年2月28日止。

第三条 租金每月2.6万元，按季预付，逾期一日按千分之一支付违约金。

第四条 押金为7.8万元，合同终止后20日内无息退还。

第五条 未经甲方同意，乙方不得转租或者改变用途。
""",
    "航道疏浚简报第1期.txt": """航道疏浚简报（第1期）

2025年4月7日

本周挖泥船“海晏3”进场，完成清淤4.1万立方米。
因大风停工两天，进度比计划落后5%。
下周安排夜间测量，并向渔业部门报备。
""",
    "航道疏浚简报第2期.txt": """航道疏浚简报（第2期）

2025年4月14日

本周完成清淤6.8万立方米，累计10.9万立方米，落后的进度已经追回。
测量发现北段有沉船一艘，需要打捞，费用约35万元。
下周开始北段施工。
""",
    "夏季作息通知.txt": """关于夏季作息时间的通知

各科室：
自6月1日起，上班时间调整为7:30至11:30、14:30至18:00。
食堂早餐提前到6:50供应，班车各站提前20分钟发车。
高温补贴每人每月300元，随工资发放。
特此通知。

松浦港务局办公室
2025年5月20日
""",
}

Ask = Callable[..., Asking]


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Ask:
    home = tmp_path_factory.mktemp("overview")
    for name, text in DOCUMENTS.items():
        path = home / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rebuild(home / "documents", home / "index", encoder=encoder)
    retriever = Retriever(open_index(home / "index"), encoder)

    def asked(text: str, within: frozenset[str] | None = None) -> Asking:
        return Asking(Question.of(text), retriever, None, within, 8, date(2025, 8, 1))

    return asked


def replied(asking: Asking) -> Reply:
    reply = overview(asking)
    assert reply is not None
    return reply


def shown(reply: Reply) -> str:
    return "\n".join(sentence.lead + sentence.text for sentence in reply.sentences)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("那份租赁合同", ["仓库租赁合同.txt"]),
        ("what is the lease about", ["仓库租赁合同.txt"]),
        ("船坞改建那个会定了些什么", ["会议/船坞改建协调会纪要.md"]),
        ("总结一下專題會議紀要", ["会议/船坞改建协调会纪要.md"]),
        ("作息那个通知讲了什么", ["夏季作息通知.txt"]),
        ("疏浚简报都讲了什么", ["航道疏浚简报第1期.txt", "航道疏浚简报第2期.txt"]),
        ("第2期疏浚简报说了啥", ["航道疏浚简报第2期.txt"]),
        ("最新一期简报概括一下", ["航道疏浚简报第2期.txt"]),
        ("第1期和第2期简报分别说了啥", ["航道疏浚简报第1期.txt", "航道疏浚简报第2期.txt"]),
        ("4月7日和4月14日的疏浚简报各写了什么", ["航道疏浚简报第1期.txt", "航道疏浚简报第2期.txt"]),
        ("总结一下海上风电白皮书", []),
        ("讲了什么", []),
    ],
)
def test_documents_are_named_loosely(asking: Ask, question: str, names: list[str]) -> None:
    assert [document.id for document in naming_of(asking(question)).documents] == names


@pytest.mark.parametrize(
    "question",
    [
        "概括一下所有文档",
        "這些文件都講了什麼",
        "把这几份材料都总结一下",
        "Summarise all the documents",
        "What are these about?",
    ],
)
def test_all_documents_are_meant_where_none_is_named(asking: Ask, question: str) -> None:
    given = asking(question)
    assert naming_of(given).ids == set(DOCUMENTS)
    assert {one.document_id for one in replied(given).citations} == set(DOCUMENTS)


def test_the_only_document_asked_is_meant_unless_the_question_names_another(asking: Ask) -> None:
    within = frozenset({"夏季作息通知.txt"})
    assert naming_of(asking("讲了什么", within)).likelihood == 1.0
    assert naming_of(asking("总结一下海上风电白皮书", within)).likelihood < 0.2


def test_an_overview_tells_what_was_decided_under_the_headings_and_quotes_exactly(asking: Ask) -> None:
    question = asking("船坞改建协调会纪要主要讲了什么")
    reply = replied(question)
    assert reply.confidence > 0.8
    assert 4 <= len(reply.sentences) <= 8
    text = shown(reply)
    assert all(figure in text for figure in ("3.2万立方米", "9月20日", "480万元"))
    assert "议定事项" in {sentence.lead for sentence in reply.sentences}
    assert not any(idle in text for idle in ("易怀谷", "柴望舒", "松浦港务局专题会议纪要"))
    document = question.index.document("会议/船坞改建协调会纪要.md")
    assert all(document.text[citation.start : citation.end] == citation.quote for citation in reply.citations)
    assert {sentence.verdict for sentence in reply.sentences} == {"supported"}
    starts = [citation.start for citation in reply.citations]
    assert starts == sorted(starts)


def test_greetings_and_signatures_are_no_overview(asking: Ask) -> None:
    text = shown(replied(asking("夏季作息通知概括一下")))
    assert "7:30" in text
    assert not any(idle in text for idle in ("各科室", "特此通知", "办公室"))


def test_a_series_is_told_by_date_under_its_issues(asking: Ask) -> None:
    reply = replied(asking("疏浚简报都讲了什么"))
    leads = [sentence.lead for sentence in reply.sentences if sentence.lead]
    assert [lead[:3] for lead in leads] == ["第1期", "第2期"]
    assert len(reply.sentences) <= 10


def test_within_a_document_a_topic_is_what_is_told(asking: Ask) -> None:
    text = shown(replied(asking("仓库租赁合同里关于押金说了什么")))
    assert "7.8万元" in text.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("改上下班钟点的那张条子说了些啥", "夏季作息通知.txt"),
        ("Give me a summary of the rental agreement for the storehouse", "仓库租赁合同.txt"),
    ],
)
def test_a_document_called_in_other_words_is_the_likest(asking: Ask, question: str, name: str) -> None:
    assert not naming_of(asking(question)).documents
    reply = replied(asking(question))
    assert {citation.document_id for citation in reply.citations} == {name}


def test_what_no_document_is_about_has_no_overview(asking: Ask) -> None:
    assert overview(asking("总结一下海上风电白皮书")) is None


def test_the_likest_document_is_no_other_issue_than_is_named(asking: Ask) -> None:
    assert likest(asking("第2期挖泥的那份简报说了些啥")).ids == {"航道疏浚简报第2期.txt"}
    assert not likest(asking("第9期挖泥的那份简报说了些啥")).documents
