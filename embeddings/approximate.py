"""Searching a large index without looking at every vector: inverted lists of 8-bit vectors, mapped into memory.

The passages' vectors are divided among lists by the nearest of some centres, and a search looks into a few of them
(Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", 2011, of which only the lists are used
here). What it finds is scored again by the stored vectors. How many lists are looked into is found out when the lists
are made, by searching exactly as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors
from embeddings.errors import writing
from embeddings.parts import Part

__all__ = ["EXACT_ROWS", "Approximate", "Lists", "write_lists"]

EXACT_ROWS = 50_000
"""Up to so many rows are searched exactly, in some 10 ms."""

WANTED_RECALL = 0.995
"""What the lists must find of the ten nearest when they are made."""

_CANDIDATES = 4  # found for each one asked for, to be scored again
_QUERIES = 200
_ITERATIONS = 8
_SAMPLES = 48  # vectors a centre is made from


@dataclass(frozen=True, slots=True)
class Lists:
    """How a large index is searched: ``rows`` of it are in ``lists`` lists, of which ``probes`` are looked into.

    ``recall`` is the share of the ten nearest that this finds (0 to 1), measured when the lists were made.
    """

    rows: int
    lists: int
    probes: int
    recall: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


class Approximate:
    """The opened lists of an index."""

    def __init__(self, path: Path, lists: Lists) -> None:
        """Raises RuntimeError where the file is missing or damaged, ValueError where it is another index's."""
        self.lists = lists
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        _without_prefetch(self._index)
        if self._index.ntotal != lists.rows:
            raise ValueError(f"{path} holds {self._index.ntotal} vectors, not {lists.rows}")

    def search(self, query: Vectors, top_k: int, usable: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
        """Rows that are likely the nearest, more than ``top_k`` of them, in no order; ``usable`` may choose (rows,)."""
        return _candidates(self._index, query[None, :], top_k, self.lists.probes, usable)[0]


def write_lists(path: Path, parts: Sequence[Part]) -> Lists:
    """Makes the lists of all rows of these parts; raises OSError where the file can't be written."""
    rows = sum(part.rows for part in parts)
    count = int(2 * np.sqrt(rows))
    sample = np.sort(np.random.default_rng(0).choice(rows, min(rows, count * _SAMPLES), replace=False))
    training = np.concatenate(
        [part.vectors(sample[(sample >= part.first) & (sample < part.last)]) for part in parts if part.rows]
    )
    dimensions = training.shape[1]
    # By distance, whose order is that of the inner product among unit vectors: centres are none, and by the inner
    # product the longest of them would be the nearest of every query.
    centres = faiss.IndexFlatL2(dimensions)
    index = faiss.IndexIVFScalarQuantizer(centres, dimensions, count, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_L2)
    index.cp.niter = _ITERATIONS
    index.cp.min_points_per_centroid = 1
    index.train(training)
    for part in parts:
        for block in part.blocks():
            index.add(block.passages)
    queries = _queries(parts, rows)
    nearest = _nearest(parts, queries, 10)
    probes, recall = 0, 0.0
    while recall < WANTED_RECALL and probes < count:
        probes = min(count, max(8, probes * 2))
        found = _candidates(index, queries, 10, probes, None)
        scored = [_best(parts, query, candidates, 10) for query, candidates in zip(queries, found, strict=True)]
        recall = float(np.mean([len(np.intersect1d(a, b)) / len(a) for a, b in zip(nearest, scored, strict=True)]))
    with writing(path):
        faiss.write_index(index, str(path))
    return Lists(rows, count, probes, round(recall, 4))


def _candidates(
    index: Any, queries: Vectors, top_k: int, probes: int, usable: npt.NDArray[np.bool_] | None
) -> list[npt.NDArray[np.int64]]:
    parameters = faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]
    if usable is not None:
        bits = np.packbits(usable, bitorder="little")
        parameters.sel = selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]  # noqa: F841 - must live as long as the search
    _, rows = index.search(queries, min(index.ntotal, top_k * _CANDIDATES), params=parameters)
    return [row[row >= 0] for row in rows]


def _queries(parts: Sequence[Part], rows: int) -> Vectors:
    """Sentences of passages from all over the index: near what is asked, and not the passages' own vectors."""
    chosen = np.linspace(0, rows - 1, min(rows, _QUERIES), dtype=np.int64).tolist()
    found = [part.sentences(row).vectors[:1] for part in parts for row in chosen if part.first <= row < part.last]
    return np.concatenate(found)


def _nearest(parts: Sequence[Part], queries: Vectors, count: int) -> npt.NDArray[np.int64]:
    """The nearest rows of each query, exactly, shape (queries, count)."""
    best = faiss.ResultHeap(len(queries), count, keep_max=True)
    for part in parts:
        first = part.first
        for block in part.blocks():
            scores, rows = faiss.knn(queries, block.passages, count, metric=faiss.METRIC_INNER_PRODUCT)
            best.add_result(scores, rows + first)
            first += len(block.passages)
    best.finalize()
    nearest: npt.NDArray[np.int64] = best.I
    return nearest


def _best(
    parts: Sequence[Part], query: Vectors, candidates: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.int64]:
    rows = np.concatenate([candidates[(candidates >= part.first) & (candidates < part.last)] for part in parts])
    vectors = np.concatenate(
        [part.vectors(candidates[(candidates >= part.first) & (candidates < part.last)]) for part in parts]
    )
    best: npt.NDArray[np.int64] = rows[np.argsort(-(vectors @ query), kind="stable")[:count]]
    return best


def _without_prefetch(index: Any) -> None:
    """Mapped lists are read ahead by 32 threads of every search otherwise, which costs more than the search."""
    lists = faiss.downcast_InvertedLists(index.invlists)
    if hasattr(lists, "prefetch_nthread"):
        lists.prefetch_nthread = 0
