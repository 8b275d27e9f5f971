"""One question on its way to its answer: completed, searched, answered, proven."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date

from corpus import Problem
from rag.answers import Answer, AnswerSentence, Certainty, Citation, Hit, Route
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.events import Answered, Event, Searched, TextDelta
from rag.extractive.choice import Extract
from rag.extractive.demands import Missing
from rag.extractive.reader import SentenceReader
from rag.generative.citing import cite_sentences
from rag.generative.model import Writer
from rag.generative.refusal import is_refusal, may_refuse
from rag.messages import AnswerMessage
from rag.proof.citations import Numbering, join_sentences, marked_sentences, proven_only
from rag.proof.verification import verify
from rag.question.followups import standalone
from rag.question.phrases import Language, say
from rag.question.question import Question
from rag.question.recency import now
from rag.question.small_talk import small_talk
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found, Retriever
from rag.routes.choosing import routes_of
from rag.routes.deciding import decided
from rag.routes.room import Asking, Reply
from rag.settings import EXTRACTIVE, Settings
from rag.thought import Draft

__all__ = ["LONGEST_QUESTION", "Answering"]

LONGEST_QUESTION = 2000
"""Characters of a question."""

_log = logging.getLogger(__name__)


@dataclass
class Answering:
    """How one question is answered; made anew for each. ``within`` are the ids of the only documents asked."""

    asked: str
    history: Sequence[Turn]
    within: frozenset[str] | None
    retriever: Retriever
    reader: SentenceReader | None
    writer: Writer | None
    settings: Settings
    today: date = field(default_factory=now)
    search_question: str = field(init=False)
    language: Language = field(init=False)

    def events(self) -> Generator[Event, None, None]:
        """What happens, the finished answer last; for one run."""
        self.clock = _Clock()
        self.search_question = self.asked
        self.language = Question.of(self.asked, self.history).language
        talk = small_talk(self.asked, self.language)
        if talk is not None:
            yield TextDelta(talk)
            yield self._answered((), (AnswerSentence(talk, (), "unchecked"),), (), model=EXTRACTIVE)
            return
        self._complete()
        question = Question(self.search_question, self.language, self.today)
        queries = [self.retriever.query(part) for part in question.parts]
        self.clock.lap("encode")
        searches = [self.retriever.search(query, self.settings.top_k, self.within) for query in queries]
        self.clock.lap("search")
        yield Searched(self.search_question, merged(searches).hits)
        if self.writer is None:
            yield from self._quoted(question, searches)
        else:
            yield from self._written(self.writer, question, searches)

    def _complete(self) -> None:
        """Fills in what the question leaves to the history, by the language model or else by rules."""
        if not self.history:
            return
        rewritten = ""
        if self.writer is not None:
            try:
                rewritten = self.writer.rewrite(self.asked, self.history, self.language).strip()
            except LanguageModelError as exc:
                _log.warning("The follow-up is completed by rules. %s", exc)
        self.search_question = (
            rewritten or standalone(self.asked, self.history, self.retriever.encoder)[-LONGEST_QUESTION:]
        )
        self.clock.lap("rewrite")

    def _failed(self, phrase: str, exc: LanguageModelError) -> Problem:
        """What to tell the reader of a language model that failed, with the code and fields of how it did."""
        return Problem(say(phrase, self.language, reason=str(exc)), exc.code, exc.fields)

    def _quoted(self, question: Question, searches: Sequence[Found], notice: Problem | None = None) -> Iterator[Event]:
        """The answer in the documents' own words."""
        asking = Asking(
            question, self.retriever, self.reader, self.within, self.settings.top_k, self.today, tuple(searches)
        )
        reply = decided(
            routes_of(asking),
            asking,
            lambda: max(one.confidence for one in asking.extracts()),
            self.settings.likely_threshold,
        )
        if reply is not None:
            yield from self._replied(*reply, notice)
        else:
            yield from self._extractive(searches, asking.extracts(), notice)

    def _replied(self, route: Route, reply: Reply, notice: str | None) -> Iterator[Event]:
        """The events of a room's answer."""
        sentences, citations = reply.sentences, reply.citations
        certainty = self._certainty(reply.confidence)
        if certainty == "likely":
            sentences = (AnswerSentence(say("likely", self.language), (), "unchecked"), *sentences)
        if self.settings.strict:
            sentences, citations, _ = proven_only(sentences, citations)
        self.clock.lap("answer")
        yield from _deltas(sentences)
        yield self._answered(
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
        if self._certainty(best) == "none":
            missing = next((one.missing for one in extracts if one.missing), None)
            yield from self._refusal(hits, EXTRACTIVE, best, notice, missing)
            return
        numbering = Numbering()
        quoted: list[AnswerSentence] = []
        for one, extracted in zip(searches, extracts, strict=True):
            certainty = self._certainty(extracted.confidence)
            cited = extracted.cite(numbering, None if certainty == "answered" else 1) if certainty != "none" else ()
            if certainty == "none" or (certainty == "likely" and cited):
                said = ("likely" if certainty == "likely" else "refused") + ("_part" if len(searches) > 1 else "")
                text = say(said, self.language, question=one.query.text)
                quoted.append(AnswerSentence(text, (), "unchecked"))
            quoted += cited
        citations = tuple(numbering.citations)
        sentences = tuple(
            replace(
                verify(sentence.text, tuple(citations[number - 1] for number in sentence.citations), self.language),
                lead=sentence.lead,
            )
            if sentence.citations
            else sentence
            for sentence in quoted
        )
        if self.settings.strict:
            sentences, citations, _ = proven_only(sentences, citations)
        self.clock.lap("answer")
        yield from _deltas(sentences)
        certainty = self._certainty(best)
        yield self._answered(
            hits, sentences, citations, model=EXTRACTIVE, certainty=certainty, confidence=best, notice=notice
        )

    def _certainty(self, confidence: float) -> Certainty:
        if confidence >= self.settings.answer_threshold:
            return "answered"
        return "likely" if confidence >= self.settings.likely_threshold else "none"

    def _written(self, writer: Writer, question: Question, searches: Sequence[Found]) -> Iterator[Event]:
        search = merged(searches)
        if not search.hits:
            yield from self._refusal((), writer.name, 0.0)
            return
        draft, held, failure = Draft(), "", None
        hits = [hit for hit in search.hits if hit.superseded_by is None]  # the later edition is among them
        try:
            with closing(writer.stream(self.search_question, hits, self.history, self.language)) as pieces:
                for piece in pieces:
                    held += draft.add(piece)
                    if held and not self.settings.strict and not may_refuse(draft.text):
                        yield TextDelta(held)
                        held = ""
        except LanguageModelError as exc:
            failure = exc
        held += draft.end()
        if not marked_sentences(draft.text):
            if failure is None and draft.thought:
                failure = LanguageModelError(AnswerMessage.MODEL_ONLY_THOUGHT, model=writer.name)
            failure = failure or LanguageModelError(AnswerMessage.MODEL_EMPTY, model=writer.name)
            yield from self._quoted(question, searches, self._failed("model_failed", failure))
            return
        notice = self._failed("stream_cut", failure) if failure else None
        if may_refuse(draft.text):
            yield from self._refusal(search.hits, writer.name, 0.0, notice)
            return
        if held and not self.settings.strict:
            yield TextDelta(held)
        yield from self._cited(draft.text, search, writer.name, notice)

    def _cited(self, text: str, search: Found, model: str, notice: str | None) -> Iterator[Event]:
        """The answer made of what a language model wrote; its text comes with it only where it had to be verified."""
        index, encoder = self.retriever.index, self.retriever.encoder
        sentences, citations = cite_sentences(text, search, index, encoder, self.language)
        if is_refusal(sentences, self.search_question):
            self.clock.lap("answer")
            sentences = tuple(replace(one, citations=(), verdict="unchecked", problems=()) for one in sentences)
            if self.settings.strict:
                yield from _deltas(sentences)
            yield self._answered(
                search.hits, sentences, (), model=model, certainty="none", confidence=0.0, notice=notice
            )
            return
        if self.settings.strict:
            sentences, citations, left_out = proven_only(sentences, citations)
            if left_out:
                notice = " ".join(filter(None, [notice, say("left_out", self.language, count=str(left_out))]))
            if not sentences:
                yield from self._refusal(search.hits, model, 0.0, notice)
                return
            yield from _deltas(sentences)
        self.clock.lap("answer")
        yield self._answered(search.hits, sentences, citations, model=model, notice=notice)

    def _refusal(
        self,
        hits: tuple[Hit, ...],
        model: str,
        confidence: float,
        notice: str | None = None,
        missing: Missing | None = None,
    ) -> Iterator[Event]:
        text = say("refused", self.language)
        if missing is not None:
            text += (" " if self.language == "en" else "") + missing.told(self.language)
        self.clock.lap("answer")
        yield TextDelta(text)
        sentences = (AnswerSentence(text, (), "unchecked"),)
        yield self._answered(hits, sentences, (), model=model, certainty="none", confidence=confidence, notice=notice)

    def _answered(
        self,
        hits: tuple[Hit, ...],
        sentences: tuple[AnswerSentence, ...],
        citations: tuple[Citation, ...],
        *,
        model: str,
        certainty: Certainty = "answered",
        confidence: float = 1.0,
        notice: str | None = None,
        route: Route = "fact",
    ) -> Answered:
        return Answered(
            Answer(
                question=self.asked,
                text=join_sentences(sentences),
                sentences=sentences,
                citations=citations,
                hits=hits,
                certainty=certainty,
                model=model,
                confidence=confidence,
                timings_ms=self.clock.laps,
                notice=notice,
                search_question=self.search_question,
                generation=self.retriever.index.manifest.generation,
                route=route,
            )
        )


class _Clock:
    """Splits the time of one answer."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 2)
        self._last = now


def _deltas(sentences: tuple[AnswerSentence, ...]) -> Iterator[TextDelta]:
    """The answer's text, a sentence at a time."""
    for i in range(len(sentences)):
        before = join_sentences(sentences[:i])
        yield TextDelta(join_sentences(sentences[: i + 1])[len(before) :])
