"""The question's language, and the few sentences Yinju says itself in it."""

from __future__ import annotations

import re
from typing import Literal

from corpus.language.script import HAN, has_han, simplified, traditional

__all__ = ["Language", "answer_language", "say"]

Language = Literal["zh-Hans", "zh-Hant", "en"]

_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")

_SENTENCES: dict[str, dict[Language, str]] = {
    "refused": {
        "zh-Hans": "文档中没有找到这个问题的答案。",
        "zh-Hant": "文件中沒有找到這個問題的答案。",
        "en": "The documents do not answer this question.",
    },
    "refused_part": {
        "zh-Hans": "文档中没有找到“{question}”的答案。",
        "zh-Hant": "文件中沒有找到「{question}」的答案。",
        "en": "The documents do not answer “{question}”",
    },
    "likely": {
        "zh-Hans": "文档没有明确回答，以下原文可能相关：",
        "zh-Hant": "文件沒有明確回答，以下原文可能相關：",
        "en": "The documents do not plainly answer this; this passage may:",
    },
    "likely_part": {
        "zh-Hans": "“{question}”没有明确的答案，以下原文可能相关：",
        "zh-Hant": "「{question}」沒有明確的答案，以下原文可能相關：",
        "en": "“{question}” is not plainly answered; this passage may:",
    },
    "side_missing": {
        "zh-Hans": "文档中没有找到。",
        "zh-Hant": "文件中沒有找到。",
        "en": "not found in the documents.",
    },
    "later_document": {
        "zh-Hans": "《{title}》（较新，{date}）",
        "zh-Hant": "《{title}》（較新，{date}）",
        "en": "{title} (the later one, {date})",
    },
    "earlier_document": {
        "zh-Hans": "《{title}》（较早，{date}）",
        "zh-Hant": "《{title}》（較早，{date}）",
        "en": "{title} (the earlier one, {date})",
    },
    "document": {
        "zh-Hans": "《{title}》",
        "zh-Hant": "《{title}》",
        "en": "{title}",
    },
    "difference": {
        "zh-Hans": "相差",
        "zh-Hant": "相差",
        "en": "Difference",
    },
    "missing_figure": {
        "zh-Hans": "引用的原文中没有“{figure}”",
        "zh-Hant": "引用的原文中沒有「{figure}」",
        "en": "“{figure}” is not in the cited text",
    },
    "other_figure": {
        "zh-Hans": "引用的原文中没有“{figure}”，原文是“{other}”",
        "zh-Hant": "引用的原文中沒有「{figure}」，原文是「{other}」",
        "en": "“{figure}” is not in the cited text, which has “{other}”",
    },
    "missing_name": {
        "zh-Hans": "引用的原文中没有提到“{name}”",
        "zh-Hant": "引用的原文中沒有提到「{name}」",
        "en": "the cited text does not name “{name}”",
    },
    "contradiction": {
        "zh-Hans": "关于“{words}”，引用的原文说法相反",
        "zh-Hant": "關於「{words}」，引用的原文說法相反",
        "en": "the cited text says the opposite about “{words}”",
    },
    "not_said": {
        "zh-Hans": "引用的原文没有这样说",
        "zh-Hant": "引用的原文沒有這樣說",
        "en": "the cited text does not say this",
    },
    "no_citation": {
        "zh-Hans": "没有引用原文",
        "zh-Hant": "沒有引用原文",
        "en": "it cites nothing",
    },
    "left_out": {
        "zh-Hans": "有 {count} 句在文档中得不到证实，已略去。",
        "zh-Hant": "有 {count} 句在文件中得不到證實，已略去。",
        "en": "{count} sentence(s) that the documents do not bear out were left out.",
    },
    "model_failed": {
        "zh-Hans": "语言模型没有作答，以下是文档原文。（{reason}）",
        "zh-Hant": "語言模型沒有作答，以下是文件原文。（{reason}）",
        "en": "The language model gave no answer; these are the documents' own words. ({reason})",
    },
    "stream_cut": {
        "zh-Hans": "语言模型的回答中途断开，以上是已收到的部分。（{reason}）",
        "zh-Hant": "語言模型的回答中途斷開，以上是已收到的部分。（{reason}）",
        "en": "The language model's answer broke off; this is what had come. ({reason})",
    },
}


def answer_language(text: str) -> Language:
    """The language to answer in: Chinese in the question's script if it has Chinese characters, else English."""
    if not has_han(text) or len(_LATIN.findall(text)) > len(_HAN.findall(text)):
        return "en"
    # A text that simplifying changes was Traditional, unless turning it Traditional changes more of it.
    to_simplified = sum(a != b for a, b in zip(text, simplified(text), strict=False))
    to_traditional = sum(a != b for a, b in zip(text, traditional(text), strict=False))
    return "zh-Hant" if to_simplified > to_traditional else "zh-Hans"


def say(sentence: str, language: Language, **values: str) -> str:
    """One of Yinju's own sentences."""
    return _SENTENCES[sentence][language].format(**values)
