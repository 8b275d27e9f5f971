"""The conversation: Gradio's components for it, and what happens when something is asked, asked again or rated."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr
from anyio.to_thread import run_sync

from corpus import Problem, YinjuError
from rag import Answered, Event, Filters, Step, TextDelta
from rag.question.phrases import Language
from rag.settings import EXTRACTIVE
from ui.messages import PageMessage
from ui.web.html import thread
from ui.web.html.notices import status
from ui.web.html.thought import folded
from ui.web.html.turn_cache import TurnCache
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.library_service import LibraryService
from ui.web.store.ratings import Rating, Ratings
from ui.web.store.turns import Turn, history_of
from ui.web.views.asking import Admission, Ahead
from ui.web.views.filter_bar import FilterBar
from ui.web.views.suggestions import Suggestions
from ui.web.views.thinking import ThoughtWatch
from ui.web.words.errors import told
from ui.web.words.interface import Words, words

__all__ = ["ConversationView"]

_log = logging.getLogger(__name__)
_MOST_SHOWN = 2000  # characters of a question; longer ones are refused
_PRIVATE: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_TURN_CLICKS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button) trigger(button.dataset.ask, { number: button.closest("[data-turn]").dataset.turn });
});
element.addEventListener("yj-rate", (event) => trigger("like", event.detail));
"""


