"""The small pieces that several views are headed by and say things in."""

from __future__ import annotations

from markupsafe import Markup

from ui.web.html.templating import render
from ui.web.words.interface import Words

__all__ = ["heading", "notice", "status", "view_head"]


def view_head(title: str, words: Words) -> Markup:
    """The head of a view that lies over the conversation, with the way back."""
    return render("view_head.html", title=title, words=words)


def heading(text: str) -> Markup:
    """What a part of a view is called."""
    return render("heading.html", text=text)


def notice(text: str) -> Markup:
    """A sentence that stands where something else is missing."""
    return render("notice.html", text=text)


def status(text: str, *, bad: bool = False) -> Markup:
    """What became of something a person did; read out, a ``bad`` one at once."""
    return render("status.html", text=text, bad=bad)
