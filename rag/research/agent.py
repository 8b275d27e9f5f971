"""A language model that looks for itself: LangChain's agent over the tools, within bounds, told of step by step."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Literal

from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import StructuredTool

from rag.answers import Step
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.events import TextDelta
from rag.generative.model import LanguageModel
from rag.generative.refusal import may_refuse
from rag.generative.windows import count_tokens
from rag.messages import AnswerMessage
from rag.proof.marks import marked_sentences
from rag.research.bounds import Bounds, Exhausted, Limits, Stopped, Watch
from rag.research.prompts import research_rules
from rag.research.tool import Tool
from rag.research.toolbox import Toolbox
from rag.settings import Settings
from rag.thought import Draft

__all__ = ["Outcome", "Research", "limits_of"]

Outcome = Literal["answered", "unanswered", "unable", "failed"]
"""The model wrote an answer; came to none; can't call tools; or could not be reached."""

_log = logging.getLogger(__name__)
_ANSWER_SHARE, _MOST_ANSWER_TOKENS = 4, 2048  # of the window, left for the answer
_HISTORY_SHARE = 4  # at most a quarter of the rest
_SCHEMA_CHARS_A_TOKEN = 3  # its signs go with its words
_BEAT_S = 0.5
_UNABLE = (400, 422, 501)  # what servers answer where a model can't call tools,
_OTHERWISE = (*_UNABLE, 404, 405, 500)  # or where they can't do this, but may do less


