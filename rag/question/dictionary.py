"""English words to Chinese ones and back, by the CC-CEDICT dictionary, for questions over documents in the other.

Vectors of a small multilingual model place a translation near, but not nearest. Looking the words up and matching them
as words is the dictionary-based method of cross-language retrieval (Ballesteros & Croft, "Dictionary methods for
cross-lingual information retrieval", 1996), with the translations of one word counted as one (Pirkola, "The effects of
query structure and dictionary setups", 1998). Names of Chinese places are in it, so that "Jinan" finds 济南.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from rag.question.cedict import Entry, entries, entries_of

__all__ = ["SKIPPED", "english_of", "translations"]

_LENGTHS = range(2, 7)  # of Chinese words, in characters
_ASIDE = re.compile(r"\([^)]*\)")
_ARTICLE = re.compile(r"^(?:to be|to|a|an|the) ")
_WORD = re.compile(r"[a-z0-9]+")
SKIPPED = ("CL:", "variant of", "old variant", "see ", "also written", "abbr.", "surname ")
"""How a sense begins that tells of the word itself, or of another, and not what it means."""

_LONGEST_GLOSS = 4  # words
_MOST_TRANSLATIONS = 12
_NAMED = 0.5  # the weight of a name before what it is the name of: Jining of "Jining prefecture-level city"
_STOP_WORDS = frozenset(
    _WORD.findall(
        """
        a an the of in on at to for by with and or is are was were be been being do does did has have had how many much
        what which who whom whose when where why it its this that these those as from into than then there their his
        her he she they them i you we not no can could will would should may might must about one also more most other
        some such only own same so too very name year time number if up out over any all each both few between after
        before during while because until against through under again further once here us me my your our him himself
        """
    )
)


def translations(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The English words and phrases of a text with their Chinese translations, the likeliest first.

    The longest phrases that the dictionary knows are taken; words that carry no meaning alone are left out. A content
    word without a translation has an empty tuple.
    """
    words = _WORD.findall(text.lower())
    glosses = _glosses()
    found: list[tuple[int, str, tuple[str, ...]]] = []
    taken = [False] * len(words)
    for length in range(_LONGEST_GLOSS, 0, -1):
        for first in range(len(words) - length + 1):
            span = slice(first, first + length)
            phrase = words[span]
            if any(taken[span]) or _STOP_WORDS.issuperset(phrase):
                continue
            translated = glosses.get(_stemmed(phrase), ())
            if translated or length == 1:
                found.append((first, " ".join(phrase), translated))
                taken[span] = [True] * length
    return [(phrase, translated) for _, phrase, translated in sorted(found)]


def english_of(word: str) -> tuple[str, ...]:
    """The English translations of a Chinese word in Simplified characters, the likeliest first; none if unknown."""
    if len(word) not in _LENGTHS:
        return ()
    glosses: dict[str, float] = {}
    for _, words, weight in _senses(entries_of(word)):
        gloss = " ".join(part for part in words if part not in _STOP_WORDS)
        if gloss:
            glosses[gloss] = max(glosses.get(gloss, 0.0), weight)
    return _likeliest(glosses)


@cache
def _glosses() -> dict[str, tuple[str, ...]]:
    """Chinese words by the stemmed English gloss they are given, the likeliest first."""
    weighed: dict[str, dict[str, float]] = {}
    for word, words, weight in _senses(entries(_LENGTHS)):
        chinese = weighed.setdefault(_stemmed(words), {})
        chinese[word] = max(chinese.get(word, 0.0), weight)
    return {gloss: _likeliest(chinese) for gloss, chinese in weighed.items()}


def _likeliest(weighed: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(weighed, key=lambda one: -weighed[one])[:_MOST_TRANSLATIONS])


def _senses(those: Iterable[Entry]) -> Iterator[tuple[str, list[str], float]]:
    """The Chinese word of each entry with the words of each of its glosses, and the gloss's weight."""
    for entry in those:
        if entry.english_name:
            yield entry.word, _WORD.findall(entry.english_name)[:_LONGEST_GLOSS], _NAMED
        for place, definition in enumerate(re.split("[/;]", entry.senses)):
            if definition.startswith(SKIPPED):
                continue
            # A word's first sense is its likeliest; "Jinan, capital of Shandong" is a gloss of "Jinan" too.
            first, comma, _ = definition.partition(",")
            for gloss, weight in ((definition, 1.0), (first, 0.5))[: 2 if comma else 1]:
                bare = _ASIDE.sub("", gloss) if "(" in gloss else gloss
                words = _WORD.findall(_ARTICLE.sub("", bare.strip().lower()))
                if 1 <= len(words) <= _LONGEST_GLOSS and (len(words) > 1 or words[0] not in _STOP_WORDS):
                    yield entry.word, words, weight / (1 + place)


def _stemmed(words: list[str]) -> str:
    return " ".join(map(_stem, words))


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    for suffix, ending in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)] + ending
    return word
