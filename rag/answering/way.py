"""One question on its way to its answer: completed, searched, answered, proven."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from rag.answering.meant import ENOUGH, WEIGHTS, Meaning
from rag.answering.quoting import Evidence, Quoting
from rag.answering.run import Run
from rag.answering.writing import Writing
from rag.answers import AnswerSentence
from rag.errors import LanguageModelError
from rag.events import Event, Searched, TextDelta
from rag.generative.model import Writer
from rag.question.followups import candidates, pairs_of, standalone
from rag.question.question import Question
from rag.question.small_talk import small_talk
from rag.research.choosing import wants_research
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.settings import EXTRACTIVE
from rag.tracing import note, span, traced

__all__ = ["LONGEST_QUESTION", "Answering"]

LONGEST_QUESTION = 2000
"""Characters of a question."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Way:
    """A way to complete a question, what the documents have for it, and what speaks for its being meant."""

    text: str
    evidence: Evidence
    signals: tuple[float, ...] = ()

    @property
    def score(self) -> float:
        """How likely it is meant, in log-odds up to a constant; 0 where it is the only one."""
        return sum(weight * signal for weight, signal in zip(WEIGHTS, self.signals, strict=False))


class Answering:
    """How one question is answered."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def events(self) -> Generator[Event, None, None]:
        """What happens, the finished answer last; for one run."""
        return traced("question", self._events())

    def _events(self) -> Generator[Event, None, None]:
        run = self._run
        talk = small_talk(run.asked, run.language)
        if talk is not None:
            yield TextDelta(talk)
            yield run.answered((), (AnswerSentence(talk, (), "unchecked"),), (), model=EXTRACTIVE)
            return
        quoting = Quoting(run)
        if run.writer is None:
            evidence = self._best_evidence(quoting)
            yield Searched(run.search_question, merged(evidence.asking.searches).hits)
            yield from quoting.events(evidence)
            return
        self._complete(run.writer)
        question, searches = self._searched(run.search_question)
        yield Searched(run.search_question, merged(searches).hits)
        if wants_research(run.asking(question, searches), run.research or run.settings.research):
            yield from Writing(run, quoting).researched(run.writer, question, searches)
        else:
            yield from Writing(run, quoting).events(run.writer, question, searches)

    def _searched(self, text: str) -> tuple[Question, list[Found]]:
        """A question, and what is found for each of its parts."""
        run = self._run
        question = Question(text, run.language, run.today)
        with span("search"):
            queries = [run.retriever.query(part) for part in question.parts]
            run.clock.lap("encode")
            searches = [run.retriever.search(query, run.settings.top_k, run.within) for query in queries]
            run.clock.lap("search")
            note(hits=sum(len(found.hits) for found in searches))
        return question, searches

    def _best_evidence(self, quoting: Quoting) -> Evidence:
        """What answers the question, completed from the history in the way that is meant.

        Which way that is, the documents tell: each is searched, until one has enough for it.
        """
        tried: list[Way] = []
        for way in self.ways(quoting):
            tried.append(way)
            if way.score >= ENOUGH:
                break
        best = max(tried, key=lambda way: way.score)
        run = self._run
        run.search_question = best.text
        if run.history and run.certainty(best.evidence.confidence) != "none":
            run.understood.note(run.asked, pairs_of(run.history), best.text)
        return best.evidence

    def ways(self, quoting: Quoting) -> Iterator[Way]:
        """The ways to complete the question, the likeliest by its words first, searched and read."""
        run = self._run
        found = candidates(run.asked, run.history, run.retriever.encoder, run.understood)
        if run.history:
            run.clock.lap("rewrite")
        meaning = Meaning(run) if run.history else None
        for text, likely in found:
            evidence = quoting.evidence(*self._searched(text[-LONGEST_QUESTION:]))
            run.clock.lap("answer")
            yield Way(text[-LONGEST_QUESTION:], evidence, meaning.signals(likely, evidence) if meaning else ())

    def _complete(self, writer: Writer) -> None:
        """Fills in what the question leaves to the history, by the language model or else as it is likeliest meant."""
        run = self._run
        if not run.history:
            return
        rewritten = ""
        try:
            with span("rewriting", model=writer.name):
                rewritten = writer.rewrite(run.asked, run.history, run.language).strip()
        except LanguageModelError as exc:
            _log.warning("The follow-up is completed without it. %s", exc)
        run.search_question = rewritten or standalone(run.asked, run.history, run.retriever.encoder)[-LONGEST_QUESTION:]
        run.clock.lap("rewrite")
