"""Which documents a question names, however loosely: "S50的说明书", "3月的例会", "体检那个通知", "the lease".

A word of the question speaks for a document where it stands in its names (``DocumentName``), less where it stands in
its headings or its text, weighed by how rare the word is in general and among the names. Where the names leave several
documents, the vectors of their titles and what a search finds decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from corpus import Document, Passage
from corpus.language.script import fold, simplified
from embeddings import DocumentSummary, Term, lexical_tokens
from embeddings.encoders.protocol import Vectors
from rag.question.proper_names import ProperName, proper_names_in
from rag.retrieval.editions import Editions
from rag.routes.document_names import STRONG, DocumentName, DocumentNames
from rag.routes.room import Asking
from rag.routes.wanted import Wanted

__all__ = ["Naming", "is_another", "naming_of"]

_LEAST = 0.45  # share of a question's naming words that a document must account for
_SAME_AT_LEAST = 0.4  # of a word's being among the names, below which it is no part of them
_NEAR = 0.04  # documents whose shares differ by less are named alike
_CANDIDATES = 12
_MOST_NAMED = 12
_IN_HEADINGS, _IN_TEXT = 0.5, 0.35
_LEAST_NAMED = 0.2  # of which must be by its names; what only speaks of a thing is not named by it
_READ_CHARS = 40_000
_OPENING_CHARS = 200
_OTHER_NUMBER = 0.3  # of its share, for each kind of number that it has another of: 第四期 of 第三期
_OTHER_NAME = 0.3  # of its share is left to a document that lacks a place or an organisation that is named
_KIND = 0.35  # of its weight counts a kind of document that the document is not called by: 体检那个通知
_APART = 0.015  # inner products of titles with the question that tell two documents apart
_NOT_FOUND = 2.0  # how far a document that a search does not find stands behind the best hit
_ALL_MEANT = 0.95  # how sure it is where a question speaks of all documents, and there are few
_UNDECIDED = 0.6  # how sure it is where several documents go by all the words


@dataclass(frozen=True)
class Naming:
    """The documents that a question names, those of a series in the order of their dates.

    ``likelihood`` is how likely they are what is meant (0 to 1). ``topic`` are the words, each with its weight, that
    the question has beside the names, ``asked`` those of all its words that stand behind 哪些 or 什么. ``unheard`` is
    the share, by weight, of the words that no document goes by and the named ones do not say (0 to 1). ``series`` is
    whether they are issues of one series.
    """

    documents: tuple[DocumentSummary, ...] = ()
    likelihood: float = 0.0
    topic: Mapping[Term, float] = field(default_factory=dict)
    asked: Mapping[Term, float] = field(default_factory=dict)
    unheard: float = 0.0
    series: bool = False

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the documents."""
        return frozenset(document.id for document in self.documents)


def naming_of(asking: Asking, text: str | None = None) -> Naming:
    """The documents that a question, or ``text``, a part of it, names, and how likely they are meant.

    Where only one document is asked it is that one, as likely as what the question says of it is found in it.
    """
    wanted = Wanted.of(asking, asking.question.text if text is None else text)
    names = DocumentNames.of(asking.index).within(asking.within)
    if not names:
        return Naming()
    if len(names) == 1:
        only = _Rated.of(names[0], wanted, asking)
        return Naming((only.name.summary,), 1.0 - only.unheard, only.topic, wanted.asked, only.unheard)
    if wanted.each and not wanted.words and not wanted.dates and len(names) <= _MOST_NAMED:
        everything = sorted((name.summary for name in names), key=lambda one: (one.published or "", one.id))
        return Naming(tuple(everything), _ALL_MEANT, {}, wanted.asked)
    rated = sorted((_Rated.of(name, wanted, asking) for name in _candidates(names, wanted, asking)), key=_by_share)
    if not rated or rated[0].share < _LEAST or rated[0].named < _LEAST_NAMED:
        unheard = min((one.unheard for one in rated), default=1.0)
        topic = {term: weight * (_KIND if term in wanted.kinds else 1.0) for term, weight in wanted.words.items()}
        return Naming((), 0.0, topic, wanted.asked, unheard)
    alike = [one for one in rated if one.share >= rated[0].share - _NEAR]
    chosen, certainty = _narrowed(alike, wanted, asking)
    if wanted.joined:
        chosen = [*chosen, *_joined(chosen, rated)]
    first = chosen[0]
    lost = sum(weight for term, weight in first.missing.items() if all(term in one.missing for one in chosen))
    unheard = lost / first.total
    return Naming(
        documents=tuple(one.name.summary for one in sorted(chosen, key=_by_date)),
        likelihood=min(1.0, first.share + 0.1) * certainty * (1.0 - wanted.cost * unheard),
        topic={term: weight for term, weight in first.topic.items() if all(term in one.topic for one in chosen)},
        asked=wanted.asked,
        unheard=unheard,
        series=len(chosen) > 1 and len({one.name.series for one in chosen}) == 1,
    )


