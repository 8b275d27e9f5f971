"""The index that a setting names: a folder of this machine, a Milvus server, or what another package brings.

A package brings an index by an entry point of the group ``yinju.indexes`` whose name is the scheme ("<scheme>:<rest>")
and that has ``open(location) -> Index`` and ``publish(index, location)``, which brings an index built here to it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from embeddings.errors import IndexUnreadable
from embeddings.extensions import extension, failing_as, scheme_of
from embeddings.index.protocol import Index
from embeddings.messages import IndexMessage

__all__ = ["ENTRY_POINTS", "open_index", "publisher_of"]

ENTRY_POINTS = "yinju.indexes"
"""The group of entry points that indexes are found by."""

_MILVUS = "milvus"


def open_index(index_dir: str | Path) -> Index:
    """The current index in a folder, on a Milvus server ("milvus:<uri>"), or of another package ("<scheme>:<rest>").

    If the one in a folder is damaged, the one before it is opened, and a warning is logged.

    Raises:
        IndexMissing: nothing has been built there.
        IndexUnreadable: the folder holds something else, no index in it is whole and of this version, the server
            can't be reached, no package brings such an index, or it fails.
    """
    location = str(index_dir)
    point = extension(ENTRY_POINTS, location)
    if point is not None:
        with failing_as(IndexUnreadable, IndexMessage.INDEX_BROUGHT_FAILS, point):
            index: Index = point.load().open(location)
            return index
    if scheme_of(location) == _MILVUS:
        from embeddings.milvus.index import MilvusIndex

        return MilvusIndex.open(location)
    if isinstance(index_dir, str) and scheme_of(location) and not Path(location).exists():
        raise IndexUnreadable(IndexMessage.INDEX_UNKNOWN, scheme=scheme_of(location))
    from embeddings.local.index import FaissIndex

    return FaissIndex.open(Path(index_dir))


def publisher_of(location: str) -> Callable[[Path], None]:
    """What brings the index in a folder to where others ask it; raises ``IndexUnreadable`` where that can't be reached.

    It is looked for before an index is built, so that a name nobody knows is told at once:

    Raises:
        IndexUnreadable: no package brings such an index, or it can't be loaded.
    """
    publish = _publish_of(location)

    def bring(index_dir: Path) -> None:
        from contextlib import closing

        from embeddings.local.index import FaissIndex

        with closing(FaissIndex.open(index_dir)) as index:
            publish(index, location)

    return bring


def _publish_of(location: str) -> Callable[[Any, str], object]:
    point = extension(ENTRY_POINTS, location)
    if point is not None:
        with failing_as(IndexUnreadable, IndexMessage.INDEX_BROUGHT_FAILS, point):
            return _translated(point, point.load().publish)
    if scheme_of(location) != _MILVUS:
        raise IndexUnreadable(IndexMessage.INDEX_UNKNOWN, scheme=scheme_of(location) or location)
    from embeddings.milvus.publisher import publish

    return publish


def _translated(point: EntryPoint, publish: Callable[[Any, str], object]) -> Callable[[Any, str], object]:
    def translated(index: Any, location: str) -> None:
        with failing_as(IndexUnreadable, IndexMessage.INDEX_BROUGHT_FAILS, point):
            publish(index, location)

    return translated
