"""Answers in the documents' own words: a room's, or the sentences that answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus import Problem
from rag.answering.run import Run, deltas
from rag.answers import AnswerSentence, Citation, Route
from rag.events import Event
from rag.extractive.choice import Extract
from rag.extractive.demands import Missing
from rag.proof.bearing import least_sure_of
from rag.proof.citations import Numbering, proven_only
from rag.proof.verification import pair_of, verify
from rag.question.phrases import say
from rag.question.question import Question
from rag.reading.reader import Quote
from rag.retrieval.merging import merged
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found
from rag.routes.choosing import routes_of
from rag.routes.classifier import Classifier
from rag.routes.deciding import decided
from rag.routes.room import Asking, Reply
from rag.settings import EXTRACTIVE
from rag.tracing import span

__all__ = ["Evidence", "Quoting"]


@dataclass(frozen=True)
class Evidence:
    """What the documents have for a question: a room's answer, or else the sentences that answer it."""

    asking: Asking
    reply: tuple[Route, Reply] | None

    @property
    def confidence(self) -> float:
        """How likely it answers the question (0 to 1)."""
        return self.reply[1].confidence if self.reply else max(one.confidence for one in self.asking.extracts())

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """What it quotes, of the sentences that answer the best ones, under the title of its document."""
        if self.reply:
            return tuple(Quote(citation.quote, citation.title) for citation in self.reply[1].citations)
        best = [one.chosen[0] for one in self.asking.extracts() if one.chosen]
        return tuple(Quote(one.text, one.document.title) for one in best)


class Quoting:
    """Answers a question in the documents' own words."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def evidence(self, question: Question, searches: Sequence[Found]) -> Evidence:
        """What the documents have for a question."""
        asking = self._run.asking(question, searches)
        with span("reading"):
            reply = decided(
                routes_of(asking),
                asking,
                lambda: max(one.confidence for one in asking.extracts()),
                self._run.settings.likely_threshold,
            )
        return Evidence(asking, reply)

    def events(self, evidence: Evidence, notice: Problem | None = None) -> Iterator[Event]:
        """The answer in the documents' own words."""
        if evidence.reply is not None:
            yield from self._replied(*evidence.reply, notice)
        else:
            yield from self._extractive(evidence.asking.searches, evidence.asking.extracts(), notice)

    def _replied(self, route: Route, reply: Reply, notice: str | None) -> Iterator[Event]:
        """The events of a room's answer."""
        sentences, citations = reply.sentences, reply.citations
        certainty = self._run.certainty(reply.confidence)
        if certainty == "likely":
            offered = self._with_missing(say("likely", self._run.language), reply.missing)
            sentences = (AnswerSentence(offered, (), "unchecked"), *sentences)
        if self._run.settings.strict:
            sentences, citations, _ = proven_only(sentences, citations)
        self._run.clock.lap("answer")
        yield from deltas(sentences)
        yield self._run.answered(
            reply.hits,
            sentences,
            citations,
            model=EXTRACTIVE,
            certainty=certainty,
            confidence=reply.confidence,
            notice=notice,
            route=route,
        )

    def _extractive(
        self, searches: Sequence[Found], extracts: Sequence[Extract], notice: str | None = None
    ) -> Iterator[Event]:
        """The documents' own sentences for each question found for; a refusal if they answer none of them."""
        hits = merged(searches).hits
        best = max(one.confidence for one in extracts)
        if self._run.certainty(best) == "none":
            missing = next((one.missing for one in extracts if one.missing), None)
            yield from self._run.refusal(hits, EXTRACTIVE, best, notice, missing)
            return
        numbering = Numbering()
        quoted: list[AnswerSentence] = []
        for one, extracted in zip(searches, extracts, strict=True):
            certainty = self._run.certainty(extracted.confidence)
            cited = extracted.cite(numbering, None if certainty == "answered" else 1) if certainty != "none" else ()
            if certainty == "none" or (certainty == "likely" and cited):
                said = ("likely" if certainty == "likely" else "refused") + ("_part" if len(searches) > 1 else "")
                text = say(said, self._run.language, question=one.query.text)
                text = self._with_missing(text, extracted.missing)
                quoted.append(AnswerSentence(text, (), "unchecked"))
            quoted += cited
        citations = tuple(numbering.citations)
        sentences = tuple(
            replace(
                verify(
                    sentence.text, tuple(citations[number - 1] for number in sentence.citations), self._run.language
                ),
                lead=sentence.lead,
            )
            if sentence.citations
            else sentence
            for sentence in quoted
        )
        certainty = self._run.certainty(best)
        if certainty == "answered" and len(searches) == 1:
            sentences = (*self._yes_or_no(searches[0].query, sentences, citations), *sentences)
        if self._run.settings.strict:
            sentences, citations, _ = proven_only(sentences, citations)
        self._run.clock.lap("answer")
        yield from deltas(sentences)
        yield self._run.answered(
            hits, sentences, citations, model=EXTRACTIVE, certainty=certainty, confidence=best, notice=notice
        )

    def _yes_or_no(
        self, query: Query, sentences: Sequence[AnswerSentence], citations: Sequence[Citation]
    ) -> Iterator[AnswerSentence]:
        """Yinju's own reading of the first sentence quoted, where a question wants a yes or a no and it is sure."""
        classifier = Classifier.beside(self._run.retriever.encoder)
        if self._run.judge is None or classifier is None or not sentences or not sentences[0].citations:
            return
        if not classifier.is_polar(query.question.text):
            return
        quoted = [citations[number - 1] for number in sentences[0].citations]
        word = self._run.judge.judge([pair_of(query.question.text, quoted)])[0]
        said: Literal["yes", "no"] = "no" if word[1] > word[0] else "yes"
        if math.exp(max(word[:2])) >= least_sure_of(said):
            yield AnswerSentence(say(said, self._run.language), (), "unchecked")

    def _with_missing(self, text: str, missing: Missing | None) -> str:
        """A sentence of Yinju's own, behind the one that tells of a name that no document has."""
        if missing is None:
            return text
        return f"{missing.told(self._run.language)}{' ' if self._run.language == 'en' else ''}{text}"
