"""The assistant: one opened index, one encoder, and answers from them."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing, closing
from functools import lru_cache
from typing import Any

from corpus import Document
from embeddings import Encoder, Index, IndexMismatch, IndexProblem, load_encoder, open_index
from embeddings.encoders.fingerprint import fingerprint_at, same_weights
from rag.answering.run import Run
from rag.answering.way import LONGEST_QUESTION, Answering
from rag.answers import Answer, Hit
from rag.conversation import History, is_text, turns_of
from rag.errors import QuestionError
from rag.events import Answered, Event, TextDelta
from rag.filters import Filters, filters_of
from rag.generative.model import LanguageModel, Writer
from rag.generative.prompts import Prompt
from rag.messages import AnswerMessage
from rag.question.question import Question
from rag.question.understood import Understood
from rag.reading.judge import Judge
from rag.reading.reader import Reader, SentenceReader
from rag.research.toolbox import Toolbox
from rag.research.tools import toolbox
from rag.retrieval.reranking import Reranker, load_reranker
from rag.retrieval.retriever import Retriever
from rag.settings import EXTRACTIVE, ResearchMode, Settings
from rag.threads import in_thread

__all__ = ["Assistant", "FilterValues", "ask"]

FilterValues = Filters | Mapping[str, Any] | None
"""``Filters``, or a mapping of their fields."""

_log = logging.getLogger(__name__)
_GENERATIONS_KEPT = 4  # of the index, for documents of answers that were made before a rebuild


class Assistant:
    """Answers questions over an index, the newest there is at each question. Safe to use from several threads.

    Each part may be exchanged for another that keeps to its protocol: ``retriever`` finds passages, ``reader`` says
    which sentences answer (``SentenceReader``), ``reranker`` has the last word on passages (``Reranker``), ``model``
    writes (``Writer``), ``prompt`` is what the settings' model is told (``Prompt``). What is None comes from the
    settings: the bundled reader where the encoder is the bundled one, no reranker, and no model, so that answers are
    the documents' own sentences. docs/extending.md has an example each.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        settings: Settings | None = None,
        *,
        retriever: Retriever | None = None,
        reader: SentenceReader | None = None,
        reranker: Reranker | None = None,
        model: Writer | None = None,
        prompt: Prompt | None = None,
    ) -> None:
        """Raises ``IndexMismatch`` if the index was built by another model, ``RerankerUnavailable`` for no reranker."""
        _check_model(index, encoder.name, fingerprint_at(encoder))
        self.settings = settings or Settings()
        self._encoder = encoder
        if reranker is None and self.settings.reranker:
            reranker = load_reranker(self.settings.reranker)
        self._retriever = retriever or Retriever(index, encoder, reranker)
        if reader is None and self.settings.reader == "bundled":
            reader = Reader.beside(encoder)
        self._reader = reader
        self._judge = Judge(reader.shared) if isinstance(reader, Reader) else None
        if model is None and self.settings.llm != EXTRACTIVE:
            model = LanguageModel(self.settings, prompt)
        self._model = model
        self._understood = Understood()
        self._moving = threading.Lock()
        self._generations: OrderedDict[str, Index] = OrderedDict({index.manifest.generation: index})

    @classmethod
    def from_settings(cls, settings: Settings | None = None) -> Assistant:
        """The assistant over the index in the settings' home.

        Raises:
            IndexMissing, IndexUnreadable, IndexMismatch: the index can't be used.
            EncoderUnavailable: the embedding model can't be loaded.
            LanguageModelError, RerankerUnavailable: there is no such language model, or reranker.
        """
        settings = settings or Settings()
        index = open_index(settings.index_location)
        _check_model(index, settings.embedding_model)  # before the model is loaded
        return cls(index, load_encoder(settings.embedding_model), settings)

    @property
    def index(self) -> Index:
        """The index that answered last; the next question is put to a newer one, if there is one by then."""
        return self._retriever.index

    @property
    def encoder(self) -> Encoder:
        """What questions are encoded with; a rebuild of the index can share it."""
        return self._encoder

    def ask(self, question: str, *, history: History = (), filters: FilterValues = None) -> Answer:
        """The answer to a question; ``filters`` choose the documents that are asked.

        A question that leans on the history is completed from it first; ``Answer.search_question`` shows how. If the
        language model can't be reached the answer is extractive, and ``Answer.notice`` says why.

        Raises:
            QuestionError: the question is empty or too long, or the history or the filters are none.
        """
        *_, last = self.events(question, history=history, filters=filters)
        assert isinstance(last, Answered)
        return last.answer

    def events(
        self,
        question: str,
        *,
        history: History = (),
        filters: FilterValues = None,
        research: ResearchMode | None = None,
    ) -> Generator[Event, None, None]:
        """What happens while the question is answered (``rag.events``), the answer last; raises as ``ask`` does.

        Closing the iterator ends the request to the language model. With ``Settings.strict`` no text comes before it
        is verified. ``research`` says for this question whether the model looks for itself in steps; None leaves that
        to the settings.
        """
        question = _checked(question)
        turns = turns_of(history)
        retriever = self._newest()
        within = _within(retriever.index, filters)
        parts = retriever, self._reader, self._judge, self._model, self.settings
        return Answering(Run(question, turns, within, *parts, research, self._understood)).events()

    def stream(
        self, question: str, *, history: History = (), filters: FilterValues = None
    ) -> Generator[str | Answer, None, None]:
        """Pieces of the answer's text as they come, the finished Answer last: ``events`` in its older form."""
        return _texts(self.events(question, history=history, filters=filters))

    async def aask(self, question: str, *, history: History = (), filters: FilterValues = None) -> Answer:
        """As ``ask``, beside the event loop."""
        last = [event async for event in self.astream(question, history=history, filters=filters)][-1]
        assert isinstance(last, Answered)
        return last.answer

    async def astream(
        self, question: str, *, history: History = (), filters: FilterValues = None
    ) -> AsyncGenerator[Event, None]:
        """As ``events``, beside the event loop; leaving it early ends the request to the language model."""
        async with aclosing(in_thread(lambda: self.events(question, history=history, filters=filters))) as events:
            async for event in events:
                yield event

    def search(self, query: str, top_k: int = 10, *, filters: FilterValues = None) -> list[Hit]:
        """The passages that fit a query, best first; raises ``QuestionError`` for an empty or too long one."""
        question, retriever = Question.of(_checked(query)), self._newest()
        return list(retriever.search(retriever.query(question), top_k, _within(retriever.index, filters)).hits)

    def toolbox(self, *, filters: FilterValues = None) -> Toolbox:
        """The tools that a language model researches with, for programs: ``toolbox().call("search", {"query": ...})``.

        They reach the documents of ``filters`` in the newest index; raises ``QuestionError`` for filters that are none.
        """
        retriever = self._newest()
        return toolbox(retriever, _within(retriever.index, filters))

    def document(self, document_id: str, generation: str | None = None) -> Document:
        """The document that a citation's offsets point into; raises ``UnknownDocument``.

        ``generation`` is ``Answer.generation``: an answer keeps pointing into the text it was made from after a rebuild
        has read the file anew, while this assistant still has that generation open.
        """
        index = self._generations.get(generation or "", self.index)
        return index.document(document_id)

    def _newest(self) -> Retriever:
        """Moves to the index that a rebuild has made meanwhile; questions under way keep the one they began with."""
        with self._moving:
            try:
                newer = self.index.newer()
                if newer is not None:
                    _check_model(newer, self._encoder.name, fingerprint_at(self._encoder))
                    self._retriever = self._retriever.over(newer)
                    self._generations[newer.manifest.generation] = newer
                    while len(self._generations) > _GENERATIONS_KEPT:
                        self._generations.popitem(last=False)
            except IndexProblem as exc:
                _log.warning("%s Until then the index of %s answers.", exc, self.index.manifest.created)
            return self._retriever


