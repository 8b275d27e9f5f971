"""The index that a setting names: a folder of this machine, a Milvus server, or what another package brings.

A package brings an index by an entry point of the group ``yinju.indexes`` whose name is the scheme ("<scheme>:<rest>")
and that has ``open(location) -> Index`` and ``publish(index, location)``, which brings an index built here to it.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from embeddings.index.protocol import Index

__all__ = ["ENTRY_POINTS", "open_index", "publish_index"]

ENTRY_POINTS = "yinju.indexes"
"""The group of entry points that indexes are found by."""


def open_index(index_dir: str | Path) -> Index:
    """The current index in a folder, on a Milvus server ("milvus:<uri>"), or of another package ("<scheme>:<rest>").

    If the one in a folder is damaged, the one before it is opened, and a warning is logged.

    Raises:
        IndexMissing: nothing has been built there.
        IndexUnreadable: the folder holds something else, no index in it is whole and of this version, or the server
            can't be reached.
    """
    brought = _brought(index_dir)
    if brought is not None:
        index: Index = brought.open(str(index_dir))
        return index
    if str(index_dir).startswith("milvus:"):
        from embeddings.milvus.index import MilvusIndex

        return MilvusIndex.open(str(index_dir))
    from embeddings.local.index import FaissIndex

    return FaissIndex.open(Path(index_dir))


def publish_index(index_dir: Path, location: str) -> None:
    """Brings the index in a folder to where others ask it; raises ``IndexUnreadable`` where that can't be reached."""
    from contextlib import closing

    from embeddings.local.index import FaissIndex

    brought = _brought(location)
    with closing(FaissIndex.open(index_dir)) as index:
        if brought is not None:
            brought.publish(index, location)
        else:
            from embeddings.milvus.publisher import publish

            publish(index, location)


def _brought(location: str | Path) -> Any:
    scheme = str(location).partition(":")[0]
    return next((point.load() for point in entry_points(group=ENTRY_POINTS, name=scheme)), None)
