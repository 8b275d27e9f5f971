"""Where in the passages a written sentence stands: the sentences that carry it, whole or clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from corpus import Document
from corpus.language.names import strange_names, words_of
from corpus.language.quantities import quantities_of
from corpus.language.script import HAN, fold, has_han
from embeddings import Index
from embeddings.encoders.protocol import Vectors
from rag.answers import Hit
from rag.proof.citations import Numbering
from rag.proof.evidence import Evidence
from rag.proof.verification import coverage, problems_of, repeats
from rag.question.phrases import Language, say
from rag.reading.reader import Page, SentenceReader
from rag.retrieval.retriever import Found

__all__ = ["Aligner", "Place", "is_bare_figure"]

_NEAR = 0.9  # likeness of a sentence and its translation or paraphrase, as far as the bundled encoder tells
_NEAR_ACROSS = 0.8  # of a sentence and one in another language
_LEAST_RELEVANT = 0.35  # below this share of its words the passage speaks of something else
_STATEMENT = re.compile(rf"(?:[{HAN}].*?){{5}}|(?:[A-Za-z]+\W+){{2}}[A-Za-z]+")  # a word or two stand anywhere
_CLOSE_CALL = 0.05  # a pair of sentences must be this much better than one
_READ = 3  # passages in which a matter is looked for that is said not to be told
_CLAUSE = re.compile(r"[^，；;]*[，；;]|[^，；;]+$")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Place:
    """A stretch of a document that may carry a written sentence.

    ``repeated`` tells that the written sentence is its own words, but for a few, and so speaks of it.
    ``before`` is the passage's text before it. ``likeness`` is the greatest inner product of its sentences' vectors
    with the written one's, ``share`` how much of the written one's words it holds (0 to 1). ``across`` tells that the
    two are in different languages. ``problems`` are what it does not bear out, ``against`` how many they are: a half
    where it is only less alike than a translation would be. ``clauses`` are those of the written
    sentence that it was found for, "" where it was found for the whole of it.
    """

    hit: Hit
    document: Document
    start: int
    end: int
    before: str
    likeness: float
    share: float
    repeated: bool
    across: bool
    problems: tuple[str, ...]
    against: float
    clauses: str = ""

    @property
    def quote(self) -> str:
        """Its text."""
        return self.document.text[self.start : self.end]

    @property
    def bears(self) -> bool:
        """Whether it bears the sentence out."""
        return not self.problems

    @property
    def relevant(self) -> bool:
        """Whether it speaks of the same thing at all, whatever it says of it."""
        if self.across:
            return self.bears or self.likeness >= _NEAR_ACROSS
        return self.share >= _LEAST_RELEVANT or self.likeness >= _NEAR

    @property
    def merit(self) -> tuple[float, float]:
        """What places are ranked by, the best the greatest: few problems, then likeness and shared words."""
        return (-self.against, self.likeness + self.share)


class Aligner:
    """Finds the places of one answer's sentences in the passages it was written from."""

    def __init__(self, found: Found, index: Index, language: Language, question: str = "") -> None:
        self._found = found
        self._index = index
        self._language = language
        self._question = question
        self._evidence = lru_cache(maxsize=None)(self._read)
        self._bests: dict[tuple[str, int], Place | None] = {}

    def resolve(
        self, text: str, vector: Vectors, marks: Sequence[int], *, under: str = "", lent: bool = False
    ) -> list[Place]:
        """The places that a sentence with these marks (passage numbers from 1) rests on, the marked ones first.

        A mark keeps its passage if that bears the sentence out, or at least speaks of it; then what it contradicts can
        be shown. Where no marked passage bears the sentence, one that does takes the place of the marks, or several of
        which each bears a clause; but where a marked one is what the sentence repeats, only one that it repeats too.
        Marks of passages that speak of other things, or that there are not, are dropped.
        Exclamations of a word or two are not looked for, since some passage would hold them by chance; a figure by
        itself ("30000元") is, where the passage speaks of what was asked. ``under`` is what the sentence stands under.
        Marks that are ``lent``, as those of a list of sources are, do not say that the passages bear it out together.
        """
        marked = [self._best(text, vector, mark - 1) for mark in marks if 1 <= mark <= len(self._found.hits)]
        places = [place for place in marked if place is not None and place.relevant]
        repeated = [place for place in places if place.repeated]
        places = repeated or places
        if any(place.bears for place in places):
            return [place for place in places if place.bears]
        if len(places) > 1 and not lent and not self._problems_together(text, places):
            return places
        if lent:
            places = sorted(places, key=lambda place: place.merit)[-1:]
        stated = is_statement(text)
        if not stated and not _DIGIT.search(text):
            return places
        others = (self._best(text, vector, i) for i in range(len(self._found.hits)) if i + 1 not in marks)
        bearing = [place for place in others if place is not None and place.bears and place.relevant]
        if repeated:  # what it changes in the words that it repeats is not borne out by others
            bearing = [place for place in bearing if place.repeated]
        context = fold(f"{under}\n{self._question}")
        asked = {id(place): self._asked(context, place) for place in bearing}
        if not stated:
            bearing = [place for place in bearing if asked[id(place)] >= _LEAST_RELEVANT]
        if bearing:
            return [max(bearing, key=lambda place: place.merit[1] + asked[id(place)])]
        return places if repeated else self._by_clauses(text, vector, marks) or places

    def likeliest(self, text: str, vector: Vectors) -> list[Place]:
        """The one place, of all passages, that is most like a sentence; none where there is none at all.

        Of a sentence in another language than the passages its figures tell more than its likeness.
        """
        return [place for _, place in self._likely(text, vector)[:1]]

    def told(self, matter: str, vector: Vectors, reader: SentenceReader, least: float) -> Place | None:
        """The sentence of the likeliest passages that tells a matter, where the reader says so with these log-odds."""
        rows = [i for i, _ in self._likely(matter, vector)[:_READ]]
        passages = [self._found.hits[i].passage for i in rows]
        spans = [self._index.sentences(self._found.rows[i]).spans - self._found.hits[i].passage.start for i in rows]
        pages = [
            Page(
                Page.context_over(passage.text, passage.title, passage.headings),
                passage.text,
                tuple((int(start), int(end)) for start, end in each),
            )
            for passage, each in zip(passages, spans, strict=True)
        ]
        read = [
            (reading.score, i, span)
            for i, page, readings in zip(rows, pages, reader.read(matter, pages), strict=True)
            for span, reading in zip(page.sentences, readings, strict=True)
        ]
        score, i, (start, end) = max(read, default=(least - 1, 0, (0, 0)))
        first = self._found.hits[i].passage.start
        return self._place(matter, i, first + start, first + end, 0.0) if score >= least else None

    def _likely(self, text: str, vector: Vectors) -> list[tuple[int, Place]]:
        """The best place of each passage, with the passage's row, the likeliest first."""
        each = ((i, self._best(text, vector, i)) for i in range(len(self._found.hits)))
        places = [(i, place) for i, place in each if place is not None]
        return sorted(places, key=lambda one: one[1].merit if one[1].across else (0.0, one[1].merit[1]), reverse=True)

    def cite(self, place: Place, numbering: Numbering) -> int:
        """The number of a place among an answer's citations."""
        return numbering.cite(place.document, place.hit.passage, place.start, place.end)

    def _asked(self, context: str, place: Place) -> float:
        """How much of the question, and of what a sentence stands under, a place and its title hold, in words."""
        title, passage = place.document.title, place.hit.passage
        return coverage(context, fold("\n".join((title, *passage.headings, place.before, place.quote))))

    def _by_clauses(self, text: str, vector: Vectors, marks: Sequence[int]) -> list[Place]:
        """For each clause of a sentence a place that bears it, each once; empty unless all have one.

        A clause goes on about what the one before speaks of, so that its place is in the same document, unless it
        names something that is not named there.
        """
        clauses = _clauses(text)
        if len(clauses) < 2:
            return []
        found: list[Place] = []
        for clause in clauses:
            each = [self._best(clause, vector, i) for i in range(len(self._found.hits))]
            bearing = [place for place in each if place is not None and place.bears and place.relevant]
            if found:
                last = found[-1]
                around = "\n".join((fold(last.hit.passage.text), fold(last.document.title)))
                same = [place for place in bearing if place.document.id == last.document.id]
                named = any(not name[0].isdigit() for name in strange_names(fold(clause), around))  # 1450rpm is none
                bearing = same or (bearing if named else [])
            if not bearing:
                return []
            found.append(max(bearing, key=lambda place: (place.hit.rank in marks, place.merit)))
        carried: dict[tuple[str, int, int], Place] = {}
        for clause, place in zip(clauses, found, strict=True):
            key = (place.document.id, place.start, place.end)
            before = carried[key].clauses if key in carried else ""
            carried[key] = replace(place, clauses=before + clause)
        return list(carried.values())

    def _problems_together(self, text: str, places: Sequence[Place]) -> tuple[str, ...]:
        quotes = "\n".join(place.quote for place in places)
        leans_on = [part for place in places for part in (place.document.title, place.before)]
        likeness = max(place.likeness for place in places)
        return problems_of(text, Evidence.of(quotes, leans_on), self._language, likeness)

    def _best(self, text: str, vector: Vectors, i: int) -> Place | None:
        """See ``_found_best``; a text is looked for in a passage once."""
        if (text, i) not in self._bests:
            self._bests[text, i] = self._found_best(text, vector, i)
        return self._bests[text, i]

    def _found_best(self, text: str, vector: Vectors, i: int) -> Place | None:
        """The sentence, or where it takes two, the neighbouring sentences, of a passage that carry the text best."""
        places = list(self._places(text, vector, i))
        if not places:
            return None
        single = max([place for place in places if place.repeated] or places, key=lambda place: place.merit)
        if single.bears or not (single.across or any(place.share for place in places)):
            return single
        pairs = [
            self._place(text, i, first.start, second.end, max(first.likeness, second.likeness))
            for first, second in pairwise(places)
        ]
        pairs = [pair for pair in pairs if pair.repeated or not single.repeated]
        best = max(pairs, key=lambda place: place.merit, default=single)
        better = best.against < single.against and best.share >= single.share - _CLOSE_CALL
        return best if better else single

    def _places(self, text: str, vector: Vectors, i: int) -> Iterator[Place]:
        sentences = self._index.sentences(self._found.rows[i])
        likeness = sentences.vectors @ vector
        for (start, end), alike in zip(sentences.spans.tolist(), likeness.tolist(), strict=True):
            yield self._place(text, i, start, end, alike)

    def _place(self, text: str, i: int, start: int, end: int, likeness: float) -> Place:
        hit = self._found.hits[i]
        document = self._index.document(hit.passage.document_id)
        evidence = self._evidence(i, start, end)
        across = is_statement(text) and has_han(text) != has_han(evidence.text)
        problems = problems_of(text, evidence, self._language, None if is_bare_figure(text) else likeness)
        share = coverage(fold(text), evidence.folded)
        return Place(
            hit=hit,
            document=document,
            start=start,
            end=end,
            before=document.text[hit.passage.start : start],
            likeness=likeness,
            share=share,
            repeated=share >= _LEAST_RELEVANT and repeats(text, evidence),
            across=across,
            problems=problems,
            against=0.5 if across and problems == (say("not_said", self._language),) else len(problems),
        )

    def _read(self, i: int, start: int, end: int) -> Evidence:
        passage = self._found.hits[i].passage
        document = self._index.document(passage.document_id)
        above = [document.title, document.source, document.published, *passage.headings]
        return Evidence.of(document.text[start:end], [*above, document.text[passage.start : start]])


