"""Searching many vectors without looking at each: inverted lists of 8-bit vectors, mapped into memory.

The passages' vectors of a large part are divided among lists by the nearest of some centres, and a search looks into a
few of them (Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", 2011, of which only the lists are
used here). What it finds is scored again by the stored vectors. How many lists are looked into is found out when the
lists are made, by searching exactly as well. Each part has lists of its own, so that making them takes no more memory
in a larger index, and those of a part that stays are never made again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.encoders.protocol import Vectors
from embeddings.errors import writing

__all__ = ["EXACT_ROWS", "Approximate", "write_lists"]

EXACT_ROWS = 50_000
"""Up to so many rows are searched exactly, in some 10 ms."""

WANTED_RECALL = 0.998
"""What the lists must find of the ten nearest when they are made."""

_BLOCK_ROWS = 4096
_CANDIDATES = 4  # found for each one asked for, to be scored again
_ITERATIONS = 8
_SAMPLES = 48  # vectors a centre is made from
_TOP_K = 10


class Approximate:
    """The opened lists of a part."""

    def __init__(self, path: Path) -> None:
        """Raises RuntimeError where the file is missing or damaged."""
        self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        self.rows: int = self._index.ntotal
        _without_prefetch(self._index)

    def search(self, query: Vectors, top_k: int, usable: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
        """Rows of the part that are likely the nearest, more than ``top_k`` of them; ``usable`` may choose (rows,)."""
        return _candidates(self._index, query[None, :], top_k, usable)[0]


def write_lists(path: Path, vectors: faiss.Index, queries: Vectors) -> dict[str, Any]:
    """Makes lists of all the vectors; ``queries``, shape (queries, dimensions), are like what will be asked.

    Returns what a ``PartSummary`` says of them.

    Raises:
        OSError: the file can't be written.
    """
    rows, dimensions = vectors.ntotal, vectors.d
    count = int(2 * np.sqrt(rows))
    sample = np.sort(np.random.default_rng(0).choice(rows, min(rows, count * _SAMPLES), replace=False))
    # By distance, whose order is that of the inner product among unit vectors: centres are none, and by the inner
    # product the longest of them would be the nearest of every query.
    centres = faiss.IndexFlatL2(dimensions)
    index = faiss.IndexIVFScalarQuantizer(centres, dimensions, count, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_L2)
    index.cp.niter = _ITERATIONS
    index.cp.min_points_per_centroid = 1
    index.train(vectors.reconstruct_batch(sample))
    for start in range(0, rows, _BLOCK_ROWS):
        index.add(vectors.reconstruct_n(start, min(_BLOCK_ROWS, rows - start)))
    _, nearest = vectors.search(queries, _TOP_K)
    recall = 0.0
    while recall < WANTED_RECALL and index.nprobe < count:
        index.nprobe = min(count, max(8, index.nprobe * 5 // 4))
        found = _candidates(index, queries, _TOP_K, None)
        recall = float(np.mean([len(np.intersect1d(a, b)) / len(a) for a, b in zip(nearest, found, strict=True)]))
    with writing(path):
        faiss.write_index(index, str(path))
    return {"lists": count, "probes": index.nprobe, "recall": round(recall, 4)}


def _candidates(
    index: Any, queries: Vectors, top_k: int, usable: npt.NDArray[np.bool_] | None
) -> list[npt.NDArray[np.int64]]:
    parameters = faiss.SearchParametersIVF(nprobe=index.nprobe)  # type: ignore[call-arg]
    if usable is not None:
        bits = np.packbits(usable, bitorder="little")
        parameters.sel = selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]  # noqa: F841 - must live as long as the search
    _, rows = index.search(queries, min(index.ntotal, top_k * _CANDIDATES), params=parameters)
    return [row[row >= 0] for row in rows]


def _without_prefetch(index: Any) -> None:
    """Mapped lists are read ahead by 32 threads of every search otherwise, which costs more than the search."""
    lists = faiss.downcast_InvertedLists(index.invlists)
    if hasattr(lists, "prefetch_nthread"):
        lists.prefetch_nthread = 0
