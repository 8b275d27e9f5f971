"""Lexical tokens: Chinese characters and pairs of them, words and numbers of everything else.

Single characters plus bigrams need no dictionary, so that names and new words are found as well as old ones; on
Chinese retrieval they do as well as word segmentation (Nie et al., "On the use of words and n-grams for Chinese
information retrieval", 2000). Width, case and script are folded for matching only: what is shown stays as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

__all__ = ["Term", "fold", "lexical_tokens", "simplified"]

_HAN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_{_HAN}]+)")


@dataclass(frozen=True, slots=True)
class Term:
    """Something to look for, in any of several ways of saying it; each way is the tokens that must stand together."""

    ways: tuple[tuple[str, ...], ...]

    def share(self, tokens: Container[str]) -> float:
        """How much of its best way is among these tokens, from 0 to 1."""
        return max(sum(token in tokens for token in way) / len(way) for way in self.ways)


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _simplifier() -> _Converter:
    from opencc import OpenCC

    return cast("_Converter", OpenCC("t2s"))


def fold(text: str) -> str:
    """The text for matching: NFKC, lower case, Simplified characters. Offsets are not those of the original."""
    return _simplifier().convert(unicodedata.normalize("NFKC", text).lower())


def simplified(text: str) -> str:
    """The text in Simplified characters, as long as before; Japanese, which shares the others, as it is.

    What is encoded is simplified first: a multilingual model places the two scripts apart.
    """
    if _KANA.search(text):
        return text
    converted = _simplifier().convert(text)
    return converted if len(converted) == len(text) else text


def lexical_tokens(text: str) -> list[str]:
    """The tokens of a text in order, with repetitions: "首席" gives 首, 席, 首席; "R&D 3,000" gives r, d, 3000."""
    tokens: list[str] = []
    for match in _RUN.finditer(fold(text)):
        run = match[0]
        if match.lastgroup == "han":
            tokens += run
            tokens += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            tokens.append(run.replace(",", "") if match.lastgroup == "number" else run)
    return tokens
