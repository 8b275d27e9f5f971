"""Whether a text is language at all, or what a font without a map or a bad recognition leaves of one.

A wrong map turns words into characters that are mostly rare, or into common ones that make no words. Both are told
from what is at hand: the characters that the Chinese and Japanese standards count as common, jieba's dictionary, and
the letters that all languages written in Latin letters use most.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

from corpus.language.script import HAN, LATIN_WORD, simplified

__all__ = ["is_language"]

_SAMPLE_CHARS = 2_000
_MEANINGLESS = frozenset({"Cn", "Co", "Cs", "Cc"})  # unassigned, private, surrogate, control
_MOST_MEANINGLESS = 0.15
_LEAST_HAN = 12
_LEAST_COMMON = 0.7  # of the Chinese characters; in all that people write it is over .9
_LEAST_HAN_IN_WORDS = 60
_LEAST_IN_WORDS = 0.25  # of them stand in words; in prose .5 and more, in common ones at random hardly .2
_LEAST_TOKENS = 6
_MOST_ODD = 0.4
_LEAST_LETTERS = 80
_LEAST_USUAL = 0.45  # of the letters; in languages written with them over .6
_HAN_RUN = re.compile(rf"[{HAN}]+")
_TOKEN = re.compile(r"[^\s，。、；：！？（）()\[\]“”\"|/]{3,}")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*[.,;:!?%]*")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9.:#_+-]*|[\d.,:%+-]+\D{0,3}|\S*(?:@\S+\.|://|www\.)\S*")
_VOWEL = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœāēīōūǎěǐǒǔ]", re.IGNORECASE)
_LONGEST_WORD = 4


def is_language(text: str) -> bool:
    """Whether it can be language; a text too short to tell is taken for one."""
    sample = text[:_SAMPLE_CHARS]
    inked = [char for char in sample if not char.isspace()]
    if not inked:
        return True
    meaningless = sum(char == "\ufffd" or unicodedata.category(char) in _MEANINGLESS for char in inked)
    if meaningless > _MOST_MEANINGLESS * len(inked):
        return False
    return _is_chinese(sample) and _is_latin(sample)


def _is_chinese(sample: str) -> bool:
    runs = _HAN_RUN.findall(sample)
    chars = "".join(runs)
    if len(chars) < _LEAST_HAN:
        return True
    if sum(char in _common() for char in chars) < _LEAST_COMMON * len(chars):
        return False
    if len(chars) < _LEAST_HAN_IN_WORDS:
        return True
    in_words = sum(_chars_in_words(simplified(run)) for run in runs)
    return in_words >= _LEAST_IN_WORDS * len(chars)


def _chars_in_words(run: str) -> int:
    """How many of its characters stand in a word of two or more, the longest words first from the left."""
    words = _words()
    found = i = 0
    while i < len(run):
        size = next((n for n in range(_LONGEST_WORD, 1, -1) if run[i : i + n] in words and i + n <= len(run)), 0)
        found += size
        i += size or 1
    return found


def _is_latin(sample: str) -> bool:
    tokens = [token for token in _TOKEN.findall(sample) if LATIN_WORD.search(token) and not _HAN_RUN.search(token)]
    words = [token for token in tokens if not _CODE.fullmatch(token)]
    odd = sum(not _WORD.fullmatch(word) or not _VOWEL.search(word) for word in words)
    if len(words) >= _LEAST_TOKENS and odd > _MOST_ODD * len(words):
        return False
    letters = [char for token in tokens if token.isalpha() for char in _without_accents(token)]
    usual = sum(char in "aeinorst" for char in letters)
    return len(letters) < _LEAST_LETTERS or usual >= _LEAST_USUAL * len(letters)


def _without_accents(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", word.lower()) if char.isalpha())


@cache
def _common() -> frozenset[str]:
    """The characters of the first levels of the Chinese and Japanese standards."""
    levels = {
        "gb2312": (b"\xb0\xa1", b"\xd7\xff"),
        "big5": (b"\xa4\x40", b"\xc6\x7e"),
        "euc_jp": (b"\xb0\xa1", b"\xcf\xff"),
    }
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    return frozenset(
        char
        for charset, (first, last) in levels.items()
        for char in han
        if first <= char.encode(charset, "ignore")[:2] <= last and len(char.encode(charset, "ignore")) == 2
    )


@cache
def _words() -> frozenset[str]:
    """jieba's words of two to four characters."""
    with resources.files("jieba").joinpath("dict.txt").open(encoding="utf-8") as lines:
        words = (line.split(" ", 1)[0] for line in lines)
        return frozenset(word for word in words if 2 <= len(word) <= _LONGEST_WORD)
