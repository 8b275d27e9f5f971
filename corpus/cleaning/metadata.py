"""Title, source, author, date, address and number, as far as a line, a head or a file's properties tell them."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.language.dates import calendar_dates

__all__ = ["Metadata", "find_date"]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What one line, or a page's head, tells about its article; None where it tells nothing."""

    title: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    number: str | None = None

    def or_else(self, other: Metadata) -> Metadata:
        """This, with what it lacks taken from ``other``; a month of which ``other`` knows the day is that day."""
        published = self.published
        if not published or (other.published or "").startswith(f"{published}-"):
            published = other.published
        return Metadata(
            self.title or other.title,
            self.source or other.source,
            self.author or other.author,
            published,
            self.url or other.url,
            self.number or other.number,
        )


def find_date(text: str) -> str | None:
    """The first date in the text as ISO 8601: "2024-04-24", or "2024-04" where it has no day."""
    return next(calendar_dates(text), None)
