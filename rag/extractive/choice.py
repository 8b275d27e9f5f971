"""Answers made of the documents' own sentences: no language model, nothing that is not written there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus import sentence_spans
from embeddings import Index, Term, lexical_tokens
from rag.answers import AnswerSentence
from rag.extractive.articles import article_asked
from rag.extractive.candidates import Candidate, candidates_of
from rag.extractive.confidence import confidence
from rag.extractive.demands import OFFERED, Demands, Missing
from rag.extractive.layout import Layout, LineKind, Span
from rag.extractive.naming import Names, of_those_named
from rag.extractive.sides import lead_of, newest_first, sides_of
from rag.proof.citations import Numbering
from rag.question.kinds import Kind
from rag.question.question import Question
from rag.reading.reader import Page, Quote, SentenceReader
from rag.retrieval.retriever import Found

__all__ = ["Extract", "extract", "leans", "ranked", "read"]

_MOST_SENTENCES = 3
_MARGIN = 1.5  # a further sentence may score this much less than the best; measured with the weights before these
_MARGIN_UNREAD = 0.5  # the other scores tell sentences apart less
_PASSAGES_READ = 3
_BESIDE = 6  # sentences that are read once more, beside each other
_STRUCTURE = 0.9  # how sure it is that what stands under the number asked for is what is asked for
_MOST_ITEMS = 12
_ALIKE = 0.65  # of the words of the shorter of two sentences that say the same of two cases, shared with the other
_LONGEST_PAIR = 160  # characters of a sentence and the one before it that says whom it speaks of
_LONGEST_ANSWER = 300  # characters under a printed question that are quoted whole
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
    ``missing`` is the name in the question that no document has, told with a refusal or with what is offered instead.
    ``spare`` are those that come next, for a question whose own are quoted already for another part of the message.
    ``names`` are how the documents that answer alike are told apart.
    """

    chosen: tuple[Candidate, ...]
    confidence: float
    wants_list: bool = False
    sides: bool = False
    missing: Missing | None = None
    spare: tuple[Candidate, ...] = ()
    names: Names = field(default_factory=Names)

    def cite(self, numbering: Numbering, most: int | None = None) -> tuple[AnswerSentence, ...]:
        """The answer's sentences, each citing itself, with the document it is of where others answer otherwise.

        A list is quoted whole, a clause with the sentence it is of, what a pronoun stands for with it, and nothing
        that is quoted already. ``most`` is how many of the chosen are quoted, all by default.
        """
        quotes: list[_Quote] = []
        wanted = len(self.chosen) if most is None else min(most, len(self.chosen))
        for candidate in (*self.chosen[:wanted], *self.spare):
            if len({id(quote.candidate) for quote in quotes}) >= wanted:
                break
            if candidate in self.spare and not _is_quoted(numbering, self.chosen[:wanted]):
                break
            for span in _quoted(candidate, wants_list=self.wants_list):
                if not numbering.holds(candidate.document, *span):
                    _add(quotes, _Quote(candidate, *span))
        sentences: list[AnswerSentence] = []
        before: str | None = None
        for quote in quotes:
            document = quote.candidate.document
            number = numbering.cite(
                document, quote.candidate.hit.passage, quote.start, quote.end, key=quote.candidate.key
            )
            text = document.text[quote.start : quote.end]
            lead = lead_of(document) if self.sides else self.names.lead(document, text)
            lead = lead if document.id != before else ""
            sentences.append(AnswerSentence(text, (number,), "supported", lead=lead))
            before = document.id
        return tuple(sentences)


@dataclass(slots=True)
class _Quote:
    """A stretch of a candidate's document that is quoted for it."""

    candidate: Candidate
    start: int
    end: int


def extract(found: Found, index: Index, reader: SentenceReader | None = None) -> Extract:
    """The one to three sentences of the passages found that answer best, none if there is no sentence at all."""
    question = found.query.question
    candidates = list(candidates_of(found, index))
    demands = Demands(question, candidates, index)
    article = article_asked(found, index)
    if article is not None:
        return Extract(article, _STRUCTURE if article else 0.0)
    met = demands.met(candidates)
    candidates = of_those_named(question, newest_first(read(question, met, reader), question, index))
    if not candidates:
        return Extract((), 0.0, missing=demands.missing)
    sides = sides_of(candidates, question, index)
    if len(sides) > 1:
        unknown = demands.unknown_to(sides[0])
        return Extract(sides, _sure(confidence(found, sides, index), unknown), sides=True, missing=unknown)
    best = candidates[0]
    unknown = demands.unknown_to(best)
    chosen = [best]
    margin = _MARGIN if best.reading else _MARGIN_UNREAD
    covered = set(lexical_tokens(best.text))
    near = [candidate for candidate in candidates[1:] if candidate.score >= best.score - margin]
    for candidate in near:
        if len(chosen) == _MOST_SENTENCES:
            break
        tokens = set(lexical_tokens(candidate.text))
        if not tokens <= covered:
            chosen.append(candidate)
            covered |= tokens
    others = [one for one in _other_cases(best, candidates, 2 * margin) if one not in chosen]
    chosen += others[: _MOST_SENTENCES - len(chosen)]
    spare = tuple(candidate for candidate in near if candidate not in chosen)[:_MOST_SENTENCES]
    return Extract(
        tuple(chosen),
        _sure(confidence(found, chosen, index), unknown),
        question.kind is Kind.LIST,
        missing=unknown,
        spare=spare,
        names=Names.of(chosen, candidates, 2 * margin),
    )


def _sure(likely: float, unknown: Missing | None) -> float:
    """How likely an answer is one (0 to 1), no surer than what may be offered where a name is unknown."""
    return likely if unknown is None else min(likely, OFFERED)


