"""What the words of a quotation mean, by the real dictionary."""

from __future__ import annotations

import pytest

from rag.glosses import Gloss, glosses_of

QUOTE = "截至目前，济南高新区已聘任39名首席政策官，实现了重点产业全覆盖，重点产业的39名。"


def test_each_word_is_told_once_in_order() -> None:
    glosses = {gloss.word: gloss for gloss in glosses_of(QUOTE)}
    assert " ".join(glosses) == "截至 目前 济南 高 新 区 已 聘任 名 首席 政策 官 实现 重点 产业 全 覆盖"
    assert len(glosses) == len(glosses_of(QUOTE))
    assert glosses["聘任"] == Gloss("聘任", "pìn rèn", ("to appoint (to a position)", "appointed"))
    assert glosses["济南"].reading == "Jǐ nán"
    assert glosses["官"].senses[0] == "government official"  # and not the surname


def test_of_several_readings_and_senses_the_likely_ones_come_first() -> None:
    glosses = {gloss.word: gloss for gloss in glosses_of(f"{QUOTE}企业300余家，发放补贴。")}
    assert glosses["重点"].reading == "zhòng diǎn / chóng diǎn"
    assert glosses["补贴"].senses == ("subsidy", "allowance")
    assert glosses["名"].senses[0] == "classifier for people"
    assert glosses["家"].senses[0].startswith("classifier")


def test_a_text_in_traditional_characters_keeps_them() -> None:
    glosses = glosses_of("與此同時，臺灣的學者對後來的發展進行了研究。")
    assert [gloss.word for gloss in glosses] == ["與此同時", "臺灣", "學者", "對", "後來", "發展", "進行", "研究"]
    assert glosses[0].reading == "yǔ cǐ tóng shí"


def test_the_longest_words_are_taken() -> None:
    assert [gloss.word for gloss in glosses_of("联合国安全理事会")] == ["联合国安全理事会"]
    (word,) = glosses_of("西安市")
    assert word.senses == ("Xi’an, sub-provincial city and capital of Shaanxi 陕西省 in northwest China",)


@pytest.mark.parametrize(
    ("word", "reading"), [("旅游", "lǚ yóu"), ("一会儿", "yī huì r"), ("流水", "liú shuǐ"), ("欧洲", "Ōu zhōu")]
)
def test_tones_are_marks(word: str, reading: str) -> None:
    (gloss,) = glosses_of(word)
    assert gloss.reading == reading


@pytest.mark.parametrize("text", ["", "的了着", "39 policy officers, 2024.", "<b>", "。，", "ひらがな"])
def test_a_text_without_chinese_words_has_none(text: str) -> None:
    assert glosses_of(text) == ()
