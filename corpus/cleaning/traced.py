"""Text that carries the place of each of its characters with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from corpus.documents import Origin, Place, Segment

__all__ = ["EMPTY", "Traced", "concat", "through"]

_WHITE = " \t\n\r\f\v\xa0\u3000\u202f\u205f\ufeff\xad" + "".join(map(chr, range(0x2000, 0x200C)))


@dataclass(frozen=True, slots=True)
class Traced:
    """A text and the segments that say where its characters come from (starts are offsets in ``text``)."""

    text: str
    segments: tuple[Segment, ...] = ()

    @classmethod
    def of(cls, text: str, start: int, *, page: int | None = None, part: str | None = None) -> Traced:
        """Characters as they stand in the original from ``start`` on."""
        return cls(text, (Segment(0, len(text), Place(start, start + len(text), page, None, part)),)) if text else EMPTY

    @classmethod
    def at(cls, text: str, place: Place) -> Traced:
        """Characters that all come from one place."""
        return cls(text, (Segment(0, len(text), place),)) if text else EMPTY

    def __bool__(self) -> bool:
        """Whether it holds any character."""
        return bool(self.text)

    def cut(self, start: int, end: int) -> Traced:
        """``text[start:end]`` with its places; ``0 <= start <= end <= len(text)``."""
        if start == 0 and end == len(self.text):
            return self
        segments = []
        for segment in self.segments:
            left, right = max(segment.start, start), min(segment.start + segment.length, end)
            if left < right:
                segments.append(Segment(left - start, right - left, segment.clipped(left, right)))
        return Traced(self.text[start:end], tuple(segments))

    def strip(self) -> Traced:
        """Without the white space (and characters nobody sees) at both ends."""
        stripped = self.text.strip(_WHITE)
        if len(stripped) == len(self.text):
            return self
        start = len(self.text) - len(self.text.lstrip(_WHITE)) if stripped else 0
        return self.cut(start, start + len(stripped))

    def lines(self) -> Iterator[Traced]:
        """The text between line ends, stripped; empty lines are left out."""
        start = 0
        for line in self.text.split("\n"):
            traced = self.cut(start, start + len(line)).strip()
            if traced:
                yield traced
            start += len(line) + 1


EMPTY = Traced("")


def concat(parts: Iterable[Traced | str]) -> Traced:
    """The parts one after another; plain strings are put in and come from nowhere."""
    texts: list[str] = []
    segments: list[Segment] = []
    length = 0
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            length += len(part)
            continue
        texts.append(part.text)
        for segment in part.segments:
            _append(segments, Segment(segment.start + length, segment.length, segment.place))
        length += len(part.text)
    return Traced("".join(texts), tuple(segments))


def _append(segments: list[Segment], segment: Segment) -> None:
    """Adds a segment, merged with the one before where both text and original go on without a gap."""
    if segments:
        last = segments[-1]
        a, b = last.place, segment.place
        if (
            a.start is not None
            and b.start is not None
            and last.start + last.length == segment.start
            and a.end == b.start
            and (a.page, a.box, a.part) == (b.page, b.box, b.part)
            and a.end - a.start == last.length
            and b.end is not None
            and b.end - b.start == segment.length
        ):
            segments[-1] = Segment(last.start, last.length + segment.length, replace(a, end=b.end))
            return
    segments.append(segment)


def through(origin: Origin, inner: Traced) -> Origin:
    """An origin in the characters of ``inner``, told in the places ``inner`` itself comes from."""
    segments: list[Segment] = []
    for outer in origin.segments:
        if outer.place.start is None or outer.place.end is None:
            continue
        exact = outer.place.end - outer.place.start == outer.length
        for segment in inner.cut(outer.place.start, outer.place.end).segments:
            start, length = (outer.start + segment.start, segment.length) if exact else (outer.start, outer.length)
            _append(segments, Segment(start, length, segment.place))
            if not exact:
                break
    return Origin(tuple(segments))
