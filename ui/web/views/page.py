"""The page: Gradio's components, and what happens when they are used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.events import api

from corpus import YinjuError
from rag.question.phrases import Language
from ui.web.html import thread
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.library_service import LibraryService
from ui.web.store.preferences import Preferences
from ui.web.store.turns import Turn
from ui.web.views.asking import Admission
from ui.web.views.book import BookView
from ui.web.views.conversation import ConversationView
from ui.web.views.conversation_list import ConversationList
from ui.web.views.document import open_document
from ui.web.views.glossary import open_glossary
from ui.web.views.library import LibraryView
from ui.web.views.settings import SettingsView
from ui.web.words.errors import told
from ui.web.words.interface import LANGUAGES, choose_language, words

__all__ = ["Page"]


_log = logging.getLogger(__name__)
_FIRST_LANGUAGE: Language = "zh-Hans"
_UPLOADS_KEPT = (3600, 24 * 3600)  # seconds: looked at every hour, deleted after a day


class Page:
    """The components of one page and their handlers."""

    def __init__(
        self,
        service: LibraryService,
        stores: ConversationStores,
        preferences: Preferences,
        admission: Admission,
        programs: Sequence[Callable[..., Any]] = (),
        *,
        fixed: bool = False,
    ) -> None:
        """``programs`` are named endpoints for other programs. ``fixed``: how answers are made is not for visitors."""
        self.service = service
        self.preferences = preferences
        self.fixed = fixed
        self.stores = stores
        self.admission = admission
        self.blocks = gr.Blocks(
            title="引据 Yinju", analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS_KEPT
        )
        with self.blocks:
            self._lay_out()
            self._wire()
            for function in programs:
                api(function, api_name=function.__name__)

    def _lay_out(self) -> None:
        first = words(_FIRST_LANGUAGE)
        self.browser = gr.Textbox(visible=False)  # the browser's languages, on loading
        self.linked = gr.Textbox(visible=False)  # the conversation its address names
        with gr.Row(elem_id="yj-top"):
            self.open_drawer = gr.Button(first.conversations, elem_id="yj-open-drawer", size="sm")
            self.header = _html(thread.header(first), "yj-header")
            self.new = gr.Button(first.new, elem_id="yj-new", size="sm")
            self.open_library = gr.Button(first.library.title, elem_id="yj-open-library", size="sm")
            self.open_settings = gr.Button(first.settings.title, elem_id="yj-open-settings", size="sm")
            self.language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                value=_FIRST_LANGUAGE,
                label=first.language_label,
                container=False,
                elem_id="yj-language",
            )
        with gr.Row(elem_id="yj-stage"):
            self.talk = ConversationView(self.service, self.stores, self.admission, self.language, first)
            self.panel = gr.HTML(
                thread.panel(first),
                elem_id="yj-panel",
                apply_default_css=False,
                js_on_load="window.yinjuServer = server;",
                server_functions=[self._reader(), self._glossary()],
            )
        self.drawer = ConversationList(self.stores, first)
        self.library = LibraryView(self.service, self.preferences, self.language, first, fixed=self.fixed)
        self.book = BookView(self.service, self.language)
        self.settings = SettingsView(
            self.service, self.preferences, self.stores, self.language, first, fixed=self.fixed
        )

    def _wire(self) -> None:
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        quiet: dict[str, Any] = {**private, "queue": False}
        talk = self.talk
        self.new.click(
            lambda language: talk.open(None, [], language, None), [self.language], talk.opened,
            js="(language) => { yinju.forget(); return language; }", **private,
        )  # fmt: skip
        listed = [self.language, self.drawer.query, talk.conversation]
        self.open_drawer.click(
            self.drawer.show, listed, self.drawer.list,
            js="(...listed) => { yinju.drawer(); return listed; }", **private,
        )  # fmt: skip
        self.drawer.query.change(self.drawer.show, listed, self.drawer.list, **private)
        self.drawer.list.click(self._on_conversation, listed, [*talk.opened, self.drawer.list], **private)
        spoken = [
            self.language, self.header, self.new, self.panel, self.open_library, self.open_settings,
            self.open_drawer, self.drawer.query, *self.library.spoken, *self.settings.spoken, *talk.spoken,
        ]  # fmt: skip
        loaded = self.blocks.load(
            self._first_words, [self.browser, self.linked],
            [*spoken, talk.suggestions.examples, talk.turns, talk.conversation],
            js="() => [yinju.languages(), yinju.linked()]", **quiet,
        )  # fmt: skip
        switched = self.language.input(
            self._words, [self.language, talk.turns, talk.conversation], spoken[1:],
            js="(language, ...others) => { yinju.keepLanguage(language); return [language, ...others]; }", **quiet,
        )  # fmt: skip
        talk.wire(loaded, self.book.page)
        self.library.table.select(self.book.open, [self.language], self.book.page, **private)
        loaded.then(talk.filters_of, [talk.turns], talk.filters.values, **quiet)
        self.open_library.click(
            self.library.show,
            self.library.asked,
            self.library.shown,
            js="(...asked) => { yinju.view('library'); return asked; }",
            **quiet,
        )
        self.open_settings.click(
            self.settings.show, [self.language], self.settings.shown,
            js="(language) => { yinju.view('settings'); return language; }", **quiet,
        )  # fmt: skip
        loaded.then(None, None, [self.settings.theme], js="() => yinju.theme()")
        switched.then(self.library.show, self.library.asked, self.library.shown, **quiet)
        switched.then(talk.filters.say, [self.language, *talk.filters.values], talk.filters.said, **quiet)
        for event in (loaded, switched):
            event.then(None, [self.language], None, js="(language) => yinju.speak(language)", **quiet)

    # What happens.

    def _on_conversation(
        self, language: Language, query: str, current: str | None, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        chosen, kept = str(event.id), self.stores.of(request.username)
        changed: tuple[Any, ...] = tuple(gr.skip() for _ in self.talk.opened)
        try:
            if event.act == "open":
                changed = self.talk.open(chosen, kept.turns(chosen), language, request.username)
                current = chosen
            elif event.act == "rename":
                kept.rename(chosen, str(event.text))
            elif event.act == "delete":
                kept.delete(chosen)
                if chosen == current:
                    current = None
                    changed = self.talk.open(None, [], language, None)
        except YinjuError as exc:
            gr.Warning(told(exc.problem, language))
        return *changed, self.drawer.show(language, query, current, request)

    def _first_words(self, preferences: str, linked: str, request: gr.Request) -> tuple[Any, ...]:
        language = choose_language(preferences.split(","))
        try:
            turns = self.stores.of(request.username).turns(linked) if linked else []
        except YinjuError as exc:
            _log.warning("%s", exc)
            turns = []
        conversation = linked if turns else None
        examples = self.talk.suggestions.before(turns)
        return language, *self._words(language, turns, conversation, request), examples, turns, conversation

    def _words(
        self, language: Language, turns: list[Turn], conversation: str | None, request: gr.Request
    ) -> tuple[Any, ...]:
        spoken = words(language)
        return (
            thread.header(spoken),
            gr.update(value=spoken.new),
            thread.panel(spoken),
            gr.update(value=spoken.library.title),
            gr.update(value=spoken.settings.title),
            gr.update(value=spoken.conversations),
            gr.update(**self.drawer.words(spoken)),
            *self.library.words(spoken),
            *self.settings.words(spoken, request.username),
            *self.talk.words(spoken, turns, conversation, request.username),
        )

    def _reader(self) -> Callable[[Any], str]:
        def document(asked: Any) -> str:
            """The document of a card with its cited sentences, as HTML."""
            return open_document(self.service, asked)

        return document

    def _glossary(self) -> Callable[[Any], str]:
        def glossary(asked: Any) -> str:
            """What the words of a card's quote mean, as HTML."""
            return open_glossary(self.service, asked)

        return glossary


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)
