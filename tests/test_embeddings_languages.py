"""The question's vector put into the language of the documents, with the real encoder."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

from embeddings import Encoder, LanguageMeans

SAME = {
    "en": "Which bridge was opened to trains in 1907?",
    "zh": "哪座桥于1907年通车？",
    "ja": "1907年に開通した鉄道橋はどれですか？",
    "de": "Welche Brücke wurde 1907 für Züge eröffnet?",
    "fr": "Quel pont a été ouvert aux trains en 1907 ?",
    "es": "¿Qué puente se abrió a los trenes en 1907?",
    "ru": "Какой мост был открыт для поездов в 1907 году?",
    "vi": "Cây cầu nào được mở cho tàu hỏa vào năm 1907?",
    "ko": "1907년에 기차가 다니기 시작한 다리는 무엇입니까?",
}


@pytest.fixture(scope="module")
def means(encoder: Encoder) -> LanguageMeans:
    return LanguageMeans(encoder)


def test_every_language_asks_the_same_questions() -> None:
    questions = json.loads(
        resources.files("embeddings.encoders").joinpath("languages.json").read_text(encoding="utf-8")
    )
    assert {len(texts) for texts in questions.values()} == {12}
    assert len({text for texts in questions.values() for text in texts}) == 12 * len(questions)
    assert questions.keys() >= SAME.keys()


@pytest.mark.parametrize("language", SAME)
def test_a_short_question_is_told_by_its_vector(means: LanguageMeans, encoder: Encoder, language: str) -> None:
    assert means.language_of(encoder.encode([SAME[language]], "query")[0]) == language


@pytest.mark.parametrize("language", sorted(SAME.keys() - {"zh"}))
@pytest.mark.parametrize("towards", [True, False])
def test_moved_it_is_nearer_to_the_same_said_there(
    means: LanguageMeans, encoder: Encoder, language: str, *, towards: bool
) -> None:
    asked, other = (language, "zh") if towards else ("zh", language)
    question, twin = encoder.encode([SAME[asked], SAME[other]], "query")
    moved = means.moved(question, other)
    assert moved @ twin > question @ twin
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-5)


def test_its_own_language_moves_nothing(means: LanguageMeans, encoder: Encoder) -> None:
    question = encoder.encode([SAME["en"]], "query")[0]
    assert means.moved(question, "en") is question


def test_english_texts_lie_farther_from_chinese_questions_than_chinese_ones_from_english(means: LanguageMeans) -> None:
    assert means.ahead("zh", "zh") == 0
    assert means.ahead("zh", "en") < -0.02 < means.ahead("en", "zh")
