"""The vectors of consecutive rows of an index: those of the passages and those of their sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.encoders.protocol import Vectors
from embeddings.errors import writing
from embeddings.index.protocol import Matches, PartSummary, SentenceVectors
from embeddings.local.approximate import EXACT_ROWS, Approximate, write_lists

__all__ = ["PART_ROWS", "Block", "Part", "PartsWriter"]

PART_ROWS = 131_072
"""The most rows of a part: 100 MB of passage vectors at 384 dimensions, which is what writing one holds in memory."""

_BLOCK_ROWS = 4096
_QUERIES = 200  # that lists are tried with

Half = npt.NDArray[np.float16]


class Block:
    """Some rows on their way into a part: what they are is said at ``Part``."""

    def __init__(
        self, passages: Vectors, counts: npt.NDArray[np.int64], spans: npt.NDArray[np.int32], sentences: Half
    ) -> None:
        self.passages = passages
        self.counts = counts
        self.spans = spans
        self.sentences = sentences


class Part:
    """An opened part, mapped into memory; nothing is read before it is asked for.

    ``first`` is the index's row of the part's first.
    """

    def __init__(self, folder: Path, first: int) -> None:
        """Raises RuntimeError, OSError or ValueError where files are missing or don't fit each other."""
        self._vectors = faiss.read_index(str(folder / "passages.faiss"), faiss.IO_FLAG_MMAP_IFC)
        dimensions: int = self._vectors.d
        self.rows: int = self._vectors.ntotal
        self.first = first
        self._starts = _mapped(folder / "starts.bin", np.int64, ())
        self._spans = _mapped(folder / "spans.bin", np.int32, (2,))
        self._sentences = _mapped(folder / "sentences.bin", np.float16, (dimensions,))
        sentences = int(self._starts[-1])
        lists = folder / "lists.faiss"
        self._lists = Approximate(lists) if lists.exists() else None
        if (len(self._starts), len(self._spans), len(self._sentences)) != (self.rows + 1, sentences, sentences):
            raise ValueError(f"the files of {folder} hold different numbers of passages or sentences")
        if self._lists is not None and self._lists.rows != self.rows:
            raise ValueError(f"{lists} holds {self._lists.rows} vectors, not {self.rows}")

    @property
    def last(self) -> int:
        """The row after the part's last."""
        return self.first + self.rows

    def search(
        self, query: Vectors, top_k: int, usable: npt.NDArray[np.bool_] | None = None, *, exactly: bool = False
    ) -> Matches:
        """The part's best rows by inner product; ``usable`` (rows,) says which may be found.

        A part without lists is searched ``exactly`` in any case.
        """
        top_k = min(top_k, self.rows if usable is None else int(usable.sum()))
        if not top_k:
            return Matches(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        if self._lists is not None and not exactly:
            rows = self._lists.search(query, top_k, usable)
            scores = self._vectors.reconstruct_batch(rows) @ query
            best = np.argsort(-scores, kind="stable")[:top_k]
            return Matches(rows[best] + self.first, scores[best])
        bits = None if usable is None else np.packbits(usable, bitorder="little")
        parameters = None if bits is None else faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]
        scores, rows = self._vectors.search(query[None, :], top_k, params=parameters)
        return Matches(rows[0] + self.first, scores[0])

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """The vectors of some of the index's rows, which this part holds."""
        vectors: Vectors = self._vectors.reconstruct_batch(rows - self.first)
        return vectors

    def sentences_of(self, rows: npt.NDArray[np.int64]) -> list[SentenceVectors]:
        """The sentences of some of the index's rows, in their order."""
        starts, ends = self._starts[rows - self.first], self._starts[rows - self.first + 1]
        counts = ends - starts
        last = np.cumsum(counts)
        places = np.arange(counts.sum()) + np.repeat(starts - (last - counts), counts)
        spans, vectors = self._spans[places], self._sentences[places].astype(np.float32)
        return [
            SentenceVectors(spans[end - count : end], vectors[end - count : end])
            for count, end in zip(counts.tolist(), last.tolist(), strict=True)
        ]

    def stored_sentences(self, row: int) -> tuple[npt.NDArray[np.int32], Half]:
        """The same as they are stored."""
        start, end = self._starts[row - self.first : row - self.first + 2]
        return np.array(self._spans[start:end]), np.array(self._sentences[start:end])

    def sentence_count(self, row: int) -> int:
        """How many sentences one of the index's rows has."""
        start, end = self._starts[row - self.first : row - self.first + 2]
        return int(end - start)

    def blocks(self) -> Iterator[Block]:
        """The whole part, some rows at a time."""
        for start in range(0, self.rows, _BLOCK_ROWS):
            end = min(start + _BLOCK_ROWS, self.rows)
            starts = self._starts[start : end + 1]
            sentences = slice(int(starts[0]), int(starts[-1]))
            yield Block(
                self._vectors.reconstruct_n(start, end - start),
                np.diff(starts),
                np.array(self._spans[sentences]),
                np.array(self._sentences[sentences]),
            )


