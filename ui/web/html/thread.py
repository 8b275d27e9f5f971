"""Turns, answers and their evidence as HTML. Pure functions: values in, a string out.

Every character that comes from a document, a model or a person passes through ``escape``. What the script acts on is
marked by ``data-`` attributes (``assets/yinju.js`` lists them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from corpus import Problem
from rag import Answer, AnswerSentence, Citation, Filters
from rag.proof.citations import led, parted
from ui.messages import PageMessage
from ui.web.html.answer_footer import VERDICT_ICONS, footer, rating_form
from ui.web.html.escaping import escape
from ui.web.html.evidence import NEAREST_SHOWN, byline, cards, quoted
from ui.web.store.ratings import Rating
from ui.web.store.turns import Turn
from ui.web.words.errors import told
from ui.web.words.interface import Words

__all__ = ["header", "live", "panel", "thread", "welcome"]

_MARK = re.compile(r"\[(\d{1,3})\]")
_SNIPPET_CHARS = 90
_UNRATED: Mapping[int, Rating] = {}


def header(words: Words) -> str:
    """The brand at the top of the page."""
    return (
        '<div class="yj-brand"><span class="yj-logo" aria-hidden="true"></span>'
        f'<h1>引据<span lang="zh-Latn">Yinju</span></h1><p>{escape(words.tagline)}</p></div>'
    )


def welcome(words: Words, documents: int, passages: int) -> str:
    """What stands there before the first question."""
    library = words.holdings.format(documents=f"{documents:,}", passages=f"{passages:,}")
    return (
        f'<div class="yj-welcome"><h2>{escape(words.tagline)}</h2><p>{escape(words.intro)}</p>'
        f'<p class="yj-quiet">{escape(library)}</p></div>'
    )


def thread(
    turns: Sequence[Turn],
    words: Words,
    conversation: str | None = None,
    ratings: Mapping[int, Rating] = _UNRATED,
    describe: Callable[[Filters], str] = str,
) -> str:
    """The finished turns; the script puts the conversation's id into the address.

    ``ratings`` are by the turns' numbers; ``describe`` says in words what filters leave to be asked.
    """
    kept = f' data-conversation="{escape(conversation)}"' if conversation else ""
    shown = "".join(
        _turn(turn, f"{words.answer} {place}", words, ratings, describe, last=place == len(turns))
        for place, turn in enumerate(turns, 1)
    )
    return f"<div{kept}>{shown}{rating_form(words)}</div>"


def live(question: str, text: str, words: Words, ahead: int = 0) -> str:
    """The turn that is being answered: the text so far, its marks not yet to be clicked; or how many are before it."""
    written = _MARK.sub(r'<span class="yj-mark yj-mark-pending">\1</span>', escape(text))
    waiting = words.ahead.format(ahead) if ahead else words.answering
    body = written or f'<span class="yj-waiting">{escape(waiting)}</span>'
    return (
        f'<section class="yj-turn yj-turn-live" aria-label="{escape(words.answer)}">'
        f'<h2 class="yj-question" dir="auto">{escape(question)}</h2>'
        f'<div class="yj-answer" aria-busy="true"><p dir="auto">{body}</p></div></section>'
    )


def panel(words: Words) -> str:
    """The evidence panel while it is empty; the script fills its body from the turn that is looked at."""
    return (
        f'<section class="yj-panel" aria-label="{escape(words.evidence)}" tabindex="-1">'
        f'<header class="yj-panel-head"><h2>{escape(words.evidence)}</h2>'
        f'<button type="button" class="yj-close" data-close aria-label="{escape(words.close)}" '
        f'title="{escape(words.close)}">✕</button></header>'
        f'<div class="yj-panel-body"><p class="yj-quiet">{escape(words.evidence_hint)}</p></div></section>'
    )


def _turn(
    turn: Turn,
    name: str,
    words: Words,
    ratings: Mapping[int, Rating],
    describe: Callable[[Filters], str],
    *,
    last: bool,
) -> str:
    """A turn, and after it, in a template, those that it took the place of; the script lets one see them."""
    versions = (*turn.earlier, turn)
    *earlier, latest = (
        _version(version, name, words, ratings.get(version.number), describe, which=(i, len(versions)), last=last)
        for i, version in enumerate(versions, 1)
    )
    return f"{latest}<template>{''.join(earlier)}</template>" if earlier else latest


def _version(
    turn: Turn,
    name: str,
    words: Words,
    rating: Rating | None,
    describe: Callable[[Filters], str],
    *,
    which: tuple[int, int],
    last: bool,
) -> str:
    replaced = which[0] < which[1]
    within = describe(turn.filters) if turn.filters else ""
    asked = f'<p class="yj-within" dir="auto">{escape(words.talk.within.format(within))}</p>' if within else ""
    if turn.answer is None:
        problem = told(turn.error or Problem.of(PageMessage.UNEXPECTED), words.language)
        body = (
            f'<div class="yj-answer"><p class="yj-error" role="alert"><strong>{escape(words.failed)}</strong> '
            f'<span dir="auto">{escape(problem)}</span></p></div>'
        )
    else:
        body = _refusal(turn.answer, words) if turn.answer.refused else _answer(turn.answer, words)
        body += f'<div class="yj-store" hidden>{cards(turn.answer, words)}</div>'  # the script shows a copy of it
    if turn.unkept:
        unkept = f"{words.talk.unkept} {told(turn.unkept, words.language)}"
        body += f'<p class="yj-notice" role="status" dir="auto">{escape(unkept)}</p>'
    return (
        f'<section class="yj-turn" data-turn="{turn.number}" aria-label="{escape(name)}">'
        f'<h2 class="yj-question" dir="auto">{escape(turn.question)}</h2>{_versions(which, words)}{asked}{body}'
        f"{footer(turn, words, rating, within, last=last and not replaced, replaced=replaced)}</section>"
    )


def _versions(which: tuple[int, int], words: Words) -> str:
    """Which of how many versions this is, with the ways to the others."""
    talk, (place, count) = words.talk, which
    if count == 1:
        return ""
    note = f'<span class="yj-replaced">{escape(talk.version_replaced)}</span>' if place < count else ""
    before, after = (
        f'<button type="button" data-step="{step}" aria-label="{escape(name)}" title="{escape(name)}"'
        f'{" disabled" if end else ""}><svg viewBox="0 0 20 20" aria-hidden="true"><path d="{arrow}"/></svg></button>'
        for step, name, arrow, end in (
            (-1, talk.version_before, "M12 5l-5 5 5 5", place == 1),
            (1, talk.version_after, "M8 5l5 5-5 5", place == count),
        )
    )
    said = f"<span>{escape(talk.version.format(place, count))}</span>"
    return (
        f'<div class="yj-versions" role="group" aria-label="{escape(talk.versions)}">{before}{said}{after}{note}</div>'
    )


def _answer(answer: Answer, words: Words) -> str:
    citations = {citation.number: citation for citation in answer.citations}
    sentences = ""
    before: AnswerSentence | None = None
    for sentence in answer.sentences:
        between = parted(before, sentence).replace("\n", "<br>")
        before = sentence
        if sentence.lead:
            line = "<br>" if "\n" in led(sentence) else " "
            between += f'<strong class="yj-lead">{escape(sentence.lead)}</strong>{line}'
        own = answer.model == "extractive" and not sentence.citations  # what Yinju says itself
        said = f'<span class="yj-own">{escape(sentence.text)}</span>' if own else _sentence(sentence, citations, words)
        sentences += between + said
    likely = " yj-likely" if answer.certainty == "likely" else ""
    return f'<div class="yj-answer{likely}"><p dir="auto">{sentences}</p>{_notice(answer)}</div>'


def _sentence(sentence: AnswerSentence, citations: dict[int, Citation], words: Words) -> str:
    cited = citations.get(sentence.citations[0]) if sentence.citations else None
    text = quoted(cited) if cited and cited.quote == sentence.text else escape(sentence.text)
    marks = "".join(_mark(citations[number], words) for number in sentence.citations if number in citations)
    doubt = ""
    if sentence.verdict != "supported":
        problems = "; ".join(sentence.problems)
        said = getattr(words, sentence.verdict) + (f"：{problems}" if problems else "")
        doubt = (
            f'<span class="yj-verdict" data-verdict="{sentence.verdict}">'
            f'<span aria-hidden="true">{VERDICT_ICONS[sentence.verdict]}</span> {escape(said)}</span>'
        )
    return (
        f'<span class="yj-sentence" data-verdict="{sentence.verdict}"><span class="yj-words">{text}'
        f"</span>{marks}{doubt}</span>"
    )


def _mark(citation: Citation, words: Words) -> str:
    label = words.citation.format(number=citation.number, title=citation.title)
    return (
        f'<button type="button" class="yj-mark" data-cite="{citation.number}" data-quote="{escape(citation.quote)}" '
        f'data-from="{escape(byline(citation, words))}" aria-label="{escape(label)}">[{citation.number}]</button>'
    )


def _refusal(answer: Answer, words: Words) -> str:
    nearest = "".join(
        f'<li><button type="button" class="yj-near" data-cite="{hit.rank}"><strong>{escape(hit.passage.title)}</strong>'
        f"<span>{escape(_snippet(hit.passage.text))}</span></button></li>"
        for hit in answer.hits[:NEAREST_SHOWN]
    )
    listed = ""
    if nearest:
        listed = (
            f'<div class="yj-nearest"><h3>{escape(words.nearest)}</h3>'
            f'<p class="yj-quiet">{escape(words.nearest_hint)}</p><ul>{nearest}</ul></div>'
        )
    return f'<div class="yj-answer yj-refused"><p dir="auto">{escape(answer.text)}</p>{_notice(answer)}{listed}</div>'


def _notice(answer: Answer) -> str:
    return f'<p class="yj-notice" role="note" dir="auto">{escape(answer.notice)}</p>' if answer.notice else ""


def _snippet(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET_CHARS else line[:_SNIPPET_CHARS] + "…"