@dataclass(frozen=True)
class _Rated:
    """A document with the share of the words that it accounts for, and the words it does not go by."""

    name: DocumentName
    share: float
    named: float
    credits: dict[Term, float]
    topic: dict[Term, float]
    missing: dict[Term, float]
    total: float

    @property
    def unheard(self) -> float:
        """The share, by weight, of the words that it neither goes by nor says (0 to 1)."""
        return sum(self.missing.values()) / self.total if self.total else 0.0

    @classmethod
    def of(cls, name: DocumentName, wanted: Wanted, asking: Asking) -> _Rated:
        said_in = _said_in(asking.index.document(name.summary.id))
        credit_of = {term: name.holds(term) for term in wanted.words}
        topic = {term: weight for term, weight in wanted.words.items() if credit_of[term] < _SAME_AT_LEAST}
        said = total = named = 0.0
        missing = {}
        for term, weight in wanted.words.items():
            credit = max(credit_of[term], said_in.holds(term))
            counted = weight * (_KIND if term in wanted.kinds and not credit else 1.0)
            said += counted * credit
            named += counted * credit_of[term]
            total += counted
            if not credit:
                missing[term] = counted
        ours = {iso: weight for iso, weight in wanted.dates.items() if name.dated(iso)}
        dated = ours if ours and wanted.joined else wanted.dates
        for iso, weight in dated.items():
            said += weight * name.dated(iso)
            named += weight * name.dated(iso)
            total += weight
        share = said / total if total else 0.0
        if any(name.conflicts(iso) for iso in dated):
            share *= 0.5
        if not all(said_in.names(one) for one in proper_names_in(wanted.text)):
            share *= _OTHER_NAME
        share *= _OTHER_NUMBER ** len(_other_numbers(name, wanted))
        if not total:
            return cls(name, 0.0, 0.0, credit_of, topic, missing, total)
        return cls(name, share, named / total, credit_of, topic, missing, total)


def is_another(name: DocumentName, wanted: Wanted) -> bool:
    """Whether a document is of another issue or another date than the question names."""
    return bool(_other_numbers(name, wanted)) or any(name.conflicts(iso) for iso in wanted.dates)


def _other_numbers(name: DocumentName, wanted: Wanted) -> set[str]:
    """The units of which a document has another number than is wanted: 期 of 第四期 for 第三期."""
    others = _units(wanted.numbers - name.numbers) & _units(name.numbers)
    if wanted.joined:  # 第三期和第四期: it may be of either
        others -= _units(wanted.numbers & name.numbers)
    return others


def _units(numbers: frozenset[tuple[str, object]]) -> set[str]:
    return {unit for unit, _ in numbers}


def _candidates(names: Sequence[DocumentName], wanted: Wanted, asking: Asking) -> list[DocumentName]:
    """The documents whose names hold most of what is wanted, and those of the best hits."""

    def named(name: DocumentName) -> float:
        dated = sum(weight * name.dated(iso) for iso, weight in wanted.dates.items())
        return dated + sum(weight * name.holds(term) for term, weight in wanted.words.items())

    found = {hit.passage.document_id for hit in asking.search(wanted.text).hits}
    rated = sorted(((named(name), i) for i, name in enumerate(names)), key=lambda one: (-one[0], one[1]))
    best = [names[i] for score, i in rated[:_CANDIDATES] if score > 0]
    return [*best, *(name for name in names if name.summary.id in found and name not in best)]


