"""The page: Gradio's components, and what happens when they are used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from corpus import YinjuError
from rag import Answer
from rag.language import Language
from ui.web import render
from ui.web.drawer import Drawer
from ui.web.library import LibraryView
from ui.web.markup import escape
from ui.web.owners import Owners
from ui.web.programs import endpoints
from ui.web.reading import open_document
from ui.web.reception import Reception
from ui.web.shelf import Shelf
from ui.web.texts import LANGUAGES, Words, choose_language, words
from ui.web.turns import Turn, history_of

__all__ = ["ASSETS", "Page"]

ASSETS = Path(__file__).parent / "assets"

_log = logging.getLogger(__name__)
_BUNDLED = {"000_0eb0c2514dd7671a.txt", "003_5e9ebf8f6c1b539e.txt"}
_EXAMPLES = 4
_FIRST_LANGUAGE: Language = "zh-Hans"


class Page:
    """The components of one page and their handlers."""

    def __init__(self, shelf: Shelf, owners: Owners, reception: Reception | None = None) -> None:
        self.shelf = shelf
        self.owners = owners
        self.reception = reception or Reception()
        self.blocks = gr.Blocks(title="引据 Yinju", analytics_enabled=False, fill_width=True)
        with self.blocks:
            self._lay_out()
            self._wire()
            for function in endpoints(self.shelf, self.reception):
                api(function, api_name=function.__name__)

    def _lay_out(self) -> None:
        first = words(_FIRST_LANGUAGE)
        self.turns = gr.State([])
        self.asked = gr.State("")
        self.conversation = gr.State(None)
        self.browser = gr.Textbox(visible=False)  # the browser's languages, on loading
        self.linked = gr.Textbox(visible=False)  # the conversation its address names
        with gr.Row(elem_id="yj-top"):
            self.open_drawer = gr.Button(first.conversations, elem_id="yj-open-drawer", size="sm")
            self.header = _html(render.header(first), "yj-header")
            self.new = gr.Button(first.new, elem_id="yj-new", size="sm", visible=False)
            self.open_library = gr.Button(first.library_title, elem_id="yj-open-library", size="sm")
            self.language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                value=_FIRST_LANGUAGE,
                label=first.language_label,
                container=False,
                elem_id="yj-language",
            )
            self.theme = _html(render.theme_switch(first), "yj-theme")
        with gr.Row(elem_id="yj-stage"):
            with gr.Column(elem_id="yj-talk"):
                with gr.Column(elem_id="yj-scroll"):
                    self.thread = _html(self._welcome(first), "yj-thread")
                    self.live = _html("", "yj-live")
                    with gr.Column(elem_id="yj-examples", visible=self._has_examples()) as self.examples:
                        self.example_title = _html(_example_title(first), "yj-examples-title")
                        self.example_buttons = [
                            gr.Button(**_example(first, i), size="sm", elem_classes="yj-example")
                            for i in range(_EXAMPLES)
                        ]
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
            self.panel = gr.HTML(
                render.panel(first),
                elem_id="yj-panel",
                apply_default_css=False,
                js_on_load="window.yinjuServer = server;",
                server_functions=[self._reader()],
            )

        self.drawer = Drawer(self.owners, first)
        self.library = LibraryView(self.shelf, self.language, first)

    def _wire(self) -> None:
        told = [
            self.question, self.live, self.thread, self.examples, self.new, self.turns, self.asked, self.conversation,
        ]  # fmt: skip
        asking = [self.turns, self.language, self.conversation]
        submitted = self.question.submit(
            self._answer, [self.question, *asking], told, show_progress="hidden", api_visibility="private"
        )
        clicked = [
            button.click(self._answer, [button, *asking], told, show_progress="hidden", api_visibility="private")
            for button in self.example_buttons
        ]
        self.question.stop(
            self._stop, [self.asked], [self.question, self.live], cancels=[submitted, *clicked],
            show_progress="hidden", api_visibility="private",
        )  # fmt: skip
        opened = [self.thread, self.live, self.examples, self.new, self.turns, self.conversation]
        self.new.click(
            self._start_anew, [self.language], opened,
            js="(language) => { yinju.forget(); return language; }", show_progress="hidden", api_visibility="private",
        )  # fmt: skip
        listed = [self.language, self.drawer.query, self.conversation]
        self.open_drawer.click(
            self.drawer.show, listed, self.drawer.list,
            js="(...listed) => { yinju.drawer(); return listed; }", show_progress="hidden", api_visibility="private",
        )  # fmt: skip
        self.drawer.query.change(
            self.drawer.show, listed, self.drawer.list, show_progress="hidden", api_visibility="private"
        )
        self.drawer.list.click(
            self._on_conversation, listed, [*opened, self.drawer.list], show_progress="hidden", api_visibility="private"
        )
        spoken = [
            self.language, self.header, self.new, self.thread, self.example_title, *self.example_buttons,
            self.question, self.panel, self.theme, self.open_library, self.open_drawer, self.drawer.query,
            *self.library.spoken,
        ]  # fmt: skip
        quiet: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        loaded = self.blocks.load(
            self._first_words, [self.browser, self.linked],
            [*spoken, self.examples, self.new, self.turns, self.conversation],
            js="() => [yinju.languages(), yinju.linked()]", **quiet,
        )  # fmt: skip
        switched = self.language.input(
            self._words, [self.language, self.turns, self.conversation], spoken[1:],
            js="(language, ...others) => { yinju.keepLanguage(language); return [language, ...others]; }", **quiet,
        )  # fmt: skip
        self.open_library.click(
            self.library.show,
            self.library.asked,
            self.library.shown,
            js="(...asked) => { yinju.view('library'); return asked; }",
            **quiet,
        )
        switched.then(self.library.show, self.library.asked, self.library.shown, **quiet)
        for event in (loaded, switched):
            event.then(None, [self.language], None, js="(language) => yinju.speak(language)", **quiet)

    # What happens.

    def _answer(
        self, question: str, turns: list[Turn], language: Language, conversation: str | None, request: gr.Request
    ) -> Iterator[dict[Any, Any]]:
        spoken, text = words(language), ""
        question = question.strip()
        if not question:
            yield {self.question: gr.update()}
            return
        shown = question if len(question) <= 400 else question[:400] + "…"
        yield {
            self.question: gr.update(value="", submit_btn=False, stop_btn=True),
            self.live: render.live(shown, "", spoken),
            self.thread: render.thread(turns, spoken, conversation),
            self.examples: gr.update(visible=False),
            self.asked: question,
        }
        turn = Turn(shown, error=spoken.unexpected)
        try:
            with self.reception.admit(request) as places:
                for ahead in places:
                    yield {self.live: render.live(shown, "", spoken, ahead)}
                for piece in self.shelf.assistant.stream(question, history=history_of(turns)):
                    if isinstance(piece, Answer):
                        turn = Turn(shown, answer=piece)
                    else:
                        text += piece
                        yield {self.live: render.live(shown, text, spoken)}
        except YinjuError as exc:
            turn = Turn(shown, error=str(exc))
        except Exception:  # noqa: BLE001 - whatever it was, the reader gets one sentence and the log the rest
            _log.exception("An answer could not be made")
        turns = [*turns, turn]
        try:
            conversation = self.owners.of(request.username).append(conversation, turn)
        except YinjuError as exc:
            _log.warning("%s", exc)  # what was answered is worth more than that it is kept
        yield {
            self.question: gr.update(submit_btn=True, stop_btn=False),
            self.live: "",
            self.thread: render.thread(turns, spoken, conversation),
            self.new: gr.update(visible=True),
            self.turns: turns,
            self.conversation: conversation,
        }

    def _stop(self, asked: str) -> tuple[Any, str]:
        return gr.update(value=asked, submit_btn=True, stop_btn=False), ""

    def _start_anew(self, language: Language) -> tuple[Any, ...]:
        return self._opened(None, [], language)

    def _opened(self, conversation: str | None, turns: list[Turn], language: Language) -> tuple[Any, ...]:
        """What shows a conversation, or the beginning of one."""
        spoken = words(language)
        shown = render.thread(turns, spoken, conversation) if turns else self._welcome(spoken)
        examples = gr.update(visible=not turns and self._has_examples())
        return shown, "", examples, gr.update(visible=bool(turns)), turns, conversation

    def _on_conversation(
        self, language: Language, query: str, current: str | None, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        chosen, kept = str(event.id), self.owners.of(request.username)
        changed: tuple[Any, ...] = (gr.skip(),) * 6
        if event.act == "open":
            current = chosen
            changed = self._opened(chosen, kept.turns(chosen), language)
        elif event.act == "rename":
            kept.rename(chosen, str(event.text))
        elif event.act == "delete":
            kept.delete(chosen)
            if chosen == current:
                current = None
                changed = self._opened(None, [], language)
        return *changed, self.drawer.show(language, query, current, request)

    def _first_words(self, preferences: str, linked: str, request: gr.Request) -> tuple[Any, ...]:
        language = choose_language(preferences.split(","))
        try:
            turns = self.owners.of(request.username).turns(linked) if linked else []
        except YinjuError as exc:
            _log.warning("%s", exc)
            turns = []
        conversation = linked if turns else None
        _, _, *opened = self._opened(conversation, turns, language)
        return language, *self._words(language, turns, conversation), *opened

    def _words(self, language: Language, turns: list[Turn], conversation: str | None) -> tuple[Any, ...]:
        spoken = words(language)
        return (
            render.header(spoken),
            gr.update(value=spoken.new),
            render.thread(turns, spoken, conversation) if turns else self._welcome(spoken),
            _example_title(spoken),
            *(gr.update(**_example(spoken, i)) for i in range(_EXAMPLES)),
            gr.update(label=spoken.ask_label, placeholder=spoken.ask_placeholder),
            render.panel(spoken),
            render.theme_switch(spoken),
            gr.update(value=spoken.library_title),
            gr.update(value=spoken.conversations),
            gr.update(**self.drawer.words(spoken)),
            *self.library.words(spoken),
        )

    def _reader(self) -> Callable[[Any], str]:
        def document(asked: Any) -> str:
            """The document of a card with its cited sentences, as HTML."""
            return open_document(self.shelf, asked)

        return document

    # What there is.

    def _welcome(self, spoken: Words) -> str:
        manifest = self.shelf.assistant.index.manifest
        return render.welcome(spoken, manifest.documents, manifest.passages)

    def _has_examples(self) -> bool:
        """The examples ask about the bundled articles; without those they would be refused."""
        return {document.id for document in self.shelf.assistant.index.documents()} >= _BUNDLED


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _example_title(spoken: Words) -> str:
    return f"<h3>{escape(spoken.examples_title)}</h3>"


def _example(spoken: Words, i: int) -> dict[str, Any]:
    there = i < len(spoken.examples)
    return {"value": spoken.examples[i] if there else "", "visible": there}
