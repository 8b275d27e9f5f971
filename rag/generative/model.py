"""Whoever writes answers from passages: any chat model that LangChain knows."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from corpus import Problem
from rag.answers import Hit
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.generative.prompts import NO_ANSWER, rewriting
from rag.generative.windows import fitting_messages
from rag.messages import AnswerMessage
from rag.question.phrases import Language
from rag.settings import Settings
from rag.thought import Draft, without_thought

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["LanguageModel", "Writer"]

_TELLING_CHARS = 4  # of a key: fewer tell nothing of it
_DRESS = re.compile(r"""^[\s>#*_`"'“「『]+|[\s*_`"'”」』]+$""")
_ANNOUNCED = re.compile(r"^[\w ]{0,12}(?:问题|問題|question)[\s*_]*[:：]", re.IGNORECASE)
_LONGEST_REWRITING = 400  # characters; a model that writes more has answered instead of rewriting


class Writer(Protocol):
    """What writes answers from passages; ``name`` is told with each answer."""

    name: str

    def stream(
        self, question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language
    ) -> Generator[str, None, None]:
        """Pieces of the reply as they come, with marks such as [1] for the first hit, and what was thought before.

        Raises:
            LanguageModelError: it can't be reached, refuses, or broke off.
        """
        ...

    def rewrite(self, question: str, history: Sequence[Turn], language: Language) -> str:
        """The question as it would be asked without the turns before it, "" for none; raises as ``stream`` does."""
        ...


class LanguageModel:
    """Any chat model that LangChain's ``init_chat_model`` knows, under one kind of error.

    Refusals that pass (429, 5xx) and connections that fail are tried again by the provider's client, a bounded number
    of times and at growing distances.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ``LanguageModelError`` if the provider is unknown, or lacks its package or its key."""
        from langchain.chat_models import init_chat_model

        self.name = settings.llm
        self._where, password = _without_login(settings.llm_base_url)
        self._window = settings.llm_window_tokens
        self._thinks_unopened = False  # whether its last reply began with thought that only a closing tag tells
        options: dict[str, Any] = {"timeout": settings.llm_timeout_s, "max_retries": settings.llm_retries}
        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
        self._secrets = tuple(filter(None, (key, password)))
        if settings.llm_base_url:
            options["base_url"] = settings.llm_base_url
        if key:
            options["api_key"] = key
        elif settings.llm_base_url:
            options["api_key"] = "none"  # servers of one's own ask for none, but the client insists on one
        provider, _, model = settings.llm.partition(":")
        try:
            self._model: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
        except Exception as exc:
            reason = _reason(exc, self._secrets)
            raise LanguageModelError(AnswerMessage.MODEL_UNUSABLE, model=self.name, reason=reason) from exc

    def stream(
        self, question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language
    ) -> Generator[str, None, None]:
        """What the model writes, piece by piece; closing the iterator ends the request.

        Where its reply before began with thought that had no opening tag, this one is held until it closes its own.

        Raises:
            LanguageModelError: it can't be reached, refuses, or breaks off; what had come was yielded before.
        """
        turns = fitting_messages(question, hits, history, language, self._window)
        came, held, draft = False, "", Draft()
        try:
            with closing(self._model.stream(turns)) as chunks:  # type: ignore[type-var]  # a generator
                for chunk in chunks:
                    if not chunk.text:
                        continue
                    came = True
                    draft.add(str(chunk.text))
                    held += str(chunk.text)
                    if draft.thought or not self._thinks_unopened:
                        yield held
                        held = ""
            if held:
                yield held
            self._thinks_unopened = draft.unopened
        except Exception as exc:
            message = AnswerMessage.MODEL_BROKE_OFF if came else AnswerMessage.MODEL_NO_ANSWER
            raise self._error(message, exc) from exc
        if not came:
            raise LanguageModelError(AnswerMessage.MODEL_EMPTY, model=self.name)

    def rewrite(self, question: str, history: Sequence[Turn], language: Language) -> str:
        """The question with what it leaves unsaid filled in from the turns before; "" where the model gives none.

        Raises:
            LanguageModelError: it can't be reached, or refuses.
        """
        try:
            written = str(self._model.invoke(rewriting(question, history, language)).text).strip()
        except Exception as exc:
            raise self._error(AnswerMessage.MODEL_NO_REWRITING, exc) from exc
        return _question_in(without_thought(written))

    def _error(self, message: AnswerMessage, exc: Exception) -> LanguageModelError:
        model = Problem(self.name)
        if self._where:
            model = Problem.of(AnswerMessage.MODEL_ADDRESS, model=self.name, address=self._where)
        return LanguageModelError(message, model=model, reason=_reason(exc, self._secrets))


def _question_in(written: str) -> str:
    """The question among what was written when one was asked for: not what announces it, nor its dress."""
    lines = [plain for line in written.splitlines() if re.search(r"\w", plain := _DRESS.sub("", line))]
    asked = next((line for line in lines if not line.endswith((":", "："))), "")
    asked = _DRESS.sub("", _ANNOUNCED.sub("", asked))
    return asked if len(asked) <= _LONGEST_REWRITING and NO_ANSWER not in asked else ""


def _without_login(address: str | None) -> tuple[str | None, str]:
    """The address without the name and password it may hold, and that password."""
    parts = urlsplit(address or "")
    if parts.username is None and parts.password is None:
        return address, ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), parts.password or ""


def _reason(exc: Exception, secrets: Sequence[str]) -> str:
    """The provider's own words, on one line, without the end of a sentence and without what they repeat of secrets."""
    text = " ".join(str(exc).split()) or type(exc).__name__
    for secret in secrets:
        text = _without(secret, text)
    return text[:300].rstrip(".。 ")


def _without(secret: str, text: str) -> str:
    """The text without any piece of the secret of four characters or more: servers quote keys as "sk-ab***yz12"."""
    pieces = SequenceMatcher(None, text, secret, autojunk=False)
    while (piece := pieces.find_longest_match()).size >= _TELLING_CHARS:
        text = f"{text[: piece.a]}•••{text[piece.a + piece.size :]}"
        pieces.set_seq1(text)
    return text
