"""Answers made of the documents' own sentences: no language model, nothing that is not written there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus import sentence_spans
from corpus.language.lists import enumeration_at
from embeddings import Index, lexical_tokens
from rag.answers import AnswerSentence
from rag.extractive.articles import article_asked
from rag.extractive.candidates import Candidate, candidates_of
from rag.extractive.confidence import confidence
from rag.extractive.demands import Demands, Missing
from rag.extractive.reader import Page, SentenceReader
from rag.extractive.sides import lead_of, newest_first, sides_of
from rag.proof.citations import Numbering
from rag.question.kinds import Kind
from rag.question.question import Question
from rag.retrieval.retriever import Found

__all__ = ["Extract", "extract", "ranked", "read"]

_MOST_SENTENCES = 3
_MARGIN = 1.5  # a further sentence may score this much less than the best; measured with the weights before these
_MARGIN_UNREAD = 0.5  # the other scores tell sentences apart less
_PASSAGES_READ = 3
_STRUCTURE = 0.9  # how sure it is that what stands under the number asked for is what is asked for
_LONGEST_PAIR = 160  # characters of a sentence and the one before it that says whom it speaks of
_CONNECTIVE = re.compile(
    "(?:此外|另外|同时|同時|而且|并且|並且|但是|但|不过|不過|然而|因此|所以|于是|於是|据悉|據悉|据了解|據了解)[，,]"
)
_PRONOUN = re.compile(
    r"其(?![中他它余實实次])|[他她它](?:们|們)?|该|該|这|這|此(?=[次举舉项項类類])|(?:It|He|She|They|This|These)\b"
)


@dataclass(frozen=True, slots=True)
class Extract:
    """The chosen sentences in the order of the answer, and how likely the documents answer (0 to 1).

    ``sides`` is whether they are of documents that say different things, each to be told with its document and date.
    ``missing`` is the name in the question that no document has.
    """

    chosen: tuple[Candidate, ...]
    confidence: float
    wants_list: bool = False
    sides: bool = False
    missing: Missing | None = None

    def cite(self, numbering: Numbering, most: int | None = None) -> tuple[AnswerSentence, ...]:
        """The answer's sentences, each citing itself: a list whole, and none without what its pronoun stands for.

        ``most`` is how many of the chosen are quoted, all by default.
        """
        sentences: list[AnswerSentence] = []
        for candidate in self.chosen[:most]:
            text, passage = candidate.document.text, candidate.hit.passage
            items = enumeration_at(text, candidate.start, candidate.end) if self.wants_list else []
            for start, end in items or [_whole(candidate)]:
                number = numbering.cite(candidate.document, passage, start, end, key=candidate.key)
                if all(number not in sentence.citations for sentence in sentences):
                    lead = lead_of(candidate.document) if self.sides else ""
                    sentences.append(AnswerSentence(text[start:end], (number,), "supported", lead=lead))
        return tuple(sentences)


def extract(found: Found, index: Index, reader: SentenceReader | None = None) -> Extract:
    """The one to three sentences of the passages found that answer best, none if there is no sentence at all."""
    question = found.query.question
    candidates = list(candidates_of(found, index))
    demands = Demands(question, candidates, index)
    article = article_asked(found, index)
    if article is not None:
        return Extract(article, _STRUCTURE if article else 0.0)
    met = demands.met(candidates)
    candidates = newest_first(read(question, met, reader), question, index)
    if not candidates:
        return Extract((), 0.0, missing=demands.missing)
    sides = sides_of(candidates, question)
    if len(sides) > 1:
        return Extract(sides, confidence(found, sides, index), sides=True)
    best = candidates[0]
    chosen = [best]
    margin = _MARGIN if best.reading else _MARGIN_UNREAD
    covered = set(lexical_tokens(best.text))
    for candidate in candidates[1:]:
        if len(chosen) == _MOST_SENTENCES or candidate.score < best.score - margin:
            break
        tokens = set(lexical_tokens(candidate.text))
        if not tokens <= covered:
            chosen.append(candidate)
            covered |= tokens
    wants_list = question.kind is Kind.LIST
    return Extract(tuple(chosen), confidence(found, chosen, index), wants_list)


def ranked(found: Found, index: Index, reader: SentenceReader | None = None) -> list[Candidate]:
    """The sentences that may answer, best first; with a reader, those of the passages it read."""
    return read(found.query.question, candidates_of(found, index), reader)


def read(
    question: Question, candidates: Iterable[Candidate], reader: SentenceReader | None, most: int = _PASSAGES_READ
) -> list[Candidate]:
    """The candidates, of one search or several, best first; with a reader, those of the ``most`` passages it read."""
    ordered = sorted(candidates, key=lambda candidate: -candidate.score)
    if reader is None or not ordered:
        return ordered
    passages = list(dict.fromkeys(candidate.hit.passage.id for candidate in ordered))[:most]
    groups = [[candidate for candidate in ordered if candidate.hit.passage.id == passage] for passage in passages]
    return _read(question, groups, reader)


def _whole(candidate: Candidate) -> tuple[int, int]:
    """The sentence without its leading connective, and with the one before where it begins with a pronoun."""
    text, start, end = candidate.document.text, candidate.start, candidate.end
    connective = _CONNECTIVE.match(text, start, end)
    if connective:
        start = connective.end()
    if _PRONOUN.match(text, start, end):
        line = text.rfind("\n", 0, start) + 1
        before = sentence_spans(text, line, candidate.start)
        if before and end - before[-1][0] <= _LONGEST_PAIR:
            start = before[-1][0]
    return start, end


def _read(question: Question, groups: Sequence[Sequence[Candidate]], reader: SentenceReader) -> list[Candidate]:
    """The sentences of each passage with their readings, best first."""
    readings = reader.read(question.text, [_page(group, question) for group in groups])
    read = [
        replace(candidate, reading=reading)
        for group, found in zip(groups, readings, strict=True)
        for candidate, reading in zip(group, found, strict=True)
    ]
    return sorted(read, key=lambda candidate: -candidate.score)


def _page(candidates: Sequence[Candidate], question: Question) -> Page:
    passage, published = candidates[0].hit.passage, candidates[0].document.published
    context = Page.context_over(passage.text, passage.title, passage.headings)
    year = (published or "")[:4]
    if year in question.years and year not in context + passage.text:  # else the reader takes it for another year
        context = f"{year}年 {context}"
    spans = tuple((candidate.start - passage.start, candidate.end - passage.start) for candidate in candidates)
    return Page(context, passage.text, spans)
