import pytest

from rag.question.dictionary import translations
from rag.question.phrases import answer_language, say
from rag.question.terms import content_of, terms_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("济南高新区聘任了多少名首席政策官？", "zh-Hans"),
        ("濟南高新區聘任了多少名首席政策官？", "zh-Hant"),
        ("人才", "zh-Hans"),
        ("R&D占GDP多少？", "zh-Hans"),
        ("What does 首席 mean here?", "en"),
        ("How many?", "en"),
        ("？", "en"),
    ],
)
def test_the_questions_language(text: str, language: str) -> None:
    assert answer_language(text) == language


def test_every_sentence_is_in_every_language() -> None:
    for language in ("zh-Hans", "zh-Hant", "en"):
        assert "45" in say("missing_figure", language, figure="45")


def test_english_words_are_looked_up_by_their_longest_phrase() -> None:
    found = dict(translations("How many chief policy officers did Jinan appoint?"))
    assert "首席" in found["chief"]
    assert "政策" in found["policy"]
    assert found["jinan"] == ("济南", "济南市")
    assert "聘任" in found["appoint"]
    assert "did" not in found


def test_an_unknown_word_is_still_looked_for() -> None:
    assert translations("CIGS") == [("cigs", ())]
    assert terms_of("CIGS")[0].ways == (("cigs",),)


def test_asking_words_are_not_looked_for() -> None:
    tokens = {way for term in terms_of("经开区发放了多少补贴？") for way in term.ways}
    assert ("补贴",) in tokens
    assert ("多少",) not in tokens


def test_words_that_say_nothing_are_no_content_of_a_question() -> None:
    content = {"".join(term.ways[0]) for term in content_of("那个首席政策官到底请了几个人")}
    assert content == {"首席", "政策"}
    assert content_of("到底为什么") == {}
