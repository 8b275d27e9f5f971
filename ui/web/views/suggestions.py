"""Questions that the documents are known to answer: offered at the beginning, and after an answer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import gradio as gr
from anyio import sleep
from anyio.to_thread import run_sync

from rag.question.phrases import Language
from rag.suggesting.candidates import in_script
from ui.web.html.book import offers
from ui.web.html.notices import heading
from ui.web.store.library_service import LibraryService
from ui.web.store.suggested import BUNDLED
from ui.web.store.turns import Turn
from ui.web.views.book import ASK_CLICKS
from ui.web.words.interface import Words, words

__all__ = ["Suggestions"]

_EXAMPLES = 4
_NEXT = 3  # questions under an answer
_NEXT_FROM = 2  # of the documents it cites
_LOOKED_IN, _PATIENCE, _NEXT_PATIENCE = 0.5, 180.0, 45.0  # seconds between looks whether questions are made, and in all


class Suggestions:
    """The examples before the first question, and what may be asked next."""

    def __init__(self, service: LibraryService, first: Words) -> None:
        self.service = service
        self.next = gr.HTML("", elem_id="yj-next", apply_default_css=False, js_on_load=ASK_CLICKS)
        with gr.Column(elem_id="yj-examples", visible=self._any()) as self.examples:
            self._title = gr.HTML(
                heading(first.examples_title), elem_id="yj-examples-title", apply_default_css=False, js_on_load=None
            )
            self.buttons = [gr.Button(**one, size="sm", elem_classes="yj-example") for one in self._questions(first)]

    @property
    def spoken(self) -> list[Any]:
        """The components that ``words`` gives values for."""
        return [self._title, *self.buttons]

    def words(self, spoken: Words) -> list[Any]:
        """The examples in another language."""
        return [heading(spoken.examples_title), *self.asked(spoken)]

    def asked(self, spoken: Words) -> list[Any]:
        """What stands on the buttons."""
        return [gr.update(**one) for one in self._questions(spoken)]

    def before(self, turns: Sequence[Turn]) -> Any:
        """The examples' column: there while nothing was asked."""
        return gr.update(visible=not turns and self._any())

    def wire(self, loaded: Any, answered: Sequence[Any], turns: gr.State, language: gr.Radio, **private: Any) -> None:
        """Has questions offered after the event that loads the page, and after each that brings an answer."""
        for event in (*answered, loaded):
            event.then(self._go_on, [turns, language], self.next, **private)
        loaded.then(self._begin, [turns, language], [self.examples, *self.buttons], **private)

    async def _begin(self, turns: list[Turn], language: Language) -> AsyncIterator[list[Any]]:
        """The examples anew each time that there are more of them, until all are made."""
        suggested, began, count = self.service.suggested, time.monotonic(), 0
        suggested.begin()
        yield [gr.skip()] * (1 + _EXAMPLES)  # Gradio empties what a generator that yields nothing was to fill
        while not turns and time.monotonic() - began < _PATIENCE:
            done = await run_sync(lambda: suggested.is_done)
            found = len(await run_sync(suggested.first))
            if found > count:
                count = found
                yield [gr.update(visible=True), *self.asked(words(language))]
            if done or count >= _EXAMPLES:
                return
            await sleep(_LOOKED_IN)

    async def _go_on(self, turns: list[Turn], language: Language) -> str:
        """The questions that may come next: the cited documents answer them, and nobody has asked them here."""
        answer = turns[-1].answer if turns else None
        if answer is None or not answer.citations:
            return ""
        cited = list(dict.fromkeys(citation.document_id for citation in answer.citations))[:_NEXT_FROM]
        suggested, began = self.service.suggested, time.monotonic()
        made = {document: suggested.of(document) for document in cited}
        while None in made.values() and time.monotonic() - began < _NEXT_PATIENCE:
            await sleep(_LOOKED_IN)
            made = {document: suggested.of(document) for document in cited}
        found = [in_script(one.question, language) for own in made.values() for one in own or ()]
        asked = {in_script(turn.question, language) for turn in turns}
        fresh = [question for question in dict.fromkeys(found) if question not in asked]
        return offers(fresh[:_NEXT], words(language))

    def _any(self) -> bool:
        return self._has_bundled() or bool(self.service.suggested.first())

    def _has_bundled(self) -> bool:
        return len(self.service.assistant.index.summaries(BUNDLED)) == len(BUNDLED)

    def _questions(self, spoken: Words) -> list[dict[str, Any]]:
        """The buttons' words: of the reader's own documents first, and of them those in the interface's language."""
        own = sorted(self.service.suggested.first(), key=lambda one: one.language[:2] != spoken.language[:2])
        questions = [in_script(one.question, spoken.language) for one in own]
        questions += spoken.examples if self._has_bundled() else ()
        there = list(dict.fromkeys(questions))[:_EXAMPLES]
        shown = [{"value": question, "visible": True} for question in there]
        return shown + [{"value": "", "visible": False}] * (_EXAMPLES - len(shown))
