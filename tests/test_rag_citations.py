import pytest

from rag.answers import AnswerSentence
from rag.proof.citations import join_sentences
from rag.proof.marks import marked_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲是一[1]。乙是二。[2]", [("甲是一。", (1,)), ("乙是二。", (2,))]),
        ("甲[1][2]，乙[3]。", [("甲，乙。", (1, 2, 3))]),
        ("甲【1】。乙［2］！", [("甲。", (1,)), ("乙！", (2,))]),
        ("甲[1, 3]。", [("甲。", (1, 3))]),
        ("It is 39 [2]. And more. [1]", [("It is 39.", (2,)), ("And more.", (1,))]),
        ("没有标记。", [("没有标记。", ())]),
        ("他说：“好。”[4]然后走了。", [("他说：“好。”", (4,)), ("然后走了。", ())]),
        ("", []),
        ("[1]", []),
    ],
)
def test_marks_belong_to_the_sentence_they_follow(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(sentence.text, sentence.marks) for sentence in marked_sentences(text)] == expected


def test_sentences_are_joined_as_their_language_asks() -> None:
    chinese = (AnswerSentence("甲。", (1,), "supported"), AnswerSentence("乙。", (1, 2), "supported"))
    english = (AnswerSentence("One.", (1,), "supported"), AnswerSentence("Two.", (), "unchecked"))
    assert join_sentences(chinese) == "甲。[1]乙。[1][2]"
    assert join_sentences(english) == "One.[1] Two."
