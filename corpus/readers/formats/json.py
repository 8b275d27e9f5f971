"""Articles in JSON: one object, a list of them, or one a line; any other JSON as its names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import PurePath

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.decoding import decode_document
from corpus.cleaning.metadata import find_date
from corpus.cleaning.positioned_json import BrokenJSON, Span, Value, parse_json, traced_string
from corpus.cleaning.traced import Traced, concat, through
from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.language.script import HAN
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.formats.html import clean_page
from corpus.readers.formats.text import clean_text
from corpus.tables import BETWEEN_CELLS

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".json", ".jsonl", ".ndjson")

_TEXTS = ("text", "content", "body", "article", "articlebody", "正文", "内容", "maintext", "contents", "html")
_TITLES = ("title", "headline", "标题", "name", "题目")
_SOURCES = ("source", "publisher", "来源", "site", "media", "site_name")
_AUTHORS = ("author", "authors", "byline", "作者", "记者")
_DATES = (
    "published",
    "date",
    "publish_date",
    "pubdate",
    "datepublished",
    "发布时间",
    "发布日期",
    "日期",
    "publish_time",
    "published_at",
    "publishedat",
    "publishtime",
    "pub_time",
    "time",
    "timestamp",
    "created_at",
    "ctime",
)
_URLS = ("url", "link", "网址", "链接")
_IDS = ("id", "_id", "docid", "doc_id")
_NUMBERS = ("文号", "发文字号", "document_number", "doc_number")
_DEEPEST_WRAPPER = 3
_LISTS = (
    "list",
    "records",
    "rows",
    "hits",
    "content",
    "articles",
    "documents",
    "items",
    "data",
    "docs",
    "results",
    "news",
    "entries",
)
_ID = re.compile(rf"[\w{HAN}][\w{HAN}.\-]{{0,80}}$")
_MARKUP = re.compile(r"<(?:p|div|br|html|body|table|span)\b[^>]{0,200}>", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:p|div|body|html|table|span|li|ul)>\s*$", re.IGNORECASE)
_CHINA = timezone(timedelta(hours=8))
_MOST_VALUES = 200_000


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The documents in a JSON file. Several have ids below the file's: their own "id" where it can be one, or a number.

    Raises:
        UnreadableDocument: the bytes are not JSON, or hold no text.
    """
    decoded = decode_document(data, document_id, limits)
    raw = decoded.text
    values = list(_values(raw, document_id))
    articles = list(_articles(values))
    if not articles:
        yield replace(_plain(raw, values, document_id), damaged_bytes=decoded.damaged_bytes)
        return
    several = len(articles) > 1
    seen: set[str] = set()
    problems: list[Skipped] = []
    for number, article in enumerate(articles, 1):
        name = f"{document_id}/{_name(raw, article, number, seen)}" if several else document_id
        try:
            yield replace(_document(raw, article, name), damaged_bytes=0 if several else decoded.damaged_bytes)
        except UnreadableDocument as exc:
            if not several:
                raise
            problems.append(Skipped(name, exc.problem))
    if len(problems) == len(articles):
        raise UnreadableDocument(DocumentMessage.EMPTY_ARTICLES, file=document_id, articles=len(articles))
    yield from problems


def _values(raw: str, document_id: str) -> Iterator[Value]:
    """The values in the file, one after another; lines of JSON are several."""
    position = len(raw) - len(raw.lstrip("\ufeff \t\r\n"))
    if position == len(raw):
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    while position < len(raw):
        try:
            value, position = parse_json(raw, position)
        except BrokenJSON as exc:
            raise UnreadableDocument(DocumentMessage.JSON_BROKEN, file=document_id, reason=exc) from exc
        yield value
        while position < len(raw) and raw[position] in " \t\r\n,":
            position += 1


def _articles(values: list[Value]) -> Iterator[dict[str, Value]]:
    for value in values:
        found = value
        if isinstance(value, dict):
            found = value if _field_of(value, _TEXTS) is not None else _listed(value)
        for item in found if isinstance(found, list) else [found]:
            if isinstance(item, dict) and _field_of(item, _TEXTS) is not None:
                yield item


