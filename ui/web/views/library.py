"""The library view: Gradio's components for it, and what happens when they are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from corpus import YinjuError
from rag.question.phrases import Language
from ui.web.html import library
from ui.web.html.escaping import escape
from ui.web.store.library_service import LibraryService, Outcome
from ui.web.words.interface import Words, words

__all__ = ["LibraryView"]

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_CLICKS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (button) trigger("click", { file: button.dataset.remove });
});
"""


class LibraryView:
    """The documents with all that can be done to them. Lies over the conversation while it is open."""

    def __init__(self, service: LibraryService, language: gr.Radio, first: Words) -> None:
        self.service = service
        self._language = language
        with gr.Column(elem_id="yj-library"):
            self.title = gr.HTML(_title(first), apply_default_css=False, js_on_load=None)
            self.upload = gr.File(file_count="multiple", label=first.library.add_files, height=132, elem_id="yj-upload")
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
            self.state = gr.HTML("", elem_id="yj-index-state", apply_default_css=False, js_on_load=None)
            self.table = gr.HTML("", elem_id="yj-table", apply_default_css=False, js_on_load=_CLICKS)
            self.timer = gr.Timer(1.0, active=False)
        self._wire()

    @property
    def spoken(self) -> list[Any]:
        """The components that ``words`` gives values for."""
        return [self.title, self.upload, self.query, self.order, self.undo, self.again]

    def words(self, spoken: Words) -> tuple[Any, ...]:
        """The components in another language."""
        return (
            _title(spoken),
            gr.update(label=spoken.library.add_files),
            gr.update(label=spoken.library.search, placeholder=spoken.library.search),
            gr.update(label=spoken.library.sort, **_orders(spoken)),
            gr.update(value=spoken.library.undo),
            gr.update(value=spoken.library.rebuild),
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
        return library.catalogue(books, spoken), state, undo, gr.Timer(active=service.busy)

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


def _title(spoken: Words) -> str:
    return (
        f'<div class="yj-library-head"><h2>{escape(spoken.library.title)}</h2>'
        f'<button type="button" data-view="chat">‹ {escape(spoken.back_to_chat)}</button></div>'
    )


def _orders(spoken: Words) -> dict[str, Any]:
    return {
        "choices": [
            (spoken.library.sort_title, "title"),
            (spoken.library.sort_date, "date"),
            (spoken.library.sort_passages, "passages"),
        ]
    }
