"""Scripts: which characters are Chinese, and width, case and script folded so that the same word is one string.

Folding is for matching only: what is shown stays as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Protocol, cast

__all__ = [
    "HAN",
    "HAN_AND_KANA",
    "HAN_CHARACTER",
    "KANA",
    "LATIN_WORD",
    "fold",
    "has_han",
    "simplified",
    "squashed",
    "traditional",
]

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as a regular expression's character class has them between its brackets."""

HAN_AND_KANA = rf"\u3040-\u30ff{HAN}"
"""The same with Japanese kana."""

HAN_CHARACTER = re.compile(f"[{HAN}]")
KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_SIGNS = re.compile(r"[\W_]+")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter(configuration: str) -> _Converter:
    from opencc import OpenCC

    return cast("_Converter", OpenCC(configuration))


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in the text."""
    return HAN_CHARACTER.search(text) is not None


def fold(text: str) -> str:
    """The text for matching: NFKC, lower case, Simplified characters. Offsets are not those of the original."""
    return _converter("t2s").convert(unicodedata.normalize("NFKC", text).lower())


def simplified(text: str) -> str:
    """The text in Simplified characters, as long as before; Japanese, which shares the others, as it is.

    What is encoded is simplified first: a multilingual model places the two scripts apart.
    """
    if KANA.search(text):
        return text
    converted = _converter("t2s").convert(text)
    return converted if len(converted) == len(text) else text


def traditional(text: str) -> str:
    """The text in Traditional characters."""
    return _converter("s2t").convert(text)


def squashed(text: str) -> str:
    """Only the characters, letters and digits of the text."""
    return _SIGNS.sub("", text)
