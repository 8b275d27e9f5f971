"""Answers written by a language model from the passages, with its marks turned into citations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import SecretStr

from corpus import Document
from embeddings import Encoder, Index, lexical_tokens
from embeddings.encoder import Vectors
from embeddings.index import SentenceVectors
from rag.answers import AnswerSentence, Citation, Hit
from rag.citations import Numbering, marked_sentences
from rag.errors import LanguageModelError
from rag.language import Language
from rag.prompts import Turn, messages
from rag.retrieval import Found
from rag.settings import Settings
from rag.verification import verify

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["LanguageModel", "cite_sentences"]

_RETRIES = 2


class LanguageModel:
    """Any chat model that LangChain's ``init_chat_model`` knows, under one kind of error."""

    def __init__(self, settings: Settings) -> None:
        """Raises ``LanguageModelError`` if the provider is unknown, or lacks its package or its key."""
        from langchain.chat_models import init_chat_model

        self.name = settings.llm
        self._where = settings.llm_base_url
        self._key = settings.llm_api_key
        options: dict[str, Any] = {"timeout": settings.llm_timeout_s, "max_retries": _RETRIES}
        if settings.llm_base_url:
            options["base_url"] = settings.llm_base_url
        if settings.llm_api_key:
            options["api_key"] = settings.llm_api_key.get_secret_value()
        elif settings.llm_base_url:
            options["api_key"] = "none"  # servers of one's own ask for none, but the client insists on one
        provider, _, model = settings.llm.partition(":")
        try:
            self._model: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
        except Exception as exc:
            reason = _reason(exc, self._key)
            raise LanguageModelError(
                f"The language model {self.name} can't be used: {reason}. Check YINJU_LLM and YINJU_LLM_API_KEY."
            ) from exc

    def stream(self, question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language) -> Iterator[str]:
        """What the model writes, piece by piece.

        Raises:
            LanguageModelError: it can't be reached, refuses, or breaks off; what had come was yielded before.
        """
        came = False
        try:
            for chunk in self._model.stream(messages(question, hits, history, language)):
                if chunk.text:
                    came = True
                    yield str(chunk.text)
        except Exception as exc:
            where, reason = f" at {self._where}" if self._where else "", _reason(exc, self._key)
            raise LanguageModelError(
                f"The language model {self.name}{where} gave no {'complete ' if came else ''}answer: {reason}. "
                "Check YINJU_LLM, YINJU_LLM_BASE_URL and YINJU_LLM_API_KEY, or set YINJU_LLM=extractive."
            ) from exc
        if not came:
            raise LanguageModelError(f"The language model {self.name} gave an empty answer. Ask again.")


def cite_sentences(
    text: str, found: Found, index: Index, encoder: Encoder, language: Language
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """The sentences of a written answer, each mark resolved to the sentence of its passage that is most like it.

    Marks that name no passage are dropped; a sentence left without any is unsupported.
    """
    written = marked_sentences(text)
    numbering = Numbering()
    sentences = []
    vectors = encoder.encode([sentence.text for sentence in written], "query")
    for sentence, vector in zip(written, vectors, strict=True):
        numbers = []
        for mark in sentence.marks:
            if 1 <= mark <= len(found.hits):
                passage = found.hits[mark - 1].passage
                document = index.document(passage.document_id)
                start, end = _closest(sentence.text, vector, document, index.sentences(found.rows[mark - 1]))
                numbers.append(numbering.cite(document, passage, start, end))
        cited = tuple(numbering.citations[number - 1] for number in dict.fromkeys(numbers))
        sentences.append(verify(sentence.text, cited, language))
    return tuple(sentences), tuple(numbering.citations)


def _closest(text: str, vector: Vectors, document: Document, sentences: SentenceVectors) -> tuple[int, int]:
    """The span of the sentence most like the text, by its vector and the words they share."""
    wanted = set(lexical_tokens(text))
    spans: list[tuple[int, int]] = [(start, end) for start, end in sentences.spans.tolist()]
    shared = [len(wanted & set(lexical_tokens(document.text[start:end]))) / max(1, len(wanted)) for start, end in spans]
    return spans[int(np.argmax(sentences.vectors @ vector + np.array(shared)))]


def _reason(exc: Exception, key: SecretStr | None) -> str:
    """The provider's own words, on one line, without the end of a sentence and without the key they may repeat."""
    text = " ".join(str(exc).split()) or type(exc).__name__
    if key is not None and key.get_secret_value():
        text = text.replace(key.get_secret_value(), "•••")
    return text[:300].rstrip(".。 ")
