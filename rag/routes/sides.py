"""The sides of a comparison: what a question sets beside each other, and the question for each of them alone.

Values of one kind stand for themselves: two years, two codes, two titles. Other sides are joined by a word ("和", "比",
"or"), and where they begin and end is left to the encoder: of the words before and behind it those are taken that are
most alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from corpus.language.dates import parts_of
from corpus.language.names import Word, words_of
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import fold, has_han, simplified
from embeddings import Encoder, Index
from rag.question.dictionary import translations
from rag.question.kinds import without_asking_words
from rag.question.recency import years_said
from rag.routes.one_side import JOINS, Span, alone, said_as, year_of

__all__ = ["Sides", "sides_of"]

_ENUMERATES = frozenset("、/&")  # joins things of any kind
_COMPARES = frozenset({"比", "较", "than"})
_TOGETHER = 0.6  # of the passages with a word have it behind or before the same character
_LAST = frozenset({"n", "ng", "k", "q", "nz", "zg"})
_STOPS = frozenset(',，。？?！!；;：:()（）“”"')
_EDGELESS = frozenset({"u", "uj", "ul", "uz", "ug", "ud", "uv", "p", "c", "d", "r", "y", "e", "o"})
_COUNTED = frozenset("mqtf")
_MOST_WORDS = 6  # of a side, spaces counted
_LONGEST = 16  # characters of a side
_LONGEST_ENGLISH = 36
_FURTHER = 0.06  # a third side may be this much less like the first than the second is
_CODE = re.compile(
    r"(?<![a-z\d])(?=[a-z\d-]*[a-z])(?=[a-z\d-]*\d)[a-z\d]+(?:-[a-z\d]+)*(?:\s(?!and|or|vs|in|is|the)[a-z]+)?"
)
_CODE_ALONE = re.compile(r"[a-z\d-]+")
_EDITION = re.compile("(?:(?:修订|修正|修改)?[版本稿])?")
_TITLE = re.compile("《[^《》]+》")


@dataclass(frozen=True, slots=True)
class Sides:
    """What is set beside each other: the sides in the question's words, and what is asked of each.

    ``asked`` has for each of the ``topics`` the question of every side. A question about one thing has one topic, "".
    ``years`` has the year that a side stands for, "" for none.
    """

    labels: tuple[str, ...]
    topics: tuple[str, ...]
    asked: tuple[tuple[str, ...], ...]
    years: tuple[str, ...]


def sides_of(text: str, encoder: Encoder, index: Index, today: date) -> Sides | None:
    """The two or three sides that a question names, None where it names none.

    The index tells where the cutting of words has parted a name that is not in the dictionary: 望 + 湖区.
    """
    folded = fold(text)
    written = text if len(folded) == len(text) else folded
    words = _words(folded, index)
    chains = _chains(words)
    groups = [_typed(folded, today), *(_joined(words, folded, chain, encoder) for chain in chains)]
    found = [group for group in groups if len(group) > 1]
    if not found:
        return None
    sides = found[0][:3]
    topics = _topics(words, chains, sides)
    parted: Sequence[Span | None] = topics or [None]
    said = [said_as(written[slice(*side)], today) for side in sides]
    asked = [
        tuple(alone(written, [(sides, label), (topics, written[slice(*topic)] if topic else "")]) for label in said)
        for topic in parted
    ]
    return Sides(
        labels=tuple(written[start:end].strip() for start, end in sides),
        topics=tuple(written[start:end].strip() for start, end in topics) or ("",),
        asked=tuple(asked),
        years=tuple(year_of(folded[start:end], today) for start, end in sides),
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word and where it stands in the folded question."""

    word: Word
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.word.text

    @property
    def joins(self) -> bool:
        return self.text in JOINS

    @property
    def stops(self) -> bool:
        asks = self.text.strip() and not without_asking_words(self.text).strip()
        return self.text in _STOPS or bool(asks)

    @property
    def is_edge(self) -> bool:
        """Whether a side may begin or end with it."""
        if not self.text.strip() or (self.word.kind == "x" and not self.text.isalnum()):
            return False
        if has_han(self.text):
            return self.word.kind not in _EDGELESS
        return bool(translations(self.text)) or any(map(str.isdigit, self.text))