class PartsWriter:
    """Writes rows into parts, beginning another whenever one is full."""

    def __init__(self, folders: Iterator[Path]) -> None:
        self._folders = folders
        self._open: _OpenPart | None = None
        self.parts: list[PartSummary] = []

    def add(self, block: Block) -> None:
        """Appends rows; raises OSError where they can't be written."""
        first = 0
        while first < len(block.passages):
            part = self._open
            if part is None:
                part = self._open = _OpenPart(next(self._folders), block.passages.shape[1])
            end = min(len(block.passages), first + PART_ROWS - part.rows)
            left, right = int(block.counts[:first].sum()), int(block.counts[:end].sum())
            part.add(
                block.passages[first:end], block.counts[first:end], block.spans[left:right], block.sentences[left:right]
            )
            if part.rows == PART_ROWS:
                self.close()
            first = end

    def close(self) -> None:
        """Finishes the part that is being written, if there is one."""
        part, self._open = self._open, None
        if part is not None:
            self.parts.append(part.close())


class _OpenPart:
    def __init__(self, folder: Path, dimensions: int) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._vectors = faiss.IndexScalarQuantizer(
            dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        self._files: dict[str, BinaryIO] = {
            name: (folder / f"{name}.bin").open("wb") for name in ("starts", "spans", "sentences")
        }
        self._written = 0
        self._files["starts"].write(np.zeros(1, dtype=np.int64).tobytes())

    @property
    def rows(self) -> int:
        count: int = self._vectors.ntotal
        return count

    def add(
        self, passages: Vectors, counts: npt.NDArray[np.int64], spans: npt.NDArray[np.int32], sentences: Half
    ) -> None:
        self._vectors.add(np.ascontiguousarray(passages, dtype=np.float32))
        ends = self._written + np.cumsum(counts, dtype=np.int64)
        self._files["starts"].write(ends.tobytes())
        self._files["spans"].write(np.ascontiguousarray(spans, dtype=np.int32).tobytes())
        self._files["sentences"].write(np.ascontiguousarray(sentences, dtype=np.float16).tobytes())
        self._written += int(counts.sum())

    def close(self) -> PartSummary:
        for stream in self._files.values():
            stream.close()
        with writing(self._folder):
            faiss.write_index(self._vectors, str(self._folder / "passages.faiss"))
        lists = self._write_lists() if self.rows > EXACT_ROWS else {}
        return PartSummary(self.rows, self._written, **lists)

    def _write_lists(self) -> dict[str, Any]:
        """Tried with sentences from all over the part, which lie about as far from its passages as questions do."""
        sentences = _mapped(self._folder / "sentences.bin", np.float16, (self._vectors.d,))
        chosen = np.linspace(0, len(sentences) - 1, min(len(sentences), _QUERIES), dtype=np.int64)
        return write_lists(self._folder / "lists.faiss", self._vectors, sentences[chosen].astype(np.float32))


def _mapped(path: Path, dtype: Any, row: tuple[int, ...]) -> npt.NDArray[Any]:
    """A file of rows of this shape, mapped; an empty one can't be."""
    if not path.stat().st_size:
        return np.empty((0, *row), dtype=dtype)
    return np.memmap(path, dtype=dtype, mode="r").reshape(-1, *row)
