"""The filters beside the question: Gradio's components for them, and what they say when they are on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import gradio as gr

from corpus.language.dates import read_date
from embeddings import Index
from rag import Filters, QuestionError
from rag.question.phrases import Language
from ui.messages import PageMessage
from ui.web.store.library_service import LibraryService
from ui.web.words.errors import told
from ui.web.words.interface import Words, words

__all__ = ["FilterBar", "describe", "iso_date"]

_QUIET: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
_OFF = "yj-off"  # a button made invisible is not in the page, and may miss that it is shown while it is put there
_MOST_CHOICES = 50  # documents offered at a time; typing narrows them down


class FilterBar:
    """Which documents the next question is asked of. Its values are those of ``Filters``, in their order."""

    def __init__(self, service: LibraryService, language: gr.Radio, first: Words) -> None:
        self.service = service
        talk = first.talk
        with gr.Row(elem_id="yj-filter-row") as self.row:
            self.box = gr.Accordion(talk.everywhere, open=False, elem_id="yj-filter")
            with self.box, gr.Row(elem_id="yj-filter-fields"):
                self.documents = _choose(talk.documents)
                self.folders = _choose(talk.folders)
                self.sources = _choose(talk.sources)
                self.languages = _choose(talk.languages)
                self.since = gr.Textbox(label=talk.published_from, placeholder=talk.date_example, max_lines=1)
                self.until = gr.Textbox(label=talk.published_to, placeholder=talk.date_example, max_lines=1)
            self.clear = gr.Button(talk.clear, size="sm", elem_id="yj-filter-clear", elem_classes=_OFF)
        listed = [self.documents, self.folders, self.sources, self.languages]
        self.values: list[Any] = [*listed, self.since, self.until]
        self.box.expand(self._offer, [language, *listed], listed, **_QUIET)
        self.documents.key_up(self._find, self.documents, self.documents, **_QUIET)
        changes = [value.change for value in self.values]
        # One after the other, the last with what then holds: told of at the same time, an earlier one might come later.
        gr.on(changes, self.say, [language, *self.values], self.said, trigger_mode="always_last", **_QUIET)
        self.clear.click(lambda: self.set(Filters()), None, self.values, **_QUIET)

    @property
    def spoken(self) -> list[Any]:
        """The components that ``words`` gives values for."""
        return [*self.values, self.clear]

    def words(self, spoken: Words) -> tuple[Any, ...]:
        """The components in another language."""
        talk = spoken.talk
        lists = (talk.documents, talk.folders, talk.sources, talk.languages)
        dates = (talk.published_from, talk.published_to)
        return (
            *(gr.update(label=label) for label in lists),
            *(gr.update(label=label, placeholder=talk.date_example) for label in dates),
            gr.update(value=talk.clear),
        )

    @property
    def said(self) -> list[Any]:
        """The components that ``say`` gives values for."""
        return [self.box, self.clear]

    def say(self, language: Language, *values: Any) -> tuple[Any, Any]:
        """The line that tells what will be asked, and the button that clears the filters."""
        spoken = words(language)
        try:
            chosen = self.filters(*values)
        except QuestionError as exc:
            return gr.update(label=told(exc.problem, language)), gr.update(elem_classes=[])
        return gr.update(label=self.line(chosen, spoken)), gr.update(elem_classes=[] if chosen else [_OFF])

    def line(self, filters: Filters, spoken: Words) -> str:
        """What will be asked, with the number of documents."""
        if not filters:
            return spoken.talk.everywhere
        count, which = len(self._index.choose(filters)), self.describe(filters, spoken)
        return (spoken.talk.only_in if count else spoken.talk.in_none).format(count=f"{count:,}", which=which)

    def describe(self, filters: Filters, spoken: Words) -> str:
        """What the filters leave to be asked, in words."""
        named = {}
        if len(filters.documents) == 1:
            named = {document.id: document.title for document in self._index.summaries(filters.documents)}
        return describe(filters, spoken, named)

    def filters(self, *values: Any) -> Filters:
        """The filters for the values of the components; raises ``QuestionError`` for a date that is none."""
        documents, folders, sources, languages, since, until = values
        first, last = (iso_date(date or "") for date in (since, until))
        return Filters(
            tuple(documents or ()), tuple(folders or ()), tuple(sources or ()), tuple(languages or ()), first, last
        )

    def set(self, filters: Filters) -> list[Any]:
        """The components' values for filters.

        The browser tells of each as it changes, with what the others were before: that must still be a choice.
        """
        lists = [list(chosen) for chosen in (filters.documents, filters.folders, filters.sources, filters.languages)]
        dates = [filters.published_from or "", filters.published_to or ""]
        if not any(lists):
            return [*(gr.update(value=[]) for _ in lists), *dates]
        choices = _choices(self._index, *lists)
        return [*(gr.update(value=chosen, choices=of) for chosen, of in zip(lists, choices, strict=True)), *dates]

    def _offer(self, language: Language, *chosen: list[str]) -> list[Any]:
        """What can be chosen in each list; what there is no choice of is not shown."""
        names = words(language).talk.language_names
        titled, places, publishers, tags = _choices(self._index, *(values or [] for values in chosen))
        return [
            gr.update(choices=titled),
            gr.update(choices=places, visible=bool(places)),
            gr.update(choices=publishers, visible=bool(publishers)),
            gr.update(choices=[(names.get(tag, tag), tag) for tag in tags], visible=len(tags) > 1),
        ]

    def _find(self, typed: gr.KeyUpData, chosen: list[str]) -> Any:
        return gr.update(choices=_titled(self._index, typed.input_value, chosen or []))

    @property
    def _index(self) -> Index:
        return self.service.assistant.index


def describe(filters: Filters, spoken: Words, titles: dict[str, str]) -> str:
    """What filters leave to be asked, in words; a single document by its title, if that is given."""
    talk = spoken.talk
    parts = []
    if len(filters.documents) == 1:
        parts.append(titles.get(filters.documents[0], filters.documents[0]))
    elif filters.documents:
        parts.append(talk.several_documents.format(len(filters.documents)))
    parts += [", ".join(values) for values in (filters.folders, filters.sources) if values]
    parts += [", ".join(talk.language_names.get(tag, tag) for tag in filters.languages)] if filters.languages else []
    first, last = filters.published_from, filters.published_to
    if first and last:
        parts.append(talk.period.format(first, last))
    elif first or last:
        parts.append((talk.since if first else talk.until).format(first or last))
    return " · ".join(parts)


def iso_date(text: str) -> str | None:
    """A date or the beginning of one as ISO 8601, from how people write it; None for nothing.

    Raises:
        QuestionError: it is no date.
    """
    if not text.strip():
        return None
    date = read_date(text)
    if date is None:
        raise QuestionError(PageMessage.NO_DATE, text="".join(text.split()))
    return date


def _choose(label: str) -> gr.Dropdown:
    return gr.Dropdown([], value=[], multiselect=True, label=label)


def _choices(
    index: Index,
    documents: list[str],
    folders: list[str],
    sources: list[str],
    languages: list[str],
) -> tuple[list[tuple[str, str]], list[str], list[str], list[str]]:
    """What there is to choose from in each list, what is chosen included."""
    return (
        _titled(index, "", documents),
        _sorted(index.facets.folders, folders),
        _sorted(index.facets.sources, sources),
        _sorted(index.facets.languages, languages),
    )


def _titled(index: Index, query: str, chosen: Collection[str]) -> list[tuple[str, str]]:
    """The documents that a query names, after those chosen already."""
    found = index.called(query, _MOST_CHOICES + len(chosen))
    others = [document for document in found if document.id not in chosen][:_MOST_CHOICES]
    return [(document.title, document.id) for document in [*index.summaries(chosen), *others]]


def _sorted(values: Iterable[str], chosen: Iterable[str]) -> list[str]:
    return sorted({*values, *chosen})
