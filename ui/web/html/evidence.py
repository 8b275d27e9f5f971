"""Evidence as HTML: cards of cited passages, and a whole document with its cited sentences marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from corpus import Document, language_of
from corpus.language.script import has_han
from rag import Answer, Citation, Hit
from rag.question.question import Question
from ui.web.html.templating import render
from ui.web.words.interface import Words

__all__ = ["NEAREST_SHOWN", "Piece", "Span", "byline", "cards", "cut", "quoted", "reader", "text"]

NEAREST_SHOWN = 3
"""How many passages a refusal shows."""

Piece = tuple[str, str, int]
"""A piece of a text, how it is marked if it is cited, and the number of the citation that it is shown as part of."""


@dataclass(frozen=True, slots=True)
class Span:
    """A cited stretch of a document's text, by the number it is cited as."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Card:
    """What ``cards.html`` lays out: a passage, the ``quote`` in it as (before, key, after).

    ``glossed``: what its words mean can be looked up.
    """

    number: int
    document_id: str
    start: int
    end: int
    title: str
    under: str
    before: str = ""
    quote: tuple[str, str, str] | None = None
    after: str = ""
    url: str | None = None
    elsewhere: tuple[str, ...] = ()
    glossed: bool = False


def cards(answer: Answer, words: Words) -> Markup:
    """The cards of an answer's evidence; of a refusal, the passages that come closest."""
    found = {hit.passage.id: hit for hit in answer.hits}
    foreign = _asked_in_other_than_chinese(answer)
    cited = [_citation(one, found.get(one.passage_id), words, foreign=foreign) for one in answer.citations]
    nearest = [] if cited else [_nearest(hit, words) for hit in answer.hits[:NEAREST_SHOWN]]
    return render("cards.html", heading=words.nearest if nearest else "", cards=cited or nearest, words=words)


def byline(citation: Citation | Document, words: Words) -> str:
    """Source, date and page in one line."""
    page = citation.page if isinstance(citation, Citation) else None
    parts = (citation.source, citation.published or words.no_date, page and words.page.format(page))
    return " · ".join(part for part in parts if part)


def reader(
    document: Document,
    spans: Sequence[Span],
    active: int,
    words: Words,
    *,
    body: Markup | None = None,
    tools: Markup | None = None,
) -> Markup:
    """A document under its heads: who published it, its citations, and ``tools``; ``body`` is its text by default."""
    return render(
        "reader.html",
        document=document,
        byline=byline(document, words),
        numbers=list(dict.fromkeys(span.number for span in spans)) if len(spans) > 1 else (),
        active=active,
        body=text(document, spans, active) if body is None else body,
        tools=tools or "",
        words=words,
    )


def text(document: Document, spans: Sequence[Span], active: int) -> Markup:
    """A document's text from its first line to its last; the active citation stands out, the others are fainter."""
    headings = {heading.start for heading in document.headings}
    lines = (("h4" if start in headings else "p", pieces) for start, pieces in _lines(document.text, spans, active))
    return render("document.html", lines=lines)


def _lines(text: str, spans: Sequence[Span], active: int) -> Iterator[tuple[int, list[Piece]]]:
    """Each line that is not empty, in pieces, with its offset."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, cut(text, start, start + len(line), spans, active)
        start += len(line) + 1


def cut(text: str, start: int, end: int, spans: Sequence[Span], active: int) -> list[Piece]:
    """``text[start:end]`` in pieces, the active citation marked strongest; where two overlap, it shows."""
    here = [span for span in spans if span.start < end and span.end > start]
    if not here:
        return [(text[start:end], "", 0)]
    cuts = sorted({start, end, *(min(max(cut, start), end) for span in here for cut in (span.start, span.end))})
    pieces: list[Piece] = []
    for left, right in pairwise(cuts):
        over = [span.number for span in here if span.start <= left and right <= span.end]
        number = active if active in over else over[0] if over else 0
        kind = ("yj-quote" if number == active else "yj-quote-other") if over else ""
        pieces.append((text[left:right], kind, number))
    return pieces


def quoted(citation: Citation) -> Markup:
    """A citation's quote, the words that answer made strong."""
    before, key, after = _parts(citation)
    return render("quote.html", before=before, key=key, after=after)


def _parts(citation: Citation) -> tuple[str, str, str]:
    """Before the words that answer, those words, and after them."""
    if citation.key is None:
        return citation.quote, "", ""
    left, right = (place - citation.start for place in citation.key)
    return citation.quote[:left], citation.quote[left:right], citation.quote[right:]


def _asked_in_other_than_chinese(answer: Answer) -> bool:
    """A question without words ("2020?") was completed in the language of those before it."""
    return Question.of(answer.question, [("user", answer.search_question)]).language == "en"


def _is_chinese(quote: str) -> bool:
    """Whether there are Chinese words in it; Japanese and Korean have some of the characters."""
    return has_han(quote) and language_of(quote) not in {"ja", "ko"}


def _citation(citation: Citation, hit: Hit | None, words: Words, *, foreign: bool) -> _Card:
    before = after = ""
    headings: tuple[str, ...] = ()
    if hit is not None:
        passage, headings = hit.passage, hit.passage.headings
        before = passage.text[: max(0, citation.start - passage.start)]
        after = passage.text[max(0, citation.end - passage.start) :]
    return _Card(
        number=citation.number,
        document_id=citation.document_id,
        start=citation.start,
        end=citation.end,
        title=citation.title,
        under=" · ".join(part for part in (byline(citation, words), " › ".join(headings)) if part),
        before=before,
        quote=_parts(citation),
        after=after,
        url=citation.url if citation.url and citation.url.startswith(("https://", "http://")) else None,
        elsewhere=_elsewhere(hit, words) if hit else (),
        glossed=foreign and _is_chinese(citation.quote),
    )


def _nearest(hit: Hit, words: Words) -> _Card:
    passage = hit.passage
    return _Card(
        number=hit.rank,
        document_id=passage.document_id,
        start=passage.start,
        end=passage.end,
        title=passage.title,
        under=" › ".join(passage.headings),
        before=passage.text,
        elsewhere=_elsewhere(hit, words),
    )


def _elsewhere(hit: Hit, words: Words) -> tuple[str, ...]:
    """Which documents say the same, and which is a newer edition of this one."""
    lines = []
    if hit.copies:
        named = dict.fromkeys(f"{copy.title} ({copy.document_id})" for copy in hit.copies)
        lines.append(words.also_in.format("; ".join(named)))
    if hit.superseded_by:
        lines.append(words.newer_edition.format(hit.superseded_by))
    return tuple(lines)
