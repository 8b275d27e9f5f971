"""The library view: Gradio's components for it, and what happens when they are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from corpus import YinjuError
from rag.question.phrases import Language
from ui.web.html import library
from ui.web.html.notices import view_head
from ui.web.html.shelf import shelf
from ui.web.store.library_service import LibraryService, Outcome
from ui.web.store.preferences import Preferences
from ui.web.words.errors import told
from ui.web.words.interface import Words, words

__all__ = ["LibraryView"]

_LONGEST_TITLE, _LONGEST_TEXT = 200, 500_000  # characters of what is pasted
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_CLICKS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove], [data-open-book]");
  if (!button) return;
  if (button.matches("[data-remove]")) trigger("click", { file: button.dataset.remove });
  else { yinju.openBook(button); trigger("select", { document: button.dataset.openBook }); }
});
"""


class LibraryView:
    """The documents with all that can be done to them. Lies over the conversation while it is open."""

    def __init__(
        self, service: LibraryService, preferences: Preferences, language: gr.Radio, first: Words, *, fixed: bool
    ) -> None:
        """``fixed``: whether the folder is watched is not for visitors to change."""
        self.service = service
        self.preferences = preferences
        self._fixed = fixed
        self._language = language
        with gr.Column(elem_id="yj-library"):
            self.title = gr.HTML(view_head(first.library.title, first), apply_default_css=False, js_on_load=None)
            self.upload = gr.File(file_count="multiple", label=first.library.add_files, height=132, elem_id="yj-upload")
            with gr.Accordion(first.book.paste, open=False, elem_id="yj-paste") as self.paste:
                self.paste_title = gr.Textbox(label=first.book.paste_title, max_lines=1, max_length=_LONGEST_TITLE)
                self.paste_text = gr.Textbox(
                    label=first.book.paste_text, lines=6, max_lines=16, max_length=_LONGEST_TEXT
                )
                self.paste_save = gr.Button(first.book.paste_save, size="sm")
            self.outcomes = gr.HTML("", apply_default_css=False, js_on_load=None)
            with gr.Row(elem_id="yj-library-tools"):
                self.query = gr.Textbox(
                    label=first.library.search, placeholder=first.library.search, show_label=False, container=False
                )
                self.order = gr.Dropdown(
                    **_orders(first), value="title", label=first.library.sort, show_label=False, container=False
                )
                self.undo = gr.Button(first.library.undo, visible=False, size="sm", elem_id="yj-undo")
                self.again = gr.Button(first.library.rebuild, size="sm", elem_id="yj-rebuild")
            self.watched = gr.Checkbox(
                label=first.book.watch,
                value=service.watching,
                visible=not fixed,
                container=False,
                elem_id="yj-watch",
            )
            self.state = gr.HTML("", elem_id="yj-index-state", apply_default_css=False, js_on_load=None)
            self.table = gr.HTML("", elem_id="yj-table", apply_default_css=False, js_on_load=_CLICKS)
            self.timer = gr.Timer(1.0, active=False)
        self._wire()

    @property
    def spoken(self) -> list[Any]:
        """The components that ``words`` gives values for."""
        return [
            self.title, self.upload, self.query, self.order, self.undo, self.again,
            self.paste, self.paste_title, self.paste_text, self.paste_save, self.watched,
        ]  # fmt: skip

    def words(self, spoken: Words) -> tuple[Any, ...]:
        """The components in another language."""
        return (
            view_head(spoken.library.title, spoken),
            gr.update(label=spoken.library.add_files),
            gr.update(label=spoken.library.search, placeholder=spoken.library.search),
            gr.update(label=spoken.library.sort, **_orders(spoken)),
            gr.update(value=spoken.library.undo),
            gr.update(value=spoken.library.rebuild),
            gr.update(label=spoken.book.paste),
            gr.update(label=spoken.book.paste_title),
            gr.update(label=spoken.book.paste_text),
            gr.update(value=spoken.book.paste_save),
            gr.update(label=spoken.book.watch, value=self.service.watching),
        )

    @property
    def shown(self) -> list[Any]:
        """The components that ``show`` gives values for."""
        return [self.table, self.state, self.undo, self.timer]

    def show(self, language: Language, query: str, order: library.Order) -> tuple[Any, ...]:
        """The list and the state of the index as they are now."""
        spoken, service = words(language), self.service
        books = library.selected(service.books(), query, order)
        state = library.index_state(service.assistant.index.manifest, service.progress, service.error, spoken)
        removed = service.removed
        undo = gr.update(
            visible=removed is not None, value=f"{spoken.library.undo}：{removed}" if removed else spoken.library.undo
        )
        table = shelf(books, spoken, found=bool(query.strip()))
        return table, state, undo, gr.Timer(active=service.busy)

    @property
    def asked(self) -> list[Any]:
        """What ``show`` takes."""
        return [self._language, self.query, self.order]

    def _wire(self) -> None:
        told = [self.outcomes, *self.shown]
        self.upload.upload(self._add, [self.upload, *self.asked], [self.upload, *told], **_QUIET)
        self.table.click(self._remove, self.asked, told, **_QUIET)
        self.undo.click(self._undo, self.asked, told, **_QUIET)
        self.again.click(self._rebuild, self.asked, told, **_QUIET)
        pasted = [self.paste_title, self.paste_text]
        self.paste_save.click(self._paste, [*pasted, *self.asked], [*pasted, *told], **_QUIET)
        self.watched.input(self._watch, [self.watched, self._language], self.watched, **_QUIET)
        for change in (self.query.change, self.order.input, self.timer.tick):  # "input" misses text put in at once
            change(self.show, self.asked, self.shown, **_QUIET)

    def _add(self, files: list[str] | None, language: Language, query: str, order: Any) -> Iterator[tuple[Any, ...]]:
        spoken, files = words(language), files or []
        unchanged = tuple(gr.skip() for _ in self.shown)
        outcomes: list[Outcome] = []
        for outcome in self.service.add(files):
            outcomes.append(outcome)
            yield gr.skip(), library.outcomes(outcomes, spoken, of=len(files)), *unchanged
        yield None, *self._told(outcomes, language, query, order)

    def _remove(self, language: Language, query: str, order: library.Order, event: gr.EventData) -> tuple[Any, ...]:
        file = str(event.file)
        try:
            self.service.remove(file)
        except YinjuError as exc:
            return self._told([Outcome(file, exc.problem)], language, query, order)
        return self._told([], language, query, order)

    def _paste(self, title: str, text: str, language: Language, query: str, order: library.Order) -> tuple[Any, ...]:
        if not title.strip() or not text.strip():
            gr.Warning(words(language).book.paste_empty)
            return gr.skip(), gr.skip(), gr.skip(), *(gr.skip() for _ in self.shown)
        outcomes = list(self.service.paste(title, text))
        refused = any(outcome.problem for outcome in outcomes)
        kept = (gr.skip(), gr.skip()) if refused else ("", "")
        return *kept, *self._told(outcomes, language, query, order)

    def _watch(self, on: bool, language: Language) -> bool:
        if not self._fixed:
            try:
                self.preferences.choose({"watch": on})
                self.service.watch(on=on)
            except YinjuError as exc:
                gr.Warning(told(exc.problem, language))
        return self.service.watching

    def _undo(self, *asked: Any) -> tuple[Any, ...]:
        document = self.service.removed or ""
        try:
            self.service.restore()
        except YinjuError as exc:
            return self._told([Outcome(document, exc.problem)], *asked)
        return self._told([], *asked)

    def _rebuild(self, *asked: Any) -> tuple[Any, ...]:
        self.service.rebuild()
        return self._told([], *asked)

    def _told(self, outcomes: list[Outcome], language: Language, query: str, order: Any) -> tuple[Any, ...]:
        return library.outcomes(outcomes, words(language)), *self.show(language, query, order)


def _orders(spoken: Words) -> dict[str, Any]:
    return {
        "choices": [
            (spoken.library.sort_title, "title"),
            (spoken.library.sort_date, "date"),
            (spoken.library.sort_passages, "passages"),
        ]
    }
