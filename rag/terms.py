"""The terms of a question: its tokens, and for English words their Chinese translations beside them."""

from __future__ import annotations

import re

from embeddings import Term, lexical_tokens
from rag.dictionary import translations
from rag.questions import without_asking_words

__all__ = ["terms_of"]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def terms_of(question: str) -> list[Term]:
    """What to look for, each term once.

    A Chinese question gives a term for each of its tokens, but for its asking words ("多少", "什么"). In a question
    without Chinese characters each content word or phrase is one term: itself, or any of its Chinese translations.
    Words that only hold a sentence together are left out of it, since a stray "the" in a Chinese document would
    outweigh the subject.
    """
    if _HAN.search(question):
        return [Term(((token,),)) for token in dict.fromkeys(lexical_tokens(without_asking_words(question)))]
    terms = []
    for phrase, chinese in translations(question):
        ways = [tuple(lexical_tokens(phrase)), *(_pairs(word) for word in chinese)]
        terms.append(Term(tuple(dict.fromkeys(ways))))
    return list(dict.fromkeys(terms))


def _pairs(word: str) -> tuple[str, ...]:
    """The pairs of characters of a Chinese word: together they find the word and little else. One character is one."""
    return tuple(dict.fromkeys(token for token in lexical_tokens(word) if len(token) == min(2, len(word))))
