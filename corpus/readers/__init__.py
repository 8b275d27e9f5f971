"""One module a format: each names its ``SUFFIXES`` and has ``read(data, document_id, limits) -> Iterator[Document]``.

Most files hold one document, whose id is the one given; each document of a file that holds several (an archive, lines
of JSON) has an id of its own below it: ``<document_id>/<its name in the file>``.

What one of several can't be read comes as ``Skipped``, and the others still do.

A module put into this package is found by itself, unless its name begins with an underscore. Modules import what they
parse with inside ``read``, so that finding them costs nothing. What they read with may raise what it likes: the caller
(``corpus.reading``) makes one error of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Protocol

from corpus.documents import Document, Skipped
from corpus.limits import Limits

__all__ = ["Reader", "readers"]


class Reader(Protocol):
    """Reads the documents in the bytes of a file; raises ``UnreadableDocument`` if they are not of its kind."""

    def __call__(self, data: bytes, document_id: str, limits: Limits, /) -> Iterator[Document | Skipped]:
        """See the class."""
        ...


@cache
def readers() -> dict[str, Reader]:
    """The reader of every known suffix, in lower case with its dot."""
    names = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return {suffix: module.read for module in modules for suffix in module.SUFFIXES}
