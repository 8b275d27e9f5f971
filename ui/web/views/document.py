"""The document that a card of evidence belongs to, opened at its sentence in one of the ways it can be looked at."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

from markupsafe import Markup

from corpus import Document, YinjuError
from rag.question.phrases import Language
from ui.web.html import evidence
from ui.web.html.evidence import Span
from ui.web.html.notices import notice
from ui.web.html.originals import source_text, web_frame
from ui.web.html.page_images import facsimile
from ui.web.html.templating import render
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
        body = notice(spoken.original_gone)
    tools = _tools(document, own, view, spoken) if own else None
    return evidence.reader(document, asked.spans, asked.active, spoken, body=body, tools=tools)


def _body(service: LibraryService, document: Document, asked: _Asked, view: View, spoken: Words) -> Markup:
    spans, active = asked.spans, asked.active
    if view == "pages":
        sizes = service.originals.sizes(document.id)
        return facsimile(document, sizes, spans, address=_address(PAGE, document), active=active, words=spoken)
    if view == "source":
        return source_text(document, service.originals.source(document.id), spans, active, spoken)
    if view == "web":
        return web_frame(_address(WEB, document, spans), document, active, spoken)
    return evidence.text(document, spans, active)


def _tools(document: Document, own: View, view: View, spoken: Words) -> Markup:
    """The switch between the ways of looking, the magnifier of pages, and the file itself."""
    names: dict[View, str] = {"text": spoken.view_text, "pages": spoken.view_pages}
    choices = [(choice, names.get(choice, spoken.view_original)) for choice in ("text", own)]
    return render("document_tools.html", choices=choices, view=view, file=_address(FILE, document), words=spoken)


def _address(where: str, document: Document, spans: Sequence[Span] = ()) -> str:
    quotes = [("quote", f"{span.number}-{span.start}-{span.end}") for span in spans]
    return f"{where}?{urlencode([('id', document.id), *quotes])}"
