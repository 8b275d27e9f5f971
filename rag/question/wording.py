"""A turn of a conversation cut into words, each with its part of speech and the slot that it can fill."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from corpus.language.names import frequency_of, guessed_words_of, words_with_zones
from corpus.language.quantities import quantities_of
from corpus.language.script import fold, has_han

__all__ = ["Wording", "Written", "wording_of"]

_LATIN_WORD = re.compile(r"\w[\w’'.&-]*\w|\w|[^\w\s]")
_ASKING = frozenset("谁什啥哪几何怎咋吗么嘛")
_ASKING_WORDS = frozenset(
    [
        "多少",
        "多久",
        "多长",
        "多大",
        "多远",
        "是否",
        "有没有",
        "没有",
        "who",
        "whom",
        "whose",
        "what",
        "which",
        "when",
        "where",
        "why",
        "how",
        "what's",
        "who's",
        "where's",
        "when's",
    ]
)
_ASKING_AT_THE_END = frozenset({"不", "没", "没有", "否", "不行", "行不行"})
_REFERRING_WORDS = frozenset(
    [
        "it",
        "its",
        "they",
        "them",
        "their",
        "he",
        "him",
        "his",
        "she",
        "her",
        "this",
        "that",
        "these",
        "those",
        "there",
        "one",
        "ones",
        "former",
        "latter",
        "both",
        "前者",
        "后者",
        "两者",
        "二者",
        "当地",
        "其中",
    ]
)
_REFERRING = frozenset("它他她这那该此其另")
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "with",
        "and",
        "or",
        "but",
        "so",
        "if",
        "then",
        "from",
        "about",
        "into",
        "than",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "not",
        "no",
        "i",
        "you",
        "we",
        "my",
        "your",
        "our",
        "me",
        "us",
    ]
)
_LIGHT = frozenset("ucdpryef") | {"fn"}
_AS_COMMON = 20_000  # of jieba's dictionary: 说, 问, 想, 要
_LONGEST = 400  # characters of a turn that are cut into words: what is beyond can stand for nothing


@dataclass(frozen=True, slots=True)
class Written:
    """A word at ``[start:end]``; ``tag`` is its part of speech, ``slot`` what it fills ("" where that is unknown)."""

    start: int
    end: int
    folded: str
    tag: str
    slot: str

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return self.tag == "x"

    @property
    def is_light(self) -> bool:
        """Whether it only leads over or holds together: a mark, particle, pronoun, or a word as common as 是 and 说."""
        if self.is_mark or self.tag in _LIGHT:
            return True
        return self.tag in ("v", "n", "a", "f", "t") and frequency_of(self.folded) >= _AS_COMMON

    @property
    def may_begin(self) -> bool:
        """Whether a name may begin with it: a word that is not light, an opening mark, or an article."""
        return self.is_mark or not self.is_light or self.folded in ("the", "a", "an")

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun, a name or a code."""
        return self.tag[0] in "nbj" or self.tag in ("cap", "id")


