"""What the words of a quotation mean, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.glosses import Gloss
from ui.web.html.templating import render
from ui.web.words.interface import Words

__all__ = ["glossary"]


def glossary(glosses: Sequence[Gloss], words: Words) -> Markup:
    """A list of words with their readings and senses, and where these are from."""
    return render("glossary.html", glosses=glosses, words=words)
