"""Whether a sentence makes a duty of what a text leaves open, or leaves open what it makes a duty.

A modal word is compared by the first verb, or where jieba knows none the first word, behind it in its clause
(compare ``negation.py``): 应当提交 is not 可以提交. Words are jieba's, so that 可 within 许可 is none. All texts are
expected folded (``embeddings.fold``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from corpus.language.names import words_of
from corpus.language.script import has_han

__all__ = ["exchanged_duties"]

_DUTY = frozenset(["应当", "应该", "应", "必须", "须", "需", "需要", "务必", "must", "shall"])
_OPEN = frozenset(["可以", "可", "能", "有权", "may", "can"])
_DENIALS = frozenset(["不", "未", "没", "没有", "无", "not"])
_LATIN = re.compile(r"[a-z]+|[^a-z\s]")
_AUXILIARIES = frozenset({"be", "have", "also", "only", "not"})
_STEM = 5  # letters of an English word that are compared


def exchanged_duties(sentence: str, text: str) -> list[str]:
    """The modal words of the sentence, with their verbs, that the text has the other way round, each once."""
    here, there = _modals(sentence), _modals(text)
    other = {(not duty, verb) for duty, verb, _ in there} - {(duty, verb) for duty, verb, _ in there}
    return list(dict.fromkeys(written for duty, verb, written in here if (duty, verb) in other))


@lru_cache(maxsize=4096)  # a text is held against many sentences
def _modals(text: str) -> tuple[tuple[bool, str, str], ...]:
    """Whether each modal word makes a duty, the verb behind it, and how the two are written."""
    words = [(word.text, word.kind) for word in words_of(text)] if has_han(text) else _latin(text)
    return tuple(_read(words))


def _read(words: list[tuple[str, str]]) -> Iterator[tuple[bool, str, str]]:
    for at, (word, _) in enumerate(words):
        if word not in _DUTY | _OPEN or (at and words[at - 1][0] in _DENIALS):
            continue
        behind = list(takewhile(lambda one: one[1] != "x" and one[0] not in _DENIALS, words[at + 1 :]))
        long = [(verb, kind) for verb, kind in behind if len(verb) > 1]
        verb = next((verb for verb, kind in long if kind.startswith("v")), long[0][0] if long else "")
        if verb:
            yield word in _DUTY, verb[:_STEM], word + (f" {verb}" if verb.isascii() else verb)


def _latin(text: str) -> list[tuple[str, str]]:
    """English words; what is no auxiliary may be a verb."""
    return [
        (word, "v" if word.isalpha() and word not in _AUXILIARIES else "" if word.isalpha() else "x")
        for word in _LATIN.findall(text)
    ]