class Research:
    """One question on its way through the steps of a model that calls tools; for one run.

    After ``events``: ``outcome``, the ``text`` of an answer without what was thought, the ``steps`` that were taken,
    and the ``failure`` of a model that could not be reached, or broke off.
    """

    def __init__(
        self, writer: LanguageModel, toolbox: Toolbox, history: Sequence[Turn], limits: Limits, *, quiet: bool = False
    ) -> None:
        """``quiet``: no text is told before it is whole."""
        self.outcome: Outcome = "unanswered"
        self.text = ""
        self.steps: tuple[Step, ...] = ()
        self.failure: LanguageModelError | None = None
        self._writer = writer
        self._toolbox = toolbox
        self._rules = research_rules(toolbox.language, toolbox.today, limits.steps)
        schemas = "".join(json.dumps(one.schema) for one in toolbox.tools.values())
        described = self._rules + "".join(one.description for one in toolbox.tools.values())
        fixed = count_tokens(described) + len(schemas) // _SCHEMA_CHARS_A_TOKEN
        self._history = _latest(history, (limits.tokens - fixed) // _HISTORY_SHARE)
        self._bounds = Bounds(toolbox, limits, fixed)
        self._limits = limits
        self._quiet = quiet
        self._heard = False  # whether the model has replied at all
        self._writing = False  # whether it has begun the answer
        self._told = ""  # of the answer
        self._draft, self._draft_of = Draft(), ""

    def events(self, question: str) -> Generator[Step | TextDelta, None, None]:
        """Each step as it begins and as it ends, and pieces of the answer's text; closing it ends the request.

        Text is told from its first mark on: what a model says before it calls a tool has none.
        """
        watched = self._writer.chat_model.model_copy(update={"callbacks": [Watch(self._bounds)]})
        try:
            agent: Any = create_agent(
                watched,
                [_as_langchain(one, self._toolbox.call) for one in self._toolbox.tools.values()],
                system_prompt=self._rules,
                middleware=[self._bounds],
            )
            asked = {"messages": [*self._history, ("user", question)]}
            running = agent.stream(
                asked,
                {"recursion_limit": 10 * self._limits.steps + 50},
                stream_mode=["messages", "updates", "custom"],
            )
            with closing(running):
                try:
                    yield from self._heard_of(running)
                finally:
                    self._bounds.stop.set()  # before the stream is closed, which waits for the model
        except Exhausted:
            self._keep_what_came()
        except NotImplementedError:  # of LangChain's models that can't be given tools
            self._unable()
        except (GeneratorExit, Stopped):
            raise
        except Exception as exc:  # noqa: BLE001 - each provider has errors of its own
            self._failed(exc)
        if self.outcome == "answered" and not self._quiet and not may_refuse(self.text):
            yield from self._rest()

    def _heard_of(self, running: Iterator[tuple[str, Any]]) -> Iterator[Step | TextDelta]:
        beat = time.monotonic()
        for mode, data in running:
            if mode == "custom":
                steps = {**{one.number: one for one in self.steps}, data.number: data}
                self.steps = tuple(steps[number] for number in sorted(steps))
                yield data
            elif mode == "updates":
                self._take(data)
            else:
                self._heard = True
                added = self._piece(data[0])
                if added or time.monotonic() - beat > _BEAT_S:
                    beat = time.monotonic()
                    yield TextDelta(added)

    def _piece(self, message: BaseMessage) -> str:
        """What a piece of a message adds to the text that is told."""
        if not isinstance(message, AIMessage):
            return ""
        if message.id != self._draft_of:
            self._draft, self._draft_of = Draft(), message.id or ""
        self._draft.add(str(message.text))
        text = self._draft.text
        if not self._toolbox.handed_out or may_refuse(text):
            return ""
        if not self._writing:
            self._writing = any(sentence.marks for sentence in marked_sentences(text))
            if self._writing:
                self._bounds.extend()
        if self._quiet or not self._writing or not text.startswith(self._told):
            return ""
        added = text[len(self._told) :]
        self._told += added
        return added

    def _take(self, update: Mapping[str, Any]) -> None:
        """The whole message that a step of the agent came to; one without calls is the answer."""
        for values in update.values():
            for message in (values or {}).get("messages", ()):
                if isinstance(message, AIMessage) and not message.tool_calls:
                    draft = Draft()
                    draft.add(str(message.text))
                    draft.end()
                    self.text = draft.text.strip()
                    written = marked_sentences(self.text) and self._toolbox.handed_out
                    self.outcome = "answered" if written else "unanswered"

    def _rest(self) -> Iterator[TextDelta]:
        told = self.text.startswith(self._told.rstrip())
        rest = self.text[len(self._told) :] if told else f"\n{self.text}"
        if rest:
            yield TextDelta(rest)

    def _keep_what_came(self) -> None:
        """Where an answer has begun, what has come of it is one."""
        if self._writing:
            self.text, self.outcome = self._draft.text.strip(), "answered"

    def _unable(self) -> None:
        self.outcome = "unable"
        self._writer.calls_tools = False

    def _failed(self, exc: Exception) -> None:
        """What becomes of a request that failed: a model may not know tools, or not so long a conversation."""
        status = getattr(exc, "status_code", None)
        if status in _UNABLE and not self.steps:
            self._unable()
        elif status in _OTHERWISE:
            self.outcome = "unanswered"
        else:
            _log.warning("Research came to an end", exc_info=exc)
            self.outcome = "failed"
            message = AnswerMessage.MODEL_BROKE_OFF if self._heard else AnswerMessage.MODEL_NO_ANSWER
            self.failure = self._writer.failed(message, exc)
            self._keep_what_came()


def limits_of(settings: Settings) -> Limits:
    """The limits that are set."""
    window = settings.llm_window_tokens
    answer = min(window // _ANSWER_SHARE, _MOST_ANSWER_TOKENS)
    return Limits(settings.research_steps, settings.research_time_s, window - answer)


def _latest(history: Sequence[Turn], room: int) -> list[Turn]:
    """The latest turns that fit into a number of tokens."""
    kept: list[Turn] = []
    for turn in reversed(history):
        room -= count_tokens(turn[1])
        if room < 0:
            break
        kept.insert(0, turn)
    return kept


def _as_langchain(tool: Tool, call: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> StructuredTool:
    def run(**arguments: Any) -> tuple[str, dict[str, Any]]:
        given = call(tool.name, arguments)
        return json.dumps(given, ensure_ascii=False, separators=(",", ":")), given

    return StructuredTool.from_function(
        run,
        name=tool.name,
        description=tool.description,
        args_schema=tool.schema,
        response_format="content_and_artifact",
    )