def _other_cases(best: Candidate, candidates: Sequence[Candidate], margin: float) -> list[Candidate]:
    """Sentences of the best one's document that say the same of another case: one for companies, one for persons.

    None for rows, which are alike whatever they say.
    """
    layout = Layout(best.document)
    if best.answer or layout.is_row(best.start):
        return []
    said = layout.sentence_at(best.start, best.end)
    words = set(lexical_tokens(layout.said(said)))
    found: dict[Span, Candidate] = {}
    for candidate in candidates:
        if candidate.score < best.score - margin or candidate.document.id != best.document.id or candidate.answer:
            continue
        span = layout.sentence_at(candidate.start, candidate.end)
        own = set(lexical_tokens(layout.said(span)))
        if span != said and len(words & own) >= _ALIKE * min(len(words), len(own)):
            found.setdefault(span, candidate)
    return list(found.values())


def ranked(
    found: Found, index: Index, reader: SentenceReader | None = None, passages: int = _PASSAGES_READ
) -> list[Candidate]:
    """The sentences that may answer, best first; with a reader, those of the ``passages`` that it read."""
    return read(found.query.question, candidates_of(found, index), reader, passages)


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


def _quoted(candidate: Candidate, *, wants_list: bool) -> list[Span]:
    """What is quoted for a candidate, in order: the list it is of, the lines under a printed question, a sentence."""
    layout = Layout(candidate.document)
    if candidate.answer:
        return _answer(candidate, layout)
    series = layout.series_at(candidate.start)
    if series is not None and len(series.items) <= _MOST_ITEMS:
        leads_in = series.lead is not None and candidate.start <= series.lead[0]
        if leads_in or (wants_list and series.kind is LineKind.ITEM):
            return [*([series.lead] if series.lead else []), *series.items]
    return [_whole(candidate, layout)]


def _answer(candidate: Candidate, layout: Layout) -> list[Span]:
    """The lines under a printed question as far as they are short, at least the first sentence of them."""
    quoted: list[Span] = []
    for span in candidate.answer:
        if quoted and span[1] - quoted[0][0] > _LONGEST_ANSWER:
            break
        quoted.append(span)
    first = quoted[0]
    if first[1] - first[0] > _LONGEST_ANSWER:
        return [layout.sentence_at(first[0], sentence_spans(layout.text, *first)[0][1])]
    return quoted


def _whole(candidate: Candidate, layout: Layout) -> Span:
    """The sentence without its leading connective, and with the one before where it leans on that."""
    text = candidate.document.text
    start, end = layout.sentence_at(candidate.start, candidate.end)
    connective = _CONNECTIVE.match(text, start, end)
    line = layout.lines[layout.line_at(start)]
    before = sentence_spans(text, line[0], start) if line[0] < start else []
    if connective:
        start = connective.end()
    if _PRONOUN.match(text, start, end) and before and end - before[-1][0] <= _LONGEST_PAIR:
        first = before[-1][0]
        start = first if leans(candidate.asked, text[start:end], text[first:start]) else start
    return start, end


def leans(asked: Mapping[Term, float], said: str, before: str) -> bool:
    """Whether what stands before a sentence has words of what is asked that it lacks, as far as one can tell."""
    own, earlier = set(lexical_tokens(said)), set(lexical_tokens(before))
    shares = [(term.share(own), term.share(earlier)) for term in asked]
    return not any(mine for mine, _ in shares) or any(its > mine for mine, its in shares)


def _add(quotes: list[_Quote], new: _Quote) -> None:
    """Adds a quote; one that overlaps with another becomes one with it."""
    for quote in quotes:
        if quote.candidate.document.id == new.candidate.document.id and quote.start < new.end and new.start < quote.end:
            quote.start, quote.end = min(quote.start, new.start), max(quote.end, new.end)
            return
    quotes.append(new)


def _is_quoted(numbering: Numbering, candidates: Sequence[Candidate]) -> bool:
    """Whether one of the candidates stands in what is cited already."""
    return any(numbering.holds(one.document, one.start, one.end) for one in candidates)


def _read(question: Question, groups: Sequence[Sequence[Candidate]], reader: SentenceReader) -> list[Candidate]:
    """The sentences of each passage with their readings, best first."""
    readings = reader.read(question.text, [_page(group, question) for group in groups])
    read = [
        replace(candidate, reading=reading)
        for group, found in zip(groups, readings, strict=True)
        for candidate, reading in zip(group, found, strict=True)
    ]
    return _read_beside(question, sorted(read, key=lambda candidate: -candidate.score), reader)


def _read_beside(question: Question, ordered: Sequence[Candidate], reader: SentenceReader) -> list[Candidate]:
    """The sentences, best first, after the best of all passages have been read once more, beside each other.

    Each passage alone the reader holds against "none" of its own; here the sentences stand against one another.
    """
    page = Page.beside([Quote(candidate.text) for candidate in ordered[:_BESIDE]])
    scores = [reading.score for reading in reader.read(question.text, [page])[0]]
    scores += [min(scores)] * (len(ordered) - len(scores))
    beside = [replace(candidate, beside=score) for candidate, score in zip(ordered, scores, strict=True)]
    return sorted(beside, key=lambda candidate: -candidate.score)


def _page(candidates: Sequence[Candidate], question: Question) -> Page:
    passage, published = candidates[0].hit.passage, candidates[0].document.published
    context = Page.context_over(passage.text, passage.title, passage.headings)
    year = (published or "")[:4]
    if year in question.years and year not in context + passage.text:  # else the reader takes it for another year
        context = f"{year}年 {context}"
    spans = tuple((candidate.start - passage.start, candidate.end - passage.start) for candidate in candidates)
    return Page(context, passage.text, spans)
