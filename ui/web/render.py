"""Turns, answers and their evidence as HTML. Pure functions: values in, a string out.

Every character that comes from a document, a model or a person passes through ``escape``. What the script acts on is
marked by ``data-`` attributes (``assets/yinju.js`` lists them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag import Answer, AnswerSentence, Citation
from rag.answers import Verdict
from ui.web.evidence import NEAREST_SHOWN, byline, cards
from ui.web.markup import escape
from ui.web.sentences import told
from ui.web.texts import Words
from ui.web.turns import Turn

__all__ = ["header", "live", "panel", "theme_switch", "thread", "welcome"]

_MARK = re.compile(r"\[(\d{1,3})\]")
_SNIPPET_CHARS = 90
_ICONS: dict[Verdict, str] = {"supported": "✓", "unsupported": "!", "unchecked": "○"}


def header(words: Words) -> str:
    """The brand at the top of the page."""
    return (
        '<div class="yj-brand"><span class="yj-logo" aria-hidden="true"></span>'
        f'<h1>引据<span lang="zh-Latn">Yinju</span></h1><p>{escape(words.tagline)}</p></div>'
    )


def theme_switch(words: Words) -> str:
    """The button for light and dark."""
    name = escape(words.theme)
    return f'<button type="button" class="yj-theme" data-theme aria-label="{name}" title="{name}"></button>'


def welcome(words: Words, documents: int, passages: int) -> str:
    """What stands there before the first question."""
    library = words.library.format(documents=f"{documents:,}", passages=f"{passages:,}")
    return (
        f'<div class="yj-welcome"><h2>{escape(words.tagline)}</h2><p>{escape(words.intro)}</p>'
        f'<p class="yj-quiet">{escape(library)}</p></div>'
    )


def thread(turns: Sequence[Turn], words: Words, conversation: str | None = None) -> str:
    """The finished turns; the script puts the conversation's id into the address."""
    kept = f' data-conversation="{escape(conversation)}"' if conversation else ""
    return f"<div{kept}>{''.join(_turn(turn, number, words) for number, turn in enumerate(turns, 1))}</div>"


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


def _turn(turn: Turn, number: int, words: Words) -> str:
    question = f'<h2 class="yj-question" dir="auto">{escape(turn.question)}</h2>'
    if turn.answer is None:
        problem = told(turn.error, words.language) if turn.error else words.unexpected
        body = (
            f'<div class="yj-answer"><p class="yj-error" role="alert"><strong>{escape(words.failed)}</strong> '
            f'<span dir="auto">{escape(problem)}</span></p></div>'
        )
    elif turn.answer.refused:
        body = _refusal(turn.answer, words)
    else:
        body = _answer(turn.answer, words)
    label = f"{words.answer} {number}"
    return f'<section class="yj-turn" data-turn="{number}" aria-label="{escape(label)}">{question}{body}</section>'


def _answer(answer: Answer, words: Words) -> str:
    citations = {citation.number: citation for citation in answer.citations}
    sentences = ""
    for sentence in answer.sentences:
        between = " " if sentences and sentence.text[:1].isascii() else ""
        sentences += between + _sentence(sentence, citations, words)
    notice = f'<p class="yj-notice" role="note" dir="auto">{escape(answer.notice)}</p>' if answer.notice else ""
    return (
        f'<div class="yj-answer"><p dir="auto">{sentences}</p>{notice}</div>'
        f"{_footer(answer, words)}{_store(cards(answer, words))}"
    )


def _sentence(sentence: AnswerSentence, citations: dict[int, Citation], words: Words) -> str:
    marks = "".join(_mark(citations[number], words) for number in sentence.citations if number in citations)
    doubt = ""
    if sentence.verdict != "supported":
        problems = "; ".join(sentence.problems)
        said = getattr(words, sentence.verdict) + (f"：{problems}" if problems else "")
        doubt = (
            f'<span class="yj-verdict" data-verdict="{sentence.verdict}">'
            f'<span aria-hidden="true">{_ICONS[sentence.verdict]}</span> {escape(said)}</span>'
        )
    return (
        f'<span class="yj-sentence" data-verdict="{sentence.verdict}"><span class="yj-words">{escape(sentence.text)}'
        f"</span>{marks}{doubt}</span>"
    )


def _mark(citation: Citation, words: Words) -> str:
    label = words.citation.format(number=citation.number, title=citation.title)
    return (
        f'<button type="button" class="yj-mark" data-cite="{citation.number}" data-quote="{escape(citation.quote)}" '
        f'data-from="{escape(byline(citation, words))}" aria-label="{escape(label)}">[{citation.number}]</button>'
    )


def _footer(answer: Answer, words: Words) -> str:
    counts = Counter(sentence.verdict for sentence in answer.sentences)
    verdicts = "".join(
        f'<span class="yj-count" data-verdict="{verdict}"><span aria-hidden="true">{icon}</span> '
        f"{escape(getattr(words, verdict))} {escape(words.sentences.format(counts[verdict]))}</span>"
        for verdict, icon in _ICONS.items()
        if counts[verdict]
    )
    shown = words.evidence_count.format(len(answer.citations))
    button = f'<button type="button" class="yj-open" data-open>{escape(shown)}</button>' if answer.citations else ""
    made = f'<span class="yj-quiet">{escape(_made(answer, words))}</span>'
    return f'<footer class="yj-footer">{verdicts}{made}{button}</footer>'


def _made(answer: Answer, words: Words) -> str:
    seconds = sum(answer.timings_ms.values()) / 1000
    how = words.extractive if answer.model == "extractive" else words.model.format(answer.model)
    return f"{how} · {words.seconds.format(f'{seconds:.2f}' if seconds < 1 else f'{seconds:.1f}')}"


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
    return (
        f'<div class="yj-answer yj-refused"><p dir="auto">{escape(answer.text)}</p>{listed}</div>'
        f"{_store(cards(answer, words))}"
    )


def _store(cards: str) -> str:
    """Evidence kept with its turn; the script shows a copy of it in the panel."""
    return f'<div class="yj-store" hidden>{cards}</div>'


def _snippet(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET_CHARS else line[:_SNIPPET_CHARS] + "…"
