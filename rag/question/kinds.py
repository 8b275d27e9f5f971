"""What a question asks for: its content words, and the kind of thing that would answer it."""

from __future__ import annotations

import re
from enum import Enum

__all__ = ["Kind", "kind_of", "wants_reason", "without_asking_words"]


class Kind(Enum):
    """The kind of answer a question wants, as far as its words tell."""

    NUMBER = "number"
    DATE = "date"
    LIST = "list"
    OTHER = "other"


_DATE = re.compile(
    r"何时|何時|什么时候|什麼時候|哪[一1]?[年月天日]|哪個?[年月]|多会儿|几[月日号]|幾[月日號]|日期"
    r"|\bwhen\b|\bwhat (?:year|date|day)\b|\bsince when\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"多少|几[个名家人项次位台岁倍种条天年所只]|幾|多[大高长長远遠重快深久]|比例|占比|百分之|总量|總量|金额|金額|数量|數量|人数|人數|第几"
    r"|\bhow (?:many|much|long|old|far|tall|large|big|often|high)\b|\bwhat (?:percentage|percent|share|amount)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"哪些|哪几|哪幾|哪[两兩二三四五六七八]|列出|列举|列舉|分别|分別|都有|包括"
    r"|\bwhich (?:two|three|four|five)\b|\bwhat are\b|\blist\b",
    re.IGNORECASE,
)
_REASON = re.compile(r"为(?:什么|何|啥)|怎么回事|原因|凭什么|咋回事|\bwhy\b|\breasons?\b|\bhow come\b")
_ASKING_WORDS = re.compile(
    r"请问|請問|请|請|告诉我|告訴我|什么样|什么|什麼|甚麼|为什么|為什麼|怎么样|怎么|怎麼|如何|哪里|哪裡|哪儿|哪些|哪个|哪個|哪一|哪"
    r"|谁|誰|(?:多少|[几幾])[个個]?|何时|何時|吗|嗎|呢|是否|有没有|有沒有",
)


def kind_of(question: str) -> Kind:
    """The kind of answer the question's words ask for."""
    for kind, pattern in ((Kind.DATE, _DATE), (Kind.NUMBER, _NUMBER), (Kind.LIST, _LIST)):
        if pattern.search(question):
            return kind
    return Kind.OTHER


def wants_reason(folded: str) -> bool:
    """Whether a question, folded, asks why."""
    return _REASON.search(folded) is not None


def without_asking_words(question: str) -> str:
    """The question with its asking words blanked, so that only what it is about is looked for."""
    return _ASKING_WORDS.sub(" ", question)
