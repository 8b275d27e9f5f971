"""The view of one document: opened from the library, its slower parts put in as they are made."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from functools import partial

import gradio as gr
from anyio import sleep
from anyio.to_thread import run_sync

from corpus import YinjuError
from rag.overviews import overview_of
from rag.question.phrases import Language
from rag.suggesting.candidates import in_script
from rag.suggesting.suggestions import Suggestion
from ui.web.html.book import book_page
from ui.web.store.library_service import LibraryService
from ui.web.views.document import FILE
from ui.web.words.errors import told
from ui.web.words.interface import words

__all__ = ["ASK_CLICKS", "BookView"]

_LOOKED_IN = 0.5  # seconds between looks whether the questions are made
_PATIENCE = 120.0  # seconds after which it is said that there are none

ASK_CLICKS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-put]");
  if (button) { yinju.chat(); trigger("click", { question: button.dataset.put }); }
});
"""
"""What has a component's questions asked: the event's ``question``."""


class BookView:
    """One document's page. Lies over the conversation while it is open."""

    def __init__(self, service: LibraryService, language: gr.Radio) -> None:
        self.service = service
        self._language = language
        with gr.Column(elem_id="yj-book"):
            self.page = gr.HTML("", apply_default_css=False, js_on_load=ASK_CLICKS)

    async def open(self, language: Language, event: gr.EventData) -> AsyncIterator[str]:
        """The page of the document that an event names: at once, with its overview, and with its questions."""
        spoken, document_id = words(language), str(event.document)
        service, assistant = self.service, self.service.assistant
        try:
            document = assistant.document(document_id)
            book = await run_sync(service.book, document_id)
        except YinjuError as exc:
            gr.Warning(told(exc.problem, language))
            return
        if book is None:
            return
        file = FILE if service.originals.path(document_id) else None
        shown = partial(book_page, document, book, spoken, file=file)
        made = service.suggested.of(document_id)
        yield shown(making=True, questions=_questions(made, language))
        overview = await run_sync(overview_of, document_id, assistant.index, assistant.encoder, language)
        shown = partial(shown, overview=overview)
        yield shown(questions=_questions(made, language))
        began = time.monotonic()
        while made is None and time.monotonic() - began < _PATIENCE:
            await sleep(_LOOKED_IN)
            made = service.suggested.of(document_id)
            if made is not None or time.monotonic() - began >= _PATIENCE:
                yield shown(questions=_questions(made or (), language))


def _questions(made: Sequence[Suggestion] | None, language: Language) -> list[str] | None:
    return None if made is None else [in_script(one.question, language) for one in made]
