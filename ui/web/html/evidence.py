"""Evidence as HTML: cards of cited passages, and a whole document with its cited sentences marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import Document
from rag import Answer, Citation, Hit
from ui.web.html.escaping import escape
from ui.web.words.interface import Words

__all__ = ["NEAREST_SHOWN", "Span", "byline", "cards", "marked", "quoted", "reader", "text"]

NEAREST_SHOWN = 3
"""How many passages a refusal shows."""


@dataclass(frozen=True, slots=True)
class Span:
    """A cited stretch of a document's text, by the number it is cited as."""

    number: int
    start: int
    end: int


def cards(answer: Answer, words: Words) -> str:
    """The cards of an answer's evidence; of a refusal, the passages that come closest."""
    if answer.citations:
        found = {hit.passage.id: hit for hit in answer.hits}
        return "".join(_citation(citation, found.get(citation.passage_id), words) for citation in answer.citations)
    nearest = "".join(_nearest(hit, words) for hit in answer.hits[:NEAREST_SHOWN])
    return f'<h3 class="yj-list-title">{escape(words.nearest)}</h3>{nearest}' if nearest else ""


def byline(citation: Citation | Document, words: Words) -> str:
    """Source, date and page in one line."""
    page = citation.page if isinstance(citation, Citation) else None
    parts = (citation.source, citation.published or words.no_date, page and words.page.format(page))
    return " · ".join(part for part in parts if part)


def reader(
    document: Document, spans: Sequence[Span], active: int, words: Words, *, body: str | None = None, tools: str = ""
) -> str:
    """A document under its heads: who published it, its citations, and ``tools``; ``body`` is its text by default."""
    numbers = [span.number for span in spans]
    chips = "".join(
        f'<button type="button" class="yj-chip" data-jump="{number}"{_current(number == active)} '
        f'aria-label="{escape(words.citation.format(number=number, title=document.title))}">{number}</button>'
        for number in dict.fromkeys(numbers)
        if len(numbers) > 1
    )
    under = f'{escape(byline(document, words))} · <span dir="auto">{escape(document.id)}</span>'
    return (
        f'<article class="yj-reader"><header><nav aria-label="{escape(words.evidence)}">'
        f'<button type="button" data-back>‹ {escape(words.back)}</button>{chips}</nav>'
        f'<h3 dir="auto">{escape(document.title)}</h3><p>{under}</p>{tools}</header>'
        f"{text(document, spans, active) if body is None else body}</article>"
    )


def text(document: Document, spans: Sequence[Span], active: int) -> str:
    """A document's text from its first line to its last; the active citation stands out, the others are fainter."""
    headings = {heading.start for heading in document.headings}
    body = "".join(
        f"<h4>{line}</h4>" if start in headings else f"<p>{line}</p>"
        for start, line in _lines(document.text, spans, active)
    )
    return f'<div class="yj-document" dir="auto">{body}</div>'


def _lines(text: str, spans: Sequence[Span], active: int) -> Iterator[tuple[int, str]]:
    """Each line that is not empty, as HTML, with its offset."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, marked(text, start, start + len(line), spans, active)
        start += len(line) + 1


def marked(text: str, start: int, end: int, spans: Sequence[Span], active: int) -> str:
    """``text[start:end]`` with what is cited in it in ``mark`` elements; where two overlap, the active one shows."""
    here = [span for span in spans if span.start < end and span.end > start]
    cuts = sorted({start, end, *(min(max(cut, start), end) for span in here for cut in (span.start, span.end))})
    pieces = []
    for left, right in pairwise(cuts):
        over = [span.number for span in here if span.start <= left and right <= span.end]
        piece = escape(text[left:right])
        if over:
            number = active if active in over else over[0]
            kind = "yj-quote" if number == active else "yj-quote-other"
            piece = f'<mark class="{kind}" data-span="{number}">{piece}</mark>'
        pieces.append(piece)
    return "".join(pieces)


def _citation(citation: Citation, hit: Hit | None, words: Words) -> str:
    before = after = ""
    headings: tuple[str, ...] = ()
    if hit is not None:
        passage, headings = hit.passage, hit.passage.headings
        before = passage.text[: max(0, citation.start - passage.start)]
        after = passage.text[max(0, citation.end - passage.start) :]
    text = f'{escape(before)}<mark class="yj-quote">{quoted(citation)}</mark>{escape(after)}'
    under = " · ".join(part for part in (byline(citation, words), " › ".join(headings)) if part)
    span = Span(citation.number, citation.start, citation.end)
    return _card(span, citation.document_id, (citation.title, under), text, words, url=citation.url, hit=hit)


def quoted(citation: Citation) -> str:
    """A citation's quote, the words that answer made strong."""
    if citation.key is None:
        return escape(citation.quote)
    left, right = (place - citation.start for place in citation.key)
    before, key, after = (
        escape(part) for part in (citation.quote[:left], citation.quote[left:right], citation.quote[right:])
    )
    return f'{before}<strong class="yj-key">{key}</strong>{after}'


def _nearest(hit: Hit, words: Words) -> str:
    passage = hit.passage
    span = Span(hit.rank, passage.start, passage.end)
    under = " › ".join(passage.headings)
    return _card(span, passage.document_id, (passage.title, under), escape(passage.text), words, hit=hit)


def _elsewhere(hit: Hit, words: Words) -> str:
    """Which documents say the same, and which is a newer edition of this one."""
    lines = []
    if hit.copies:
        named = dict.fromkeys(f"{copy.title} ({copy.document_id})" for copy in hit.copies)
        lines.append(words.also_in.format("; ".join(named)))
    if hit.superseded_by:
        lines.append(words.newer_edition.format(hit.superseded_by))
    return "".join(f'<p class="yj-elsewhere" dir="auto">{escape(line)}</p>' for line in lines)


def _card(
    span: Span,
    document_id: str,
    heads: tuple[str, str],
    text: str,
    words: Words,
    *,
    hit: Hit | None,
    url: str | None = None,
) -> str:
    title, under = heads
    link = ""
    if url and re.match(r"https?://", url):
        link = f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(words.original)}</a>'
    return (
        f'<article class="yj-card" data-card="{span.number}" data-document="{escape(document_id)}" '
        f'data-start="{span.start}" data-end="{span.end}" tabindex="-1">'
        f'<header><span class="yj-number">{span.number}</span><h3 dir="auto">{escape(title)}</h3>'
        f"<p>{escape(under)}</p></header>"
        f'<blockquote class="yj-passage" dir="auto">{text}</blockquote>{_elsewhere(hit, words) if hit else ""}'
        f'<footer><button type="button" data-read>{escape(words.read_document)}</button>{link}</footer></article>'
    )


def _current(yes: bool) -> str:
    return ' aria-current="true"' if yes else ""
