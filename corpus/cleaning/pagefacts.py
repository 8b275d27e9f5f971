"""Title, source, author, date and address of a web page, from its head, its JSON-LD and its visible lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from corpus.cleaning.blocks import PageLine, text_of
from corpus.cleaning.claims import somebody
from corpus.cleaning.dated import dates_in
from corpus.cleaning.labels import facts_of, labelled_in
from corpus.cleaning.markup import Element, Run
from corpus.cleaning.metadata import Metadata, find_date
from corpus.cleaning.positioned_json import BrokenJSON, Span, parse_json, traced_string
from corpus.cleaning.traced import Traced
from corpus.language.script import squashed

__all__ = ["page_facts", "page_title", "structured_body"]

_META = {
    "title": ("og:title", "articletitle", "twitter:title"),
    "source": ("contentsource", "source", "mediaid", "og:site_name", "sitename", "application-name"),
    "author": ("author", "article:author", "contenteditor"),
    "published": (
        "article:published_time", "og:published_time", "pubdate", "publishdate", "publish_date", "datepublished",
        "og:release_date", "publication_date", "date", "dc.date", "weibo: article:create_at",
    ),
    "url": ("og:url", "twitter:url"),
}  # fmt: skip
_SEPARATOR = re.compile(r"\s*(?:[_|｜]|-{1,2}|—+|–|·|»|>>|::)\s*")
_ADDRESS_DATE = re.compile(r"[/_](20\d{2})[-/]?([01]\d)[-/]?([0-3]\d)(?!\d)")
_PLACE_TITLE = re.compile(r"^(?:首页|正文|详情|新闻|index|home|untitled|无标题文档)$", re.IGNORECASE)
_HEADER_LINES = 12
_FIRST_LINES = 8
_SENT = 'var ct = "'
_CHINA = timezone(timedelta(hours=8))
_LONGEST_TITLE = 100
_LONGEST_AUTHOR = 40
_LONGEST_STATED = 160
_LONGEST_DATE = 30
_MARKED = frozenset(("b", "strong", "center", "big"))
_MOST_JSON_CHARS = 1_000_000


def page_facts(raw: str, root: Element, lines: Sequence[PageLine], first: int, last: int) -> Metadata:
    """What a page tells of its article, which is ``lines[first:last]``; the visible lines before the machine's."""
    stated = _stated(lines, first, last)
    meta = Metadata(**{key: _meta(root, names) for key, names in _META.items()})
    structured = _structured(raw, root)
    crawled = _crawl_header(root)
    url = next(
        filter(None, map(_address, (meta.url, _canonical(root), structured.url, crawled.get("id")))),
        None,
    )
    title = page_title(raw, root, lines, first, meta.title or structured.title)
    published = next(
        filter(
            None,
            (
                stated.published,
                structured.published,
                find_date(meta.published or ""),
                _date_in_script(raw),
                _date_in_address(url),
            ),
        ),
        None,
    )
    author = stated.author or structured.author or meta.author
    return Metadata(
        title=title,
        source=stated.source or structured.source or meta.source,
        author=somebody(author) if author and len(author) <= _LONGEST_AUTHOR else None,
        published=published,
        url=url,
    )


def page_title(
    raw: str, root: Element, lines: Sequence[PageLine], first: int, declared: str | None = None
) -> str | None:
    """The headline: the visible line that the page's title repeats, else what stands as one above the article."""
    named = next((element for element in root.elements() if element.tag == "title"), None)
    window = _squeezed(text_of(raw, named).text) if named is not None else ""
    window = window or _squeezed(_crawl_header(root).get("title", ""))
    whole = squashed(f"{window} {declared or ''}")
    above = [
        line
        for line in lines[: first + 3]
        if 4 <= len(line.text) <= _LONGEST_TITLE and (line.level or line.link_chars < len(line.text) / 2)
    ]
    repeated = [line.text for line in above if len(squashed(line.text)) >= 4 and squashed(line.text) in whole]
    if repeated:
        return max(repeated, key=len)
    if declared and declared.strip():
        return _squeezed(declared)
    parts = [part for part in _SEPARATOR.split(window) if len(squashed(part)) >= 4 and not _PLACE_TITLE.match(part)]
    near = [line for line in lines[max(0, first - 4) : first + 2] if line in above and _stands_as_title(line)]
    if near and (len(parts) != 1 or len(squashed(parts[0])) < 12):
        return next((line.text for line in near if line.level), near[0].text)
    return parts[0] if parts else window or None


def _stands_as_title(line: PageLine) -> bool:
    text = line.text
    marked = line.level or any(
        element.tag in _MARKED or element.attributes.get("align") == "center" for element in line.path[-3:]
    )
    return (
        bool(marked)
        and 6 <= len(text) <= 50
        and find_date(text) is None
        and not any(one.fact for one in labelled_in(text))
        and text[-1] not in "。，；："
    )