def _listed(value: dict[str, Value], depth: int = 0) -> Value:
    """The list of articles in what wraps it: {"data": {"list": [...]}}; the value itself if there is none."""
    lower = {key.lower(): inner for key, inner in value.items()}
    found = next((lower[name] for name in _LISTS if isinstance(lower.get(name), list)), None)
    if found is not None or depth == _DEEPEST_WRAPPER:
        return found if found is not None else value
    for inner in lower.values():
        if isinstance(inner, dict):
            below = _listed(inner, depth + 1)
            if isinstance(below, list) or _field_of(inner, _TEXTS) is not None:
                return below
    return value


def _field_of(article: dict[str, Value], names: tuple[str, ...]) -> Value | None:
    lower = {key.lower(): value for key, value in article.items()}
    return next((lower[name] for name in names if isinstance(lower.get(name), Span | list)), None)


def _string(raw: str, article: dict[str, Value], names: tuple[str, ...]) -> str | None:
    value = _field_of(article, names)
    if isinstance(value, list):
        texts = [traced_string(raw, item).text for item in value[:20] if isinstance(item, Span)]
        return "、".join(texts) or None
    if isinstance(value, Span) and raw[value[0]] == '"':
        return " ".join(traced_string(raw, value).text.split()) or None
    return None


def _moment(raw: str, article: dict[str, Value]) -> str | None:
    """The day of a time in seconds or milliseconds since 1970, in China."""
    value = _field_of(article, _DATES)
    if not isinstance(value, Span) or not (digits := raw[value[0] : value[1]]).isdigit():
        return None
    if len(digits) not in (10, 13):
        return None
    return datetime.fromtimestamp(int(digits[:10]), _CHINA).date().isoformat()


def _name(raw: str, article: dict[str, Value], number: int, seen: set[str]) -> str:
    value = _field_of(article, _IDS)
    own = traced_string(raw, value).text if isinstance(value, Span) else ""
    name = own if _ID.match(own) and own not in seen else str(number)
    while name in seen:
        name += "-2"
    seen.add(name)
    return name


def _document(raw: str, article: dict[str, Value], document_id: str) -> Document:
    value = _field_of(article, _TEXTS)
    spans = [value] if isinstance(value, Span) else [item for item in value or () if isinstance(item, Span)]
    pieces: list[Traced | str] = []
    for span in spans:
        if raw[span[0]] == '"':
            pieces += ["\n", traced_string(raw, span)] if pieces else [traced_string(raw, span)]
    body = concat(pieces)
    if not body.text.strip():
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    clean = (
        clean_page if len(_MARKUP.findall(body.text[:20_000])) > 1 or _CLOSED.search(body.text[-40:]) else clean_text
    )
    document = clean(body.text, document_id)
    published = _string(raw, article, _DATES) or _moment(raw, article)
    return replace(
        document,
        origin=through(document.origin, body),
        title=_string(raw, article, _TITLES) or document.title,
        source=_string(raw, article, _SOURCES) or document.source,
        author=_string(raw, article, _AUTHORS) or document.author,
        published=find_date(published or "") or document.published,
        url=_string(raw, article, _URLS) or document.url,
        number=_string(raw, article, _NUMBERS) or document.number,
    )


def _plain(raw: str, values: list[Value], document_id: str) -> Document:
    """JSON that is no article: one line an object that holds values, "name：value" as in the row of a table."""
    parts: list[Part] = []
    waiting: list[tuple[str, Value]] = [("", value) for value in reversed(values)]
    budget = _MOST_VALUES
    while waiting and budget:
        name, value = waiting.pop()
        budget -= 1
        if isinstance(value, Span):
            parts += [Part(line) for line in traced_string(raw, value).lines()]
        elif isinstance(value, list):
            waiting += [(name, item) for item in reversed(value)]
        else:
            cells: list[Traced | str] = []
            for key, inner in value.items():
                if isinstance(inner, Span):
                    shown = _one_line(traced_string(raw, inner))
                    cells += [BETWEEN_CELLS] if cells else []
                    cells += [f"{key}: " if key.isascii() else f"{key}：", shown]
            if cells:
                parts.append(Part(concat(cells)))
            waiting += [(key, inner) for key, inner in reversed(value.items()) if not isinstance(inner, Span)]
    text, origin, headings, tables = assemble(parts)
    if not text.strip():
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    return Document(
        id=document_id, text=text, title=PurePath(document_id).stem, origin=origin, headings=headings, tables=tables
    )


def _one_line(text: Traced) -> Traced:
    pieces: list[Traced | str] = []
    for line in text.lines():
        pieces += [" ", line] if pieces else [line]
    return concat(pieces)