def _words(folded: str, index: Index) -> list[_Placed]:
    """The words, single characters joined to what the documents hardly ever have without them."""
    placed: list[_Placed] = []
    at = 0
    for word in words_of(folded):
        end = at + len(word.text)
        last = placed[-1] if placed else None
        if last is not None and last.end == at and _parted(last.word, word, index):
            placed[-1] = _Placed(Word(last.text + word.text, "nz"), last.start, end)
        else:
            placed.append(_Placed(word, at, end))
        at = end
    return placed


def _parted(one: Word, other: Word, index: Index) -> bool:
    """Whether one of two words is a single character, and they are a name together."""
    if min(len(one.text), len(other.text)) > 1 or not (has_han(one.text) and has_han(other.text)):
        return False
    if any(word.kind in _EDGELESS | _COUNTED or word.text in JOINS for word in (one, other)):
        return False
    together = index.document_frequency(one.text[-1] + other.text[0])
    rest = one.text[-2:] if len(one.text) > 1 else other.text[:2]  # of two characters the rarer one
    alone = index.document_frequency(rest) if len(rest) > 1 else min(map(index.document_frequency, (one.text, rest)))
    return together > 0 and together >= _TOGETHER * alone


def _chains(words: Sequence[_Placed]) -> list[list[int]]:
    """The places of joining words, those of one list together; lists that more than enumerate first."""
    chains: list[list[int]] = []
    for i, word in enumerate(words):
        if not word.joins or i == 0 or i + 1 == len(words):
            continue
        before = chains[-1][-1] if chains else None
        if before is not None and before + 1 < i <= before + 1 + _MOST_WORDS:
            between = words[before + 1 : i]
            if not any(one.stops for one in between):
                chains[-1].append(i)
                continue
        if before is not None and i == before + 1:
            continue  # "比" behind "和"
        chains.append([i])
    return sorted(chains, key=lambda chain: all(words[i].text in _ENUMERATES for i in chain))


def _typed(folded: str, today: date) -> list[Span]:
    """Values of one kind, each once: titles, years and other dates, codes."""
    dates = [quantity for quantity in quantities_of(folded) if quantity.kind is QuantityKind.DATE]
    relative = [(start, end) for start, end, _ in years_said(folded)]
    years = [(one.start, _EDITION.match(folded, one.end).end()) for one in dates if one.iso.isdigit()]  # type: ignore[union-attr]
    years += relative
    months = [(one.start, one.end) for one in dates if parts_of(one.iso)[1] and not parts_of(one.iso)[2]]
    titles = [match.span() for match in _TITLE.finditer(folded)]
    codes = [_code(match) for match in _CODE.finditer(folded)]
    for spans in (titles, years, months, codes):
        distinct: dict[str, Span] = {}
        for span in sorted(spans):
            distinct.setdefault(year_of(folded[slice(*span)], today) or folded[slice(*span)], span)
        joined = _next_to_each_other(folded, list(distinct.values()))
        if len(joined) > 1:
            return joined
        if len(distinct) == 2:
            return list(distinct.values())
    return []


def _code(match: re.Match[str]) -> Span:
    """A code with the word behind it where that is a name of its own ("S50 Max"), and no word of a sentence."""
    start, end = match.span()
    alone = _CODE_ALONE.match(match.string, start)
    assert alone is not None
    behind = match.string[alone.end() : end].strip()
    rest = match.string[end:].strip()
    return (start, end) if behind and (has_han(match.string) or rest[:1] in _STOPS) else (start, alone.end())


def _next_to_each_other(folded: str, spans: list[Span]) -> list[Span]:
    """Those with nothing but joining words between them."""
    for i, span in enumerate(spans):
        group = [span]
        for other in spans[i + 1 :]:
            between = folded[group[-1][1] : other[0]].strip(" ,，的年")
            if between.removesuffix(" the") not in JOINS and between:
                break
            group.append(other)
        if len(group) > 1:
            return group
    return []


