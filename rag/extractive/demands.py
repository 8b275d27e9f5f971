"""What a question names, held against the sentences that may answer it.

A sentence answers for X2 where X2 stands in it, or in its line, the headings over it or the title and it has no other
name of that shape. Where X2 stands only elsewhere in the passage or the document the sentence may be about another,
and counts less. A document without it does not answer, if the documents found have names of that shape at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from corpus import Document
from corpus.language.script import fold
from embeddings import Index
from rag.extractive.candidates import Candidate
from rag.extractive.names_asked import MISSED, NamesAsked
from rag.extractive.presuppositions import denies, lacks
from rag.question.identifiers import Identifier
from rag.question.phrases import Language, enumerated, say
from rag.question.presupposed import years_of
from rag.question.question import Question
from rag.question.romanised import stands_romanised
from rag.question.series import Stranger, strangers_among, unlisted_in
from rag.retrieval.periods import date_of, period_of, periods_in, series_of

__all__ = ["OFFERED", "Demands", "Missing", "unlisted"]

_SEARCHED_CHARS = 100_000  # of a document
_MOST_OTHERS = 4
OFFERED = 0.45
"""No surer is an answer where a name stands nowhere (0 to 1): what there is may be offered, but does not answer."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that no document found has, and the names of its shape that they have."""

    name: str
    others: tuple[str, ...]

    def told(self, language: Language) -> str:
        """The sentence that says so."""
        if not self.others:
            return say("missing", language, name=self.name)
        return say("missing_beside", language, name=self.name, others=enumerated(self.others, language))


@dataclass(frozen=True, slots=True)
class _OtherPeriod:
    """A document of a series that is about another period than the one ``asked`` for in these ``words``: 5月经营."""

    title: str
    words: str
    asked: tuple[str, str]


class _Paper:
    """A document as names are looked for in it."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def over(self) -> str:
        """What stands over all of its text, folded."""
        document = self.document
        return fold("\n".join([document.title, document.id, document.number or "", document.published or ""]))

    @cached_property
    def folded(self) -> str:
        return f"{self.over}\n{fold(self.document.text[:_SEARCHED_CHARS])}"

    def stranger(self, folded: str) -> Stranger | None:
        """What the folded question names of a series of which the document's tables have others."""
        if len(self.document.text) > _SEARCHED_CHARS:
            return None  # it may stand where nobody looked
        return next(strangers_among(folded, self.document.tables, self.folded), None)

    def names_like(self, name: Identifier) -> Iterable[str]:
        """The names of this shape as they are written, in order, with repetitions."""
        document = self.document
        text = unicodedata.normalize("NFKC", f"{document.title}\n{document.number}\n{document.text[:_SEARCHED_CHARS]}")
        return (match[1] for match in re.finditer(name.like.pattern, text, re.IGNORECASE))


