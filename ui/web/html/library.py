"""The library as HTML: a table of documents, what became of added files, the state of the index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from corpus import Problem
from embeddings import Manifest, Progress
from ui.web.html.escaping import escape
from ui.web.store.library_service import Book, Outcome
from ui.web.words.errors import told
from ui.web.words.interface import Words

__all__ = ["Order", "catalogue", "index_state", "outcomes", "selected"]

Order = Literal["title", "date", "passages"]

_MOST_ROWS = 300


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


def catalogue(books: Sequence[Book], words: Words) -> str:
    """The table; its buttons carry the file to remove in ``data-remove``."""
    if not books:
        return f'<p class="yj-quiet">{escape(words.library.nothing_found)}</p>'
    said = words.library
    names = (said.column_title, said.column_source, said.column_date, said.column_passages, said.column_state)
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(_row(book, words) for book in books[:_MOST_ROWS])
    more = len(books) - _MOST_ROWS
    rest = f'<p class="yj-quiet">{escape(said.more.format(f"{more:,}"))}</p>' if more > 0 else ""
    hidden = f'<span class="yj-unseen">{escape(said.remove)}</span>'
    return (
        f'<table class="yj-table"><thead><tr>{heads}<th scope="col">{hidden}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{rest}"
    )


def outcomes(added: Sequence[Outcome], words: Words, of: int | None = None) -> str:
    """A line for each added file; ``of`` is how many there will be, while not all have been read."""
    lines = "".join(
        f'<li data-outcome="{"refused" if outcome.problem else "read"}">'
        f'<span aria-hidden="true">{"!" if outcome.problem else "✓"}</span> '
        f"<strong>{escape(words.library.refused_file if outcome.problem else words.library.added)}</strong> "
        f'<span dir="auto">{escape(outcome.name)}</span>'
        f"{f'<p>{escape(told(outcome.problem, words.language))}</p>' if outcome.problem else ''}</li>"
        for outcome in added
    )
    if of is not None and len(added) < of:
        lines += f"<li>{escape(words.library.adding.format(done=len(added), total=of))}</li>"
    return f'<ul class="yj-outcomes" role="status">{lines}</ul>' if lines else ""


def index_state(manifest: Manifest, progress: Progress | None, error: Problem | None, words: Words) -> str:
    """What the index holds, how far a rebuild has come, or why one failed."""
    bar = ""
    if progress is not None:
        text = words.library.rebuilding.format(done=f"{progress.done:,}", total=f"{progress.total:,}")
        bar = (
            f'<progress max="{max(1, progress.total)}" value="{progress.done}" aria-label="{escape(text)}"></progress>'
        )
    elif error:
        text = told(error, words.language)
    else:
        text = words.library.up_to_date.format(documents=f"{manifest.documents:,}", passages=f"{manifest.passages:,}")
    return f'<p class="yj-index" role="status">{escape(text)}</p>{bar}'


def _searched(book: Book) -> str:
    return f"{book.title} {book.source or ''} {book.author or ''} {book.number or ''} {book.id}".casefold()


def _told(problems: Sequence[Problem], words: Words) -> str:
    return " ".join(told(problem, words.language) for problem in problems)


def _row(book: Book, words: Words) -> str:
    if book.passages is not None and book.problems:
        state, icon, said = "partly", "!", f"{words.library.ready}；{_told(book.problems, words)}"
    elif book.passages is not None:
        state, icon, said = "ready", "✓", words.library.ready
    elif book.problems:
        state, icon, said = "skipped", "!", f"{words.library.skipped}：{_told(book.problems, words)}"
    else:
        state, icon, said = "waiting", "○", words.library.waiting
    name = "" if book.id == book.title else f"<small>{escape(book.id)}</small>"
    number = f"<small>{escape(book.number)}</small>" if book.number else ""
    publisher = " · ".join(filter(None, (book.source, book.author)))
    passages = "" if book.passages is None else f"{book.passages:,}"
    remove = (
        f'<button type="button" data-remove="{escape(book.file)}" '
        f'aria-label="{escape(f"{words.library.remove}：{book.title}")}">{escape(words.library.remove)}</button>'
    )
    return (
        f'<tr><th scope="row" dir="auto">{escape(book.title)}{number}{name}</th><td>{escape(publisher)}</td>'
        f'<td>{escape(book.published or "")}</td><td class="yj-figure">{passages}</td>'
        f'<td data-state="{state}"><span aria-hidden="true">{icon}</span> {escape(said)}</td><td>{remove}</td></tr>'
    )
