"""The list of an index's documents: a line of each, which of them are asked, and what there is to choose by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from itertools import islice
from typing import Any

__all__ = ["DocumentSummary", "Facets", "Filters", "called"]


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of the list of documents; ``number`` is that of an official one (泽政办发〔2025〕6号)."""

    id: str
    title: str
    source: str | None
    published: str | None
    language: str
    passages: int
    chars: int
    author: str | None = None
    number: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Facets:
    """What the documents can be chosen by, each in order: folders and those above them, publishers, languages."""

    folders: tuple[str, ...]
    sources: tuple[str, ...]
    languages: tuple[str, ...]

    @classmethod
    def of(cls, ids: Iterable[str], sources: Iterable[str], languages: Iterable[str]) -> Facets:
        """Those of documents with these ids, sources and languages."""
        folders: set[str] = set()
        for folder in {document_id.split("#")[0].rpartition("/")[0] for document_id in ids}:
            parts = folder.split("/")
            folders.update("/".join(parts[:depth]) for depth in range(1, len(parts) + 1) if folder)
        return cls(tuple(sorted(folders)), tuple(sorted(set(sources))), tuple(sorted(set(languages))))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be to be asked; what is empty or None does not matter.

    ``documents`` are ids, ``folders`` folders in the documents folder ("policies/2023"), ``sources`` publishers as the
    documents name them, ``authors`` and ``numbers`` (泽政办发〔2025〕6号) likewise, ``languages`` BCP 47 tags ("zh"
    holds for "zh-Hans" too). ``published_from`` and ``published_to`` are ISO 8601 dates or beginnings of one ("2023",
    "2023-05"), both included; a document without a date fits neither.
    """

    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    authors: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, field.name) for field in fields(self))

    def fits(self, document: DocumentSummary) -> bool:
        """Whether a document is all that is asked for."""
        return (
            (not self.documents or document.id in self.documents)
            and (not self.folders or any(document.id.startswith(f"{folder.strip('/')}/") for folder in self.folders))
            and (not self.sources or document.source in self.sources)
            and (not self.authors or document.author in self.authors)
            and (not self.numbers or document.number in self.numbers)
            and (not self.languages or any(_holds(tag, document.language) for tag in self.languages))
            and self._in_range(document.published)
        )

    def choose(self, documents: Iterable[DocumentSummary]) -> frozenset[str]:
        """The ids of the documents that fit."""
        return frozenset(document.id for document in documents if self.fits(document))

    def _in_range(self, published: str | None) -> bool:
        if not self.published_from and not self.published_to:
            return True
        if not published:
            return False
        first, last = self.published_from or "", self.published_to or "9999"
        return first <= published and published[: len(last)] <= last


def _holds(tag: str, language: str) -> bool:
    return language == tag or language.startswith(f"{tag}-")


def called(documents: Iterable[DocumentSummary], query: str, most: int) -> list[DocumentSummary]:
    """The first so many whose title or id holds each word of the query, in any case."""
    words = query.casefold().split()
    found = (one for one in documents if all(word in f"{one.title} {one.id}".casefold() for word in words))
    return list(islice(found, most))
