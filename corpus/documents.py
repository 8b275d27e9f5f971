"""What the corpus is made of: Document, Passage, and the Origin that ties each character to the original file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Document", "Heading", "Origin", "Passage", "Segment"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters copied unchanged: ``text[start:start + length]`` is ``raw[raw_start:raw_start + length]``."""

    start: int
    raw_start: int
    length: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the characters of a clean text stand in the decoded file.

    Segments are in the order of the clean text and don't overlap in it. Characters between two segments (line ends,
    spaces between joined Latin words) were put in by cleaning and come from nowhere.
    """

    segments: tuple[Segment, ...]

    def locate(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The ranges of the decoded file that ``text[start:end]`` was copied from, in the order of the clean text.

        Ranges are (start, end) in characters; adjoining ones are merged. Empty if nothing there was copied.

        Raises:
            ValueError: if ``start`` is negative or after ``end``.
        """
        if not 0 <= start <= end:
            raise ValueError(f"not a range of characters: {start} to {end}")
        ranges: list[tuple[int, int]] = []
        first = bisect_right(self.segments, start, key=lambda segment: segment.start) - 1
        for segment in self.segments[max(0, first) :]:
            if segment.start >= end:
                break
            left = max(start, segment.start)
            right = min(end, segment.start + segment.length)
            if left >= right:
                continue
            raw_left = segment.raw_start + left - segment.start
            raw_right = raw_left + right - left
            if ranges and ranges[-1][1] == raw_left:
                ranges[-1] = (ranges[-1][0], raw_right)
            else:
                ranges.append((raw_left, raw_right))
        return tuple(ranges)


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
    an ISO 8601 date as the file tells ("2024-04-24", "2024-04", "2024").
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
            "text": self.text,
            "headings": [[heading.start, heading.end, heading.level] for heading in self.headings],
            "origin": [[segment.start, segment.raw_start, segment.length] for segment in self.origin.segments],
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Document:
        """The document that ``to_dict`` wrote."""
        return cls(
            **{key: values[key] for key in ("id", "title", "source", "author", "published", "url", "text")},
            headings=tuple(Heading(*heading) for heading in values["headings"]),
            origin=Origin(tuple(Segment(*segment) for segment in values["origin"])),
        )


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
