"""Which reader a file's suffix has: the modules of ``corpus.readers.formats``, and what other packages bring.

A package brings a reader by an entry point of the group ``yinju.readers`` that names a module (or any object) with
``SUFFIXES`` and ``read``. It takes the place of one of ours with the same suffix. One that can't be loaded is left out,
and told where a file's format is not known: it must not cost the files that others read.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

from corpus.documents import Document, Skipped
from corpus.extensions import failure_of, package_of
from corpus.limits import Limits

__all__ = ["ENTRY_POINTS", "Reader", "readers", "unloadable"]

ENTRY_POINTS = "yinju.readers"
"""The group of entry points that readers are found by."""

_FORMATS = "corpus.readers.formats"
_log = logging.getLogger(__name__)


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
    return {suffix: module.read for module in ours for suffix in module.SUFFIXES} | _brought()[0]


def unloadable() -> dict[str, str]:
    """The packages whose reader can't be loaded, each with the reason."""
    return _brought()[1]


@cache
def _brought() -> tuple[dict[str, Reader], dict[str, str]]:
    """The readers of other packages by their suffixes, and the packages that fail, each with the reason."""
    known: dict[str, Reader] = {}
    failed: dict[str, str] = {}
    for point in entry_points(group=ENTRY_POINTS):
        try:
            module = point.load()
            known |= dict.fromkeys(module.SUFFIXES, module.read)
        except Exception as exc:  # noqa: BLE001 - it may raise what it likes
            package, reason = package_of(point), failure_of(exc)
            failed[package] = reason
            _log.warning("The reader %r of the package %s can't be loaded (%s).", point.name, package, reason)
    return known, failed
