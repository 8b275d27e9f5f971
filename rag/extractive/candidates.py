"""Sentences that may answer, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from corpus import Document
from corpus.language.dates import has_date
from embeddings import Index, Term, lexical_tokens
from rag.answers import Hit
from rag.extractive.fitted import fitted
from rag.extractive.layout import Layout, LineKind, Span
from rag.question.figures import scales_in
from rag.question.kinds import Kind
from rag.reading.reader import Reading
from rag.retrieval.coverage import coverages
from rag.retrieval.retriever import Found

__all__ = ["FEATURES", "Candidate", "candidates_of", "features_of"]

_DIGIT = re.compile(r"\d|[一二三四五六七八九十百千万亿两]")
FEATURES = ("likeness", "nearness", "coverage", "passage", "fits kind", "measured", "reading", "beside")
"""What ``features_of`` gives, in its order."""

_NOTE = 100  # characters: in a document this short the title may be what answers


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with what speaks for it.

    ``likeness`` is its vector's inner product with the question's own, ``nearness`` that with the one it is searched by
    (-1 to 1), of both of which ``ahead`` is owed to its language alone (``Asked``); ``coverage`` is the share of the
    question's words, weighed by rarity, that stand in it or next to it (0 to 1), ``passage`` how well its passage was
    found, ``measured`` is 1 where it has a figure in the measure asked for, -1 where it has none, 0 where no measure is
    asked for, ``reading`` what the reader makes of it, where it was read, and ``beside`` the same in log-odds where the
    best sentences are read beside each other (that of the least where it is not among them). ``short`` is taken from
    its score for what the question names and it does not, and ``unfit`` for what is asked for and it has not
    (``Demands``); ``row`` is its passage's in the index. A question that the document prints is a candidate by its
    words, and ``answer`` are the lines under it, which are quoted instead. ``asked`` are the question's words with
    their weights, none where the document is in another language.
    """

    hit: Hit
    document: Document
    start: int
    end: int
    likeness: float
    nearness: float
    coverage: float
    passage: float
    fits_kind: bool
    measured: int = 0
    reading: Reading | None = None
    beside: float = 0.0
    ahead: float = 0.0
    short: float = 0.0
    unfit: float = 0.0
    row: int = -1
    answer: tuple[Span, ...] = ()
    asked: Mapping[Term, float] = field(default_factory=dict, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The sentence, or what answers it where it is a printed question."""
        start, end = (self.answer[0][0], self.answer[-1][1]) if self.answer else (self.start, self.end)
        return self.document.text[start:end]

    @property
    def key(self) -> tuple[int, int] | None:
        """Where the words that answer stand in the document, if the sentence was read."""
        first = self.hit.passage.start
        return (first + self.reading.start, first + self.reading.end) if self.reading else None

    @property
    def score(self) -> float:
        """What the sentences are ranked by: a conditional logit over the sentences of a question."""
        weights = fitted("choice")
        points = sum(weights[name] * value for name, value in zip(FEATURES, features_of(self), strict=True))
        return points - self.short - self.unfit


def features_of(candidate: Candidate) -> tuple[float, ...]:
    """What speaks for a sentence, in the order of ``FEATURES``."""
    reading = candidate.reading.score if candidate.reading else 0.0
    likeness, nearness = candidate.likeness - candidate.ahead, candidate.nearness - candidate.ahead
    fits, measured = float(candidate.fits_kind), float(candidate.measured)
    return likeness, nearness, candidate.coverage, candidate.passage, fits, measured, reading, candidate.beside


def candidates_of(found: Found, index: Index, *, superseded: bool = False) -> Iterator[Candidate]:
    """Every sentence of the passages that may say something new.

    Left out are titles and headings, which say what is below, questions that nothing is written under, and what has no
    word that the question has not; and ``superseded`` editions, unless they are wanted too: the later edition is among
    the hits.
    """
    query = found.query
    asked_words = set(lexical_tokens(query.text))
    layouts: dict[str, Layout] = {}
    kind, scales = query.question.kind, query.question.scales
    for row, hit, sentences in zip(found.rows, found.hits, index.sentences_of(found.rows), strict=True):
        if hit.superseded_by is not None and not superseded:
            continue
        document = index.document(hit.passage.document_id)
        if document.id not in layouts:
            layouts[document.id] = Layout(document)
        layout = layouts[document.id]
        asked = query.asked_in(document.language)
        likeness, nearness = sentences.vectors @ asked.own, sentences.vectors @ asked.vector
        spans = sentences.spans.tolist()
        texts = [document.text[start:end] for start, end in spans]
        covered = coverages(query.content, texts, " ".join([document.title, *hit.passage.headings]))
        for i, ((start, end), text) in enumerate(zip(spans, texts, strict=True)):
            line = layout.line_at(start)
            answer: tuple[Span, ...] = ()
            if len(document.text) > _NOTE:
                if layout.kind(line) is LineKind.HEADING or text in document.title:
                    continue
                if layout.kind(line) is LineKind.QUESTION and end == layout.lines[line][1]:
                    answer = layout.answer_under(line)
                    if not answer:
                        continue
            if not answer and (
                text.rstrip("”’」』）)").endswith(("?", "？")) or asked_words.issuperset(lexical_tokens(text))
            ):
                continue
            yield Candidate(
                hit=hit,
                row=row,
                document=document,
                start=start,
                end=end,
                likeness=float(likeness[i]),
                nearness=float(nearness[i]),
                ahead=asked.ahead,
                coverage=covered[i],
                passage=hit.score,
                fits_kind=_fits(kind, text),
                measured=_measured(scales, text),
                answer=answer,
                asked={} if query.crosses(document) else query.content,
            )


def _measured(scales: frozenset[str], text: str) -> int:
    if not scales:
        return 0
    return -1 if scales.isdisjoint(scales_in(text)) else 1


def _fits(kind: Kind, text: str) -> bool:
    if kind is Kind.DATE:
        return has_date(text)
    if kind is Kind.NUMBER:
        return bool(_DIGIT.search(text))
    return kind is Kind.LIST and "、" in text
