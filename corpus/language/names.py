"""Names in a sentence that a text does not hold: people, places, organisations, titles, quoted words, Latin words.

Chinese words and their parts of speech are jieba's, without its guessing of unknown words, which is slow; a run of
characters that make no word together and stand nowhere in the text counts as a name too (刘培鹤). All texts are
expected folded (``embeddings.fold``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import platformdirs

from corpus.language.script import HAN, fold, has_han

__all__ = [
    "PLACES",
    "QUOTED",
    "Word",
    "frequency_of",
    "guessed_words_of",
    "identifiers_of",
    "people_of",
    "squeezed",
    "strange_names",
    "words_of",
    "words_with_zones",
]

PLACES = frozenset({"ns", "nt"})
"""Parts of speech of places and organisations."""

QUOTED = re.compile(r"《([^《》]{1,60})》|“([^“”]{1,40})”|「([^「」]{1,40})」|『([^『』]{1,40})』|\"([^\"]{1,40})\"")
_LATIN = re.compile(r"[a-z\u00c0-\u024f][a-z\u00c0-\u024f\d&.'’+-]*[a-z\u00c0-\u024f\d]|[a-z](?=[^a-z]|$)")
_CODE = re.compile(r"[a-z\d.+/:_-]*\d[a-z\d.+/:_-]*")
_STANDARD = r"(?<![a-z\d])[a-z]{1,4}/[a-z]{1,4}\s?\d[a-z\d.-]*"  # gb/t 19001-2016
_IDENTIFIER = re.compile(rf"{_STANDARD}|{_CODE.pattern}")
_FOREIGN = re.compile(rf"[{HAN}](?=[·•・]([{HAN}]))")  # the characters around the point of 伊萨克·牛顿
_NAME_CLASSES = frozenset({"nr", "nrt", "nrfg", "ns", "nt", "nz", "j"})
_NOUN_CLASSES = frozenset({"n", "ng", "x", "zg", "g", "b"})
_FUNCTION_CLASSES = frozenset(
    {"u", "uj", "ul", "uz", "ug", "ud", "uv", "p", "c", "d", "r", "y", "e", "o", "m", "q", "f"}
)
_ADMINISTRATIVE = re.compile(r"(?:特别行政区|地区|地方|自治[区州县]|[省市区县镇乡村州国])$")
_ZONE = re.compile(
    r"(?:高新(?:技术)?(?:产业)?|经济?(?:技术)?|保税|自贸|工业|产业|科技)?(?:开发?)?(?:新?区|园区?)|[省市县镇乡]"
)
_SPACES = re.compile(r"[\s·•・'’‘\"“”「」『』《》〈〉()（）\[\]【】,，.。、:：;；!！?？-]+")
_FUNCTION_CHARACTERS = frozenset(
    "的了是在和与及于之其为以并也都就把被从到对将由等所着过有个这那它他她们上下中内外而或又还但"
)


class Word(NamedTuple):
    """A Chinese word with jieba's part of speech."""

    text: str
    kind: str

    @property
    def is_function(self) -> bool:
        """Whether it only holds the sentence together."""
        return self.kind in _FUNCTION_CLASSES or self.text in _FUNCTION_CHARACTERS


def words_of(text: str) -> list[Word]:
    """The words of a Chinese text with their parts of speech."""
    return list(_cut(text))


def guessed_words_of(text: str) -> list[Word]:
    """The words of a short Chinese text with their parts of speech, those that jieba does not know guessed."""
    return [Word(pair.word, pair.flag) for pair in _tagger().cut(text)]


def frequency_of(word: str) -> int:
    """How often a Chinese word, folded, stands in the text that jieba's dictionary was counted in; 0 for none."""
    _tagger()
    import jieba

    jieba.initialize()
    return int(jieba.dt.FREQ.get(word, 0))


