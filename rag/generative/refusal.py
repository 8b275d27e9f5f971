"""Whether a language model's reply says that the passages do not answer, in whatever dress."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.language.quantities import quantities_of
from corpus.language.script import fold
from rag.answers import AnswerSentence
from rag.generative.prompts import NO_ANSWER

__all__ = ["is_refusal", "may_refuse"]

_LABEL = re.compile(r"^\W*(?:(?:答案|回答|答|answer)[\s*]*[:：])?[\W_]*")
_WORD = re.compile(rf"\W*(?:(?:答案|回答|答|answer)[\s*]*[:：])?[\W_]*{NO_ANSWER.casefold()}(?![a-z])")
_WHOLE = re.compile(r"(?:no|not)[\s_-]answer[\W_]*")
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


def may_refuse(text: str) -> bool:
    """Whether a reply, as far as it came, is the agreed word of refusal in some dress, or may become it."""
    folded = fold(text)
    if _WORD.match(folded) or _WHOLE.fullmatch(_LABEL.sub("", folded)):
        return True
    said = _LABEL.sub("", folded)
    return NO_ANSWER.casefold().startswith(said) or "no answer".startswith(said)


def is_refusal(sentences: Sequence[AnswerSentence], question: str) -> bool:
    """Whether a written answer's sentences, all of them, say that the passages are silent, or only are polite.

    One that gives a figure which the question has not says something, and so does one that the passages bear out:
    what a document itself says is missing is an answer.
    """
    asked = {quantity.value for quantity in quantities_of(question) if quantity.value is not None}
    absent = False
    for written in sentences:
        sentence = fold(written.text)
        polite = _POLITE.match(sentence)
        if NO_ANSWER.casefold() in sentence:
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
