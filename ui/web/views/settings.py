"""The settings view: Gradio's components for it, and what happens when they are used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, get_args

import gradio as gr
from markupsafe import Markup

from corpus import YinjuError
from rag import Settings, SettingsError
from rag.generative import servers
from rag.generative.model import LanguageModel
from rag.generative.trial import Trial, try_model
from rag.question.phrases import Language
from rag.settings import EXTRACTIVE, ResearchMode
from ui.messages import PageMessage
from ui.web.html.notices import heading, notice, status, view_head
from ui.web.html.templating import render
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.library_service import LibraryService
from ui.web.store.preferences import CHOICES, Preferences
from ui.web.store.ratings import Ratings
from ui.web.words.errors import told
from ui.web.words.interface import Words, words
from ui.web.words.settings import SettingsWords

__all__ = ["SettingsView"]

_PRIVATE: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_MODEL = "model"
_PROVIDERS = ("openai", "anthropic", "google_genai", "mistralai", "ollama", "deepseek", "groq")
_MOST_PASSAGES = 30


class SettingsView:
    """How answers are made, and how the page looks. Lies over the conversation while it is open."""

    def __init__(
        self,
        service: LibraryService,
        preferences: Preferences,
        stores: ConversationStores,
        language: gr.Radio,
        first: Words,
        *,
        fixed: bool,
    ) -> None:
        """``fixed``: how answers are made is not for visitors to change."""
        self.service = service
        self.preferences = preferences
        self.stores = stores
        self.fixed = fixed
        self._language = language
        said = first.settings
        with gr.Column(elem_id="yj-settings"):
            self._title = _html(view_head(said.title, first))
            self._fixed = gr.HTML(notice(said.fixed), visible=fixed, apply_default_css=False, js_on_load=None)
            with gr.Column(elem_id="yj-settings-answers", visible=not fixed) as self._answers:
                self._answers_title = _html(heading(said.answers))
                self._source = gr.Radio([EXTRACTIVE, _MODEL], value=EXTRACTIVE)
                with gr.Column(visible=False, elem_id="yj-settings-model") as self._model:
                    self._look = gr.Button(said.look, size="sm", elem_id="yj-settings-look")
                    self._found = gr.Dropdown([], visible=False, elem_id="yj-settings-found")
                    self._provider = gr.Dropdown(
                        [name for name in _PROVIDERS if find_spec(f"langchain_{name}")], allow_custom_value=True
                    )
                    self._name = gr.Textbox(max_lines=1)
                    self._address = gr.Textbox(max_lines=1)
                    self._key = gr.Textbox(
                        type="password", html_attributes=gr.InputHTMLAttributes(autocomplete="new-password")
                    )
                    self._research = gr.Radio(get_args(ResearchMode), value="auto", elem_id="yj-settings-research")
                self._top_k = gr.Slider(1, _MOST_PASSAGES, step=1, buttons=[])
                self._threshold = gr.Slider(0, 1, step=0.05, buttons=[])
                self._strict = gr.Checkbox(visible="strict" in CHOICES)
                with gr.Row(elem_id="yj-settings-save"):
                    self._save = gr.Button(said.save, size="sm")
                    self._test = gr.Button(said.test, size="sm", visible=False, elem_id="yj-settings-test")
                    self._reset = gr.Button(said.reset, size="sm")
                self._status = gr.HTML("", elem_id="yj-settings-status", apply_default_css=False, js_on_load=None)
            self._page_title = _html(heading(said.page))
            self.theme = gr.Radio(["system", "light", "dark"], value="system", elem_id="yj-settings-theme")
            self._rated = _html("")
        self._wire()

    @property
    def spoken(self) -> list[Any]:
        """The components that ``words`` gives values for."""
        return [
            self._title, self._fixed, self._answers_title, self._source, self._look, self._found, self._provider,
            self._name, self._address, self._key, self._research, self._top_k, self._threshold, self._strict,
            self._save, self._test, self._reset, self._page_title, self.theme, self._rated,
        ]  # fmt: skip

    def words(self, spoken: Words, user: str | None) -> tuple[Any, ...]:
        """The components in another language."""
        said = spoken.settings
        return (
            view_head(said.title, spoken),
            notice(said.fixed),
            heading(said.answers),
            gr.update(label=said.source, choices=[(said.extractive, EXTRACTIVE), (said.model, _MODEL)]),
            gr.update(value=said.look),
            gr.update(label=said.found, info=said.found_hint),
            gr.update(label=said.provider, info=said.provider_hint),
            gr.update(label=said.name, info=said.name_hint),
            gr.update(label=said.address, info=said.address_hint),
            gr.update(label=said.key, info=said.key_hint, placeholder=self._key_state(spoken)),
            gr.update(
                label=said.research,
                info=said.research_hint,
                choices=[
                    (said.research_auto, "auto"),
                    (said.research_always, "always"),
                    (said.research_never, "never"),
                ],
            ),
            gr.update(label=said.top_k, info=said.top_k_hint),
            gr.update(label=said.threshold, info=said.threshold_hint),
            gr.update(label=said.strict, info=said.strict_hint),
            gr.update(value=said.save),
            gr.update(value=said.test),
            gr.update(value=said.reset),
            heading(said.page),
            gr.update(
                label=said.theme,
                choices=[(said.theme_system, "system"), (said.theme_light, "light"), (said.theme_dark, "dark")],
            ),
            self._rated_so_far(spoken, user),
        )

    @property
    def shown(self) -> list[Any]:
        """The components that ``show`` gives values for."""
        return [*self._values, self._model, self._test, self._status, self._rated]

    def show(self, language: Language, request: gr.Request) -> tuple[Any, ...]:
        """The settings as they are now."""
        spoken = words(language)
        problem = self.preferences.problem
        told_so = status(told(problem, language), bad=True) if problem else ""
        return (
            *self._current(spoken),
            gr.update(visible=self._written()),
            gr.update(visible=self._written()),
            told_so,
            self._rated_so_far(spoken, request.username),
        )

    @property
    def _values(self) -> list[Any]:
        return [
            self._source, self._provider, self._name, self._address, self._key, self._research, self._top_k,
            self._threshold, self._strict,
        ]  # fmt: skip

    def _current(self, spoken: Words) -> tuple[Any, ...]:
        settings = self.preferences.settings
        provider, _, name = settings.llm.partition(":") if self._written() else ("openai", "", "")
        return (
            gr.update(
                value=_MODEL if self._written() else EXTRACTIVE,
                info=spoken.settings.model_hint if self._written() else spoken.settings.extractive_hint,
            ),
            provider,
            name,
            settings.llm_base_url or "",
            gr.update(value="", placeholder=self._key_state(spoken)),
            settings.research,
            min(settings.top_k, _MOST_PASSAGES),
            settings.answer_threshold,
            bool(getattr(settings, "strict", False)),
        )

    def _written(self) -> bool:
        return self.preferences.settings.llm != EXTRACTIVE

    def _key_state(self, spoken: Words) -> str:
        kept = self.preferences.settings.llm_api_key is not None
        return spoken.settings.key_kept if kept else spoken.settings.key_none

    def _rated_so_far(self, spoken: Words, user: str | None) -> str:
        ratings = Ratings(self.stores.of(user))
        said = spoken.settings
        try:
            rated, usable = ratings.count(), len(ratings.questions())
        except YinjuError as exc:
            return status(told(exc.problem, spoken.language), bad=True)
        if not rated:
            return ""
        counted = said.ratings_count.format(rated=f"{rated:,}", questions=f"{usable:,}")
        return render("ratings.html", counted=counted, usable=usable, words=said)

    def _wire(self) -> None:
        quiet = {**_PRIVATE, "queue": False}
        self._source.input(self._on_source, [self._source, self._language], [self._source, self._model], **quiet)
        self._look.click(self._on_look, [self._language], [self._found, self._status], **_PRIVATE)
        self._found.input(self._on_found, [self._found], [self._provider, self._name, self._address], **quiet)
        self._save.click(
            self._on_save, [self._language, *self._values], [self._status, self._test, *self._values], **_PRIVATE
        )
        self._test.click(self._on_test, [self._language], [self._status], **_PRIVATE)
        self._reset.click(
            self._on_reset, [self._language], [self._status, *self._values, self._model, self._test], **_PRIVATE
        )
        self.theme.input(None, [self.theme], None, js="(theme) => yinju.chooseTheme(theme)")

    def _on_source(self, source: str, language: Language) -> tuple[Any, Any]:
        said, written = words(language).settings, source == _MODEL
        return gr.update(info=said.model_hint if written else said.extractive_hint), gr.update(visible=written)

    def _on_look(self, language: Language) -> tuple[Any, Any]:
        """Looks for models on this computer, because somebody asked for it; see ``find_servers``."""
        said = words(language).settings
        if self.fixed:
            return gr.skip(), status(said.fixed, bad=True)
        choices = [
            (f"{server.name} · {model.name}", json.dumps([model.llm, server.base_url]))
            for server in servers.find_servers()
            for model in server.models
        ]
        told_so = "" if choices else status(said.found_none)
        return gr.update(choices=choices, value=None, visible=bool(choices)), told_so

    def _on_found(self, chosen: str) -> tuple[str, str, str]:
        llm, address = json.loads(chosen)
        provider, _, name = llm.partition(":")
        return provider, name, address

    def _on_test(self, language: Language) -> Iterator[str]:
        said, settings = words(language).settings, self.preferences.settings
        try:
            if self.fixed:
                raise SettingsError(PageMessage.CHOICES_FIXED)
            yield status(said.trying.format(settings.llm))
            yield _tried(try_model(settings), settings.llm, said)
        except YinjuError as exc:
            yield status(told(exc.problem, language), bad=True)

    def _on_save(self, language: Language, *values: Any) -> Iterator[tuple[Any, ...]]:
        spoken = words(language)
        said, unchanged = spoken.settings, tuple(gr.skip() for _ in range(len(self._values) + 1))
        try:
            if self.fixed:
                raise SettingsError(PageMessage.CHOICES_FIXED)
            settings = self._choose(*values)
            if settings.llm == EXTRACTIVE:
                yield status(said.saved), gr.update(visible=False), *self._current(spoken)
                return
            yield status(said.trying.format(settings.llm)), gr.update(visible=True), *self._current(spoken)
            next(LanguageModel(settings).stream("1 + 1 = ?", (), (), "en"))
            yield status(said.reached.format(settings.llm)), *unchanged
        except YinjuError as exc:
            yield status(told(exc.problem, language), bad=True), *unchanged

    def _choose(self, *chosen: Any) -> Settings:
        """Keeps the choices, and has the next question answered by them."""
        source, provider, name, address, key, research, top_k, threshold, strict = chosen
        values = {"llm": EXTRACTIVE, "top_k": int(top_k), "answer_threshold": float(threshold), "strict": bool(strict)}
        if source == _MODEL:
            if not name.strip():
                raise SettingsError(PageMessage.MODEL_UNNAMED)
            values["llm"] = f"{(provider or 'openai').strip()}:{name.strip()}"
            values["llm_base_url"] = address.strip() or None
            values["llm_api_key"] = key.strip() or None
            values["research"] = research
        settings = self.preferences.choose({name: value for name, value in values.items() if name in CHOICES})
        self.service.configure(settings)
        self.preferences.problem = None
        return settings

    def _on_reset(self, language: Language) -> tuple[Any, ...]:
        spoken = words(language)
        try:
            if self.fixed:
                raise SettingsError(PageMessage.CHOICES_FIXED)
            self.service.configure(self.preferences.forget())
        except YinjuError as exc:
            return status(told(exc.problem, language), bad=True), *(gr.skip() for _ in range(len(self._values) + 2))
        written = gr.update(visible=self._written())
        return status(spoken.settings.was_reset), *self._current(spoken), written, written


def _html(value: str) -> gr.HTML:
    return gr.HTML(value, apply_default_css=False, js_on_load=None)


def _tried(trial: Trial, llm: str, said: SettingsWords) -> Markup:
    names = (said.streams, said.marks, said.thinks, said.tools)
    abilities = list(zip(names, (trial.streams, trial.marks, trial.thinks, trial.tools), strict=True))
    return render("tried.html", text=said.tested.format(llm, trial.first_words_s), abilities=abilities)
