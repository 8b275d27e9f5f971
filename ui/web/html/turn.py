"""A finished turn as HTML, with those that it took the place of."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from corpus import Problem
from ui.messages import PageMessage
from ui.web.html.answer import answered
from ui.web.html.answer_footer import footer
from ui.web.html.evidence import cards
from ui.web.html.steps import folded_steps
from ui.web.html.templating import render
from ui.web.store.ratings import Rating
from ui.web.store.turns import Turn
from ui.web.words.errors import told
from ui.web.words.interface import Words

__all__ = ["Standing", "shown"]


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a turn's HTML depends on beside the turn, which never changes.

    ``place`` counts from 1 in the thread. ``ratings`` are those of its versions, and ``within`` says in words what the
    filters of each left to be asked: first of what was replaced, last of the turn itself.
    """

    words: Words
    place: int
    last: bool
    ratings: tuple[Rating | None, ...]
    within: tuple[str, ...]


def shown(turn: Turn, standing: Standing) -> Markup:
    """A turn, and after it, in a template, those that it took the place of; the script lets one see them."""
    *earlier, latest = (_version(one, i, standing) for i, one in enumerate((*turn.earlier, turn)))
    return render("versions.html", latest=latest, earlier=earlier)


def _version(turn: Turn, i: int, standing: Standing) -> Markup:
    words, within, count = standing.words, standing.within[i], len(standing.within)
    answer, replaced = turn.answer, i + 1 < count
    return render(
        "turn.html",
        turn=turn,
        name=f"{words.answer} {standing.place}",
        version=i + 1,
        versions=count,
        replaced=replaced,
        within=words.talk.within.format(within) if within else "",
        failed="" if answer else told(turn.error or Problem.of(PageMessage.UNEXPECTED), words.language),
        steps=folded_steps(answer.steps, words) if answer else "",
        answer=answered(answer, words) if answer else "",
        cards=cards(answer, words) if answer else "",
        unkept=f"{words.talk.unkept} {told(turn.unkept, words.language)}" if turn.unkept else "",
        footer=footer(turn, words, standing.ratings[i], within, last=standing.last and not replaced, replaced=replaced),
        words=words,
    )