class Demands:
    """What one question demands of the sentences found for it."""

    def __init__(self, question: Question, candidates: Iterable[Candidate], index: Index) -> None:
        self._question, self._index = question, index
        self._papers: dict[str, _Paper] = {}
        for candidate in candidates:
            self._papers.setdefault(candidate.document.id, _Paper(candidate.document))
        papers = self._papers.values()
        self._names = [
            name
            for name in question.names
            if name.certain or any(name.form.search(one.folded) or name.like.search(one.folded) for one in papers)
        ]
        self._strangers = [
            one
            for one in question.people
            if _is_nowhere(one, index) and not any(stands_romanised(one, paper.folded) for paper in papers)
        ]
        self._proper = NamesAsked(
            question.proper_names, {key: (paper.document, paper.folded) for key, paper in self._papers.items()}, index
        )
        self._unknown = self._proper.strangers
        self._years = question.years | question.relative_years
        outside = {key: paper.stranger(question.folded) for key, paper in self._papers.items()}
        self._outside = {key: stranger for key, stranger in outside.items() if stranger is not None}
        self._other_periods = [told for paper in papers for told in self._other_periods_of(paper)]

    @property
    def missing(self) -> Missing | None:
        """The first name that none of the documents found has."""
        if self._strangers:
            return Missing(self._strangers[0], ())
        if self._unknown:
            return self._nowhere
        for name in self._names:
            if not any(name.form.search(paper.folded) for paper in self._papers.values()):
                others = [other.strip() for paper in self._papers.values() for other in paper.names_like(name)]
                unlike = dict.fromkeys(one for one in others if not name.form.fullmatch(fold(one)))
                nearest = sorted(unlike, key=lambda one: -SequenceMatcher(None, fold(one), name.text).ratio())
                return Missing(self._written(name), tuple(nearest[:_MOST_OTHERS]))
        if self._outside:
            stranger = next(iter(self._outside.values()))
            return Missing(_as_written(stranger.text, self._question), stranger.others[:_MOST_OTHERS])
        if self._other_periods:
            titles = dict.fromkeys(f"《{one.title}》" for one in self._other_periods)
            return Missing(self._other_periods[0].words.strip(), tuple(titles)[:_MOST_OTHERS])
        return None

    def unknown_to(self, best: Candidate) -> Missing | None:
        """The first place, organisation, brand or person that is nowhere in the index, or a noun that the table which
        the best sentence is a row of does not have among its like."""
        if self._unknown:
            return self._nowhere
        paper = self._papers[best.document.id]
        return unlisted(paper.document, best.start, self._question, paper.folded, self._index)

    @property
    def _nowhere(self) -> Missing:
        places = self._proper.other_places if self._unknown[0].is_place else ()
        return Missing(_as_written(self._unknown[0].text, self._question), places[:_MOST_OTHERS])

    def met(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The sentences of documents that may answer, in their order, with what is taken from their scores."""
        if self._strangers:
            return []
        allowed: dict[str, bool] = {}
        kept = []
        for candidate in candidates:
            paper = self._papers[candidate.document.id]
            known = allowed.get(paper.document.id)
            if known is None or (known and self._question.places):  # places are looked for near the sentence too
                known = self._may_answer(candidate, paper)
                allowed[paper.document.id] = known or bool(self._question.places)
            if known:
                short, unfit = self._short(candidate, paper), self._unfit(candidate, paper)
                kept.append(replace(candidate, short=short, unfit=unfit))
        return kept

    def _may_answer(self, candidate: Candidate, paper: _Paper) -> bool:
        named = all(name.form.search(paper.folded) for name in self._names)
        held = period_of(paper.document.title)
        of_period = all(one.asked in held or one.words in paper.folded for one in self._other_periods)
        another = self._proper.denied(paper.document.id)
        outside = paper.document.id in self._outside
        return named and of_period and not another and not outside and not denies(self._question, candidate)

    def _short(self, candidate: Candidate, paper: _Paper) -> float:
        points = self._proper.short(candidate.document.id)
        if not self._names and not self._years:
            return points
        document, passage = candidate.document, candidate.hit.passage
        first = document.text.rfind("\n", 0, candidate.start) + 1
        last = document.text.find("\n", candidate.end)
        line = document.text[first : last if last >= 0 else None]
        near = f"{fold(chr(10).join([line, *passage.headings]))}\n{paper.over}"
        folded = fold(passage.text)
        said = fold(candidate.text)
        for name in self._names:
            if name.form.search(said):
                continue
            if name.like.search(said):
                points += 2 * MISSED
            elif not name.form.search(near):
                points += MISSED if name.form.search(folded) else 2 * MISSED
        if self._years and not self._years & years_of(near):
            points += MISSED if self._years & years_of(folded) else 2 * MISSED
        return points

    def _unfit(self, candidate: Candidate, paper: _Paper) -> float:
        """Points for what needs no name: a figure or detail that is asked for, the newest of a series."""
        points = MISSED if lacks(self._question, [candidate.text]) else 0.0
        older = self._question.wants_newest and any(
            series_of(paper.document.title) == series_of(other.document.title)
            and date_of(paper.document) < date_of(other.document)
            for other in self._papers.values()
        )
        return points + (MISSED if older else 0.0)

    def _other_periods_of(self, paper: _Paper) -> Iterator[_OtherPeriod]:
        """Where the title tells of another month, quarter or issue of the very thing that is asked for."""
        title, folded = paper.document.title, self._question.folded
        held, series = dict(period_of(title)), series_of(title)
        for period in periods_in(folded):
            if period.kind == "year" or held.get(period.kind, period.value) == period.value:
                continue
            before, behind = folded[max(0, period.start - 2) : period.start], folded[period.end : period.end + 2]
            if len(behind) == 2 and behind in series:
                yield _OtherPeriod(title, folded[period.start : period.end + 2], (period.kind, period.value))
            elif len(before) == 2 and before in series:
                yield _OtherPeriod(title, folded[period.start : period.end], (period.kind, period.value))

    def _written(self, name: Identifier) -> str:
        """The name as the question writes it."""
        found = re.search(name.form.pattern, unicodedata.normalize("NFKC", self._question.text), re.IGNORECASE)
        return found[0] if found else name.text


def unlisted(document: Document, place: int, question: Question, folded: str, index: Index) -> Missing | None:
    """A noun of the question that stands nowhere in the index, and the table at the place has its like."""
    for table in document.tables:
        found = unlisted_in(table, question.folded, folded) if table.start <= place < table.end else None
        if found is not None and _is_nowhere(found.text, index):
            return Missing(_as_written(found.text, question), found.others[:_MOST_OTHERS])
    return None


def _as_written(folded: str, question: Question) -> str:
    """Words of the folded question as the question writes them."""
    at, text = question.folded.find(folded), question.text
    return text[at : at + len(folded)] if at >= 0 and len(text) == len(question.folded) else folded


def _is_nowhere(name: str, index: Index) -> bool:
    """Whether a name of Chinese characters stands in no passage of the index."""
    return any(not index.document_frequency(name[i : i + 2]) for i in range(len(name) - 1))
