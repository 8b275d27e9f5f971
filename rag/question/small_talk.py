"""Greetings, thanks and questions about the assistant itself: short human answers, without evidence.

A text counts as small talk only if every part of it is a phrase listed here, so that "你好，补贴多少？" and
"谢谢参与的单位有哪些？" are questions.
"""

from __future__ import annotations

import re

from corpus.language.script import HAN, fold
from rag.question.phrases import Language

__all__ = ["small_talk"]

_YOU = r"(?:你|您|大家|各位|朋友|亲)"
_END = r"(?:啊|呀|哦|噢|哈|啦|了|呢|吗|吧|哟|们|的|!)*"
_ADDRESS = r"(?:引据|助手|小助手|机器人|there|everyone|yinju|all|again)?"

_PHRASES: dict[str, tuple[str, ...]] = {
    "about": (
        rf"{_YOU}(?:到底)?(?:是|系)(?:谁|什么|哪位|什么人|什么东西|人吗|机器人吗|ai吗|人工智能吗|真人吗)",
        rf"{_YOU}叫(?:什么|啥|什么名字|啥名字)",
        rf"(?:请)?(?:介绍一?下|自我介绍)(?:{_YOU}自己|一下)?",
        rf"{_YOU}(?:都)?(?:能|会|可以)(?:帮我|为我)?(?:做|干|回答)?(?:些)?(?:什么|啥|哪些事|哪些问题|什么问题)",
        rf"{_YOU}有(?:什么|哪些|啥)(?:功能|用|用处|本领|作用)",
        rf"(?:怎么|如何)(?:使用|用){_YOU}",
        r"who (?:are|r) (?:you|u)",
        r"what (?:are|is) (?:you|your name|yinju)",
        r"what can (?:you|u) (?:do|help(?: me)? with|answer)(?: for me)?",
        r"how (?:do i|can i|to) use (?:you|this|yinju)",
        r"are you (?:a |an )?(?:human|robot|bot|person|ai|real)(?: person)?",
        r"(?:please )?(?:introduce yourself|tell me about yourself)",
    ),
    "thanks": (
        rf"(?:太|非常|十分|多|真是)?(?:感谢|谢谢|谢|多谢|谢啦|感恩){_YOU}?(?:的帮助|的回答|的解答|帮忙)?",
        rf"{_YOU}?(?:真是)?(?:辛苦|辛苦了|太棒|真棒|很棒|真好|太好|厉害|真厉害|帮大忙)",
        r"(?:many |much )?(?:thanks|thank you|thx|thank u|cheers)(?: so much| very much| a lot| again| for your help)?",
        r"(?:that'?s |that is |very |really )?(?:great|helpful|good job|well done|awesome|perfect)",
        r"(?:好的?|嗯+|ok|okay|明白|知道|收到|got it|i see)",
    ),
    "bye": (
        r"(?:再见|拜拜|拜|回见|回头见|下次见|明天见|晚安|88)",
        r"(?:good ?bye|bye|bye bye|see you(?: later| soon| tomorrow)?|good night)",
    ),
    "hello": (
        rf"{_YOU}好",
        r"(?:哈喽|哈罗|嗨|嘿|喂|在|在吗|在不在|有人吗)",
        r"(?:早|早上好|早安|上午好|中午好|下午好|晚上好)",
        rf"{_YOU}?(?:最近|今天)?(?:怎么样|还好|好吗)",
        r"(?:hello|hi|hey|hiya|good (?:morning|afternoon|evening|day)|greetings)",
        r"how (?:are you|is it going|do you do)(?: doing)?(?: today)?",
        r"nice to meet you",
    ),
}
_KINDS = {kind: re.compile(rf"(?:{'|'.join(phrases)}){_END}\s?{_ADDRESS}{_END}") for kind, phrases in _PHRASES.items()}
_PAUSE = re.compile(r"[\s,，.。!！?？~～、;；:：…]+")
_DECORATION = re.compile(r"[^\w\s'’,，.。!！?？~～、;；:：…]+")
_LONGEST = 60

_ANSWERS: dict[str, dict[Language, str]] = {
    "hello": {
        "zh-Hans": "您好！想了解文档里的什么内容？请直接提问。",
        "zh-Hant": "您好！想了解文件裡的什麼內容？請直接提問。",
        "en": "Hello! What would you like to know about the documents?",
    },
    "thanks": {
        "zh-Hans": "不客气！还想了解什么，请继续提问。",
        "zh-Hant": "不客氣！還想了解什麼，請繼續提問。",
        "en": "You are welcome! Ask on whenever you like.",
    },
    "bye": {
        "zh-Hans": "再见！需要时随时再来。",
        "zh-Hant": "再見！需要時隨時再來。",
        "en": "Goodbye! Come back whenever you need me.",
    },
    "about": {
        "zh-Hans": "我是引据，一个只根据您的文档回答问题的助手：每句话都注明出处，文档里没有的，我会直说。",
        "zh-Hant": "我是引據，一個只根據您的文件回答問題的助手：每句話都註明出處，文件裡沒有的，我會直說。",
        "en": (
            "I am Yinju, an assistant that answers from your documents only: every sentence shows the passage it rests "
            "on, and what the documents do not say I tell you openly."
        ),
    },
}


def small_talk(text: str, language: Language) -> str | None:
    """The answer to a greeting, thanks or a question about the assistant, in this language; None if it is none."""
    if len(text) > _LONGEST:
        return None
    plain = _DECORATION.sub(" ", fold(text)).strip()
    kinds = _kinds(plain)
    return _ANSWERS[kinds[0]][language] if kinds else None


def _kinds(plain: str) -> list[str]:
    """What each part of the text is, the weightiest first; none if any part is something else."""
    whole = _kind(_PAUSE.sub(" ", plain).strip())
    if whole:
        return [whole]
    parts = [part for part in re.split(rf"[,，.。!！?？~～、;；:：…\n]+|(?<=[{HAN}])\s+", plain) if part.strip()]
    kinds = [_kind(part.strip()) for part in parts]
    if not kinds or None in kinds:
        return []
    return sorted((kind for kind in kinds if kind), key=list(_PHRASES).index)


def _kind(part: str) -> str | None:
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(part)), None)
