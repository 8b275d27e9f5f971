"""A conversation sent to a chat model; where it is refused, what the server may take instead."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from corpus import Problem
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.events import ThoughtDelta
from rag.generative.pieces import Remark
from rag.generative.windows import cost_of
from rag.messages import AnswerMessage

__all__ = ["Sender", "TooLong"]

_REFUSED = frozenset({400, 405, 406, 413, 415, 422, 501})  # what another request may not be
_SHRINKINGS = 3
_LEAST_WINDOW = 256  # tokens


class TooLong(Exception):
    """The conversation is longer than the model reads, and can't be made short enough; the cause is its refusal."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A conversation as it is sent: cut to a window of tokens, asked for as a stream or whole."""

    window: int
    turns: list[Turn]
    streams: bool
    whole_tried: bool = False
    shrunk: int = 0


class Sender:
    """Sends conversations to one chat model. Safe to use from several threads.

    Servers differ in what they refuse: some know no streaming, some nothing else; most refuse what is longer than they
    read, each in its own words; some models take no temperature. A refused conversation is sent again without what may
    have been refused, as long as no word came, and what was taken is remembered.
    """

    def __init__(self, model: BaseChatModel, window: int, name: str) -> None:
        """``window`` is what the model is said to read and write at once, in tokens."""
        self.model = model
        self.window = window
        self._set_window = window
        self._name = name
        self._streams = True

    def pieces(self, turns_within: Callable[[int], list[Turn]]) -> Generator[str | ThoughtDelta | Remark, None, None]:
        """What the model writes, piece by piece; ``turns_within`` gives the conversation for a window of tokens.

        Raises:
            TooLong: it is longer than the model reads.
            LanguageModelError: not even the question and one passage fit into the window that is set.
            Exception: whatever the provider's client raises.
        """
        attempt = _Attempt(self.window, turns_within(self.window), streams=self._streams)
        failure: Exception | None = None
        while True:
            came = False
            try:
                with closing(self._sent(attempt)) as sent:
                    for piece in sent:
                        if not came:
                            came = True
                            yield from self._remember(attempt)
                        yield piece
            except Exception as exc:
                if came:
                    raise
                # One that says nothing of the request ("no chunks were returned") gives way to a later one that does.
                failure = exc if failure is None or _status(failure) is None else failure
                another = self._otherwise(attempt, exc, turns_within)
                if another is None:
                    if _speaks_of_context(failure) or _speaks_of_context(exc):
                        raise TooLong from failure
                    raise failure from None
                attempt = another
            else:
                return

    def _otherwise(
        self, attempt: _Attempt, exc: Exception, turns_within: Callable[[int], list[Turn]]
    ) -> _Attempt | None:
        """What to send instead of an attempt that was refused; None where nothing else is left."""
        if self._takes_no_temperature(exc):
            return attempt
        if attempt.streams and not attempt.whole_tried and _may_not_stream(exc):
            return replace(attempt, streams=False, whole_tried=True)
        if attempt.shrunk == _SHRINKINGS or not _may_be_too_long(exc):
            return None
        window = _smaller(exc, attempt)
        turns = self._fitting(turns_within, window)
        if turns is None:
            return None
        return replace(attempt, window=window, turns=turns, streams=self._streams, shrunk=attempt.shrunk + 1)

    def _sent(self, attempt: _Attempt) -> Generator[str | ThoughtDelta, None, None]:
        if not attempt.streams:
            yield from _pieces_of(self.model.invoke(attempt.turns))
            return
        with closing(self.model.stream(attempt.turns)) as chunks:  # type: ignore[type-var]  # a generator
            for chunk in chunks:
                yield from _pieces_of(chunk)

    def _remember(self, attempt: _Attempt) -> Iterator[Remark]:
        self._streams = attempt.streams
        if attempt.window < self.window:
            self.window = attempt.window
            yield Remark(
                Problem.of(
                    AnswerMessage.MODEL_WINDOW_SMALLER,
                    model=self._name,
                    tokens=self._set_window,
                    smaller=attempt.window,
                )
            )

    def _fitting(self, turns_within: Callable[[int], list[Turn]], window: int) -> list[Turn] | None:
        if window < _LEAST_WINDOW:
            return None
        try:
            return turns_within(window)
        except LanguageModelError:
            return None

    def _takes_no_temperature(self, exc: Exception) -> bool:
        """Whether that is what was refused; from now on none is sent then."""
        if getattr(exc, "param", None) != "temperature" or getattr(self.model, "temperature", None) is None:
            return False
        self.model = self.model.model_copy(update={"temperature": None})
        return True


def _pieces_of(message: BaseMessage) -> Iterator[str | ThoughtDelta]:
    thought = message.additional_kwargs.get("reasoning_content")
    if not isinstance(thought, str):
        blocks: list[Any] = message.content_blocks if isinstance(message.content, list) else []
        thought = "".join(block.get("reasoning", "") for block in blocks if block["type"] == "reasoning")
    if thought:
        yield ThoughtDelta(thought)
    if message.text:
        yield str(message.text)


def _status(exc: Exception) -> int | None:
    status = getattr(exc, "status_code", None)
    return status if isinstance(status, int) else None


def _may_not_stream(exc: Exception) -> bool:
    """A refusal, or a reply that is no stream; not one that speaks of the context."""
    if isinstance(exc, ContextOverflowError):
        return False
    status = _status(exc)
    return status in _REFUSED if status is not None else isinstance(exc, (ValueError, TypeError, LookupError))


def _may_be_too_long(exc: Exception) -> bool:
    """A refusal whose reason may be the length; some servers send theirs within the stream, without a status."""
    status = _status(exc)
    return isinstance(exc, ContextOverflowError) or (
        status in _REFUSED if status is not None else isinstance(getattr(exc, "body", None), dict | str)
    )


def _speaks_of_context(exc: Exception) -> bool:
    told = f"{exc} {getattr(exc, 'code', '')}".casefold()
    return isinstance(exc, ContextOverflowError) or (
        _may_be_too_long(exc) and ("context" in told or _told_window(exc) is not None)
    )


def _told_window(exc: Exception) -> int | None:
    """The window that llama.cpp tells with its refusal."""
    body = getattr(exc, "body", None)
    told = body.get("n_ctx") if isinstance(body, dict) else None
    return told if isinstance(told, int) and told > 0 else None


def _smaller(exc: Exception, attempt: _Attempt) -> int:
    told = _told_window(exc)
    if told is not None and told < attempt.window:
        return told
    return min(attempt.window, cost_of(attempt.turns) * 4 // 3) // 2
