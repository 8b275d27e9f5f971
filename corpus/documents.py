"""What the corpus is made of: Document, Passage, and the Origin that ties each character to the original file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from corpus.errors import Problem
from corpus.messages import DocumentMessage, Unread
from corpus.tables import Table

__all__ = ["Document", "Heading", "Origin", "Passage", "Place", "Segment", "Skipped", "not_read"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the original file. What a format has no notion of is None.

    ``start`` and ``end`` are characters of the decoded file (text, HTML), or of its ``part`` where one is named.
    ``page`` counts from 1 (PDF, scans, slides) and ``box`` is (left, top, right, bottom) in fractions of that page's
    width and height, from its upper left corner. ``part`` names a piece of a file made of pieces: "Sheet1!B3",
    "paragraph 12", "chapter2.xhtml".
    """

    start: int | None = None
    end: int | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The characters ``text[start:start + length]`` and the place they come from.

    Where the place has as many characters as the segment, they correspond one to one.
    """

    start: int
    length: int
    place: Place

    def clipped(self, start: int, end: int) -> Place:
        """The place of the part of this segment that lies in ``text[start:end]``."""
        place = self.place
        if place.start is None or place.end is None or place.end - place.start != self.length:
            return place
        left = max(0, start - self.start)
        right = min(self.length, end - self.start)
        return replace(place, start=place.start + left, end=place.start + right)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the characters of a clean text stand in the original file.

    Segments are in the order of the clean text and don't overlap in it. Characters between two segments (line ends,
    spaces between joined Latin words) were put in by cleaning and come from nowhere.
    """

    segments: tuple[Segment, ...]

    def locate(self, start: int, end: int) -> tuple[Place, ...]:
        """The places that ``text[start:end]`` comes from, in the order of the clean text; adjoining ones are merged.

        Empty if nothing there came from the file.

        Raises:
            ValueError: if ``start`` is negative or after ``end``.
        """
        if not 0 <= start <= end:
            raise ValueError(f"not a range of characters: {start} to {end}")
        places: list[Place] = []
        first = bisect_right(self.segments, start, key=lambda segment: segment.start) - 1
        for segment in self.segments[max(0, first) :]:
            if segment.start >= end:
                break
            if segment.start + segment.length <= start:
                continue
            place = segment.clipped(start, end)
            before = places[-1] if places else None
            if (
                before is not None
                and before.end is not None
                and replace(before, start=place.start, end=place.end) == place
                and before.end == place.start
            ):
                places[-1] = replace(place, start=before.start)
            elif place != before:
                places.append(place)
        return tuple(places)

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, of the character at ``offset`` or the last one before it that comes from the file."""
        i = bisect_right(self.segments, offset, key=lambda segment: segment.start) - 1
        return self.segments[max(0, i)].place.page if self.segments else None


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the clean text that stands over what follows it. Level 1 is the highest below the title."""

    start: int
    end: int
    level: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it reads: clean text, one paragraph, heading or row a line, and what is known about it.

    ``id`` is the file's path relative to the documents folder, with "/" on every system. ``published`` is as much of
    an ISO 8601 date as the file tells ("2024-04-24", "2024-04", "2024"). ``language`` is a BCP 47 tag ("zh-Hans",
    "zh-Hant", "en"), "und" where the text does not show it. ``number`` is that of an official document
    (泽政办发〔2025〕6号). ``damaged_bytes`` counts the bytes of the file that fit its encoding nowhere; each stands as
    U+FFFD in the text. ``tables`` are in the order of the text.
    """

    id: str
    text: str
    title: str
    origin: Origin
    headings: tuple[Heading, ...] = ()
    source: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    language: str = "und"
    damaged_bytes: int = 0
    tables: tuple[Table, ...] = ()
    number: str | None = None

    def heading_path(self, offset: int) -> tuple[str, ...]:
        """The headings over the character at ``offset``, the outermost first."""
        path: list[Heading] = []
        for heading in self.headings:
            if heading.start > offset:
                break
            while path and path[-1].level >= heading.level:
                path.pop()
            path.append(heading)
        return tuple(self.text[heading.start : heading.end] for heading in path)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; ``Document.from_dict`` reads them back."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "author": self.author,
            "published": self.published,
            "url": self.url,
            "number": self.number,
            "language": self.language,
            "damaged_bytes": self.damaged_bytes,
            "text": self.text,
            "headings": [[heading.start, heading.end, heading.level] for heading in self.headings],
            "tables": [table.to_list() for table in self.tables],
            "origin": [[segment.start, segment.length, *astuple(segment.place)] for segment in self.origin.segments],
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Document:
        """The document that ``to_dict`` wrote."""
        return cls(
            **{key: values[key] for key in ("id", "title", "source", "author", "published", "url", "text")},
            language=values.get("language", "und"),
            damaged_bytes=values.get("damaged_bytes", 0),
            number=values.get("number"),
            headings=tuple(Heading(*heading) for heading in values["headings"]),
            origin=Origin(tuple(_segment(segment) for segment in values["origin"])),
            tables=tuple(Table.from_list(table, values["text"]) for table in values.get("tables", ())),
        )


def _segment(values: list[Any]) -> Segment:
    start, length, left, right, page, box, part = values
    return Segment(start, length, Place(left, right, page, tuple(box) if box else None, part))


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document inside a file (of an archive, a mail) that could not be read, and why, in one sentence."""

    id: str
    problem: Problem

    def __post_init__(self) -> None:
        """A reader of another house may tell the problem as a plain sentence."""
        object.__setattr__(self, "problem", Problem.of(self.problem))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, from which it can be made again."""
        return {"id": self.id, "problem": self.problem.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Skipped:
        """What ``to_dict`` has made plain."""
        return cls(values["id"], Problem.from_dict(values["problem"]))


def not_read(document_id: str, kind: Unread, count: int) -> Skipped:
    """What is told of things in a document that were recognised and not read, by their kind."""
    problem = Problem.of(DocumentMessage.NOT_READ, file=document_id, kind=Problem.of(kind), count=count)
    return Skipped(f"{document_id}#{kind.value}", problem)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document small enough to be found and read at once: ``document.text[start:end] == text``.

    ``id`` names the document and the offsets, so that it is the same in every rebuild of an unchanged document.
    ``page`` counts from 1 and is None where the format has no pages.
    """

    document_id: str
    start: int
    end: int
    text: str = field(repr=False)
    title: str = ""
    headings: tuple[str, ...] = ()
    page: int | None = None

    @property
    def id(self) -> str:
        """``<document id>#<start>-<end>``."""
        return f"{self.document_id}#{self.start}-{self.end}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "id": self.id,
            "document_id": self.document_id,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "title": self.title,
            "headings": list(self.headings),
            "page": self.page,
        }
