"""A document's file as it was before it was cleaned, with what is cited of it marked: as text, and as a web page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from corpus import Document
from ui.web.html.evidence import Span, cut
from ui.web.html.templating import render
from ui.web.words.interface import Words

__all__ = ["WEB_POLICY", "source_text", "web_frame", "web_page"]

WEB_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""What a saved page may do: be looked at. Nothing in it runs, is sent, or is fetched from anywhere."""

_AROUND = 100_000  # characters shown on either side of the quote
_STYLES = {
    True: "background:#ffd978;color:#1b1713;box-shadow:inset 0 -2px #a0341d",
    False: "background:#fff1c9;color:#1b1713;box-shadow:inset 0 -2px #d8c9a0",
}


def source_text(document: Document, source: str, spans: Sequence[Span], active: int, words: Words) -> Markup:
    """The decoded file around the active quote, line for line."""
    changed = not _unchanged(document, source, spans)
    there = () if changed else tuple(_in_source(document, spans))
    at = next((span.start for span in there if span.number == active), 0)
    first = source.rfind("\n", 0, max(0, at - _AROUND)) + 1 if at > _AROUND else 0
    last = source.find("\n", at + _AROUND) if at + _AROUND < len(source) else -1
    last = len(source) if last < 0 else last
    return render(
        "source.html",
        changed=changed,
        before="…\n" if first else "",
        pieces=cut(source, first, last, there, active),
        after="\n…" if last < len(source) else "",
        words=words,
    )


def web_frame(address: str, document: Document, active: int, words: Words) -> Markup:
    """The frame that shows the page at this address; what is served there keeps the page from doing anything."""
    return render("web_frame.html", address=address, document=document, active=active, words=words)


def web_page(document: Document, source: str, spans: Sequence[Span], active: int) -> str:
    """The source of a saved page with the quotes in ``mark`` elements; to be served under ``WEB_POLICY`` only."""
    if not _unchanged(document, source, spans):
        return source
    named: set[int] = set()
    pieces, done = [], 0
    ordered = sorted(_in_source(document, spans), key=lambda span: (span.start, span.number != active))
    for span in ordered:
        start = max(span.start, done)
        if start >= span.end or source.rfind("<", 0, start) > source.rfind(">", 0, start):
            continue  # marked already, or inside a tag
        name = "" if span.number in named else f' id="yj-{span.number}"'
        named.add(span.number)
        style = _STYLES[span.number == active]
        pieces += [source[done:start], f'<mark{name} style="{style}">', source[start : span.end], "</mark>"]
        done = span.end
    return "".join((*pieces, source[done:]))


def _in_source(document: Document, spans: Sequence[Span]) -> Iterator[Span]:
    """The cited stretches as stretches of the source."""
    for span in spans:
        for place in document.origin.locate(span.start, span.end):
            if place.start is not None and place.end is not None and place.part is None:
                yield Span(span.number, place.start, place.end)


def _unchanged(document: Document, source: str, spans: Sequence[Span]) -> bool:
    """Whether what is cited still stands in the file where it stood when it was indexed."""
    return all(
        _same(document.text[left:right], source[place_start : place_start + right - left])
        for span in spans
        for left, right, place_start in _pairs(document, span)
    )


def _pairs(document: Document, span: Span) -> Iterator[tuple[int, int, int]]:
    """Start and end of each stretch of the text that the source has character for character, and its start there."""
    for segment in document.origin.segments:
        left, right = max(span.start, segment.start), min(span.end, segment.start + segment.length)
        place = segment.clipped(left, right)
        if (
            left < right
            and place.start is not None
            and place.end is not None
            and place.end - place.start == right - left
        ):
            yield left, right, place.start


def _same(text: str, source: str) -> bool:
    """Alike but for the kind of white space."""
    return len(text) == len(source) and all(
        a == b or (a.isspace() and b.isspace()) for a, b in zip(text, source, strict=True)
    )
