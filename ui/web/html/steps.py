"""The steps of research as HTML: a list while they are taken, folded above the answer afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag import Step
from ui.web.html.templating import render
from ui.web.words.interface import Words

__all__ = ["folded_steps", "live_steps"]


def live_steps(steps: Sequence[Step], words: Words, *, written: bool = False) -> Markup:
    """The steps so far and, until an answer is being ``written``, that another is thought of; "" before the first."""
    if not steps:
        return Markup("")
    thinking = not written and all(one.given is not None for one in steps)
    more = words.research.thinking if thinking else ""
    return render("steps.html", steps=_told(steps, words), taken="", thinking=more)


def folded_steps(steps: Sequence[Step], words: Words) -> Markup:
    """The steps behind a line that tells how many there were; "" for none."""
    if not steps:
        return Markup("")
    taken = words.research.taken.format(len(steps))
    return render("steps.html", steps=_told(steps, words), taken=taken, thinking="")


def _told(steps: Sequence[Step], words: Words) -> list[dict[str, str]]:
    said = words.research
    return [
        {
            "tool": one.tool,
            "called": said.tools.get(one.tool, one.tool),
            "asked": one.asked,
            "outcome": said.under_way
            if one.given is None
            else said.given.format(one.given)
            if one.given
            else said.nothing,
        }
        for one in steps
    ]
