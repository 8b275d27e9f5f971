"""The library as HTML: a table of documents, what became of added files, the state of the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from corpus import Problem
from embeddings import Manifest, Progress
from ui.web.html.templating import render
from ui.web.store.library_service import Book, Outcome
from ui.web.words.errors import told
from ui.web.words.interface import Words

__all__ = ["Order", "catalogue", "index_state", "outcomes", "selected"]

Order = Literal["title", "date", "passages"]

_MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class _Row:
    """What ``catalogue.html`` lays out of a book; ``icon`` and ``said`` tell its state."""

    book: Book
    publisher: str
    passages: str
    state: str
    icon: str
    said: str


def selected(books: Sequence[Book], query: str, order: Order) -> list[Book]:
    """The books that a query names, in an order; what is not in the index yet comes first."""
    wanted = query.casefold().split()
    found = [book for book in books if all(word in _searched(book) for word in wanted)]
    if order == "title":
        found.sort(key=lambda book: book.title.casefold())
    elif order == "date":
        found.sort(key=lambda book: book.published or "", reverse=True)
    else:
        found.sort(key=lambda book: book.passages or 0, reverse=True)
    return sorted(found, key=lambda book: book.passages is not None)


def catalogue(books: Sequence[Book], words: Words) -> Markup:
    """The table; its buttons carry the file to remove in ``data-remove``."""
    more = len(books) - _MOST_ROWS
    return render(
        "catalogue.html",
        rows=[_row(book, words) for book in books[:_MOST_ROWS]],
        more=words.library.more.format(f"{more:,}") if more > 0 else "",
        words=words.library,
    )


def outcomes(added: Sequence[Outcome], words: Words, of: int | None = None) -> Markup:
    """A line for each added file; ``of`` is how many there will be, while not all have been read."""
    waited = of is not None and len(added) < of
    return render(
        "outcomes.html",
        lines=[(one.name, told(one.problem, words.language) if one.problem else "") for one in added],
        adding=words.library.adding.format(done=len(added), total=of) if waited else "",
        words=words.library,
    )


def index_state(manifest: Manifest, progress: Progress | None, error: Problem | None, words: Words) -> Markup:
    """What the index holds, how far a rebuild has come, or why one failed."""
    if progress is not None:
        text = words.library.rebuilding.format(done=f"{progress.done:,}", total=f"{progress.total:,}")
    elif error:
        text = told(error, words.language)
    else:
        text = words.library.up_to_date.format(documents=f"{manifest.documents:,}", passages=f"{manifest.passages:,}")
    return render("index_state.html", text=text, progress=progress)


def _searched(book: Book) -> str:
    return f"{book.title} {book.source or ''} {book.author or ''} {book.number or ''} {book.id}".casefold()


def _told(problems: Sequence[Problem], words: Words) -> str:
    return " ".join(told(problem, words.language) for problem in problems)


def _row(book: Book, words: Words) -> _Row:
    if book.passages is not None and book.problems:
        state, icon, said = "partly", "!", f"{words.library.ready}；{_told(book.problems, words)}"
    elif book.passages is not None:
        state, icon, said = "ready", "✓", words.library.ready
    elif book.problems:
        state, icon, said = "skipped", "!", f"{words.library.skipped}：{_told(book.problems, words)}"
    else:
        state, icon, said = "waiting", "○", words.library.waiting
    publisher = " · ".join(filter(None, (book.source, book.author)))
    passages = "" if book.passages is None else f"{book.passages:,}"
    return _Row(book, publisher, passages, state, icon, said)
