"""One question on its way to its answer: completed, searched, answered, proven."""

from __future__ import annotations

import logging
from collections.abc import Generator

from rag.answering.quoting import Quoting
from rag.answering.run import Run
from rag.answering.writing import Writing
from rag.answers import AnswerSentence
from rag.errors import LanguageModelError
from rag.events import Event, Searched, TextDelta
from rag.question.followups import standalone
from rag.question.question import Question
from rag.question.small_talk import small_talk
from rag.research.choosing import wants_research
from rag.retrieval.merging import merged
from rag.settings import EXTRACTIVE
from rag.tracing import note, span, traced

__all__ = ["LONGEST_QUESTION", "Answering"]

LONGEST_QUESTION = 2000
"""Characters of a question."""

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
        self._complete()
        question = Question(run.search_question, run.language, run.today)
        with span("search"):
            queries = [run.retriever.query(part) for part in question.parts]
            run.clock.lap("encode")
            searches = [run.retriever.search(query, run.settings.top_k, run.within) for query in queries]
            run.clock.lap("search")
            note(hits=sum(len(found.hits) for found in searches))
        yield Searched(run.search_question, merged(searches).hits)
        quoting = Quoting(run)
        if run.writer is None:
            yield from quoting.events(question, searches)
        elif wants_research(run.asking(question, searches), run.research or run.settings.research):
            yield from Writing(run, quoting).researched(run.writer, question, searches)
        else:
            yield from Writing(run, quoting).events(run.writer, question, searches)

    def _complete(self) -> None:
        """Fills in what the question leaves to the history, by the language model or else by rules."""
        run = self._run
        if not run.history:
            return
        rewritten = ""
        if run.writer is not None:
            try:
                with span("rewriting", model=run.writer.name):
                    rewritten = run.writer.rewrite(run.asked, run.history, run.language).strip()
            except LanguageModelError as exc:
                _log.warning("The follow-up is completed by rules. %s", exc)
        run.search_question = rewritten or standalone(run.asked, run.history, run.retriever.encoder)[-LONGEST_QUESTION:]
        run.clock.lap("rewrite")