class ConversationView:
    """The turns, what can be done with them, and the question box with its filters."""

    def __init__(
        self,
        service: LibraryService,
        stores: ConversationStores,
        admission: Admission,
        language: gr.Radio,
        first: Words,
    ) -> None:
        self.service = service
        self.stores = stores
        self.admission = admission
        self.turns = gr.State([])
        self.conversation = gr.State(None)
        self._asked = gr.State("")
        self._edited = gr.State(0)  # the number of the turn whose question is being changed
        self._language = language
        self._turns_shown = TurnCache()
        with gr.Column(elem_id="yj-talk"):
            with gr.Column(elem_id="yj-scroll"):
                self.thread = gr.HTML(
                    self._welcome(first), elem_id="yj-thread", apply_default_css=False, js_on_load=_TURN_CLICKS
                )
                self.live = gr.HTML("", elem_id="yj-live", apply_default_css=False, js_on_load=None)
                self.suggestions = Suggestions(service, first)
            with gr.Row(elem_id="yj-editing", visible=False) as self._editing:
                self._note = gr.HTML("", elem_id="yj-editing-note", apply_default_css=False, js_on_load=None)
                self._leave = gr.Button(first.talk.cancel, size="sm", elem_id="yj-editing-leave")
            self.filters = FilterBar(service, language, first)
            with self.filters.row:
                self.research = gr.Checkbox(**self._research(first), container=False, elem_id="yj-research")
            self.question = gr.Textbox(
                label=first.ask_label,
                placeholder=first.ask_placeholder,
                show_label=False,
                lines=1,
                max_lines=6,
                max_length=None,
                submit_btn=True,
                elem_id="yj-ask",
            )

    # What other parts of the page show of it.

    @property
    def opened(self) -> list[Any]:
        """The components that ``open`` gives values for."""
        return [
            self.thread, self.live, self.suggestions.next, self.suggestions.examples, *self.suggestions.buttons,
            self.turns, self.conversation, self._edited, self._editing, *self.filters.values,
        ]  # fmt: skip

    def open(
        self, conversation: str | None, turns: list[Turn], language: Language, user: str | None
    ) -> tuple[Any, ...]:
        """What shows a user's conversation with its last filters, or the beginning of one."""
        return (
            self._shown(turns, words(language), conversation, user),
            "",
            "",
            self.suggestions.before(turns),
            *self.suggestions.asked(words(language)),
            turns,
            conversation,
            0,
            gr.update(visible=False),
            *self.filters_of(turns),
        )

    def filters_of(self, turns: list[Turn]) -> list[Any]:
        """The values of the filters that the last turn was asked with."""
        return self.filters.set(turns[-1].filters if turns else Filters())

    @property
    def spoken(self) -> list[Any]:
        """The components that ``words`` gives values for."""
        return [
            self.thread, *self.suggestions.spoken, self.question, self._leave, self.research, *self.filters.spoken,
        ]  # fmt: skip

    def words(self, spoken: Words, turns: list[Turn], conversation: str | None, user: str | None) -> tuple[Any, ...]:
        """The components in another language."""
        return (
            self._shown(turns, spoken, conversation, user),
            *self.suggestions.words(spoken),
            gr.update(label=spoken.ask_label, placeholder=spoken.ask_placeholder),
            gr.update(value=spoken.talk.cancel),
            gr.update(**self._research(spoken)),
            *self.filters.words(spoken),
        )

    def wire(self, loaded: Any, *offering: gr.HTML) -> None:
        """Connects what is here with what happens; what else is ``offering`` questions has them asked here.

        ``loaded`` is the event after which the page shows what it begins with.
        """
        told = [
            self.question, self.live, self.thread, self.suggestions.next, self.suggestions.examples, self.turns,
            self._asked, self.conversation, self._edited, self._editing, self.research,
        ]  # fmt: skip
        asking = [
            self.turns, self._language, self.conversation, self._edited, self.research, *self.filters.values,
        ]  # fmt: skip
        asked: list[Any] = [
            self.question.submit(self._answer, [self.question, *asking], told, **_PRIVATE),
            self.thread.retry(self._again, asking, told, **_PRIVATE),
            *(button.click(self._answer, [button, *asking], told, **_PRIVATE) for button in self.suggestions.buttons),
            *(offer.click(self._offered, asking, told, **_PRIVATE) for offer in (self.suggestions.next, *offering)),
        ]
        self.suggestions.wire(loaded, asked, self.turns, self._language, **_PRIVATE)
        self.question.stop(
            self._stop, [self._asked, self.turns, self._language, self.conversation],
            [self.question, self.live, self.thread, self.suggestions.examples], cancels=asked, **_PRIVATE,
        )  # fmt: skip
        editing = [self.question, self._edited, self._editing, self._note]
        self.thread.edit(self._edit, [self.turns, self._language], editing, **_PRIVATE).then(
            None, None, None, js="() => yinjuTalk.compose()"
        )
        self._leave.click(lambda: ("", 0, gr.update(visible=False), ""), None, editing, **_PRIVATE).then(
            None, None, None, js="() => yinjuTalk.compose()"
        )
        self.thread.like(self._rate, [self.conversation, self._language], None, trigger_mode="multiple", **_PRIVATE)

    # What happens.

    async def _answer(self, question: str, request: gr.Request, *asking: Any) -> AsyncGenerator[dict[Any, Any], None]:
        question = question.strip()
        if question:
            async with aclosing(self._ask(question, *asking, request=request, back=question)) as shown:
                async for change in shown:
                    yield change
        else:
            yield {self.question: gr.update()}

    async def _offered(self, event: gr.EventData, request: gr.Request, *asking: Any) -> AsyncIterator[dict[Any, Any]]:
        async with aclosing(self._answer(str(event.question), request, *asking)) as shown:
            async for change in shown:
                yield change

    async def _again(
        self, event: gr.EventData, request: gr.Request, turns: list[Turn], *asking: Any
    ) -> AsyncIterator[dict[Any, Any]]:
        language, conversation, _, *values = asking
        number = int(event.number)
        question = next((turn.question for turn in turns if turn.number == number), None)
        if question is None:  # it was asked again already
            yield {self.question: gr.update()}
        else:
            asked = self._ask(question, turns, language, conversation, number, *values, request=request)
            async with aclosing(asked) as shown:
                async for change in shown:
                    yield change

    async def _ask(
        self,
        question: str,
        turns: list[Turn],
        language: Language,
        conversation: str | None,
        edited: int,
        *values: Any,
        request: gr.Request,
        back: str = "",
    ) -> AsyncGenerator[dict[Any, Any], None]:
        """Asks; ``edited`` is the number of the turn that is asked again, ``back`` what a stop puts into the box.

        ``values`` are the switch's, then the filters'.
        """
        spoken, text, user = words(language), "", request.username
        watch = ThoughtWatch()
        research, *chosen = values
        steps: dict[int, Step] = {}
        before = _before(turns, edited)
        turn = Turn(question[:_MOST_SHOWN])
        yield {
            self.question: {**gr.update(submit_btn=False, stop_btn=True), **({"value": ""} if back else {})},
            self.live: thread.live(turn.question, "", spoken),
            self.thread: await run_sync(self._thread, before, spoken, conversation, user),
            self.suggestions.next: "",
            self.suggestions.examples: gr.update(visible=False),
            self._asked: back,
        }
        try:
            turn = replace(turn, filters=self.filters.filters(*chosen))
            history = history_of(before)
            asked = partial(self._stream, question, history, turn.filters, research)
            async with aclosing(self.admission.stream(request, asked, "page")) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Answered):
                        turn = replace(turn, answer=piece.answer)
                    elif isinstance(piece, Ahead):
                        yield {self.live: thread.live(turn.question, "", spoken, piece)}
                    elif watch.takes(piece) or isinstance(piece, Step):
                        thought = folded(watch.so_far, spoken)
                        if isinstance(piece, Step):
                            steps[piece.number] = piece
                        text += piece.text if isinstance(piece, TextDelta) else ""
                        taken = tuple(steps.values())
                        yield {self.live: thread.live(turn.question, text, spoken, thought=thought, steps=taken)}
        except YinjuError as exc:
            turn = replace(turn, error=exc.problem)
        except Exception:  # noqa: BLE001 - whatever it was, the reader gets one sentence and the log the rest
            _log.exception("An answer could not be made")
            turn = replace(turn, error=Problem.of(PageMessage.UNEXPECTED))
        if len(before) == len(turns) - 1:
            turn = turn.replacing(turns[-1])
        conversation, turn = await run_sync(self._keep, user, conversation, turns, turn, edited)
        turns = [*before, turn]
        yield {
            self.question: gr.update(submit_btn=True, stop_btn=False),
            self.live: "",
            self.thread: await run_sync(self._thread, turns, spoken, conversation, user),
            self.turns: turns,
            self.conversation: conversation,
            self._edited: 0,
            self._editing: gr.update(visible=False),
            self.research: gr.update(**self._research(spoken)),
        }

    def _stream(
        self, question: str, history: list[tuple[str, str]], filters: Filters, research: object
    ) -> Iterator[Event]:
        said: dict[str, Any] = {"research": "always"} if research else {}  # else the settings say
        with self.service.suggested.giving_way():
            yield from self.service.assistant.events(question, history=history, filters=filters, **said)

    def _research(self, spoken: Words) -> dict[str, Any]:
        """The switch: there is one where a language model writes the answers, and does not look up all of them."""
        settings = self.service.assistant.settings
        visible = settings.llm != EXTRACTIVE and settings.research != "always"
        return {"label": spoken.research.switch, "info": spoken.research.hint, "visible": visible}

    def _keep(
        self, user: str | None, conversation: str | None, turns: list[Turn], turn: Turn, edited: int
    ) -> tuple[str | None, Turn]:
        """Writes a turn to the disk. One that takes the place of an earlier turn than the last begins a conversation of
        its own, since what was said after that turn would be lost.
        """
        last = turns[-1].number if turns else 0
        kept = self.stores.of(user)
        try:
            if edited and edited != last and conversation is not None:
                earlier = _before(turns, edited)
                forked = kept.fork(conversation, edited) if earlier else None
                return kept.append(forked, turn)
            return kept.append(conversation, turn, replaces=edited)
        except YinjuError as exc:
            _log.warning("%s", exc)  # what was answered is worth more than that it is kept
            return conversation, replace(turn, number=last + 1, unkept=exc.problem)

    def _stop(
        self, asked: str, turns: list[Turn], language: Language, conversation: str | None, request: gr.Request
    ) -> tuple[Any, ...]:
        shown = self._shown(turns, words(language), conversation, request.username)
        box = {**gr.update(submit_btn=True, stop_btn=False), **({"value": asked} if asked else {})}
        return box, "", shown, self.suggestions.before(turns)

    def _edit(self, event: gr.EventData, turns: list[Turn], language: Language) -> tuple[Any, ...]:
        talk, number = words(language).talk, int(event.number)
        place = len(_before(turns, number))
        if place == len(turns):  # it was asked again already
            return gr.skip(), 0, gr.skip(), gr.skip()
        question = turns[place].question
        note = (talk.editing if place == len(turns) - 1 else talk.editing_earlier).format(place + 1)
        return question, number, gr.update(visible=True), status(note)

    def _rate(self, event: gr.EventData, conversation: str | None, language: Language, request: gr.Request) -> None:
        rating = None
        if event.rated in ("good", "bad"):
            said = (str(event.comment), str(event.right_answer))
            rating = Rating(event.rated == "good", *said, unanswerable=bool(event.unanswerable))
        if conversation is not None:
            try:
                Ratings(self.stores.of(request.username)).rate(conversation, int(event.number), rating)
            except YinjuError as exc:
                gr.Warning(told(exc.problem, language))

    # What there is.

    def _shown(self, turns: Sequence[Turn], spoken: Words, conversation: str | None, user: str | None) -> str:
        return self._thread(turns, spoken, conversation, user) if turns else self._welcome(spoken)

    def _thread(self, turns: Sequence[Turn], spoken: Words, conversation: str | None, user: str | None) -> str:
        ratings: dict[int, Rating] = {}
        try:
            ratings = Ratings(self.stores.of(user)).of(conversation) if conversation else {}
        except YinjuError as exc:
            _log.warning("%s", exc)  # the answers can be read without their thumbs
        describe = partial(self.filters.describe, spoken=spoken)
        return thread.thread(turns, spoken, conversation, ratings, describe, cache=self._turns_shown)

    def _welcome(self, spoken: Words) -> str:
        manifest = self.service.assistant.index.manifest
        return thread.welcome(spoken, manifest.documents, manifest.passages)


def _before(turns: list[Turn], number: int) -> list[Turn]:
    """The turns before that of a number; all of them if there is none of that number."""
    places = [place for place, turn in enumerate(turns) if turn.number == number]
    return turns[: places[0]] if places else turns