def is_bare_figure(text: str) -> bool:
    """Whether a text is a figure with too few words for its meaning to be compared: "30000元"."""
    return not is_statement(text) and _DIGIT.search(text) is not None


def is_statement(text: str) -> bool:
    """Whether a text has words enough to be told from others by its meaning; "30000元" and "Yes." have not."""
    return _STATEMENT.search(text) is not None


def _clauses(text: str) -> list[str]:
    """A sentence's clauses that state something each: words and a figure.

    Words without a figure are what the next clause is about ("其中，", "兄弟姐妹去世的，"), a figure without words is
    what the one before comes to: neither may find its evidence by itself.
    """
    clauses: list[str] = []
    short = ""
    for match in _CLAUSE.finditer(text):
        clause = short + match[0]
        short = "" if _DIGIT.search(clause) else clause
        if not short and clauses and not _has_words(clause):
            clauses[-1] += clause
        elif not short:
            clauses.append(clause)
    if short and clauses:
        clauses[-1] += short
    return clauses


def _has_words(clause: str) -> bool:
    """Whether a clause says what its figures are of."""
    at, rest = 0, ""
    for quantity in quantities_of(clause):
        rest, at = rest + clause[at : quantity.start] + " ", quantity.end
    words = words_of(fold(rest + clause[at:]))
    return any(not word.is_function and (len(word.text) > 1 or word.text.isalnum()) for word in words)
