"""An article of a law, a contract or a rule that is asked for by its number: the whole of it, and only that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from corpus import Document, Passage
from corpus.cleaning.outline import is_article_of_law
from corpus.language.lists import is_item
from corpus.language.numerals import chinese_numeral
from corpus.language.script import fold
from corpus.language.sentences import sentence_spans
from embeddings import Index, Term, lexical_tokens
from rag.answers import Hit
from rag.extractive.candidates import Candidate
from rag.retrieval.retriever import Found

__all__ = ["Article", "article_asked", "articles_of"]

_N = r"[〇零一二三四五六七八九十百千\d]{1,6}"
_NUMBER = re.compile(rf"\s*第({_N})条(之{_N})?")
_ASKED = re.compile(
    rf"第\s*{_N}\s*条(?:之{_N})?(?:的|里|中|都|里面|具体|详细|原文|全文|内容|条文|到底|究竟|主要)*"
    r"(?:[是讲说写]|规定|怎么|如何|什么|啥|内容|有哪些|[?？。]|$)|\barticle \d{1,4}(?:\W|$)"
)
_WELL_NAMED = 0.8  # of the best title's share of the question, what a document's title must have to be meant too
_FEW_SENTENCES = 12
_ROWS = 60


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a document at ``text[start:end]``; ``key`` is its number: "12", "12之1"."""

    key: str
    start: int
    end: int


def articles_of(document: Document) -> list[Article]:
    """The articles of a document in order: each from its number to the next article or the next heading."""
    text = document.text
    edges = {heading.start for heading in document.headings}
    found: list[tuple[str, int]] = []
    begun: list[int] = []
    at = 0
    for line in text.splitlines(keepends=True):
        match = _NUMBER.match(fold(line)) if is_article_of_law(line.strip()) else None
        if match:
            found.append((_key(match), at))
            begun.append(at)
        elif any(at <= edge < at + len(line) for edge in edges) and not _is_under(document, at, begun):
            begun.append(at)
        at += len(line)
    following = dict(pairwise([*begun, len(text)]))
    articles = []
    for i, (key, start) in enumerate(found):
        end = following[start]
        if i == len(found) - 1 and end == len(text):
            end = _end_of_last(text, start)
        articles.append(Article(key, start, start + len(text[start:end].rstrip())))
    return articles


def article_asked(found: Found, index: Index) -> tuple[Candidate, ...] | None:
    """The sentences of the article that a question asks for by its number; None where it asks for something else.

    Empty where the document that the question names has articles, and not this one.
    """
    question = found.query.question
    match = _ASKED.search(question.folded)
    if match is None:
        return None
    number = _NUMBER.match(re.sub(r"article (\d+)", r"第\1条", match[0]).replace(" ", ""))
    hits = [hit for hit in found.hits if hit.superseded_by is None]
    documents = {hit.passage.document_id: index.document(hit.passage.document_id) for hit in hits}
    shares = {one.id: _share(found, one) for one in documents.values()}
    held = {one.id: articles for one in documents.values() if (articles := articles_of(one))}
    if number is None or not held:
        return None
    most = max(shares[document_id] for document_id in held)
    for document_id in sorted(held, key=lambda one: -shares[one]):
        if shares[document_id] < _WELL_NAMED * most:
            break
        for article in held[document_id]:
            if article.key == _key(number):
                return _sentences(documents[document_id], article, hits, found, index)
    return ()


def _sentences(
    document: Document, article: Article, hits: list[Hit], found: Found, index: Index
) -> tuple[Candidate, ...]:
    spans = sentence_spans(document.text, article.start, article.end)
    lines = sorted({document.text.rfind("\n", 0, start) + 1 for start, _ in spans})
    if len(spans) > _FEW_SENTENCES or len(lines) == 1:  # as its lines stand
        ends = [document.text.find("\n", max(line, article.start)) for line in lines]
        spans = [
            (max(line, article.start), min(end if end >= 0 else len(document.text), article.end))
            for line, end in zip(lines, ends, strict=True)
        ]
    passages = _passages(document, found, index)
    first = next(hit for hit in hits if hit.passage.document_id == document.id)
    return tuple(
        Candidate(_hit_at(start, first, passages), document, start, end, 1.0, 1.0, 1.0, first.score, fits_kind=True)
        for start, end in spans
    )


def _passages(document: Document, found: Found, index: Index) -> list[Passage]:
    own = [hit.passage for hit in found.hits if hit.passage.document_id == document.id]
    terms = [Term(((token,),)) for token in dict.fromkeys(lexical_tokens(found.query.text))]
    rows = index.lexical(terms, _ROWS, frozenset({document.id})).rows.tolist()
    return [*own, *index.passages(rows)]


def _hit_at(start: int, first: Hit, passages: list[Passage]) -> Hit:
    passage = next((one for one in passages if one.start <= start < one.end), first.passage)
    return Hit(first.rank, first.score, passage)


def _share(found: Found, document: Document) -> float:
    """How much of the question, by weight, its title has (0 to 1)."""
    tokens = set(lexical_tokens(f"{document.title} {document.id}"))
    content = found.query.content
    total = sum(content.values())
    return sum(weight * term.share(tokens) for term, weight in content.items()) / total if total else 0.0


def _key(match: re.Match[str]) -> str:
    value = chinese_numeral(match[1])
    after = chinese_numeral(match[2][1:]) if match[2] else None
    return f"{value}之{after}" if after is not None else f"{value}"


def _is_under(document: Document, at: int, begun: list[int]) -> bool:
    """Whether a heading stands under the article that has begun, being of a lower level than it."""
    levels = {heading.start: heading.level for heading in document.headings}
    own = levels.get(begun[-1]) if begun else None
    return own is not None and levels.get(at, own) > own


def _end_of_last(text: str, start: int) -> int:
    """The end of an article with none behind it: what follows its line and items may be signatures."""
    end = text.find("\n", start)
    while end >= 0:
        after = text.find("\n", end + 1)
        line = text[end + 1 : after if after >= 0 else None].strip()
        if not is_item(line):
            return end
        end = after
    return len(text)
