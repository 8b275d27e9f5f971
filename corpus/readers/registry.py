"""Which reader a file's suffix has: the modules of ``corpus.readers.formats``, and what other packages bring.

A package brings a reader by an entry point of the group ``yinju.readers`` that names a module (or any object) with
``SUFFIXES`` and ``read``. It takes the place of one of ours with the same suffix.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

from corpus.documents import Document, Skipped
from corpus.limits import Limits

__all__ = ["ENTRY_POINTS", "Reader", "readers"]

ENTRY_POINTS = "yinju.readers"
"""The group of entry points that readers are found by."""

_FORMATS = "corpus.readers.formats"


class Reader(Protocol):
    """Reads the documents in the bytes of a file; raises ``UnreadableDocument`` if they are not of its kind."""

    def __call__(self, data: bytes, document_id: str, limits: Limits, /) -> Iterator[Document | Skipped]:
        """See the class."""
        ...


@cache
def readers() -> dict[str, Reader]:
    """The reader of every known suffix, in lower case with its dot."""
    folder = importlib.import_module(_FORMATS)
    ours = [importlib.import_module(f"{_FORMATS}.{module.name}") for module in pkgutil.iter_modules(folder.__path__)]
    brought = [point.load() for point in entry_points(group=ENTRY_POINTS)]
    return {suffix: module.read for module in [*ours, *brought] for suffix in module.SUFFIXES}
