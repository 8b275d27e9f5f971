"""What a question says of the documents it names: its words with their weights, dates and numbers of issues."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from math import log

from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import fold, has_han, simplified
from embeddings import Term, base_of, lexical_tokens
from rag.question.presupposed import numbers_of
from rag.question.terms import content_of
from rag.routes.document_names import STRONG, DocumentNames, dates_in
from rag.routes.room import Asking

__all__ = ["Wanted"]

_DATE_WEIGHT = 8.0  # as an ordinary content word's inverse document frequency
_NUMERAL = re.compile(r"[\d零〇一二三四五六七八九十百元]")
_THIS = re.compile(
    r"(?:[这那该各每][一几两]?|[一几两三四五六七八九十])[份个篇封些次张本期项套](?!月)|里[面头]?(?=[是都有说讲写提主的]|$)"
)
_EACH = re.compile(
    r"都|各|[几两三四五六]\s?[份个篇期次封]|所有|全部|这些|那些|分别|历次|每|\b(?:each|all|both|these|those)\b"
)
_WHOLE = re.compile(
    r"所有|全部|这些|那些"
    r"|\b(?:all|both|these|those)(?: of)?(?: (?:the|them|these|those))?(?: (?:two|three|four|\d+))?\b",
    re.IGNORECASE,
)
_LATEST = re.compile(
    r"(?:最新|最近|最后)的?[一1]?[期次份回个篇]?|上[一1]?[期次份回]|\b(?:latest|newest|most recent|last)\b"
)
_JOINED = re.compile(r"[和与跟及、/]|\b(?:and|vs|versus)\b")
_ASKS = re.compile(r"哪些|什么|\b(?:which|what)\b")
_UNHEARD, _UNHEARD_ACROSS = 0.8, 0.3  # what the words that nothing accounts for take of the likelihood
_OF_ASKING = frozenset(
    fold(
        "主要 大概 大致 大体 总结 概括 归纳 概述 概要 概况 总览 综述 摘要 梗概 大意 要点 重点 要义 主旨 核心 关键 精华 "
        "亮点 内容 意思 讲述 讲讲 讲解 说说 说明 介绍 讲了 说了 写了 讲的 说的 写的 提炼 梳理 整理 小结 简述 "
        "简介 简单 简要 一下 给我 帮我 帮忙 我们 看看 了解 知道 想要 可以 能不能 请问 告诉 方面 事情 东西 情况 问题 "
        "关于 有关 相关 里面 其中 这是 一份 一篇 哪些 什么 定了 决定 分别 文件 文档 文章 材料 资料 稿子 全文 通篇 "
        "几句话 summarize summarise summary overview outline gist main key point points content contents about "
        "document file article paper text brief briefly tell give explain describe say says said cover covers discuss "
    ).split()
)
"""Words that ask for an overview, or for a document of any kind, and so name none."""


@dataclass(frozen=True)
class Wanted:
    """What a text says of the documents it names.

    ``words`` are weighed by their rarity in general and among the names, and so are ``dates`` in ISO 8601's forms;
    ``kinds`` are those of the words that say what kind a document is. ``cost`` is how much of the likelihood the words
    that nothing accounts for take (0 to 1).
    """

    text: str
    folded: str
    words: dict[Term, float]
    kinds: frozenset[Term]
    dates: dict[str, float]
    numbers: frozenset[tuple[str, object]]
    cost: float

    @property
    def asked(self) -> dict[Term, float]:
        """Those of the words that stand behind what asks for them: 支持 of 有哪些支持."""
        behind = set(lexical_tokens(" ".join(_ASKS.split(self.folded)[1:])))
        return {term: weight for term, weight in self.words.items() if term.share(behind) == 1.0}

    @property
    def each(self) -> bool:
        """Whether more than one document is spoken of."""
        return _EACH.search(self.folded) is not None

    @cached_property
    def joined(self) -> bool:
        """Whether it joins things, which may be names of several documents."""
        return _JOINED.search(self.folded) is not None

    @property
    def latest(self) -> bool:
        """Whether the newest issue is wanted."""
        return _LATEST.search(self.folded) is not None

    @classmethod
    def of(cls, asking: Asking, text: str) -> Wanted:
        """What ``text``, a question or a part of one, says."""
        known = DocumentNames.of(asking.index)
        folded = fold(text)
        bare = _LATEST.sub(" ", _WHOLE.sub(" ", _THIS.sub(" ", _without_dates(simplified(text)))))
        languages = {base_of(language) for language in asking.index.languages}
        content = content_of(bare, languages)
        words = {term: weight for term, weight in content.items() if not _is_of_asking(term)}
        rarity = {term: _rarity(sum(name.holds(term) >= STRONG for name in known.names), known) for term in words}
        kinds = frozenset(term for term in words if any("".join(way[:1]) in known.kinds for way in term.ways))
        dates = {}
        for iso in dict.fromkeys(dates_in(text)):
            count = sum(name.dated(iso) > 0 for name in known.names)
            if count or iso[0].isdigit():
                dates[iso] = _DATE_WEIGHT * _rarity(count, known)
        weighed = {term: weight * rarity[term] for term, weight in words.items()}
        across = not has_han(text) and "en" not in languages  # the dictionary may have missed the word
        cost = _UNHEARD_ACROSS if across else _UNHEARD
        return cls(text, folded, weighed, kinds, dates, frozenset(numbers_of(folded)), cost)


def _rarity(count: int, known: DocumentNames) -> float:
    return 1.0 + log(1 + (len(known.names) - count + 0.5) / (count + 0.5))


def _is_of_asking(term: Term) -> bool:
    words = {way[0] + "".join(token[-1] for token in way[1:]) for way in term.ways if way}
    first = " ".join(term.ways[0])
    return (
        first in _OF_ASKING or first.removesuffix("s") in _OF_ASKING or bool(words & _OF_ASKING and len(term.ways) == 1)
    )


def _without_dates(text: str) -> str:
    """The text with the figures of dates and of numbers of issues blanked: "年报" is left of "2025年报"."""
    for quantity in quantities_of(text):
        if quantity.kind in (QuantityKind.DATE, QuantityKind.ORDINAL):
            span = slice(quantity.start, quantity.end)
            text = text[: quantity.start] + _NUMERAL.sub(" ", text[span]) + text[quantity.end :]
    return text
