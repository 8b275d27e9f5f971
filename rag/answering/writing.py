"""Answers that a language model writes: as it comes, each sentence proven, and what is shown where it fails."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from corpus import Problem
from rag.answering.quoting import Quoting
from rag.answering.run import Run, deltas
from rag.errors import LanguageModelError
from rag.events import Answered, Event, TextDelta, ThoughtDelta
from rag.generative.citing import cite_sentences, is_foreign
from rag.generative.model import LanguageModel, Writer
from rag.generative.pieces import Remark, parted
from rag.generative.refusal import is_refusal, may_refuse, says_no_answer
from rag.generative.sourced import sourced
from rag.messages import AnswerMessage
from rag.proof.citations import proven_only, without
from rag.proof.dresses import Settling
from rag.proof.marks import marked_sentences
from rag.question.phrases import say
from rag.question.question import Question
from rag.research.plan import planned
from rag.research.reckoning import with_reckoned
from rag.research.tools import toolbox
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.thought import Draft
from rag.tracing import span, traced

__all__ = ["Writing"]

_SURELY = 0.25  # of the way from the border of answers to certainty: of CMRC's answers from there on .83 are right


@dataclass(frozen=True, slots=True)
class _Written:
    """What a language model wrote, what of it was held back, whether it thought, and how it went."""

    text: str
    held: str
    thought: bool
    failure: Problem | None
    notice: Problem | None


class Writing:
    """Answers a question by a language model; where that finds nothing, or fails, by ``quoting``."""

    def __init__(self, run: Run, quoting: Quoting) -> None:
        self._run = run
        self._quoting = quoting

    def researched(self, writer: Writer, question: Question, searches: Sequence[Found]) -> Iterator[Event]:
        """The answer of a model that looks for itself; of one that can't, from what the question's room finds."""
        found: Found | None = None
        if isinstance(writer, LanguageModel) and writer.calls_tools:
            from rag.research.agent import Research, limits_of  # LangChain's agents take a while to load

            tools = toolbox(self._run.retriever, self._run.within, self._run.language)
            run = Research(
                writer, tools, self._run.history, limits_of(self._run.settings), quiet=self._run.settings.strict
            )
            yield from traced("research", run.events(self._run.search_question), model=writer.name)
            self._run.steps, self._run.worked_out = run.steps, tools.worked_out
            self._run.clock.lap("research")
            found = tools.found(searches[0]) if tools.handed_out else None
            if run.outcome == "answered" and found is not None:
                notice = self._run.told("stream_cut", run.failure.problem) if run.failure else None
                yield from self._finished(run.text, question, [found], writer.name, notice)
                return
            if run.failure is not None:
                yield from self._quoting.events(
                    self._quoting.evidence(question, searches), self._run.told("model_failed", run.failure.problem)
                )
                return
        if found is None:
            found = planned(self._run.asking(question, searches), self._run.settings.likely_threshold)
        yield from self.events(writer, question, [found])

    def events(self, writer: Writer, question: Question, searches: Sequence[Found]) -> Iterator[Event]:
        """The answer that the model writes from what was found."""
        search = merged(searches)
        if not search.hits:
            yield from self._run.refusal((), writer.name, 0.0)
            return
        written = yield from self._drafted(writer, search)
        if not marked_sentences(written.text):
            problem = written.failure or _nothing_written(writer.name, thought=written.thought)
            yield from self._quoting.events(
                self._quoting.evidence(question, searches), self._run.told("model_failed", problem)
            )
            return
        notice = self._run.told("stream_cut", written.failure) if written.failure else written.notice
        if written.held and not self._run.settings.strict and not may_refuse(written.text):
            yield TextDelta(written.held)
        yield from self._finished(written.text, question, searches, writer.name, notice)

    def _finished(
        self, text: str, question: Question, searches: Sequence[Found], model: str, notice: str | None
    ) -> Iterator[Event]:
        """What a language model wrote, cited, or the refusal that it is."""
        if not may_refuse(text):
            yield from self._cited(text, question, searches, model, notice)
        elif not (yield from self._quoted_surely(question, searches)):
            yield from self._run.refusal(merged(searches).hits, model, 0.0, notice)

    def _drafted(self, writer: Writer, search: Found) -> Generator[Event, None, _Written]:
        """What a language model writes, as it comes; held back while it may still be a refusal, or must be proven."""
        draft, shown, held = Draft(), Settling(len(search.hits)), ""
        failure: Problem | None = None
        notice: Problem | None = None
        hits = sourced(search.hits, self._run.retriever.index)
        writing = writer.stream(self._run.search_question, hits, self._run.history, self._run.language)
        try:
            with closing(traced("model", writing, model=writer.name)) as pieces:
                for piece in parted(pieces, draft):
                    if isinstance(piece, Remark):
                        notice = self._run.told("sent_less", piece.problem)
                    elif isinstance(piece, ThoughtDelta):
                        yield piece
                    else:
                        held += shown.add(piece)
                        if held and not self._run.settings.strict and not may_refuse(draft.text):
                            yield TextDelta(held)
                            held = ""
        except LanguageModelError as exc:
            failure = exc.problem
        held += shown.add(draft.end()) + shown.end()
        return _Written(draft.text, held, draft.thought, failure, notice)

    def _quoted_surely(self, question: Question, searches: Sequence[Found]) -> Generator[Event, None, bool]:
        """Where the language model found no answer but the documents' own words are one for sure: them, and that said.

        Returns whether they are.
        """
        events = list(
            self._quoting.events(
                self._quoting.evidence(question, searches), Problem(say("model_refused", self._run.language))
            )
        )
        answer = next(event.answer for event in events if isinstance(event, Answered))
        border = self._run.settings.answer_threshold
        if answer.certainty != "answered" or answer.confidence < border + _SURELY * (1 - border):
            return False
        yield from events
        return True

    def _cited(
        self, text: str, question: Question, searches: Sequence[Found], model: str, notice: str | None
    ) -> Iterator[Event]:
        """The answer made of what a language model wrote; its text comes with it only where it had to be verified."""
        run, search = self._run, merged(searches)
        index, encoder = run.retriever.index, run.retriever.encoder
        with span("verification"):
            sentences, citations = cite_sentences(
                text,
                search,
                index,
                encoder,
                run.language,
                question=run.search_question,
                judge=run.judge,
                reader=run.reader,
            )
            sentences, citations = with_reckoned(sentences, citations, run.worked_out, search.hits, run.language)
        if is_refusal(sentences, self._run.search_question):
            if (yield from self._quoted_surely(question, searches)):
                return
            self._run.clock.lap("answer")
            sentences = tuple(replace(one, citations=(), verdict="unchecked", problems=()) for one in sentences)
            if self._run.settings.strict:
                yield from deltas(sentences)
            yield self._run.answered(
                search.hits, sentences, (), model=model, certainty="none", confidence=0.0, notice=notice
            )
            return
        sentences = without(sentences, [says_no_answer(sentence.text) for sentence in sentences])
        if is_foreign(sentences, self._run.language):
            notice = " ".join(filter(None, [notice, say("other_language", self._run.language)]))
        if self._run.settings.strict:
            sentences, citations, left_out = proven_only(sentences, citations)
            if left_out:
                notice = " ".join(filter(None, [notice, say("left_out", self._run.language, count=str(left_out))]))
            if not sentences:
                yield from self._run.refusal(search.hits, model, 0.0, notice)
                return
            yield from deltas(sentences)
        self._run.clock.lap("answer")
        yield self._run.answered(search.hits, sentences, citations, model=model, notice=notice)


def _nothing_written(model: str, *, thought: bool) -> Problem:
    if thought:
        return Problem.of(AnswerMessage.MODEL_ONLY_THOUGHT, model=model)
    return Problem.of(AnswerMessage.MODEL_EMPTY, model=model)