def _canonical(root: Element) -> str | None:
    return next(
        (
            element.attributes.get("href")
            for element in root.elements()
            if element.tag == "link" and element.attributes.get("rel", "").lower() == "canonical"
        ),
        None,
    )


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _meta(root: Element, names: Sequence[str]) -> str | None:
    found: dict[str, str] = {}
    for element in root.elements():
        if element.tag == "meta":
            name = element.attributes.get("property") or element.attributes.get("name") or ""
            content = _squeezed(element.attributes.get("content", ""))
            if content and len(content) <= 300:
                found.setdefault(name.strip().lower(), content)
    return next((found[name] for name in names if name in found), None)


def _structured(raw: str, root: Element) -> Metadata:
    for element in root.elements():
        if element.tag == "script" and element.attributes.get("type", "").lower() == "application/ld+json":
            for run in element.children:
                if isinstance(run, Run) and run.end - run.start <= _MOST_JSON_CHARS:
                    for value in _articles(raw[run.start : run.end]):
                        return Metadata(
                            title=_text(value.get("headline")),
                            source=_text(value.get("publisher")),
                            author=_text(value.get("author")),
                            published=find_date(_text(value.get("datePublished")) or ""),
                            url=_address(_text(value.get("url"))),
                        )
    return Metadata()


def structured_body(raw: str, root: Element, part: str | None = None) -> Iterator[Traced]:
    """The lines of the article that a page carries in its JSON-LD, for a script to show."""
    for element in root.elements():
        if element.tag != "script" or element.attributes.get("type", "").lower() != "application/ld+json":
            continue
        for run in element.children:
            if not isinstance(run, Run) or run.end - run.start > _MOST_JSON_CHARS:
                continue
            start = run.start + len(raw[run.start : run.end]) - len(raw[run.start : run.end].lstrip())
            try:
                waiting: list[Any] = [parse_json(raw, start)[0]]
            except (BrokenJSON, IndexError):
                continue
            while waiting:
                value = waiting.pop()
                if isinstance(value, list):
                    waiting += value[:100]
                elif isinstance(value, dict):
                    body = value.get("articleBody")
                    if isinstance(body, Span) and raw[body[0]] == '"':
                        found = traced_string(raw, body)
                        segments = (replace(s, place=replace(s.place, part=part)) for s in found.segments)
                        yield from Traced(found.text, tuple(segments)).lines()
                        return
                    waiting += [inner for inner in value.values() if isinstance(inner, list | dict)]


def _articles(text: str) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value[:100]
        elif isinstance(value, dict):
            if "headline" in value or "datePublished" in value:
                yield value
            elif isinstance(value.get("@graph"), list):
                waiting += value["@graph"][:100]


def _text(value: object) -> str | None:
    if isinstance(value, list):
        return "、".join(filter(None, map(_text, value[:8]))) or None
    if isinstance(value, dict):
        return _text(value.get("name"))
    return _squeezed(value)[:300] or None if isinstance(value, str) else None


def _stated(lines: Sequence[PageLine], first: int, last: int) -> Metadata:
    """Lines of facts stand right above the article or its first lines, or below it."""
    near = [
        *lines[max(0, first - _HEADER_LINES) : min(first + _FIRST_LINES, last)][::-1],
        *lines[max(first, last - 3) : last + 4],
    ]
    texts = [line.text for line in near if len(line.text) <= _LONGEST_STATED and "。" not in line.text]
    facts = facts_of([one for text in texts for one in labelled_in(text)])
    return facts.or_else(Metadata(published=next(filter(None, map(_date_of_article, texts)), None)))


def _date_of_article(text: str) -> str | None:
    """The day of a short line, or of one that tells the time too."""
    day = next((date for date in dates_in(text) if len(date) == 10), None) if "，" not in text else None
    return day if len(text) <= _LONGEST_DATE or ":" in text else None


def _date_in_script(raw: str) -> str | None:
    """The day on which WeChat says that an article was sent, in seconds: its page shows it by a script only."""
    _, found, after = raw.partition(_SENT)
    seconds = after[:10]
    if not found or not seconds.isdigit() or after[10:11] not in ('"', "'"):
        return None
    return datetime.fromtimestamp(int(seconds), tz=_CHINA).date().isoformat()


def _date_in_address(address: str | None) -> str | None:
    match = _ADDRESS_DATE.search(address or "")
    return find_date("-".join(match.groups())) if match else None


def _crawl_header(root: Element) -> dict[str, str]:
    """Pages of the Sogou crawl stand in an element whose attributes tell their address and title."""
    return next((child.attributes for child in root.children if isinstance(child, Element) and child.tag == "text"), {})


def _address(value: str | None) -> str | None:
    return value if value and re.match(r"https?://\S+$", value) else None
