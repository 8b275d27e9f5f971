"""What holds research within bounds: how many steps it takes, how long, and how much of the model's window it fills."""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain.agents.middleware import AgentMiddleware, ToolCallRequest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langgraph.types import Command

from rag.answers import Step
from rag.generative.windows import count_tokens
from rag.research.tool import LISTS
from rag.research.toolbox import Toolbox

__all__ = ["Bounds", "Exhausted", "Limits", "Stopped", "Watch"]

_log = logging.getLogger(__name__)
_LEAST_ROOM = 400  # tokens of a result that are worth a step
_SHARE = 3  # a third of the room that is left is for one result
_MESSAGE_TOKENS = 6
_FUTILE = 2  # calls of the model beyond the steps, which came to no step


class Exhausted(Exception):
    """Research is at its bounds: what was found must do."""


class Stopped(Exception):
    """Nobody listens any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``steps`` are calls of tools, ``tokens`` what the model reads and writes at once, its answer aside."""

    steps: int
    seconds: float
    tokens: int


class Bounds(AgentMiddleware[Any, Any, Any]):
    """Ends the agent's loop at the limits, tells of each step as it begins and ends, and keeps errors with the model.

    What is enforced here is counted, and nothing that a model or a document says changes it.
    """

    def __init__(self, toolbox: Toolbox, limits: Limits, fixed_tokens: int) -> None:
        """``fixed_tokens`` are those of the rules and of the tools' descriptions, sent each time."""
        super().__init__()
        self.stop = threading.Event()
        self._toolbox = toolbox
        self._limits = limits
        self._room = limits.tokens - fixed_tokens
        self._until = time.monotonic() + limits.seconds
        self._numbers = itertools.count(1)
        self._begun = 0
        self._calls = 0

    def extend(self) -> None:
        """Gives an answer that has begun as much time again."""
        self._until += self._limits.seconds

    def check_time(self) -> None:
        """Raises ``Stopped`` or ``Exhausted``, where nobody listens or the time is over."""
        if self.stop.is_set():
            raise Stopped
        if time.monotonic() > self._until:
            raise Exhausted

    def before_model(self, state: Any, runtime: Any) -> None:  # noqa: ARG002 - as LangChain calls it
        """Raises ``Exhausted`` where no step is left, or no room for what it would give."""
        self.check_time()
        self._calls += 1
        futile = self._calls > self._limits.steps + _FUTILE
        if futile or self._begun >= self._limits.steps or self._left(state["messages"]) < _LEAST_ROOM:
            raise Exhausted

    def after_model(self, state: Any, runtime: Any) -> None:  # noqa: ARG002 - as LangChain calls it
        """Parts the room between the tools that are called at once."""
        messages = state["messages"]
        called = max(1, len(getattr(messages[-1], "tool_calls", ())))
        left = self._left(messages)
        self._toolbox.room = min(left // called, max(_LEAST_ROOM, left // _SHARE))

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Has the tool called, and tells of it."""
        self.check_time()
        call = request.tool_call
        if (number := next(self._numbers)) > self._limits.steps:
            return _refused(call, "No step is left. Answer now from what was found.")
        self._begun = max(self._begun, number)
        step = Step(number, call["name"], self._toolbox.said(call["name"], call["args"])[:200])
        known = call["name"] in self._toolbox.tools
        if known:
            request.runtime.stream_writer(step)
        try:
            message = handler(request)
        except (Stopped, Exhausted):
            raise
        except Exception:  # noqa: BLE001 - the model may go another way; the log has what happened
            _log.exception("The tool %s failed", call["name"][:40])
            message = _refused(call, "The tool failed. Try another way.")
        if known:
            request.runtime.stream_writer(replace(step, given=_given(message)))
        return message

    def _left(self, messages: Sequence[AnyMessage]) -> int:
        return self._room - sum(map(_cost, messages))


class Watch(BaseCallbackHandler):
    """Breaks off what a model is writing when nobody listens any more, or when the time is over."""

    raise_error = True

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds

    def on_llm_new_token(self, *_: Any, **__: Any) -> None:
        """Called by LangChain for each piece."""
        self._bounds.check_time()


def _given(message: ToolMessage | Command[Any]) -> int:
    """How many things a tool gave."""
    given = getattr(message, "artifact", None)
    if not isinstance(given, dict):
        return 0
    return sum(len(value) for name, value in given.items() if name in LISTS)


def _refused(call: Any, sentence: str) -> ToolMessage:
    content = json.dumps({"error": sentence})
    return ToolMessage(content, name=call["name"], tool_call_id=call["id"], status="error")


def _cost(message: AnyMessage) -> int:
    called = json.dumps(message.tool_calls, ensure_ascii=False) if isinstance(message, AIMessage) else ""
    return count_tokens(str(message.text) + called) + _MESSAGE_TOKENS
