"""What stands under an answer, as HTML: how it fared and was made, and what can be done with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from rag import Answer
from rag.answers import Verdict
from ui.web.html.escaping import escape
from ui.web.store.plain_text import cited
from ui.web.store.ratings import Rating
from ui.web.store.turns import Turn
from ui.web.words.interface import Words

__all__ = ["VERDICT_ICONS", "footer", "rating_form"]

VERDICT_ICONS: dict[Verdict, str] = {"supported": "✓", "unsupported": "!", "unchecked": "○"}
"""The sign beside each verdict's word."""

_THUMB = "M6 9v8H3V9h3Zm2 8h6.6c.8 0 1.5-.5 1.7-1.3l1.5-5c.3-1-.4-2-1.5-2H12l.6-3.4c.2-1.2-.6-2.3-1.8-2.3L8 9v8Z"


def footer(
    turn: Turn, words: Words, rating: Rating | None, within: str, *, last: bool = False, replaced: bool = False
) -> str:
    """The lines under a finished turn. ``within`` says in words what its filters left to be asked.

    The ``last`` turn can be asked again; one that was ``replaced`` can neither be linked to nor changed.
    """
    made = _made(turn.answer, words, within) if turn.answer else ""
    return f"{made}{_acts(turn, words, rating, last=last, replaced=replaced)}"


def rating_form(words: Words) -> str:
    """The form that a thumb opens; the script puts a copy of it under the turn."""
    talk = words.talk
    return (
        f'<template class="yj-rating-form"><form class="yj-rating" aria-label="{escape(talk.acts)}">'
        f'<label><span data-for="good">{escape(talk.comment_good)}</span>'
        f'<span data-for="bad">{escape(talk.comment_bad)}</span>'
        '<textarea name="comment" rows="2" maxlength="2000"></textarea></label>'
        f'<label data-for="bad">{escape(talk.right_answer)}<input name="right_answer" maxlength="2000"/></label>'
        f'<label data-for="bad" class="yj-tick"><input type="checkbox" name="unanswerable"/>'
        f"{escape(talk.unanswerable)}</label>"
        f'<p><button type="submit">{escape(talk.save)}</button>'
        f'<button type="button" data-leave>{escape(talk.cancel)}</button></p></form></template>'
    )


def _made(answer: Answer, words: Words, within: str) -> str:
    evidence = ""
    if answer.citations:
        shown = escape(words.evidence_count.format(len(answer.citations)))
        evidence = f'<button type="button" class="yj-open" data-open>{shown}</button>'
    counts = "" if answer.refused else _verdicts(answer, words)
    made = f'<div class="yj-made">{_how(answer, words, within)}{evidence}</div>'
    return f'<footer class="yj-footer">{counts}{made}</footer>'


def _verdicts(answer: Answer, words: Words) -> str:
    own = answer.model == "extractive"  # its sentences without citations are Yinju's own
    counts = Counter(sentence.verdict for sentence in answer.sentences if sentence.citations or not own)
    return "".join(
        f'<span class="yj-count" data-verdict="{verdict}"><span aria-hidden="true">{icon}</span> '
        f"{escape(getattr(words, verdict))} {escape(words.sentences.format(counts[verdict]))}</span>"
        for verdict, icon in VERDICT_ICONS.items()
        if counts[verdict]
    )


def _how(answer: Answer, words: Words, within: str) -> str:
    """How the answer was made: one line, and more behind it."""
    talk = words.talk
    seconds = sum(answer.timings_ms.values()) / 1000
    made = words.extractive if answer.model == "extractive" else words.model.format(answer.model)
    spent = words.seconds.format(f"{seconds:.2f}" if seconds < 1 else f"{seconds:.1f}")
    way = talk.routes.get(answer.route)
    line = spent if answer.refused else " · ".join(filter(None, [way, made, spent]))
    searched = getattr(answer, "search_question", None)
    told = [
        (talk.how_asked, searched if searched != answer.question else None),
        (talk.how_searched, within or talk.everywhere),
        (talk.how_passages, str(len(answer.hits))),
        (talk.how_confidence, f"{answer.confidence:.0%}" if answer.model == "extractive" else None),
        *_steps(answer.timings_ms, words),
    ]
    rows = "".join(f'<dt>{escape(name)}</dt><dd dir="auto">{escape(said)}</dd>' for name, said in told if said)
    return f'<details class="yj-how"><summary>{escape(line)}</summary><dl>{rows}</dl></details>'


def _steps(timings_ms: dict[str, float], words: Words) -> Iterable[tuple[str, str]]:
    """How long each step took; what has no name of its own counts as one."""
    named = {name: timings_ms[step] for step, name in words.talk.steps.items() if step in timings_ms}
    other = sum(spent for step, spent in timings_ms.items() if step not in words.talk.steps)
    if other:
        named[words.talk.step_other] = other
    for name, spent in named.items():
        yield name, words.talk.milliseconds.format(f"{spent:,.0f}" if spent >= 1 else "<1")


def _acts(turn: Turn, words: Words, rating: Rating | None, *, last: bool, replaced: bool) -> str:
    talk = words.talk
    acts = []
    failed = f'data-failed="{escape(talk.not_copied)}"'
    if turn.answer:
        text = f"{turn.question}\n\n{cited(turn.answer)}"
        copied = f'data-done="{escape(talk.copied)}" {failed}'
        acts.append(f'<button type="button" data-copy="{escape(text)}" {copied}>{escape(talk.copy)}</button>')
    if turn.answer and not replaced:
        linked = f'data-done="{escape(talk.link_copied)}" {failed}'
        acts.append(f'<button type="button" data-link="{turn.number}" {linked}>{escape(talk.link)}</button>')
    if not replaced:
        acts.append(f'<button type="button" data-ask="edit">{escape(talk.edit)}</button>')
    if last:
        acts.append(f'<button type="button" data-ask="retry">{escape(talk.again)}</button>')
    if turn.answer:
        said = {} if rating is None else {"comment": rating.comment, "right_answer": rating.right_answer}
        unanswerable = rating is not None and rating.unanswerable
        kept = escape(json.dumps({**said, "unanswerable": unanswerable}, ensure_ascii=False))
        acts.append(
            f'<span class="yj-thumbs" data-rating="{kept}" data-noted="{escape(talk.noted)}">'
            f"{_thumb('good', talk.good, rating)}{_thumb('bad', talk.bad, rating)}</span>"
        )
    if not acts:
        return ""
    return f'<div class="yj-turn-acts" role="group" aria-label="{escape(talk.acts)}">{"".join(acts)}</div>'


def _thumb(kind: str, name: str, rating: Rating | None) -> str:
    pressed = rating is not None and rating.good == (kind == "good")
    return (
        f'<button type="button" data-rate="{kind}" aria-pressed="{str(pressed).lower()}" aria-label="{escape(name)}" '
        f'title="{escape(name)}"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="{_THUMB}"/></svg></button>'
    )
