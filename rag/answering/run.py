"""What is known of one question while it is answered, and what the answer is made with."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus import Problem
from rag.answers import Answer, AnswerSentence, Certainty, Citation, Hit, Route, Step
from rag.conversation import Turn
from rag.events import Answered, Event, TextDelta
from rag.extractive.demands import Missing
from rag.generative.model import Writer
from rag.proof.citations import join_sentences
from rag.question.phrases import Language, say
from rag.question.question import Question
from rag.question.recency import now
from rag.question.understood import Understood
from rag.reading.judge import StatementJudge
from rag.reading.reader import SentenceReader
from rag.research.reckoning import WorkedOut
from rag.retrieval.retriever import Found, Retriever
from rag.routes.room import Asking
from rag.settings import ResearchMode, Settings

__all__ = ["Clock", "Run", "deltas"]


class Clock:
    """Splits the time of one answer."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Adds the milliseconds since the lap before to this name's."""
        now = time.perf_counter()
        self.laps[name] = round(self.laps.get(name, 0.0) + (now - self._last) * 1000, 2)
        self._last = now


@dataclass
class Run:
    """One question and the parts that answer it; made anew for each.

    ``within`` are the ids of the only documents asked. ``research`` says whether it is researched in steps; None leaves
    that to the settings. ``understood`` are the questions of conversations that were answered before.
    """

    asked: str
    history: Sequence[Turn]
    within: frozenset[str] | None
    retriever: Retriever
    reader: SentenceReader | None
    judge: StatementJudge | None
    writer: Writer | None
    settings: Settings
    research: ResearchMode | None = None
    understood: Understood = field(default_factory=Understood)
    today: date = field(default_factory=now)
    steps: tuple[Step, ...] = field(default=(), init=False)
    worked_out: Sequence[WorkedOut] = field(default=(), init=False)
    search_question: str = field(init=False)
    language: Language = field(init=False)
    clock: Clock = field(default_factory=Clock, init=False)

    def __post_init__(self) -> None:
        """Reads the question's language, by the history too where it has none of its own."""
        self.search_question = self.asked
        self.language = Question.of(self.asked, self.history).language

    def told(self, phrase: str, problem: Problem) -> Problem:
        """What to tell the reader of a language model that failed, with the code and fields of how it did."""
        return Problem(say(phrase, self.language, reason=str(problem)), problem.code, problem.fields)

    def asking(self, question: Question, searches: Sequence[Found]) -> Asking:
        """The question as the rooms are given it."""
        return Asking(
            question, self.retriever, self.reader, self.within, self.settings.top_k, self.today, tuple(searches)
        )

    def certainty(self, confidence: float) -> Certainty:
        """The level of a confidence."""
        if confidence >= self.settings.answer_threshold:
            return "answered"
        return "likely" if confidence >= self.settings.likely_threshold else "none"

    def refusal(
        self,
        hits: tuple[Hit, ...],
        model: str,
        confidence: float,
        notice: str | None = None,
        missing: Missing | None = None,
    ) -> Iterator[Event]:
        """The events of no answer: what is told, and of ``missing`` that no document has it."""
        text = say("refused", self.language)
        if missing is not None:
            text += (" " if self.language == "en" else "") + missing.told(self.language)
        self.clock.lap("answer")
        yield TextDelta(text)
        sentences = (AnswerSentence(text, (), "unchecked"),)
        yield self.answered(hits, sentences, (), model=model, certainty="none", confidence=confidence, notice=notice)

    def answered(
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
        """The last event: the answer as it is now."""
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
                steps=self.steps,
            )
        )


def deltas(sentences: tuple[AnswerSentence, ...]) -> Iterator[TextDelta]:
    """The answer's text, a sentence at a time."""
    for i in range(len(sentences)):
        before = join_sentences(sentences[:i])
        yield TextDelta(join_sentences(sentences[: i + 1])[len(before) :])