def words_with_zones(text: str) -> list[Word]:
    """The words of the text in its own script; a place and the zone or district named after it are one word."""
    folded = fold(text)
    written = text if len(text) == len(folded) else folded
    spans: list[tuple[int, int, str]] = []
    at = joined = 0
    for word in words_of(folded):
        at += len(word.text)
        zone = _ZONE.match(folded, at) if word.kind in PLACES else None
        if at > joined:
            last = zone.end() if zone else at
            if spans and spans[-1][2] in PLACES and (word.kind in PLACES or zone):
                spans[-1] = spans[-1][0], last, spans[-1][2]
            else:
                spans.append((joined, last, word.kind))
            joined = last
    return [Word(written[start:end], kind) for start, end, kind in spans]


def identifiers_of(folded: str) -> list[str]:
    """The codes of a folded text, each once: x2, e05, gb/t 19001."""
    codes = (match[0].strip(".:/-_") for match in _IDENTIFIER.finditer(folded))
    return list(dict.fromkeys(code for code in codes if any(map(str.isalpha, code))))


def people_of(folded: str) -> list[str]:
    """What jieba takes for names of people in a short text, unknown ones too; it is wrong about one in five."""
    return [word.text for word in guessed_words_of(folded) if word.kind == "nr"]


def squeezed(text: str) -> str:
    """The text without spaces, quotation marks and punctuation, for finding words that are broken by them."""
    return _SPACES.sub("", text)


def strange_names(sentence: str, text: str) -> list[str]:
    """The names of the sentence that the text does not hold, each once, in order.

    Latin words are held against texts in Latin letters only, Chinese ones against Chinese texts only: a name may be
    translated between them.
    """
    held = squeezed(text)
    names = [next(filter(None, match.groups())) for match in QUOTED.finditer(sentence)]
    names += [match[0] + match[1] for match in _FOREIGN.finditer(sentence)]
    names += [match[0] for match in _CODE.finditer(sentence) if re.search("[a-z]", match[0])]
    if not has_han(text) or has_han(sentence):
        names += _latin_names(sentence)
    chinese = has_han(text)
    if chinese:
        names += _chinese_names(sentence, held)
    strange: list[str] = []
    for name in names:
        comparable = has_han(name) if chinese and not re.search("[a-z]", text) else True
        if (comparable or has_han(sentence)) and not _holds(held, name) and not any(name in other for other in strange):
            strange.append(name)
    return strange


def _latin_names(sentence: str) -> list[str]:
    """Latin words in a Chinese sentence; English sentences have too many words that are no names."""
    return [match[0] for match in _LATIN.finditer(sentence)] if has_han(sentence) else []


def _chinese_names(sentence: str, held: str) -> Iterator[str]:
    for strange, run in groupby(words_of(sentence), lambda word: _is_strange(word, held)):
        words = list(run)
        if not strange:
            continue
        named = [word for word in words if word.kind in _NAME_CLASSES and len(word.text) > 1]
        if named:
            yield from (word.text for word in named)
        elif _make_a_name(words):
            yield "".join(word.text for word in words)


def _make_a_name(words: list[Word]) -> bool:
    """Whether words that are no names themselves are the characters of one."""
    nouns = all(len(word.text) == 1 or word.kind in _NOUN_CLASSES for word in words)
    return len(words) > 1 and nouns and any(len(word.text) == 1 for word in words)


def _is_strange(word: Word, held: str) -> bool:
    return has_han(word.text) and not word.is_function and word.text not in held


def _holds(held: str, name: str) -> bool:
    plain = squeezed(name)
    if not plain or plain in held:
        return True
    stem = _ADMINISTRATIVE.sub("", plain)
    return len(stem) >= 2 and stem in held


@lru_cache(maxsize=4096)  # a sentence is held against many
def _cut(text: str) -> tuple[Word, ...]:
    return tuple(Word(pair.word, pair.flag) for pair in _tagger().cut(text, HMM=False))


@cache
def _tagger() -> Any:
    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    with suppress(OSError):  # then its dictionary is made anew each time
        # It would load whatever anyone left in the folder of temporary files.
        jieba.dt.tmp_dir = str(platformdirs.user_cache_path("yinju", ensure_exists=True))
    return jieba.posseg
