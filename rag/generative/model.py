"""Whoever writes answers from passages: any chat model that LangChain knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from corpus import Problem
from rag.answers import Hit
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.events import ThoughtDelta
from rag.generative.pieces import Piece, Remark
from rag.generative.prompts import NO_ANSWER, Prompt, TemplatePrompt
from rag.generative.tokenizer import ServerTokenizer
from rag.generative.windows import fitting_messages, fitting_rewriting
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
    ) -> Generator[Piece, None, None]:
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
    of times and at growing distances; what a server refuses for good, ``Sender`` words otherwise.
    """

    def __init__(self, settings: Settings, prompt: Prompt | None = None) -> None:
        """``prompt`` is what the model is told; None takes that of the settings.

        Raises:
            LanguageModelError: the provider is unknown, or lacks its package or its key.
            SettingsError: the template of the settings can't be used.
        """
        from rag.generative.chat_models import chat_model, has_bare_address
        from rag.generative.sending import Sender

        self.name = settings.llm
        self._where, password = _without_login(settings.llm_base_url)
        self._bare = has_bare_address(settings)
        self._prompt = prompt or TemplatePrompt(settings.llm_prompt)
        self._tokenizer = ServerTokenizer(settings)
        self.calls_tools = True  # until a server says that the model can't
        self._thinks_unopened = False  # whether its last reply began with thought that only a closing tag tells
        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
        self._secrets = tuple(filter(None, (key, password)))
        provider, _, name = self.name.partition(":")
        try:
            self._sender = Sender(chat_model(settings), settings.llm_window_tokens, self.name)
        except Exception as exc:
            missing = getattr(exc.__cause__, "name", None) if isinstance(exc, ImportError) else None
            if missing:
                package = missing.partition(".")[0].replace("_", "-")
                raise LanguageModelError(
                    AnswerMessage.MODEL_WITHOUT_PACKAGE, model=self.name, name=name, package=package
                ) from exc
            if type(exc) is ValueError and provider not in ("openai", "ollama"):
                raise LanguageModelError(
                    AnswerMessage.PROVIDER_UNKNOWN, model=self.name, name=name, provider=provider
                ) from exc
            reason = _reason(exc, self._secrets)
            raise LanguageModelError(AnswerMessage.MODEL_UNUSABLE, model=self.name, reason=reason) from exc

    @property
    def chat_model(self) -> BaseChatModel:
        """The model as LangChain knows it, for agents; ``failed`` says what goes wrong then."""
        return self._sender.model

    def stream(
        self, question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language
    ) -> Generator[Piece, None, None]:
        """What the model writes, piece by piece; closing the iterator ends the request.

        Where its reply before began with thought that had no opening tag, this one is thought until it closes its own.

        Raises:
            LanguageModelError: it can't be reached, refuses, or breaks off; what had come was yielded before.
        """
        came, thought, draft = False, False, Draft()
        supposed = self._thinks_unopened
        sent = self._sent(
            lambda window: fitting_messages(
                self._prompt, question, hits, history, language, window=window, count=self._tokenizer.count
            ),
            AnswerMessage.MODEL_NO_ANSWER,
        )
        with closing(sent) as pieces:
            for piece in pieces:
                if not isinstance(piece, str):
                    thought = thought or isinstance(piece, ThoughtDelta)
                    yield piece
                    continue
                came = True
                told = draft.thought
                added = draft.add(piece)
                if not supposed:
                    yield piece
                elif draft.thought:
                    yield added if told else draft.text
                else:
                    yield ThoughtDelta(added)
        rest = draft.end()
        if supposed:
            yield rest if draft.thought else draft.text
        self._thinks_unopened = draft.unopened
        if thought and not came:
            raise LanguageModelError(AnswerMessage.MODEL_ONLY_THOUGHT, model=self.name)
        if not came:
            raise LanguageModelError(AnswerMessage.MODEL_EMPTY, model=self.name)

    def rewrite(self, question: str, history: Sequence[Turn], language: Language) -> str:
        """The question with what it leaves unsaid filled in from the turns before; "" where the model gives none.

        Raises:
            LanguageModelError: it can't be reached, or refuses.
        """
        pieces = self._sent(
            lambda window: fitting_rewriting(
                self._prompt, question, history, language, window=window, count=self._tokenizer.count
            ),
            AnswerMessage.MODEL_NO_REWRITING,
        )
        return _question_in(without_thought("".join(piece for piece in pieces if isinstance(piece, str)).strip()))

    def _sent(
        self, turns_within: Callable[[int], list[Turn]], refusal: AnswerMessage
    ) -> Generator[str | ThoughtDelta | Remark, None, None]:
        """What the sender gives, under one kind of error; ``refusal`` is what is said where no word came."""
        from rag.generative.sending import TooLong

        came = False
        try:
            with closing(self._sender.pieces(turns_within)) as pieces:
                for piece in pieces:
                    came = True
                    yield piece
        except LanguageModelError:
            raise
        except TooLong as exc:
            reason, tokens = _reason(exc.__cause__ or exc, self._secrets), self._sender.window
            raise LanguageModelError(
                AnswerMessage.MODEL_WINDOW_OVER, model=self.name, reason=reason, tokens=tokens
            ) from exc
        except Exception as exc:
            raise self.failed(AnswerMessage.MODEL_BROKE_OFF if came else refusal, exc) from exc

    def failed(self, message: AnswerMessage, exc: Exception) -> LanguageModelError:
        """The error that tells of a request that failed, without any key."""
        reason = _reason(exc, self._secrets)
        if self._bare and self._where and getattr(exc, "status_code", None) in (None, 404, 405) and _answered(exc):
            address = self._where.rstrip("/")
            return LanguageModelError(AnswerMessage.MODEL_ADDRESS_BARE, model=self.name, reason=reason, address=address)
        model = Problem(self.name)
        if self._where:
            model = Problem.of(AnswerMessage.MODEL_ADDRESS, model=self.name, address=self._where)
        return LanguageModelError(message, model=model, reason=reason)


def _answered(exc: Exception) -> bool:
    """Whether something answered at all, though not a language model."""
    return getattr(exc, "status_code", None) is not None or isinstance(exc, (ValueError, TypeError, LookupError))


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


def _reason(exc: BaseException, secrets: Sequence[str]) -> str:
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
