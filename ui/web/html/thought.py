"""What a model thinks before it answers, folded, as it comes. A pure function: values in, a string out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from ui.web.html.templating import render
from ui.web.words.interface import Words

__all__ = ["Thinking", "folded"]

_SHOWN_CHARS = 4000  # the end of it: all of a long one would be sent again with each word


@dataclass(frozen=True, slots=True)
class Thinking:
    """What was thought so far, in how many whole seconds, and whether that is over."""

    text: str = ""
    seconds: int = 0
    over: bool = False

    def going_on(self, text: str, seconds: float) -> Thinking:
        """With more of it."""
        return replace(self, text=(self.text + text)[-_SHOWN_CHARS:], seconds=int(seconds))


def folded(thinking: Thinking, words: Words) -> Markup:
    """The thought under a line that tells how long it has taken; the script keeps it open for who has opened it."""
    if not thinking.text.strip():
        return Markup("")
    said = (words.talk.thought if thinking.over else words.talk.thinking).format(thinking.seconds)
    return render("thought.html", said=said, text=thinking.text.strip())
