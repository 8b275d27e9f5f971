"""Answers made of the documents' own sentences: no language model, nothing that is not written there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpus import Document
from embeddings import Index, Term, lexical_tokens
from rag.answers import AnswerSentence, Hit
from rag.citations import Numbering
from rag.language import has_han
from rag.questions import Kind, kind_of
from rag.retrieval import Found

__all__ = ["Candidate", "Extract", "extract"]

_MOST_SENTENCES = 3
_MARGIN = 0.25  # a further sentence may score this much less than the best
_WITHIN_SCRIPT = (65.3, 2.3, 12.4)
_ACROSS_SCRIPTS = (40.2, 1.5, 3.0)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?=\s*年|(?![\d.,:%]|\s*[\u3400-\u9fff]))")
_DIGIT = re.compile(r"\d|[一二三四五六七八九十百千万亿两]")
_DATE = re.compile(r"\d{2,4}\s*[年/.-]|\d{1,2}\s*[月日]|世纪|世紀|年代|\b(?:1\d|20)\d{2}\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with what speaks for it.

    ``likeness`` is its vector's inner product with the question's (-1 to 1), ``coverage`` the share of the question's
    words, weighed by rarity, that stand in it or next to it (0 to 1), ``passage`` how well its passage was found.
    """

    hit: Hit
    document: Document
    start: int
    end: int
    likeness: float
    coverage: float
    passage: float
    fits_kind: bool

    @property
    def text(self) -> str:
        """The sentence."""
        return self.document.text[self.start : self.end]

    @property
    def score(self) -> float:
        """What the sentences are ranked by."""
        return 12 * self.likeness + 1.6 * self.coverage + 0.25 * self.passage + 0.3 * self.fits_kind


@dataclass(frozen=True, slots=True)
class Extract:
    """The chosen sentences in the order of the answer, and how likely the documents answer (0 to 1)."""

    chosen: tuple[Candidate, ...]
    confidence: float

    def cite(self, numbering: Numbering) -> tuple[AnswerSentence, ...]:
        """The answer's sentences, each citing itself."""
        return tuple(
            AnswerSentence(
                candidate.text,
                (numbering.cite(candidate.document, candidate.hit.passage, candidate.start, candidate.end),),
                "supported",
            )
            for candidate in self.chosen
        )


def extract(found: Found, index: Index) -> Extract:
    """The one to three sentences of the passages found that answer best, none if there is no sentence at all."""
    candidates = sorted(candidates_of(found, index), key=lambda candidate: -candidate.score)
    if not candidates:
        return Extract((), 0.0)
    best = candidates[0]
    chosen = [best]
    covered = _tokens(best.text)
    for candidate in candidates[1:]:
        if len(chosen) == _MOST_SENTENCES or candidate.score < best.score - _MARGIN:
            break
        tokens = _tokens(candidate.text)
        if not tokens <= covered:
            chosen.append(candidate)
            covered |= tokens
    return Extract(tuple(chosen), confidence(found, best))


def candidates_of(found: Found, index: Index) -> Iterator[Candidate]:
    """Every sentence of the passages but their headings, and but superseded editions."""
    query = found.query
    kind = kind_of(query.text)
    for row, hit in zip(found.rows, found.hits, strict=True):
        if hit.superseded_by is not None:
            continue  # the later edition is among the hits
        document = index.document(hit.passage.document_id)
        headings = {(heading.start, heading.end) for heading in document.headings}
        sentences = index.sentences(row)
        likeness = sentences.vectors @ query.vector
        tokens = [_tokens(document.text[start:end]) for start, end in sentences.spans.tolist()]
        above = _tokens(" ".join([document.title, *hit.passage.headings]))
        for i, (start, end) in enumerate(sentences.spans.tolist()):
            text = document.text[start:end]
            if (start, end) in headings or text in document.title:
                continue
            near = set().union(*tokens[max(0, i - 1) : i + 2], above)
            yield Candidate(
                hit=hit,
                document=document,
                start=start,
                end=end,
                likeness=float(likeness[i]),
                coverage=0.6 * _share(query.content, tokens[i]) + 0.4 * _share(query.content, near),
                passage=hit.score,
                fits_kind=_fits(kind, text),
            )


def confidence(found: Found, best: Candidate) -> float:
    """How likely the documents answer (0 to 1), judged by the best sentence and by how it was found.

    A logistic regression over three signals, fitted on questions of CMRC 2018 (trial) and DRCD over indexes that hold
    their paragraph or do not, of one subject and of many, from four paragraphs to all; and, where question and
    sentence share no script, on XQuAD's English questions over Chinese paragraphs. A wrong refusal was held to be twice
    (across scripts 1.3 times) as bad as a wrong answer, since a reader sees the evidence of the latter.
    """
    if _years(found.query.text) - _years(f"{best.document.published or ''} {best.document.title} {best.document.text}"):
        return 0.0  # it speaks of other years than the one that was asked about
    across = has_han(found.query.text) != has_han(best.text)
    weights, bias = (_ACROSS_SCRIPTS, -32.19) if across else (_WITHIN_SCRIPT, -61.38)
    signals = (best.likeness, best.coverage, found.lexical_share)
    return _logistic(bias + sum(weight * signal for weight, signal in zip(weights, signals, strict=True)))


def _years(text: str) -> set[str]:
    return set(_YEAR.findall(text))


def _share(content: dict[Term, float], tokens: set[str]) -> float:
    """How much of the content stands among the tokens, a word partly there counting in part (0 to 1)."""
    total = sum(content.values())
    return sum(weight * term.share(tokens) for term, weight in content.items()) / total if total else 0.0


def _fits(kind: Kind, text: str) -> bool:
    if kind is Kind.DATE:
        return bool(_DATE.search(text))
    if kind is Kind.NUMBER:
        return bool(_DIGIT.search(text))
    return kind is Kind.LIST and "、" in text


def _tokens(text: str) -> set[str]:
    return set(lexical_tokens(text))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-float(np.clip(value, -30, 30))))
