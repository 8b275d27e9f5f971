"""Questions that lean on the turns before them, and questions that don't."""

import pytest
from quick_encoder import QuickEncoder

from embeddings import Encoder
from rag.question.followups import candidates, pairs_of, standalone
from rag.question.understood import Understood
from rag.reading.completions import Listener

SUBSIDY = "2020年济宁经开区发放了多少青年人才补贴？"
OFFICERS = "济南高新区聘任了多少名首席政策官？"
ENGLISH = "How many new R&D platforms did the Jining Economic Development Zone add in 2020?"


@pytest.mark.parametrize(
    ("before", "question", "holds", "lacks"),
    [
        (OFFICERS, "那补贴呢？", ["济南高新区", "补贴", "多少"], ["政策官"]),
        (SUBSIDY, "2019年呢？", ["2019年", "济宁经开区", "青年人才补贴"], ["2020"]),
        (OFFICERS, "那济宁经开区呢？", ["济宁经开区", "首席政策官"], ["济南"]),
        pytest.param(
            "济南高新区新认定了多少家专精特新“小巨人”企业？",
            "瞪羚的呢？",
            ["济南高新区", "瞪羚企业"],
            ["小巨人"],
            marks=pytest.mark.xfail(reason="the thing itself is not said again", strict=True),
        ),
        (OFFICERS, "他们解决了多少项诉求？", ["首席政策官", "诉求"], ["他们"]),
        ("宣武医院济南医院什么时候开业？", "它在哪里？", ["宣武医院济南医院", "在哪里"], ["它"]),
        ("2023年该区评选了多少个“人才之家”？", "它们在哪里？", ["人才之家", "在哪里"], ["它们"]),
        (OFFICERS, "还有呢？", ["济南高新区", "聘任", "首席政策官"], []),
        (OFFICERS, "一共多少人？", ["济南高新区", "多少人"], []),
        ("濟南高新區聘任了多少名首席政策官？", "那補貼呢？", ["濟南高新區", "補貼"], []),
        (ENGLISH, "What about 2021?", ["2021", "Jining Economic Development Zone", "platforms"], ["2020"]),
        (ENGLISH, "Where is it?", ["Where is the Jining Economic Development Zone"], []),
        (ENGLISH, "And how many at the municipal level?", ["municipal level", "Jining", "2020"], []),
        (
            ENGLISH,
            "What about the Jinan High-tech Zone?",
            ["Jinan High-tech Zone", "2020"],
            ["Jining"],
        ),
        pytest.param(
            ENGLISH,
            "Anything else?",
            [ENGLISH],
            [],
            marks=pytest.mark.xfail(reason="heard as Anything else new R&D platforms did the Jining Economic ..."),
        ),
        ("When was the park opened?", "How large is it?", ["How large is the park"], []),
    ],
)
def test_what_is_left_unsaid_is_filled_in(
    encoder: Encoder, before: str, question: str, holds: list[str], lacks: list[str]
) -> None:
    asked = standalone(question, [("user", before), ("assistant", "39。")], encoder)
    for words in holds:
        assert words in asked, asked
    for words in lacks:
        assert words not in asked, asked


@pytest.mark.parametrize(
    "question",
    [
        OFFICERS,
        SUBSIDY,
        ENGLISH,
        "北京市朝阳区人才公寓的租金是多少？",
        "What is the capital of Australia?",
        "青岛高新区2023年新认定了多少家企业？",
        "Which universities is the zone working with, and is there a list?",
        "济南高新区有哪些医院？",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert standalone(question, [("user", "臺北101大樓有多高？"), ("assistant", "508米")]) == question


def test_a_chain_of_followups_keeps_its_subject() -> None:
    history = [("user", SUBSIDY), ("assistant", "128000元"), ("user", "2021年呢？"), ("assistant", "没有")]
    asked = standalone("那济南高新区呢？", history)
    assert "济南高新区" in asked
    assert "2021年" in asked
    assert "补贴" in asked


@pytest.mark.parametrize("refusal", ["文档中没有找到这个问题的答案。", "文件中沒有找到這個問題的答案。文件中沒有 X9。"])
def test_a_refusal_lends_no_words(encoder: Encoder, refusal: str) -> None:
    asked = standalone("几个人？", [("user", "到底为什么"), ("assistant", refusal)], encoder)
    assert "文档" not in asked
    assert "文件" not in asked
    assert "答案" not in asked


def test_a_later_question_builds_on_how_the_one_before_was_understood() -> None:
    asked = [("user", "锦湖图书馆平时几点关门"), ("assistant", "18:00闭馆。")]
    history = [*asked, ("user", "那边呢"), ("assistant", "每日21:30闭馆。")]
    understood = Understood()
    understood.note("那边呢", pairs_of(asked), "云顶体育馆平时几点关门")
    (alone, _), *_ = candidates("2021年呢", history)
    (completed, _), *_ = candidates("2021年呢", history, understood=understood)
    assert "云顶体育馆" not in alone
    assert "云顶体育馆" in completed
    assert understood.of("那边呢", ()) is None  # in another conversation


def test_without_a_history_nothing_is_changed() -> None:
    assert standalone("那补贴呢？", []) == "那补贴呢？"


@pytest.mark.parametrize(
    ("question", "meant", "other"),
    [
        ("那补贴呢？", "济南高新区发放了多少补贴？", "补贴聘任了多少名首席政策官？"),
        ("是什么时候的事？", "济南高新区是什么时候聘任首席政策官的？", "什么时候聘任了多少名什么时候？"),
        ("青岛呢？", "青岛聘任了多少名首席政策官？", "济南高新区聘任了多少名青岛？"),
    ],
)
def test_the_listener_tells_what_is_meant_from_what_is_not(
    encoder: Encoder, question: str, meant: str, other: str
) -> None:
    listener = Listener.beside(encoder)
    assert listener is not None
    scores = listener.scores([other, meant], question, [(OFFICERS, "39名。")])
    assert scores.shape == (2,)
    assert scores[1] > scores[0]


def test_other_encoders_have_no_listener() -> None:
    assert Listener.beside(None) is None
    assert Listener.beside(QuickEncoder()) is None
