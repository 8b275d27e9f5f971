"""The index that a setting names: a folder of this machine, or a Milvus server."""

from __future__ import annotations

from pathlib import Path

from embeddings.index.protocol import Index

__all__ = ["open_index"]


def open_index(index_dir: str | Path) -> Index:
    """The current index in a folder, or on a Milvus server: "milvus:<uri>".

    If the one in a folder is damaged, the one before it is opened, and a warning is logged.

    Raises:
        IndexMissing: nothing has been built there.
        IndexUnreadable: the folder holds something else, no index in it is whole and of this version, or the server
            can't be reached.
    """
    if str(index_dir).startswith("milvus:"):
        from embeddings.milvus.index import MilvusIndex

        return MilvusIndex.open(str(index_dir))
    from embeddings.local.index import FaissIndex

    return FaissIndex.open(Path(index_dir))
