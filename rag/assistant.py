"""The assistant: one opened index, one encoder, and answers from them."""

from __future__ import annotations

import logging
import threading
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from corpus import Document
from embeddings import Encoder, Index, IndexMismatch, IndexProblem, load_encoder, open_index
from rag.answers import Answer, AnswerSentence, Citation, Hit
from rag.conversation import History, Turn, is_text, turns_of
from rag.errors import LanguageModelError, QuestionError
from rag.extractive.choice import extract
from rag.extractive.reader import Reader
from rag.filters import Filters, filters_of
from rag.generative.model import LanguageModel, cite_sentences
from rag.generative.prompts import NO_ANSWER
from rag.proof.citations import Numbering, join_sentences, proven_only
from rag.proof.verification import verify
from rag.question.compound import questions_of
from rag.question.followups import standalone
from rag.question.phrases import Language, answer_language, say
from rag.question.small_talk import small_talk
from rag.retrieval.merging import merged
from rag.retrieval.reranking import load_reranker
from rag.retrieval.retriever import Found, Retriever
from rag.settings import EXTRACTIVE, Settings

__all__ = ["Assistant", "History", "ask"]

FilterValues = Filters | Mapping[str, Any] | None
"""``Filters``, or a mapping of their fields."""

_log = logging.getLogger(__name__)

_LONGEST_QUESTION = 2000


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

        A question that leans on the history is completed from it first; ``Answer.search_question`` shows how. If the
        language model can't be reached the answer is extractive, and ``Answer.notice`` says why.

        Raises:
            QuestionError: the question is empty or too long, or the history or the filters are none.
        """
        *_, answer = self.stream(question, history=history, filters=filters)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, *, history: History = (), filters: FilterValues = None) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they come, the finished Answer last; raises as ``ask`` does.

        The Answer's text is the one to keep: marks are renumbered and wrong ones removed in it. Closing the iterator
        ends the request to the language model. With ``Settings.strict`` nothing comes before it is verified.
        """
        question = _checked(question)
        turns = turns_of(history)
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
                    self._retriever = self._retriever.over(newer)
            except IndexProblem as exc:
                _log.warning("%s Until then the index of %s answers.", exc, self.index.manifest.created)
            return self._retriever

    def _stream(
        self, retriever: Retriever, question: str, history: Sequence[Turn], within: frozenset[str] | None
    ) -> Iterator[str | Answer]:
        asked = _Asked(question, _language(question, history), history, retriever.index)
        talk = small_talk(question, asked.language)
        if talk is not None:
            yield from self._chat(asked, talk)
            return
        notice = self._complete(asked)
        queries = [retriever.query(question) for question in questions_of(asked.search_question)]
        asked.clock.lap("encode")
        found = [retriever.search(query, self.settings.top_k, within) for query in queries]
        asked.clock.lap("search")
        if self._model is None or notice:
            yield from self._extractive(found, asked, notice)
        else:
            yield from self._generative(self._model, found, asked)

    def _complete(self, asked: _Asked) -> str | None:
        """Fills in what the question leaves to the history; what went wrong, where the language model can't be had."""
        if not asked.history:
            return None
        notice = None
        if self._model is not None:
            try:
                asked.search_question = self._model.rewrite(asked.question, asked.history, asked.language)
            except LanguageModelError as exc:
                notice = say("model_failed", asked.language, reason=str(exc))
        if self._model is None or notice:
            asked.search_question = standalone(asked.question, asked.history)[-_LONGEST_QUESTION:]
        asked.clock.lap("rewrite")
        return notice

    def _chat(self, asked: _Asked, text: str) -> Iterator[str | Answer]:
        yield text
        yield self._answer((), (AnswerSentence(text, (), "unchecked"),), (), asked, model=EXTRACTIVE)

    def _extractive(self, found: Sequence[Found], asked: _Asked, notice: str | None = None) -> Iterator[str | Answer]:
        """The documents' own sentences for each question found for; a refusal if they answer none of them."""
        extracts = [extract(one, asked.index, self._reader) for one in found]
        answered = [one.confidence >= self.settings.answer_threshold for one in extracts]
        if not any(answered):
            confidence = max(one.confidence for one in extracts)
            yield from self._refusal(merged(found), asked, EXTRACTIVE, confidence, notice)
            return
        numbering = Numbering()
        quoted: list[AnswerSentence] = []
        for one, extracted, good in zip(found, extracts, answered, strict=True):
            if good:
                quoted += extracted.cite(numbering)
            else:
                text = say("refused_part", asked.language, question=one.query.text)
                quoted.append(AnswerSentence(text, (), "unchecked"))
        citations = tuple(numbering.citations)
        sentences = tuple(
            verify(sentence.text, tuple(citations[number - 1] for number in sentence.citations), asked.language)
            if sentence.citations
            else sentence
            for sentence in quoted
        )
        if self.settings.strict:
            sentences, citations, _ = proven_only(sentences, citations)
        asked.clock.lap("answer")
        yield from _pieces(sentences)
        confidence = min(one.confidence for one, good in zip(extracts, answered, strict=True) if good)
        hits = merged(found).hits
        yield self._answer(hits, sentences, citations, asked, model=EXTRACTIVE, confidence=confidence, notice=notice)

    def _generative(self, model: LanguageModel, searched: Sequence[Found], asked: _Asked) -> Iterator[str | Answer]:
        found = merged(searched)
        if not found.hits:
            yield from self._refusal(found, asked, model.name, 0.0)
            return
        text, held, notice = "", "", None
        hits = [hit for hit in found.hits if hit.superseded_by is None]  # the later edition is among them
        try:
            with closing(model.stream(asked.search_question, hits, asked.history, asked.language)) as pieces:
                for piece in pieces:
                    text += piece
                    held += piece
                    if not self.settings.strict and not NO_ANSWER.startswith(text.strip()[: len(NO_ANSWER)]):
                        yield held
                        held = ""
        except LanguageModelError as exc:
            if not text.strip():
                yield from self._extractive(searched, asked, say("model_failed", asked.language, reason=str(exc)))
                return
            notice = say("stream_cut", asked.language, reason=str(exc))
        if text.strip().startswith(NO_ANSWER):
            yield from self._refusal(found, asked, model.name, 0.0, notice)
        else:
            yield from self._cited(text, found, asked, model.name, notice)

    def _cited(self, text: str, found: Found, asked: _Asked, model: str, notice: str | None) -> Iterator[str | Answer]:
        """The answer made of what a language model wrote; its text comes with it only where it had to be verified."""
        sentences, citations = cite_sentences(text, found, asked.index, self._encoder, asked.language)
        if self.settings.strict:
            sentences, citations, left_out = proven_only(sentences, citations)
            if left_out:
                notice = " ".join(filter(None, [notice, say("left_out", asked.language, count=str(left_out))]))
            if not sentences:
                yield from self._refusal(found, asked, model, 0.0, notice)
                return
            yield from _pieces(sentences)
        asked.clock.lap("answer")
        yield self._answer(found.hits, sentences, citations, asked, model=model, notice=notice)

    def _refusal(
        self, found: Found, asked: _Asked, model: str, confidence: float, notice: str | None = None
    ) -> Iterator[str | Answer]:
        text = say("refused", asked.language)
        asked.clock.lap("answer")
        yield text
        sentences = (AnswerSentence(text, (), "unchecked"),)
        yield self._answer(
            found.hits, sentences, (), asked, model=model, refused=True, confidence=confidence, notice=notice
        )

    @staticmethod
    def _answer(
        hits: tuple[Hit, ...],
        sentences: tuple[AnswerSentence, ...],
        citations: tuple[Citation, ...],
        asked: _Asked,
        *,
        model: str,
        refused: bool = False,
        confidence: float = 1.0,
        notice: str | None = None,
    ) -> Answer:
        return Answer(
            question=asked.question,
            text=join_sentences(sentences),
            sentences=sentences,
            citations=citations,
            hits=hits,
            refused=refused,
            model=model,
            confidence=confidence,
            timings_ms=asked.clock.laps,
            notice=notice,
            search_question=asked.search_question,
        )


