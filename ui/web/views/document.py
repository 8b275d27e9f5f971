"""The document that a card of evidence belongs to, opened at its sentence in one of the ways it can be looked at."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

from corpus import Document, YinjuError
from rag.question.phrases import Language
from ui.web.html import evidence
from ui.web.html.escaping import escape
from ui.web.html.evidence import Span
from ui.web.html.originals import source_text, web_frame
from ui.web.html.page_images import facsimile
from ui.web.store.library_service import LibraryService
from ui.web.store.originals import View
from ui.web.words.interface import LANGUAGES, Words, words

__all__ = ["FILE", "PAGE", "WEB", "open_document"]

PAGE, WEB, FILE = "document/page", "document/web", "document/file"
"""Where a page's picture, a saved web page and the file itself are served (``ui.web.server.files``)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the script asks for; any of it may have been made up."""

    document: str
    spans: tuple[Span, ...]
    active: int
    language: Language
    view: View | None

    @classmethod
    def of(cls, values: Any) -> _Asked:
        """Raises ``KeyError``, ``TypeError`` or ``ValueError`` if the values are none."""
        language, view = values["language"], values.get("view")
        if language not in LANGUAGES or (view is not None and view not in get_args(View)):
            raise ValueError
        spans = tuple(Span(*map(int, span)) for span in values["spans"])
        if any(not 0 <= span.start <= span.end for span in spans):
            raise ValueError
        return cls(str(values["document"]), spans, int(values["active"]), language, view)


def open_document(service: LibraryService, values: Any) -> str:
    """The document as HTML; empty if there is no such document, or no such spans.

    ``values`` has the document's id, its cited ``spans`` as (number, start, end), the ``active`` number, the
    interface's ``language`` and the ``view``: without one, pages where there are pages, else the text.
    """
    try:
        asked = _Asked.of(values)
        document = service.assistant.document(asked.document)
    except (YinjuError, AttributeError, KeyError, TypeError, ValueError):
        return ""
    spoken = words(asked.language)
    own = service.originals.view(document.id)
    view = asked.view if asked.view in ("text", own) else None
    view = view or ("pages" if own == "pages" else "text")
    try:
        body = _body(service, document, asked, view, spoken)
    except YinjuError as exc:
        _log.warning("%s", exc)
        body = f'<p class="yj-notice" role="note">{escape(spoken.original_gone)}</p>'
    tools = _tools(document, own, view, spoken)
    return evidence.reader(document, asked.spans, asked.active, spoken, body=body, tools=tools)


def _body(service: LibraryService, document: Document, asked: _Asked, view: View, spoken: Words) -> str:
    spans, active = asked.spans, asked.active
    if view == "pages":
        sizes = service.originals.sizes(document.id)
        return facsimile(document, sizes, spans, address=_address(PAGE, document), active=active, words=spoken)
    if view == "source":
        return source_text(document, service.originals.source(document.id), spans, active, spoken)
    if view == "web":
        return web_frame(_address(WEB, document, spans), document, active, spoken)
    return evidence.text(document, spans, active)


def _tools(document: Document, own: View | None, view: View, spoken: Words) -> str:
    """The switch between the ways of looking, the magnifier of pages, and the file itself."""
    names: dict[View, str] = {"text": spoken.view_text, "pages": spoken.view_pages}
    choices = "".join(
        f'<button type="button" data-look="{choice}" aria-pressed="{str(choice == view).lower()}">'
        f"{escape(names.get(choice, spoken.view_original))}</button>"
        for choice in ("text", own)
        if choice and own
    )
    switch = (
        f'<div class="yj-switch" role="group" aria-label="{escape(spoken.view_label)}">{choices}</div>' if own else ""
    )
    zoom = "".join(
        f'<button type="button" data-zoom="{step}" aria-label="{escape(name)}" title="{escape(name)}">{sign}</button>'
        for step, name, sign in (("out", spoken.zoom_out, "−"), ("in", spoken.zoom_in, "+"))
        if view == "pages"
    )
    file = f'<a href="{escape(_address(FILE, document))}" download>{escape(spoken.download)}</a>' if own else ""
    return f'<div class="yj-tools">{switch}{zoom}{file}</div>' if own else ""


def _address(where: str, document: Document, spans: Sequence[Span] = ()) -> str:
    quotes = [("quote", f"{span.number}-{span.start}-{span.end}") for span in spans]
    return f"{where}?{urlencode([('id', document.id), *quotes])}"
