"""Proper names in a question that are no codes: places, organisations, brands, people whom the dictionary knows.

Which words are names CC-CEDICT tells: it writes their readings with a capital letter. Of a question without Chinese
characters a word is a name where all that the dictionary gives for it are names ("jinan"), or some of it is and it is
written as one ("Mars"); letters that it does not know may be a name by their reading ("Wanghu").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from corpus import language_of
from corpus.language.names import PLACES, Word, squeezed, words_of
from corpus.language.numerals import english_numeral
from corpus.language.script import HAN, fold, has_han
from embeddings import Term, base_of, lexical_tokens
from rag.question.cedict import entries_of, entries_telling
from rag.question.dictionary import translations
from rag.question.romanised import is_spelled, names_romanised

__all__ = ["ProperName", "places_in", "proper_names_in", "without_rank"]

_TOWN = "ns"
_KINDS = PLACES | {"nr", "nrt", "nrfg", "nz", "j"}
_TIMES = frozenset({"t", "m", "q"})  # 星期一 and 美元 are capitalised in English alone
_PLANET = "(planet)"
_CITY = "prefecture-level city"
_IN_PLACE, _TO_PLACE = frozenset("上里内"), frozenset("在去到往")
_OWN = frozenset({"中国", "中华人民共和国"})  # the documents of a country hardly ever name it
_RANK = re.compile("(?<=..)(?:特别行政区|自治[区州县]|[省市区县镇乡])$")
_OTHER_FORM = re.compile(
    rf"(?:abbr\. (?:for|to)|also (?:called|known as|written)|old name for) (?:[{HAN}]+\|)?([{HAN}]{{2,}})\["
)
_PLACE = re.compile(
    r"\b(?:city|cities|county|district|province|capital|town|township|prefecture|region|country|island|planet|river"
    r"|lake|municipality|port|peninsula|village)\b"
)
_SHORT = 3  # letters of words that titles in English may have without a capital
_WORD = re.compile(r"(?<![\d'’])(?<!\d-)[A-Za-z][A-Za-z-]+(?![A-Za-z\d-])")  # no part of a code, nor what is contracted
_MOST_ENGLISH = 2  # words of a name in English


@dataclass(frozen=True, slots=True)
class ProperName:
    """A name as a question writes it, folded, the ``ways`` a document may write it, and whether it is a place's.

    ``told`` is what the dictionary tells of it, folded: what it lies in. ``spelled`` are letters that the dictionary
    does not know and Chinese characters may be read as; "" for none.
    """

    text: str
    ways: tuple[str, ...]
    is_place: bool = False
    told: str = ""
    spelled: str = ""

    @property
    def term(self) -> Term:
        """The name as an index looks for it."""
        return Term(tuple(tuple(_tokens(way)) for way in self.ways))

    def stands_in(self, folded: str) -> bool:
        """Whether a folded text names it, in its own words or in another language's."""
        held = squeezed(folded)
        if any(way in held if has_han(way) else _latin(way).search(folded) for way in self.ways):
            return True
        return bool(self.spelled) and names_romanised(self.spelled, folded)

    def lies_with(self, other: str) -> bool:
        """Whether the dictionary tells of it and of another place, both folded, that one lies in the other."""
        known = _known(other)
        others = (other, *(known.english if known else ()))
        told = known.told if known else ""
        return any(form in self.told for form in others) or any(way in told for way in self.ways)

    def can_be_in(self, folded: str) -> bool:
        """Whether a text is in a script that the name is known in: of other texts nothing can be told."""
        chinese = has_han(folded)
        return bool(self.spelled and chinese) or any(has_han(way) == chinese for way in self.ways)


@lru_cache(maxsize=256)
def proper_names_in(text: str) -> tuple[ProperName, ...]:
    """The names of a question, each once, in its order; none of one in Japanese, whose words are cut otherwise."""
    if not has_han(text):
        return tuple(dict.fromkeys(_foreign(text)))
    if base_of(language_of(text)) == "ja":
        return ()
    folded = fold(text)
    names = [*_chinese(folded), *_foreign(text)]
    return tuple(dict.fromkeys(names))


def places_in(folded: str) -> Iterator[str]:
    """The places that a folded Chinese text names, in order, with repetitions."""
    for word in words_of(folded):
        if word.kind == _TOWN and _is_name_here(word) and word.text not in _OWN:
            yield word.text


def without_rank(place: str) -> str:
    """A place without the rank behind its name: 青岛 of 青岛市."""
    return _RANK.sub("", place)