@dataclass
class _Asked:
    """A question on its way to its answer."""

    question: str
    language: Language
    history: Sequence[Turn]
    index: Index
    search_question: str = ""
    clock: _Clock = field(init=False)

    def __post_init__(self) -> None:
        self.search_question = self.question
        self.clock = _Clock()


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


def _pieces(sentences: tuple[AnswerSentence, ...]) -> Iterator[str]:
    """The answer's text, a sentence at a time."""
    for i in range(len(sentences)):
        before = join_sentences(sentences[:i])
        yield join_sentences(sentences[: i + 1])[len(before) :]


def _language(question: str, history: Sequence[Turn]) -> Language:
    """The question's language; that of the one before where it has no words of its own ("2020?")."""
    spoken = [content for role, content in history if role == "user"]
    worded = [text for text in [*spoken, question] if any(character.isalpha() for character in text)]
    return answer_language(worded[-1] if worded else question)


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
    if not is_text(question):
        raise QuestionError("The question holds halves of characters (lone surrogates). Send it as UTF-8 text.")
    question = question.strip()
    length = len(unicodedata.normalize("NFKC", question))  # what is worked on: one character may stand for eighteen
    if length > _LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {length:,} characters; at most {_LONGEST_QUESTION:,} can be asked. Shorten it, "
            "or add the long text as a document with 'yinju add'."
        )
    return question
