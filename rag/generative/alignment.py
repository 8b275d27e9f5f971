"""Where in the passages a written sentence stands: the sentence or two of a document that carry it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus import Document
from corpus.language.script import HAN, fold
from embeddings import Index
from embeddings.encoders.protocol import Vectors
from rag.answers import Hit
from rag.proof.verification import Evidence, coverage, problems_of
from rag.question.phrases import Language
from rag.retrieval.retriever import Found

__all__ = ["Aligner", "Place"]

_NEAR = 0.9  # likeness of a sentence and its translation or paraphrase, as far as the bundled encoder tells
_LEAST_RELEVANT = 0.35  # below this share of its words the passage speaks of something else
_STATEMENT = re.compile(rf"(?:[{HAN}].*?){{5}}|(?:[A-Za-z]+\W+){{2}}[A-Za-z]+")  # a word or two stand anywhere
_CLOSE_CALL = 0.05  # a pair of sentences must be this much better than one


@dataclass(frozen=True)
class Place:
    """A stretch of a document that may carry a written sentence.

    ``before`` is the passage's text before it. ``likeness`` is the greatest inner product of its sentences' vectors
    with the written one's, ``share`` how much of the written one's words it holds (0 to 1). ``problems`` are what it
    does not bear out.
    """

    hit: Hit
    document: Document
    start: int
    end: int
    before: str
    likeness: float
    share: float
    problems: tuple[str, ...]

    @property
    def bears(self) -> bool:
        """Whether it bears the sentence out."""
        return not self.problems

    @property
    def relevant(self) -> bool:
        """Whether it speaks of the same thing at all, whatever it says of it."""
        return self.share >= _LEAST_RELEVANT or self.likeness >= _NEAR

    @property
    def merit(self) -> tuple[int, float]:
        """What places are ranked by, the best the greatest: few problems, then likeness and shared words."""
        return (-len(self.problems), self.likeness + self.share)


class Aligner:
    """Finds the places of one answer's sentences in the passages it was written from."""

    def __init__(self, found: Found, index: Index, language: Language) -> None:
        self._found = found
        self._index = index
        self._language = language
        self._evidence = lru_cache(maxsize=None)(self._read)

    def resolve(self, text: str, vector: Vectors, marks: Sequence[int]) -> list[Place]:
        """The places that a sentence with these marks (passage numbers from 1) rests on, the marked ones first.

        A mark keeps its passage if that bears the sentence out, or at least speaks of it; then what it contradicts can
        be shown. Where no marked passage bears the sentence, one that does takes the place of the marks. Marks of
        passages that speak of other things, or that there are not, are dropped. Exclamations of a word or two are not
        looked for: some passage would hold them by chance.
        """
        marked = [self._best(text, vector, mark - 1) for mark in marks if 1 <= mark <= len(self._found.hits)]
        places = [place for place in marked if place is not None and place.relevant]
        if any(place.bears for place in places):
            return [place for place in places if place.bears]
        if len(places) > 1 and not self._problems_together(text, places):
            return places
        if not _STATEMENT.search(text):
            return places
        others = (self._best(text, vector, i) for i in range(len(self._found.hits)) if i + 1 not in marks)
        bearing = [place for place in others if place is not None and place.bears and place.relevant]
        return [max(bearing, key=lambda place: place.merit)] if bearing else places

    def _problems_together(self, text: str, places: Sequence[Place]) -> tuple[str, ...]:
        quotes = "\n".join(place.document.text[place.start : place.end] for place in places)
        leans_on = [part for place in places for part in (place.document.title, place.before)]
        likeness = max(place.likeness for place in places)
        return problems_of(text, Evidence.of(quotes, leans_on), self._language, likeness)

    def _best(self, text: str, vector: Vectors, i: int) -> Place | None:
        """The sentence, or where it takes two, the neighbouring sentences, of a passage that carry the text best."""
        places = list(self._places(text, vector, i))
        if not places:
            return None
        single = max(places, key=lambda place: place.merit)
        if single.bears:
            return single
        pairs = [
            self._place(text, i, first.start, second.end, max(first.likeness, second.likeness))
            for first, second in pairwise(places)
        ]
        best = max(pairs, key=lambda place: place.merit, default=single)
        better = len(best.problems) < len(single.problems) and best.share >= single.share - _CLOSE_CALL
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
        return Place(
            hit=hit,
            document=document,
            start=start,
            end=end,
            before=document.text[hit.passage.start : start],
            likeness=likeness,
            share=coverage(fold(text), evidence.folded),
            problems=problems_of(text, evidence, self._language, likeness),
        )

    def _read(self, i: int, start: int, end: int) -> Evidence:
        passage = self._found.hits[i].passage
        document = self._index.document(passage.document_id)
        above = [document.title, document.source, document.published, *passage.headings]
        return Evidence.of(document.text[start:end], [*above, document.text[passage.start : start]])