@dataclass(frozen=True)
class Wording:
    """A text with its words."""

    text: str
    words: tuple[Written, ...]

    def between(self, first: int, last: int) -> str:
        """The text from the word ``first`` up to, not with, the word ``last``."""
        return self.text[self.words[first].start : self.words[last - 1].end] if first < last else ""

    @cached_property
    def folded(self) -> str:
        """The text as ``fold`` has it."""
        return fold(self.text)

    @cached_property
    def bare(self) -> int:
        """How many words there are without the particles and marks at the end."""
        last = len(self.words)
        while last > 1 and (self.words[last - 1].is_mark or self.words[last - 1].tag == "y"):
            if self.words[last - 1].slot == "ask":
                break
            last -= 1
        return last

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """The (first, last) words of each run between marks."""
        runs: list[tuple[int, int]] = []
        first = 0
        for i, word in enumerate(self.words):
            if word.is_mark and word.folded not in "、-~'\"“”《》()「」":
                if i > first:
                    runs.append((first, i))
                first = i + 1
        if first < len(self.words):
            runs.append((first, len(self.words)))
        return tuple(runs)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The pairs of neighbouring characters, and its Latin words, of the content words."""
        found: set[str] = set()
        for word in self.words:
            if word.tag in ("eng", "cap", "id") or word.slot:
                found.add(word.folded)
        plain = "".join(" " if word.is_mark or word.tag in ("u", "y", "fn") else word.folded for word in self.words)
        if has_han(plain):
            found |= {plain[i : i + 2] for i in range(len(plain) - 1) if plain[i : i + 2].isalnum()}
        return frozenset(found)

    @cached_property
    def asks(self) -> bool:
        """Whether it has an asking word, or asks by saying a verb twice (大不大)."""
        return any(word.slot == "ask" for word in self.words)


@lru_cache(maxsize=256)
def wording_of(text: str) -> Wording:
    """The words of a text, of which only the first 400 characters are read."""
    text = " ".join(text[:_LONGEST].split())
    if len(fold(text)) != len(text):
        text = unicodedata.normalize("NFKC", text)
    spans = _chinese(text) if has_han(text) else [(*m.span(), "eng") for m in _LATIN_WORD.finditer(text)]
    return Wording(text, tuple(_typed(text, spans)))


def _chinese(text: str) -> list[tuple[int, int, str]]:
    """The words; characters that no dictionary has together (银鹭, 营收) are one where they are guessed to be."""
    guessed: dict[int, tuple[int, str]] = {}
    at = 0
    for word in guessed_words_of(fold(text)):
        guessed |= dict.fromkeys(range(at, at + len(word.text)), (at, word.kind))
        at += len(word.text)
    spans: list[tuple[int, int, str]] = []
    apart, at = True, 0
    for word in words_with_zones(text):
        start, at = at, at + len(word.text)
        whole = word.is_function or len(word.text) > 1
        if not (whole or apart) and guessed[start][0] == guessed[start - 1][0]:
            spans[-1] = spans[-1][0], at, guessed[start][1]
        elif word.text.strip():
            spans.append((start, at, word.kind))
        apart = whole
    return spans


def _typed(text: str, spans: list[tuple[int, int, str]]) -> list[Written]:
    """The words with their slots; those that write one quantity together are one."""
    written: list[Written] = []
    held = [quantity for quantity in quantities_of(text) if not quantity.indefinite]
    done = 0
    for start, end, kind in spans:
        if end <= done:
            continue
        quantity = next((one for one in held if one.start <= start < one.end), None)
        if quantity is not None and (quantity.value is not None or quantity.iso):
            done = max(end, quantity.end)
            slot = quantity.kind.value
            written.append(Written(start, done, fold(text[start:done]), "q", slot))
            continue
        written.append(_word(text, max(start, done), end, kind))
        done = end
    for i in range(len(written) - 1):
        if written[i].slot == "ask" and written[i + 1].folded in ("about", "else"):
            written[i] = replace(written[i], slot="", tag="fn")  # "what about": it asks for nothing itself
    last = next((i for i in reversed(range(len(written))) if not written[i].is_mark), 0)
    if last and written[last].folded in _ASKING_AT_THE_END:
        written[last] = replace(written[last], slot="ask")
    return written


def _word(text: str, start: int, end: int, kind: str) -> Written:
    said = text[start:end]
    folded = fold(said)
    if not any(map(str.isalnum, said)):
        return Written(start, end, folded, "x", "")
    tag = kind if kind in ("nr", "ns", "nt", "nz") else kind[0]
    if said.isascii():
        tag = "eng" if said.islower() else "cap"
        if any(map(str.isdigit, said)):
            return Written(start, end, folded, "id", "code")
        if folded in _FUNCTION_WORDS:
            tag = "fn"
    slot = ""
    if (
        folded in _ASKING_WORDS
        or ((folded[0] in _ASKING or folded[-1] in _ASKING) and folded != "几乎")
        or (len(folded) >= 3 and folded[1] in "不没" and folded[0] == folded[2])
    ):
        slot = "ask"
    elif folded in _REFERRING_WORDS or (tag == "r" and folded[0] in _REFERRING and folded not in ("其他", "其它")):
        slot = "ref"
    elif tag in ("ns", "nt"):
        slot = "place"
    elif tag == "nr":
        slot = "name"
    elif tag in ("t", "cap"):
        slot = tag
    return Written(start, end, folded, tag, slot)
