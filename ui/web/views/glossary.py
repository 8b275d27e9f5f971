"""The words of a quotation, looked up when a reader opens their list: no answer waits for a dictionary."""

from __future__ import annotations

from typing import Any

from corpus import YinjuError
from rag.glosses import glosses_of
from ui.web.html.glossary import glossary
from ui.web.store.library_service import LibraryService
from ui.web.words.interface import words

__all__ = ["open_glossary"]

_MOST_CHARS = 2_000  # of a quotation: more than the sentence or two of a citation, less than keeps a server busy


def open_glossary(service: LibraryService, values: Any) -> str:
    """What the words of a document from ``start`` to ``end`` mean, as HTML; empty if there is no such place.

    ``values`` has the ``document``'s id beside them and the interface's ``language``; any of it may have been made up.
    """
    try:
        spoken = words(values["language"])
        start, end = int(values["start"]), int(values["end"])
        text = service.assistant.document(str(values["document"])).text
    except (YinjuError, AttributeError, KeyError, TypeError, ValueError):
        return ""
    if not 0 <= start < end <= len(text):
        return ""
    return glossary(glosses_of(text[start : min(end, start + _MOST_CHARS)]), spoken)
