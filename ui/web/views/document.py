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
    cited: tuple[tuple[Span, str], ...]
    active: int
    language: Language
    view: View | None

    @classmethod
    def of(cls, values: Any) -> _Asked:
        """Raises ``KeyError``, ``TypeError`` or ``ValueError`` if the values are none."""
        language, view = values["language"], values.get("view")
        if language not in LANGUAGES or (view is not None and view not in get_args(View)):
            raise ValueError
        cited = tuple((Span(*map(int, span[:3])), str(*span[3:4])) for span in values["spans"])
        if any(not 0 <= span.start <= span.end for span, _ in cited):
            raise ValueError
        return cls(str(values["document"]), cited, int(values["active"]), language, view)


def open_document(service: LibraryService, values: Any) -> str:
    """The document as HTML; empty if there is no such document, or no such spans.

    ``values`` has the document's id, its cited ``spans`` as (number, start, end, what is quoted there, if anything),
    the ``active`` number, the interface's ``language`` and the ``view``: without one, pages where there are pages, else
    the text. A quotation of an answer from before the document changed is marked where it stands now, or told as gone.
    """
    try:
        asked = _Asked.of(values)
        document = service.assistant.document(asked.document)
    except (YinjuError, AttributeError, KeyError, TypeError, ValueError):
        return ""
    spoken = words(asked.language)
    placed = [_placed(document, *one) for one in asked.cited]
    spans = tuple(span for span in placed if span is not None)
    own = service.originals.view(document.id)
    view = asked.view if asked.view in ("text", own) else None
    view = view or ("pages" if own == "pages" else "text")
    try:
        body = _body(service, document, spans, asked.active, view=view, spoken=spoken)
    except YinjuError as exc:
        _log.warning("%s", exc)
        body = notice(spoken.original_gone)
    if None in placed:
        body = notice(spoken.quote_gone) + body
    tools = _tools(document, own, view, spoken) if own else None
    return evidence.reader(document, spans, asked.active, spoken, body=body, tools=tools)


def _placed(document: Document, span: Span, quote: str) -> Span | None:
    """Where a quotation stands in the document as it is now; None where it is gone, or stands more than once."""
    if not quote or document.text[span.start : span.end] == quote:
        return span
    start = document.text.find(quote)
    if start < 0 or document.text.find(quote, start + 1) >= 0:
        return None
    return Span(span.number, start, start + len(quote))


def _body(
    service: LibraryService, document: Document, spans: Sequence[Span], active: int, *, view: View, spoken: Words
) -> Markup:
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
