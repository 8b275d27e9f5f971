"""A document's own page as HTML: what it is, its overview and outline, what was not read of it, what to ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from markupsafe import Markup

from corpus import Document
from corpus.tables import Table
from rag import AnswerSentence, Citation
from rag.routes.room import Reply
from ui.web.html.templating import render
from ui.web.store.library_service import Book
from ui.web.words.errors import told
from ui.web.words.interface import Words

__all__ = ["Leaf", "book_page", "offers"]

_OUTLINE_SHOWN = 24
_DEEPEST = 4
_NAMES_SHOWN = 4  # columns that a table is told by


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place in a document that can be opened: ``text[start:end]``; ``level`` counts from 1, the highest."""

    name: str
    start: int
    end: int
    level: int = 1


def book_page(
    document: Document,
    book: Book,
    words: Words,
    *,
    overview: Reply | None = None,
    making: bool = False,
    questions: Sequence[str] | None = None,
    file: str | None = None,
) -> Markup:
    """The page. ``making`` while the overview is being made; ``questions`` are None until they are.

    ``file`` is the address that files are served at, None where there is no file.
    """
    outline = _outline(document, words)
    return render(
        "book.html",
        document=document,
        facts=_facts(document, book, words),
        problems=[told(problem, words.language) for problem in book.problems],
        overview=list(_sections(overview)) if overview else [],
        making=making,
        outline=outline[:_OUTLINE_SHOWN],
        outline_more=outline[_OUTLINE_SHOWN:],
        questions=questions,
        file=f"{file}?{urlencode({'id': document.id})}" if file else "",
        words=words,
        said=words.book,
    )


def offers(questions: Sequence[str], words: Words) -> Markup:
    """Questions to go on with; each button carries its question in ``data-put``."""
    return render("offers.html", questions=questions, said=words.book)


def _facts(document: Document, book: Book, words: Words) -> list[tuple[str, str]]:
    said = words.book
    pages = max((segment.place.page or 0 for segment in document.origin.segments), default=0)
    facts = [
        (said.number, document.number or ""),
        (said.source, document.source or ""),
        (said.author, document.author or ""),
        (said.date, document.published or words.no_date),
        (said.pages, f"{pages:,}" if pages else ""),
        (said.tables, f"{len(document.tables):,}" if document.tables else ""),
        (said.passages, f"{book.passages or 0:,}"),
        (said.chars, f"{len(document.text):,}"),
        (said.file, document.id),
    ]
    return [(name, value) for name, value in facts if value]


def _sections(overview: Reply) -> Iterator[tuple[str, list[tuple[AnswerSentence, Citation | None]]]]:
    """The sentences of an overview under what they stand under, each with its first citation."""
    cited = {citation.number: citation for citation in overview.citations}
    lead = ""
    placed = []
    for sentence in overview.sentences:
        lead = sentence.lead or lead
        placed.append((lead, sentence, cited.get(sentence.citations[0]) if sentence.citations else None))
    for name, group in groupby(placed, key=lambda one: one[0]):
        yield name, [(sentence, citation) for _, sentence, citation in group]


def _outline(document: Document, words: Words) -> list[Leaf]:
    """The headings and the tables, in the order of the text."""
    lines = [
        Leaf(document.text[one.start : one.end].strip(), one.start, one.end, min(one.level, _DEEPEST))
        for one in document.headings
    ]
    tables = [
        Leaf(words.book.table.format(_called(document, table)), *_first_row(document, table), _DEEPEST)
        for table in document.tables
    ]
    return sorted((leaf for leaf in (*lines, *tables) if leaf.name), key=lambda leaf: leaf.start)


def _called(document: Document, table: Table) -> str:
    """A table's caption, else the names of its first columns."""
    for start, end in table.captions:
        if caption := document.text[start:end].strip():
            return caption
    names = dict.fromkeys(cell.text for cell in table.cells if cell.row == 0 and cell.text)
    return " · ".join(list(names)[:_NAMES_SHOWN])


def _first_row(document: Document, table: Table) -> tuple[int, int]:
    end = document.text.find("\n", table.start, table.end)
    return table.start, end if end > table.start else table.end
