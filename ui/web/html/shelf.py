"""The library as a tree of its folders, each with the table of its documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ui.web.html.library import catalogue
from ui.web.html.templating import render
from ui.web.store.library_service import Book
from ui.web.words.interface import Words

__all__ = ["shelf"]


@dataclass
class _Folder:
    """What stands in a folder; ``path`` is its place in the documents folder."""

    path: str
    books: list[Book] = field(default_factory=list)
    folders: dict[str, _Folder] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def count(self) -> int:
        return len(self.books) + sum(folder.count for folder in self.folders.values())


def shelf(books: Sequence[Book], words: Words, *, found: bool = False) -> Markup:
    """The books under their folders, in the order given; where there are no folders, or ``found`` by a search, a table.

    Its buttons carry the document to open in ``data-open-book`` and the file to remove in ``data-remove``.
    """
    root = _Folder("")
    for book in books:
        folder = root
        for name in book.file.split("/")[:-1]:
            path = f"{folder.path}/{name}".lstrip("/")
            folder = folder.folders.setdefault(name, _Folder(path))
        folder.books.append(book)
    if found or not root.folders:
        return Markup(catalogue(books, words))
    return render("shelf.html", root=root, words=words.book, table=lambda books: Markup(catalogue(books, words)))
