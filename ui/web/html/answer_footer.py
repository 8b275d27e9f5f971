"""What stands under an answer, as HTML: how it fared and was made, and what can be done with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from markupsafe import Markup

from rag import Answer
from ui.web.html.sentences import VERDICT_ICONS
from ui.web.html.templating import render
from ui.web.store.plain_text import cited
from ui.web.store.ratings import Rating
from ui.web.store.turns import Turn
from ui.web.words.interface import Words

__all__ = ["footer"]


def footer(turn: Turn, words: Words, rating: Rating | None, within: str, *, last: bool, replaced: bool) -> Markup:
    """The lines under a finished turn. ``within`` says in words what its filters left to be asked.

    The ``last`` turn can be asked again; one that was ``replaced`` can neither be linked to nor changed.
    """
    acts = render(
        "acts.html",
        turn=turn,
        copied=f"{turn.question}\n\n{cited(turn.answer)}" if turn.answer else "",
        rating=rating,
        kept=_kept(rating),
        last=last,
        replaced=replaced,
        talk=words.talk,
    )
    return _made(turn.answer, words, within) + acts if turn.answer else acts


def _made(answer: Answer, words: Words, within: str) -> Markup:
    return render(
        "footer.html",
        counts=() if answer.refused else list(_verdicts(answer, words)),
        line=_line(answer, words),
        rows=[(name, said) for name, said in _rows(answer, words, within) if said],
        evidence=words.evidence_count.format(len(answer.citations)) if answer.citations else "",
    )


def _verdicts(answer: Answer, words: Words) -> Iterable[tuple[str, str, str]]:
    """Each verdict that there is, with its sign and how many sentences have it."""
    own = answer.model == "extractive"  # its sentences without citations are Yinju's own
    stating = (sentence for sentence in answer.sentences if not sentence.frame)
    counts = Counter(sentence.verdict for sentence in stating if sentence.citations or not own)
    for verdict, icon in VERDICT_ICONS.items():
        if counts[verdict]:
            yield verdict, icon, f"{getattr(words, verdict)} {words.sentences.format(counts[verdict])}"


def _line(answer: Answer, words: Words) -> str:
    """How the answer was made, in one line."""
    seconds = sum(answer.timings_ms.values()) / 1000
    made = words.extractive if answer.model == "extractive" else words.model.format(answer.model)
    spent = words.seconds.format(f"{seconds:.2f}" if seconds < 1 else f"{seconds:.1f}")
    way = words.talk.routes.get(answer.route)
    return spent if answer.refused else " · ".join(filter(None, [way, made, spent]))


def _rows(answer: Answer, words: Words, within: str) -> Iterable[tuple[str, str]]:
    """What is behind that line, by its names; "" where there is nothing to say."""
    talk = words.talk
    yield talk.how_asked, answer.search_question if answer.search_question != answer.question else ""
    yield talk.how_searched, within or talk.everywhere
    yield talk.how_passages, str(len(answer.hits))
    yield talk.how_confidence, f"{answer.confidence:.0%}" if answer.model == "extractive" else ""
    yield from _steps(answer.timings_ms, words)


def _steps(timings_ms: dict[str, float], words: Words) -> Iterable[tuple[str, str]]:
    """How long each step took; what has no name of its own counts as one."""
    named = {name: timings_ms[step] for step, name in words.talk.steps.items() if step in timings_ms}
    other = sum(spent for step, spent in timings_ms.items() if step not in words.talk.steps)
    if other:
        named[words.talk.step_other] = other
    for name, spent in named.items():
        yield name, words.talk.milliseconds.format(f"{spent:,.0f}" if spent >= 1 else "<1")


def _kept(rating: Rating | None) -> str:
    """What was said with a thumb, as the script reads it."""
    said = {"comment": rating.comment, "right_answer": rating.right_answer} if rating else {}
    return json.dumps({**said, "unanswerable": rating is not None and rating.unanswerable}, ensure_ascii=False)
