"""One question on its way to its answer: completed, searched, answered, proven."""

from __future__ import annotations

import logging
from collections.abc import Generator

from rag.answering.quoting import Evidence, Quoting
from rag.answering.run import Run
from rag.answering.writing import Writing
from rag.answers import AnswerSentence
from rag.errors import LanguageModelError
from rag.events import Event, Searched, TextDelta
from rag.generative.model import Writer
from rag.question.followups import candidates, standalone
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

_LEAST_MEANT = 0.05  # a way to complete a question that is less likely (0 to 1) is not tried
_log = logging.getLogger(__name__)


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

        Which way that is, the documents tell too: it is the one whose evidence, weighed by how likely it is meant, is
        the best. A way that could not win any more is not searched.
        """
        run = self._run
        ways = candidates(run.asked, run.history, run.retriever.encoder)
        if run.history:
            run.clock.lap("rewrite")
        tried: list[tuple[float, str, Evidence]] = []
        for text, likely in ways:
            if tried and likely <= max(_LEAST_MEANT, *(worth for worth, _, _ in tried)):
                break
            evidence = quoting.evidence(*self._searched(text[-LONGEST_QUESTION:]))
            run.clock.lap("answer")
            answers = run.certainty(evidence.confidence) != "none"
            tried.append((likely * evidence.confidence if answers else 0.0, text[-LONGEST_QUESTION:], evidence))
        _, run.search_question, best = max(tried, key=lambda one: one[0])
        return best

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
