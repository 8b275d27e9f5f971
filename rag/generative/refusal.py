"""What a language model's reply says of the passages' silence: all of it, in whatever dress, or a part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.language.quantities import quantities_of
from corpus.language.script import LATIN_WORD, fold, squashed
from rag.answers import AnswerSentence
from rag.generative.prompts import NO_ANSWER

__all__ = ["denied", "denies", "is_refusal", "may_refuse", "parted_by_denial", "says_no_answer"]

_LABEL = re.compile(r"^\W*(?:(?:答案|回答|答|answer)[\s*]*[:：])?[\W_]*")
_ABSENT = re.compile(
    r"(?:没有?|未能?|并未|无法|不能|不曾|难以)[^，。；,;]{0,14}?"
    r"(?:找到|查到|提到|提及|提供|说明|写明|给出|记载|涉及|包含|列出|指出|明确|披露|介绍|回答|答复|确定|得知|作答|判断|得出"
    r"|相关(?:的?(?:信息|内容|资料|记录|答案))?|答案)"
    r"|不知道|(?:信息|资料|内容)不足"
    r"|\b(?:not|n['’]t|cannot|unable to|no)\b[^.;,]{0,50}?"
    r"\b(?:found|find|state|mention|say|specif|provide|contain|give|tell|indicate|answer|include|know|determine"
    r"|information|address|enough|sufficient)"
)
_POLITE = re.compile(
    r"\W*(?:抱歉|对不起|很遗憾|不好意思|sorry|apologies|i apologi[sz]e|unfortunately)|(?:如果?|若|请|建议|欢迎)"
    r"|(?:please|if you|let me know|you may|feel free)"
)
_DOCUMENTS = (
    r"(?:文档|文件|资料|材料|原文|文中|文章|报道|上文|条文|手册|passages?|documents?|texts?|sources?|articles?)"
)
_UNSAID = re.compile(
    r"(?:没有|没|未|并未|未能|不曾|无法|难以)[^，。；]{0,6}?(?:提到|提及|说明|写明|记载|指出|披露|找到|查到|得知)"
    rf"|{_DOCUMENTS}[^，。；]{{0,12}}?(?:没有?|未|并未|未能|不)[^，。；]{{0,6}}?(?:提供|给出|涉及|包含|列出|明确|介绍|回答|相关)"
    r"|\b(?:not|n['’]t|never)\b[^.;,]{0,20}?\b(?:stated?|mention(?:ed)?|say|said|specif(?:y|ied)|disclosed?)\b"
    rf"|\b{_DOCUMENTS}\b[^.;,]{{0,40}}?\b(?:not|n['’]t|no)\b[^.;,]{{0,30}}?\b(?:provide|contain|give|tell|indicate|answer|include)"
    rf"|\bno\b[^.;,]{{0,30}}\b(?:information|mention|details?)\b"
)
_CLAUSE = re.compile(r"[^，；,;]*[，；,;]|[^，；,;]+$")


def may_refuse(text: str) -> bool:
    """Whether a reply, as far as it came, is the agreed word of refusal in some dress, or may become it."""
    word = NO_ANSWER.casefold()
    said = _LABEL.sub("", fold(text))
    if said.startswith(word):
        return LATIN_WORD.match(said, len(word)) is None
    return squashed(said) in {"noanswer", "notanswer"} or word.startswith(said) or "no answer".startswith(said)


def says_no_answer(text: str) -> bool:
    """Whether a sentence is the agreed word of refusal."""
    return NO_ANSWER.casefold() in fold(text)


def denies(text: str) -> bool:
    """Whether a sentence says that the passages do not tell something."""
    return _UNSAID.search(fold(text)) is not None


def denied(text: str) -> str:
    """What a sentence says that the passages do not tell: 罚款金额 of 资料没有提到罚款金额."""
    said = _UNSAID.search(fold(text))
    return fold(text) if said is None else (fold(text)[: said.start()] + fold(text)[said.end() :]).strip(" ，。,.")


def parted_by_denial(text: str) -> list[str]:
    """A sentence's clauses in runs: those that tell something, and those that say it is not told.

    "容量为5Ah，但资料没有提到功率。" is two runs; a sentence of one kind is one.
    """
    runs: list[tuple[bool, str]] = []
    for clause in (match[0] for match in _CLAUSE.finditer(text)):
        denied = denies(clause)
        if runs and runs[-1][0] == denied:
            runs[-1] = (denied, runs[-1][1] + clause)
        else:
            runs.append((denied, clause))
    return [clauses for _, clauses in runs] or [text]


def is_refusal(sentences: Sequence[AnswerSentence], question: str) -> bool:
    """Whether a written answer's sentences, all of them, say that the passages are silent, or only are polite.

    One that gives a figure which the question has not says something, and so does one that the passages bear out:
    what a document itself says is missing is an answer. Headings and leads say nothing either way.
    """
    asked = {quantity.value for quantity in quantities_of(question) if quantity.value is not None}
    absent = False
    for written in sentences:
        if written.frame:
            continue
        sentence = fold(written.text)
        polite = _POLITE.match(sentence)
        if says_no_answer(sentence):
            absent = True
            continue
        given = {quantity.value for quantity in quantities_of(sentence) if quantity.value is not None}
        if given - asked:
            return False
        if _ABSENT.search(sentence) and (polite or written.verdict != "supported"):
            absent = True
        elif not polite:
            return False
    return absent
