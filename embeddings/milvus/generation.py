"""A generation on the server: what it is, and what it changed in the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field

from corpus import Skipped
from embeddings.index.documents import DocumentSummary
from embeddings.index.protocol import Manifest

__all__ = ["Changes", "Line", "State"]


@dataclass(frozen=True, slots=True)
class Line:
    """A document in the list of a generation.

    ``number`` is its own in these collections, another one when its content is another. ``first_row`` is that of its
    passages, which follow each other; ``digest`` is the sum of all that is stored of it.
    """

    number: int
    first_row: int
    digest: str
    summary: DocumentSummary

    @property
    def rows(self) -> range:
        """The rows of its passages."""
        return range(self.first_row, self.first_row + self.summary.passages)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a generation changed: ``gone`` are numbers of documents, ``brought`` new ones.

    ``frequencies`` are by how many the passages that hold a token have become more or fewer, by its dimension.
    ``skipped`` is the whole list. The first generation brought everything; its frequencies are on shelves.
    """

    gone: Sequence[int] = ()
    brought: Sequence[Line] = ()
    frequencies: Mapping[int, int] = field(default_factory=dict)
    skipped: Sequence[Skipped] = ()

    def to_json(self) -> str:
        """As a text, which ``from_json`` reads."""
        values = {
            "gone": list(self.gone),
            "brought": [
                [line.number, line.first_row, line.digest, *astuple(line.summary)] for line in self.brought
            ],
            "frequencies": {dimension: count for dimension, count in self.frequencies.items() if count},
            "skipped": [skipped.to_dict() for skipped in self.skipped],
        }  # fmt: skip
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Changes:
        """The changes of ``to_json``'s text."""
        values = json.loads(text)
        return cls(
            values["gone"],
            [Line(number, row, digest, DocumentSummary(*told)) for number, row, digest, *told in values["brought"]],
            {int(dimension): count for dimension, count in values["frequencies"].items()},
            [Skipped.from_dict(skipped) for skipped in values["skipped"]],
        )


@dataclass(frozen=True, slots=True)
class State:
    """A generation as it is found: it is there from the moment that the one row which holds this is written, the last.

    ``number`` counts the generations of these collections from 0. ``rows`` and ``documents`` are the first numbers that
    it has not given: what has a higher one belongs to a rebuild that is under way or was broken off. ``written`` counts
    the passages the collections began with, ``moved`` those that have come or gone since; ``average_length`` and
    ``shelves``, those of the frequencies, stay as they were then.
    """

    number: int
    manifest: Manifest
    rows: int
    documents: int
    written: int
    moved: int
    average_length: float
    shelves: int

    def to_json(self) -> str:
        """As a text, which ``from_json`` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> State:
        """The state of ``to_json``'s text; raises KeyError or TypeError for another."""
        values = json.loads(text)
        return cls(**{**values, "manifest": Manifest.from_dict(values["manifest"])})
