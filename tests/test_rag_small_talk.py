"""Greetings are answered as people do; questions that begin like one are questions."""

import pytest

from rag import Assistant
from rag.question.small_talk import small_talk


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("你好", "您好"),
        ("你好！", "您好"),
        ("您好呀~", "您好"),
        ("Hello there!", "您好"),
        ("早上好，引据", "您好"),
        ("谢谢你，辛苦啦！", "不客气"),
        ("非常感谢！", "不客气"),
        ("Thanks a lot!", "不客气"),
        ("好的，谢谢", "不客气"),
        ("你好，你是谁？", "引据"),
        ("你能做什么？", "引据"),
        ("who are you?", "引据"),
        ("What can you do?", "引据"),
        ("再见👋", "再见"),
        ("謝謝您", "不客气"),
        ("你是機器人嗎？", "引据"),
    ],
)
def test_small_talk_is_answered(text: str, words: str) -> None:
    assert words in (small_talk(text, "zh-Hans") or "")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "你好，济南高新区聘任了多少名首席政策官？",
            "谢谢参与的单位有哪些？",
            "感谢信是谁写的？",
            "你好医院在哪里？",
            "再见演唱会是什么时候？",
        ),
        *(
            "补贴多少？",
            "Hi-tech zone?",
            "Hello Kitty was created when?",
            "What can you do with a subsidy?",
            "What are you allowed to build?",
        ),
        *(
            "谁辛苦了？",
            "早上几点开门？",
            "你能做什么项目可以申请补贴？",
            "怎么用补贴？",
            "晚安计划是什么",
            "还有呢？",
            "39",
            "？",
            "👍",
            "",
        ),
    ],
)
def test_questions_are_no_small_talk(text: str) -> None:
    assert small_talk(text, "zh-Hans") is None


def test_an_answer_to_small_talk_cites_nothing(assistant: Assistant) -> None:
    for question, words in (("謝謝你", "不客氣"), ("What can you do?", "Yinju"), ("你好", "您好")):
        *pieces, answer = assistant.stream(question)
        assert "".join(map(str, pieces)) == answer.text  # type: ignore[union-attr]
        assert words in answer.text  # type: ignore[union-attr]
        assert (answer.citations, answer.hits, answer.refused) == ((), (), False)  # type: ignore[union-attr]
        assert answer.sentences[0].verdict == "unchecked"  # type: ignore[union-attr]