@lru_cache(maxsize=1)
def _assistant(settings: Settings) -> Assistant:
    return Assistant.from_settings(settings)


def ask(
    question: str, *, history: History = (), filters: FilterValues = None, settings: Settings | None = None
) -> Answer:
    """The answer to a question over the documents in the settings' home; see ``Assistant.ask``.

    The assistant is kept for the next question with the same settings.
    """
    _checked(question)
    return _assistant(settings or Settings()).ask(question, history=history, filters=filters)


def _texts(events: Generator[Event, None, None]) -> Generator[str | Answer, None, None]:
    with closing(events):
        for event in events:
            if isinstance(event, TextDelta):
                yield event.text
            elif isinstance(event, Answered):
                yield event.answer


def _within(index: Index, filters: FilterValues) -> frozenset[str] | None:
    chosen = filters_of(filters)
    return index.choose(chosen) if chosen else None


def _check_model(index: Index, model: str, fingerprint: str = "") -> None:
    if not same_weights(index.manifest.fingerprint, fingerprint):
        raise IndexMismatch(AnswerMessage.WEIGHTS_OTHER, model=model)
    if index.manifest.model != model:
        raise IndexMismatch(AnswerMessage.MODEL_OTHER, built_by=index.manifest.model, model=model)


def _checked(question: str) -> str:
    if not isinstance(question, str) or not question.strip():
        raise QuestionError(AnswerMessage.QUESTION_EMPTY)
    if not is_text(question):
        raise QuestionError(AnswerMessage.QUESTION_BROKEN)
    question = question.strip()
    length = len(unicodedata.normalize("NFKC", question))  # what is worked on: one character may stand for eighteen
    if length > LONGEST_QUESTION:
        raise QuestionError(AnswerMessage.QUESTION_TOO_LONG, characters=length, most=LONGEST_QUESTION)
    return question