def _chinese(folded: str) -> Iterator[ProperName]:
    words = words_of(folded)
    for before, word, behind in zip([None, *words], words, [*words[1:], None], strict=False):
        text = word.text
        if len(text) < 2 or not has_han(text) or text in _OWN:
            continue
        in_place = (before and before.text in _TO_PLACE) or (behind and behind.text[0] in _IN_PLACE)
        if _is_name_here(word):
            yield _of_chinese(text, is_place=_is_place(text))
        elif in_place and (known := _known(text)) is not None and _PLANET in known.told:
            yield _of_chinese(text, is_place=True)


def _of_chinese(word: str, *, is_place: bool) -> ProperName:
    known = _known(word) or _UNKNOWN
    ways = dict.fromkeys([without_rank(word), *_other_forms().get(word, ()), *known.english])
    return ProperName(word, tuple(ways), is_place, known.told)


def _foreign(text: str) -> Iterator[ProperName]:
    """The names in Latin letters; only of an English text, whose common nouns have no capitals."""
    chinese = has_han(text)
    if not chinese and base_of(language_of(text)) != "en":
        return
    written = _WORD.findall(text)
    titled = not any(word.islower() and len(word) > _SHORT for word in written[1:])
    for i, word in enumerate(written):
        capital = word[:1].isupper() and not titled and i > 0 and not word.isupper()
        meanings = translations(word)
        if not meanings or english_numeral(word.lower()) is not None:  # what holds the sentence together, how many
            continue
        known = [chinese for _, words in meanings for chinese in words]
        names = {one: name for one in known if (name := _known(one)) is not None}
        named = [one for one, name in names.items() if word.lower() in name.english]
        if any(one in _OWN or _kind(one) in _TIMES for one in named or known):
            continue
        if names and (capital or (len(word) > _SHORT and named and all(map(_is_name, known)))):
            told = " ".join(name.told for name in names.values())
            ways = dict.fromkeys([word.lower(), *(without_rank(one) for one in named or known)])
            yield ProperName(word.lower(), tuple(ways), any(map(_is_place, names)), told)
        elif not known and capital and not chinese:
            yield ProperName(word.lower(), (word.lower(),), spelled=word if is_spelled(word) else "")


def _is_place(word: str) -> bool:
    return _kind(word) == _TOWN or _PLACE.search((_known(word) or _UNKNOWN).told) is not None


def _is_name(word: str) -> bool:
    """Whether the dictionary has the word as a name, and as nothing else."""
    known = _known(word)
    return known is not None and not known.common


def _is_name_here(word: Word) -> bool:
    """Whether a word of a text is a name: by the dictionary alone, or a town that is a common word elsewhere (包头).

    A city is one whatever it is taken for (宝鸡).
    """
    known = _known(word.text)
    if _is_name(word.text):
        return word.kind in _KINDS or (known is not None and _CITY in known.told)
    return known is not None and word.kind == _TOWN and _PLACE.search(known.told) is not None


def _kind(word: str) -> str:
    words = words_of(word)
    return words[0].kind if len(words) == 1 else ""


def _tokens(way: str) -> list[str]:
    """The tokens that find a way of writing a name: the pairs of Chinese characters."""
    tokens = lexical_tokens(way)
    return [token for token in tokens if len(token) > 1 or not has_han(token)] or tokens


def _latin(way: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z\d]){re.escape(way)}(?![a-z])")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the dictionary tells of a name, its short English forms, and whether it is a common word too."""

    told: str
    english: tuple[str, ...]
    common: bool


_UNKNOWN = _Known("", (), False)


@lru_cache(maxsize=4096)
def _known(word: str) -> _Known | None:
    """What the dictionary tells of a word of two characters or more that is a name; None of any other word."""
    those = list(entries_of(word)) if len(word) > 1 else []
    names = [entry for entry in those if entry.is_name]
    if not names:
        return None
    english = dict.fromkeys(entry.english_name for entry in names)
    short = tuple(one for one in english if one and len(one.split()) <= _MOST_ENGLISH)
    return _Known("".join(f"/{entry.senses.lower()}" for entry in names), short, len(names) < len(those))


@cache
def _other_forms() -> dict[str, tuple[str, ...]]:
    """The other forms of names: what an abbreviation stands for, and the abbreviation of that."""
    forms: dict[str, dict[str, None]] = defaultdict(dict)
    for entry in entries_telling(_OTHER_FORM):
        if entry.is_name and len(entry.word) > 1:
            for other in _OTHER_FORM.findall(entry.senses.lower()):
                forms[entry.word][other] = None
                forms[other][entry.word] = None
    return {word: tuple(others) for word, others in forms.items()}
