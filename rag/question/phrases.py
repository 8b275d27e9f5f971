"""The question's language, and the few sentences Yinju says itself in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from corpus.language.script import HAN_CHARACTER, LATIN_WORD, has_han, simplified, traditional

__all__ = ["Language", "answer_language", "enumerated", "quoted_in", "say"]

Language = Literal["zh-Hans", "zh-Hant", "en"]


_SENTENCES: dict[str, dict[Language, str]] = {
    "refused": {
        "zh-Hans": "文档中没有找到这个问题的答案。",
        "zh-Hant": "文件中沒有找到這個問題的答案。",
        "en": "The documents do not answer this question.",
    },
    "missing": {
        "zh-Hans": "文档中没有 {name}。",
        "zh-Hant": "文件中沒有 {name}。",
        "en": "{name} is nowhere in the documents.",
    },
    "missing_beside": {
        "zh-Hans": "文档中有 {others}，没有 {name}。",
        "zh-Hant": "文件中有 {others}，沒有 {name}。",
        "en": "The documents have {others}, not {name}.",
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
    "side_without": {
        "zh-Hans": "《{title}》没有写{topic}。",
        "zh-Hant": "《{title}》沒有寫{topic}。",
        "en": "“{title}” does not say: {topic}.",
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
    "yes": {
        "zh-Hans": "按引据的理解：是。",
        "zh-Hant": "按引據的理解：是。",
        "en": "As Yinju reads it: yes.",
    },
    "no": {
        "zh-Hans": "按引据的理解：否。",
        "zh-Hant": "按引據的理解：否。",
        "en": "As Yinju reads it: no.",
    },
    "otherwise": {
        "zh-Hans": "引用的原文说的与此不符",
        "zh-Hant": "引用的原文說的與此不符",
        "en": "the cited text says otherwise",
    },
    "other_bound": {
        "zh-Hans": "“{figure}”的上下限与引用的原文不同",
        "zh-Hant": "「{figure}」的上下限與引用的原文不同",
        "en": "the cited text sets another bound on “{figure}”",
    },
    "other_place": {
        "zh-Hans": "引用的原文中“{figure}”说的是别的",
        "zh-Hant": "引用的原文中「{figure}」說的是別的",
        "en": "“{figure}” is told of something else in the cited text",
    },
    "other_duty": {
        "zh-Hans": "“{words}”：可以还是必须，与引用的原文不同",
        "zh-Hant": "「{words}」：可以還是必須，與引用的原文不同",
        "en": "“{words}”: the cited text differs on whether that is a duty",
    },
    "not_silent": {
        "zh-Hans": "引用的原文写到了这一点",
        "zh-Hant": "引用的原文寫到了這一點",
        "en": "the cited text does speak of this",
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
    "table_count": {
        "zh-Hans": "共{count}项：{names}",
        "zh-Hant": "共{count}項：{names}",
        "en": "{count}: {names}",
    },
    "model_failed": {
        "zh-Hans": "语言模型没有作答，以下是文档原文。（{reason}）",
        "zh-Hant": "語言模型沒有作答，以下是文件原文。（{reason}）",
        "en": "The language model gave no answer; these are the documents' own words. ({reason})",
    },
    "model_refused": {
        "zh-Hans": "语言模型没有找到答案，以下是文档原文。",
        "zh-Hant": "語言模型沒有找到答案，以下是文件原文。",
        "en": "The language model found no answer; these are the documents' own words.",
    },
    "other_language": {
        "zh-Hans": "语言模型没有用提问的语言作答。",
        "zh-Hant": "語言模型沒有用提問的語言作答。",
        "en": "The language model did not answer in the language of the question.",
    },
    "library_count": {
        "zh-Hans": "共有 {count} 份：",
        "zh-Hant": "共有 {count} 份：",
        "en": "{count} in all:",
    },
    "library_yes": {
        "zh-Hans": "有，共 {count} 份：",
        "zh-Hant": "有，共 {count} 份：",
        "en": "Yes, {count} in all:",
    },
    "library_mentioned": {
        "zh-Hans": "提到“{thing}”的共有 {count} 份：",
        "zh-Hant": "提到「{thing}」的共有 {count} 份：",
        "en": "“{thing}” is mentioned in {count}:",
    },
    "library_mentioned_only": {
        "zh-Hans": "没有以“{thing}”为题的文件，提到的共有 {count} 份：",
        "zh-Hant": "沒有以「{thing}」為題的文件，提到的共有 {count} 份：",
        "en": "No title has “{thing}”; it is mentioned in {count}:",
    },
    "library_mentioned_too": {
        "zh-Hans": "另有 {count} 份提到“{thing}”：",
        "zh-Hant": "另有 {count} 份提到「{thing}」：",
        "en": "“{thing}” is also mentioned in {count} more:",
    },
    "library_alike": {
        "zh-Hans": "没有名称含“{thing}”的文件，名称意思相近的有 {count} 份：",
        "zh-Hant": "沒有名稱含「{thing}」的文件，名稱意思相近的有 {count} 份：",
        "en": "No title has “{thing}”; {count} come near in meaning:",
    },
    "library_none": {
        "zh-Hans": "库里没有{what}的文件（共 {count} 份）。",
        "zh-Hant": "庫裡沒有{what}的文件（共 {count} 份）。",
        "en": "None of the {count} documents {what}.",
    },
    "library_none_thing": {
        "zh-Hans": "关于或提到“{thing}”",
        "zh-Hant": "關於或提到「{thing}」",
        "en": "is about “{thing}” or mentions it",
    },
    "library_none_type": {
        "zh-Hans": "“{thing}”格式",
        "zh-Hant": "「{thing}」格式",
        "en": "is a {thing}",
    },
    "library_none_period": {
        "zh-Hans": "日期在 {thing} ",
        "zh-Hant": "日期在 {thing} ",
        "en": "is dated {thing}",
    },
    "library_none_such": {
        "zh-Hans": "这样",
        "zh-Hant": "這樣",
        "en": "is like that",
    },
    "library_newest": {
        "zh-Hans": "日期最新的是：",
        "zh-Hant": "日期最新的是：",
        "en": "The latest by date:",
    },
    "library_oldest": {
        "zh-Hans": "日期最早的是：",
        "zh-Hant": "日期最早的是：",
        "en": "The earliest by date:",
    },
    "library_undated": {
        "zh-Hans": "另有 {count} 份没有注明日期。",
        "zh-Hant": "另有 {count} 份沒有註明日期。",
        "en": "{count} more give no date.",
    },
    "library_holds": {
        "zh-Hans": "库里共有 {count} 份文件：{types}。",
        "zh-Hant": "庫裡共有 {count} 份文件：{types}。",
        "en": "The library holds {count} documents: {types}.",
    },
    "library_dates": {
        "zh-Hans": "日期从 {first} 到 {last}。",
        "zh-Hant": "日期從 {first} 到 {last}。",
        "en": "Their dates run from {first} to {last}:",
    },
    "library_more": {
        "zh-Hans": "还有 {count} 份。",
        "zh-Hant": "還有 {count} 份。",
        "en": "And {count} more.",
    },
    "library_told_who": {
        "zh-Hans": "文件信息里的作者或发布单位：{value}",
        "zh-Hant": "文件資訊裡的作者或發布單位：{value}",
        "en": "Author or issuer, by the file's own record: {value}",
    },
    "library_told_when": {
        "zh-Hans": "文件信息里的日期：{value}",
        "zh-Hant": "文件資訊裡的日期：{value}",
        "en": "Date, by the file's own record: {value}",
    },
    "library_told_number": {
        "zh-Hans": "文号：{value}",
        "zh-Hant": "文號：{value}",
        "en": "Document number: {value}",
    },
    "library_told_version": {
        "zh-Hans": "标题：{value}",
        "zh-Hant": "標題：{value}",
        "en": "Title: {value}",
    },
    "sent_less": {
        "zh-Hans": "语言模型一次读不了那么多，所以少发了些段落。（{reason}）",
        "zh-Hant": "語言模型一次讀不了那麼多，所以少發了些段落。（{reason}）",
        "en": "The language model can't read that much at once, so it was sent fewer passages. ({reason})",
    },
    "stream_cut": {
        "zh-Hans": "语言模型的回答中途断开，以上是已收到的部分。（{reason}）",
        "zh-Hant": "語言模型的回答中途斷開，以上是已收到的部分。（{reason}）",
        "en": "The language model's answer broke off; this is what had come. ({reason})",
    },
}


def answer_language(text: str) -> Language:
    """The language to answer in: Chinese in the question's script if it has Chinese characters, else English."""
    if not has_han(text) or len(LATIN_WORD.findall(text)) > len(HAN_CHARACTER.findall(text)):
        return "en"
    # A text that simplifying changes was Traditional, unless turning it Traditional changes more of it.
    to_simplified = sum(a != b for a, b in zip(text, simplified(text), strict=False))
    to_traditional = sum(a != b for a, b in zip(text, traditional(text), strict=False))
    return "zh-Hant" if to_simplified > to_traditional else "zh-Hans"


def enumerated(names: Sequence[str], language: Language) -> str:
    """Names one after another: "X2 和 X3", "X2、X3 和 X5", "X2, X3 and X5"."""
    between, last = (", ", " and ") if language == "en" else ("、", " 和 ")
    return last.join(filter(None, [between.join(names[:-1]), *names[-1:]]))


def quoted_in(answer: str) -> str:
    """What the documents say in an answer that begins with a sentence of Yinju's own: nothing in a refusal."""
    for sentence in ("refused", "likely"):
        for said in _SENTENCES[sentence].values():
            if answer.startswith(said):
                return answer[len(said) :] if sentence == "likely" else ""
    return answer


def say(sentence: str, language: Language, **values: str) -> str:
    """One of Yinju's own sentences."""
    return _SENTENCES[sentence][language].format(**values)
