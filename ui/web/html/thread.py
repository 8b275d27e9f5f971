"""The conversation's frame as HTML: its head, its turns, the one that is being answered, and the panel beside it.

What the script acts on is marked by ``data-`` attributes (``assets/`` lists them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from rag import Filters, Step
from ui.web.html.steps import live_steps
from ui.web.html.templating import render
from ui.web.html.turn import Standing
from ui.web.html.turn_cache import TurnCache
from ui.web.html.written import draft
from ui.web.store.ratings import Rating
from ui.web.store.turns import Turn
from ui.web.words.interface import Words

__all__ = ["header", "live", "panel", "thread", "welcome"]

_UNRATED: Mapping[int, Rating] = {}


def header(words: Words) -> Markup:
    """The brand at the top of the page."""
    return render("header.html", words=words)


def welcome(words: Words, documents: int, passages: int) -> Markup:
    """What stands there before the first question."""
    holdings = words.holdings.format(documents=f"{documents:,}", passages=f"{passages:,}")
    return render("welcome.html", words=words, holdings=holdings)


def thread(
    turns: Sequence[Turn],
    words: Words,
    conversation: str | None = None,
    ratings: Mapping[int, Rating] = _UNRATED,
    describe: Callable[[Filters], str] = str,
    *,
    cache: TurnCache | None = None,
) -> Markup:
    """The finished turns; the script puts the conversation's id into the address.

    ``ratings`` are by the turns' numbers; ``describe`` says in words what filters leave to be asked. A turn that stands
    as before is taken from the ``cache``.
    """
    cache = TurnCache() if cache is None else cache

    def standing(turn: Turn, place: int) -> Standing:
        versions = (*turn.earlier, turn)
        within = (describe(one.filters) if one.filters else "" for one in versions)
        rated = (ratings.get(one.number) for one in versions)
        return Standing(words, place, place == len(turns), tuple(rated), tuple(within))

    shown = [cache.shown(turn, standing(turn, place)) for place, turn in enumerate(turns, 1)]
    return render("thread.html", turns=shown, conversation=conversation, talk=words.talk)


def live(
    question: str,
    text: str,
    words: Words,
    ahead: int = 0,
    thought: Markup | None = None,
    *,
    steps: Sequence[Step] = (),
) -> Markup:
    """The turn that is being answered: the text so far, its marks not yet to be clicked; or how many are before it.

    ``thought`` is the HTML of what a model thinks before it answers, ``steps`` are those of its research.
    """
    return render(
        "live.html",
        question=question,
        steps=live_steps(steps, words, written=bool(text)),
        thought=thought or "",
        body=draft(text) if text.strip() else "",
        waiting=words.ahead.format(ahead) if ahead else words.answering,
        words=words,
    )


def panel(words: Words) -> Markup:
    """The evidence panel while it is empty; the script fills its body from the turn that is looked at."""
    return render("panel.html", words=words)
