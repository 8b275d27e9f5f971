"""The assistant: one opened index, one encoder, and answers from them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from corpus import Document
from embeddings import Encoder, Index, IndexMismatch, IndexProblem, load_encoder, open_index
from rag.answers import Answer, AnswerSentence, Citation, Hit
from rag.citations import Numbering, join_sentences
from rag.errors import LanguageModelError, QuestionError
from rag.extractive import extract
from rag.filters import Filters, filters_of
from rag.generative import LanguageModel, cite_sentences
from rag.language import language_of, say
from rag.prompts import NO_ANSWER, Turn
from rag.reader import Reader
from rag.reranking import load_reranker
from rag.retrieval import Found, Retriever
from rag.settings import EXTRACTIVE, Settings

__all__ = ["Assistant", "History", "ask"]

History = Iterable[Mapping[str, str] | tuple[str, str]]
"""The turns so far, oldest first: {"role": ..., "content": ...} or (role, content)."""

FilterValues = Filters | Mapping[str, Any] | None
"""``Filters``, or a mapping of their fields."""

_log = logging.getLogger(__name__)

_LONGEST_QUESTION = 2000
_REMEMBERED_TURNS = 6
_ROLES = ("user", "assistant")


class Assistant:
    """Answers questions over an index, the newest there is at each question. Safe to use from several threads."""

    def __init__(self, index: Index, encoder: Encoder, settings: Settings) -> None:
        """Raises ``IndexMismatch`` if the index was built by another model, ``RerankerUnavailable`` for no reranker."""
        _check_model(index, encoder.name)
        self.settings = settings
        self._encoder = encoder
        reranker = load_reranker(settings.reranker) if settings.reranker else None
        self._retriever = Retriever(index, encoder, reranker)
        self._reader = Reader.beside(encoder) if settings.reader == "bundled" else None
        self._moving = threading.Lock()
        self._model = None if settings.llm == EXTRACTIVE else LanguageModel(settings)

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

        Raises:
            QuestionError: the question is empty or too long, or the history or the filters are none.
            LanguageModelError: the language model can't be reached, or refuses.
        """
        *_, answer = self.stream(question, history=history, filters=filters)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, *, history: History = (), filters: FilterValues = None) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they come, the finished Answer last; raises as ``ask`` does.

        The Answer's text is the one to keep: marks are renumbered and wrong ones removed in it.
        """
        question = _checked(question)
        turns = _turns(history)
        retriever = self._newest()
        return self._stream(retriever, question, turns, _within(retriever.index, filters))

    def search(self, query: str, top_k: int = 10, *, filters: FilterValues = None) -> list[Hit]:
        """The passages that fit a query, best first; raises ``QuestionError`` for an empty or too long one."""
        query, retriever = _checked(query), self._newest()
        return list(retriever.search(retriever.query(query), top_k, _within(retriever.index, filters)).hits)

    def document(self, document_id: str) -> Document:
        """The document that a citation's offsets point into; raises ``UnknownDocument``."""
        return self.index.document(document_id)

    def _newest(self) -> Retriever:
        """Moves to the index that a rebuild has made meanwhile; questions under way keep the one they began with."""
        with self._moving:
            try:
                newer = self.index.newer()
                if newer is not None:
                    _check_model(newer, self._encoder.name)
                    self._retriever = Retriever(newer, self._encoder, self._retriever.reranker)
            except IndexProblem as exc:
                _log.warning("%s Until then the index of %s answers.", exc, self.index.manifest.created)
            return self._retriever

    def _stream(
        self, retriever: Retriever, question: str, history: Sequence[Turn], within: frozenset[str] | None
    ) -> Iterator[str | Answer]:
        clock = _Clock()
        query = retriever.query(question)
        clock.lap("encode")
        found = retriever.search(query, self.settings.top_k, within)
        clock.lap("search")
        if self._model is None:
            yield from self._extractive(retriever.index, found, clock)
        else:
            yield from self._generative(self._model, retriever.index, found, history, clock)

    def _extractive(self, index: Index, found: Found, clock: _Clock) -> Iterator[str | Answer]:
        extracted = extract(found, index, self._reader)
        if extracted.confidence < self.settings.answer_threshold:
            yield from self._refusal(found, EXTRACTIVE, clock, extracted.confidence)
            return
        numbering = Numbering()
        sentences = extracted.cite(numbering)
        clock.lap("answer")
        for i in range(len(sentences)):
            before = join_sentences(sentences[:i])
            yield join_sentences(sentences[: i + 1])[len(before) :]
        citations = tuple(numbering.citations)
        yield self._answer(found, sentences, citations, model=EXTRACTIVE, clock=clock, confidence=extracted.confidence)

    def _generative(
        self, model: LanguageModel, index: Index, found: Found, history: Sequence[Turn], clock: _Clock
    ) -> Iterator[str | Answer]:
        question = found.query.text
        language = language_of(question)
        if not found.hits:
            yield from self._refusal(found, model.name, clock, 0.0)
            return
        text, notice = "", None
        try:
            for piece in model.stream(question, found.hits, history, language):
                text += piece
                if not NO_ANSWER.startswith(text.strip()[: len(NO_ANSWER)]):
                    yield piece
        except LanguageModelError as exc:
            if not text.strip():
                raise
            notice = say("stream_cut", language, reason=str(exc))
        if text.strip().startswith(NO_ANSWER):
            yield from self._refusal(found, model.name, clock, 0.0)
            return
        sentences, citations = cite_sentences(text, found, index, self._encoder, language)
        clock.lap("answer")
        yield self._answer(found, sentences, citations, model=model.name, clock=clock, notice=notice)

    def _refusal(self, found: Found, model: str, clock: _Clock, confidence: float) -> Iterator[str | Answer]:
        text = say("refused", language_of(found.query.text))
        clock.lap("answer")
        yield text
        sentences = (AnswerSentence(text, (), "unchecked"),)
        yield self._answer(found, sentences, (), model=model, clock=clock, refused=True, confidence=confidence)

    @staticmethod
    def _answer(
        found: Found,
        sentences: tuple[AnswerSentence, ...],
        citations: tuple[Citation, ...],
        *,
        model: str,
        clock: _Clock,
        refused: bool = False,
        confidence: float = 1.0,
        notice: str | None = None,
    ) -> Answer:
        return Answer(
            question=found.query.text,
            text=join_sentences(sentences),
            sentences=sentences,
            citations=citations,
            hits=found.hits,
            refused=refused,
            model=model,
            confidence=confidence,
            timings_ms=clock.laps,
            notice=notice,
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


def _within(index: Index, filters: FilterValues) -> frozenset[str] | None:
    chosen = filters_of(filters)
    return chosen.choose(index.documents()) if chosen else None


def _check_model(index: Index, model: str) -> None:
    if index.manifest.model != model:
        raise IndexMismatch(
            f"The index was built by {index.manifest.model}, but YINJU_EMBEDDING_MODEL is {model}. "
            "Run 'yinju rebuild' to build it anew, or set YINJU_EMBEDDING_MODEL back."
        )


def _checked(question: str) -> str:
    if not isinstance(question, str) or not question.strip():
        raise QuestionError("The question is empty. Ask something, such as: 济南高新区聘任了多少名首席政策官？")
    question = question.strip()
    if len(question) > _LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(question):,} characters; at most {_LONGEST_QUESTION:,} can be asked. Shorten it, "
            "or add the long text as a document with 'yinju add'."
        )
    return question


def _turns(history: History) -> list[Turn]:
    turns = []
    for turn in history:
        role, content = (turn.get("role"), turn.get("content")) if isinstance(turn, Mapping) else turn
        if role not in _ROLES or not isinstance(content, str):
            raise QuestionError(
                f"The history has a turn that is not one: {turn!r}. Give turns as "
                "{'role': 'user' or 'assistant', 'content': text} or as (role, text)."
            )
        turns.append((role, content))
    return turns[-_REMEMBERED_TURNS:]