def _joined(words: Sequence[_Placed], folded: str, chain: Sequence[int], encoder: Encoder) -> list[Span]:
    """The sides around joining words: of the words on both sides of the first those that are most alike, and so on."""
    longest = _LONGEST if has_han(folded) else _LONGEST_ENGLISH
    lefts = _before(words, chain[0], longest)
    rights = _beside(words, chain[0], 1, longest)
    if not lefts or not rights:
        return []
    texts = [folded[slice(*span)] for span in [*lefts, *rights]]
    vectors = encoder.encode([simplified(one) for one in texts], "query")
    likeness = vectors[: len(lefts)] @ vectors[len(lefts) :].T
    for i, left in enumerate(lefts):
        for j, right in enumerate(rights):
            one, other = folded[slice(*left)], folded[slice(*right)]
            if (
                one == other
                or (one in other and not other.startswith(one))
                or (other in one and not one.startswith(other))
            ):
                likeness[i, j] = -1.0  # 医保 and 居民医保: what tells the one from the other is missing
    if likeness.max() < 0:
        return []
    i, j = divmod(int(likeness.argmax()), len(rights))
    sides = [lefts[i], _whole(words, rights[j])]
    for before, behind in pairwise(chain):
        whole = words[before + 1].start, words[behind - 1].end
        further = _beside(words, behind, 1, longest)
        if sides[-1] != whole or not further:
            break
        likely = encoder.encode([simplified(folded[slice(*span)]) for span in further], "query") @ vectors[i]
        if likely.max() < likeness[i, j] - _FURTHER:
            break
        sides.append(further[int(likely.argmax())])
    return sides


def _before(words: Sequence[_Placed], join: int, longest: int) -> list[Span]:
    """The runs of words before a joining word; before one that compares, the first side may stand anywhere."""
    if words[join].text not in _COMPARES:
        return _beside(words, join, -1, longest)
    first = next((i + 1 for i in range(join - 1, -1, -1) if words[i].stops or words[i].joins), 0)
    return [span for i in range(join, first, -1) for span in _beside(words[first:], i - first, -1, longest)]


def _whole(words: Sequence[_Placed], span: Span) -> Span:
    """The run with a last character that the cutting of words has parted from it: S50医院 + 版."""
    behind = next((one for one in words if one.start == span[1]), None)
    if behind is not None and len(behind.text) == 1 and behind.word.kind in _LAST and has_han(behind.text):
        return span[0], behind.end
    return span


def _beside(words: Sequence[_Placed], join: int, step: int, longest: int) -> list[Span]:
    """The runs of words that begin beside a joining word, the shortest first."""
    spans: list[Span] = []
    inner: _Placed | None = None
    for i in range(join + step, join + step * (_MOST_WORDS + 1), step):
        if not 0 <= i < len(words) or words[i].stops or words[i].joins:
            break
        word = words[i]
        if inner is not None and word.word.kind == "d":
            break
        if inner is None and not word.is_edge:
            if word.text.strip() and has_han(word.text):
                break
            continue  # "the" before a side
        inner = inner or word
        start, end = (inner.start, word.end) if step > 0 else (word.start, inner.end)
        if end - start > longest:
            break
        if word.is_edge and (end - start > 1 or not has_han(word.text)):
            spans.append((start, end))
    return spans


def _topics(words: Sequence[_Placed], chains: Sequence[Sequence[int]], sides: Sequence[Span]) -> list[Span]:
    """The things asked of every side, where they are enumerated: 续航、清洗宽度、水箱."""
    first, last = sides[0][0], sides[-1][1]
    for chain in chains:
        joins = [i for i in chain if not first <= words[i].start < last]
        if not joins:
            continue
        bounds = [max(0, joins[0] - _MOST_WORDS), *joins, min(len(words), joins[-1] + 1 + _MOST_WORDS)]
        topics: list[Span] = []
        for place, (left, right) in enumerate(pairwise(bounds)):
            edge = "left" if place == 0 else "right" if place == len(bounds) - 2 else ""
            span = _topic(words, left, right, edge, sides)
            if span is not None:
                topics.append(span)
        if len(topics) > 1:
            return topics[:4]
    return []


def _topic(words: Sequence[_Placed], left: int, right: int, edge: str, sides: Sequence[Span]) -> Span | None:
    """An item of an enumeration between two joining words; at its ends as far as there are nouns."""
    inside = [one for one in words[left:right] if not one.joins]
    taken: list[_Placed] = []
    for one in reversed(inside) if edge == "left" else inside:
        in_side = any(start <= one.start < end for start, end in sides)
        if in_side or one.stops or (edge and taken and one.word.kind in _EDGELESS):
            break
        if one.is_edge:
            taken.append(one)
        elif edge == "right" and taken:
            break
    if not taken:
        return None
    return min(one.start for one in taken), max(one.end for one in taken)
