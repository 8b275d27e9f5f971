"""Lexical tokens: Chinese characters and pairs of them, words and numbers of everything else.

Single characters plus bigrams need no dictionary, so that names and new words are found as well as old ones; on
Chinese retrieval they do as well as word segmentation (Nie et al., "On the use of words and n-grams for Chinese
information retrieval", 2000). Width, case and script are folded (``corpus.language.script``).
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from corpus.language.script import HAN_AND_KANA, fold

__all__ = ["Term", "lexical_tokens"]

_RUN = re.compile(rf"(?P<han>[{HAN_AND_KANA}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_{HAN_AND_KANA}]+)")


@dataclass(frozen=True, slots=True)
class Term:
    """Something to look for, in any of several ways of saying it; each way is the tokens that must stand together."""

    ways: tuple[tuple[str, ...], ...]

    def share(self, tokens: Container[str]) -> float:
        """How much of its best way is among these tokens, from 0 to 1."""
        best = 0.0
        for way in self.ways:  # loops: this is asked of every sentence of the best candidates for every term
            found = 0
            for token in way:
                if token in tokens:
                    found += 1
            if found:
                best = max(best, found / len(way))
        return best


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