def _narrowed(alike: list[_Rated], wanted: Wanted, asking: Asking) -> tuple[list[_Rated], float]:
    """Of documents named alike those that are meant, and how sure that is (0 to 1)."""
    alike = _latest_editions(alike, asking)
    if len(alike) == 1:
        return alike, 1.0
    one_series = len({one.name.series for one in alike}) == 1
    if wanted.latest:
        return [max(alike, key=_by_date)], 1.0 if one_series else 0.8
    if one_series or wanted.each:
        return sorted(alike, key=_by_date)[-_MOST_NAMED:], 1.0 if one_series else 0.95
    if not min(one.unheard for one in alike):
        return alike[:_MOST_NAMED], _UNDECIDED
    likeness = [float(_title_vector(asking, one.name.summary.title) @ _vector(asking, wanted.text)) for one in alike]
    found = {hit.passage.document_id: hit.score for hit in reversed(asking.search(wanted.text).hits)}
    best_hit = max(found.values(), default=0.0)
    behind = [found.get(one.name.summary.id, best_hit - _NOT_FOUND) - best_hit for one in alike]
    near = [like + _APART * score for like, score in zip(likeness, behind, strict=True)]
    order = sorted(range(len(alike)), key=lambda i: -near[i])
    if near[order[0]] - near[order[1]] >= _APART:
        series = alike[order[0]].name.series
        return [one for one in alike if one.name.series == series], 0.85
    return [alike[i] for i in order[:_MOST_NAMED]], _UNDECIDED


def _latest_editions(alike: list[_Rated], asking: Asking) -> list[_Rated]:
    """Without the editions that a later one among them takes the place of, unless the question names their year."""
    if len(alike) == 1:
        return alike
    titled = [Passage(one.name.summary.id, 0, 0, "", one.name.summary.title) for one in alike]
    superseded = Editions(asking.index).superseded(titled, asking.question.editions)
    return [one for one in alike if one.name.summary.id not in superseded]


def _joined(chosen: Sequence[_Rated], rated: Sequence[_Rated]) -> list[_Rated]:
    """The documents that a question names beside the first: those that go by words which no other one does."""
    added: list[_Rated] = []
    covered = {term for one in chosen for term, credit in one.credits.items() if credit >= STRONG}
    for one in rated:
        own = {term for term, credit in one.credits.items() if credit >= STRONG}
        if one not in chosen and own - covered and own & covered:
            added.append(one)
            covered |= own
    return added


@dataclass(frozen=True)
class _Said:
    """What a document says: the tokens of its headings and opening words, and of its text."""

    written: str
    folded: str
    above: frozenset[str]
    text: frozenset[str]

    def holds(self, term: Term) -> float:
        """How well it says a word (0 to 1); a code (S50) is one word."""
        code = "".join(term.ways[0])
        if code.isascii() and any(map(str.isdigit, code)) and code not in self.folded:
            return 0.0
        return _IN_HEADINGS if term.share(self.above) == 1.0 else _IN_TEXT if term.share(self.text) == 1.0 else 0.0

    def names(self, name: ProperName) -> bool:
        """Whether it has a proper name, or is in a script that the name is not known in."""
        return not name.can_be_in(self.written) or name.stands_in(self.written)


@lru_cache(maxsize=256)
def _said_in(document: Document) -> _Said:
    headings = [document.text[heading.start : heading.end] for heading in document.headings]
    above = "\n".join([*headings, document.text[:_OPENING_CHARS]])
    text = document.text[:_READ_CHARS]
    written = fold(f"{document.title}\n{document.id}\n{text}")
    folded = written.replace("-", "").replace(" ", "")
    return _Said(written, folded, frozenset(lexical_tokens(above)), frozenset(lexical_tokens(text)))


def _vector(asking: Asking, text: str) -> Vectors:
    vector: Vectors = asking.retriever.encoder.encode([simplified(text)], "query")[0]
    return vector


def _title_vector(asking: Asking, title: str) -> Vectors:
    vector: Vectors = asking.retriever.encoder.encode([simplified(title)], "document")[0]
    return vector


def _by_share(one: _Rated) -> float:
    return -one.share


def _by_date(one: _Rated) -> tuple[str, list[float], str]:
    numbers = sorted(float(str(value)) for _, value in one.name.numbers)
    return one.name.summary.published or "", numbers, one.name.summary.id
