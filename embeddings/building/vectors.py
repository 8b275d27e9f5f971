"""Where the vectors of the passages that are added to an index come from."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from embeddings.building.checkpoint import Checkpoint
from embeddings.local.index import FaissIndex
from embeddings.local.parts import Block

__all__ = ["Wanted"]

_BLOCK_ROWS = 2048
_NEW = -1


class Wanted:
    """For each added passage, in their order: a row of an older index, or texts of the checkpoint.

    Numbers only, some hundred bytes a passage; texts and vectors stay on the disk.
    """

    def __init__(self) -> None:
        self._rows = array("q")
        self._counts = array("q")
        self._spans = array("i")
        self._texts = array("q")
        self.new = 0

    def reuse(self, row: int, spans: Sequence[tuple[int, int]]) -> None:
        """The next passage has the vectors of this row of the older index."""
        self._add(row, spans)

    def encode(self, texts: Sequence[int], spans: Sequence[tuple[int, int]]) -> None:
        """The next passage has the vectors of these texts: its own, then its sentences'."""
        self._add(_NEW, spans)
        self._texts.extend(texts)
        self.new += 1

    def _add(self, row: int, spans: Sequence[tuple[int, int]]) -> None:
        self._rows.append(row)
        self._counts.append(len(spans))
        for span in spans:
            self._spans.extend(span)

    def blocks(self, old: FaissIndex | None, checkpoint: Checkpoint, dimensions: int) -> Iterator[Block]:
        """The rows with their vectors, some at a time; raises ValueError where a text has none."""
        rows, counts = np.array(self._rows, dtype=np.int64), np.array(self._counts, dtype=np.int64)
        first_text = first_sentence = 0
        spans = np.array(self._spans, dtype=np.int32).reshape(-1, 2)
        for start in range(0, len(rows), _BLOCK_ROWS):
            here, count = rows[start : start + _BLOCK_ROWS], counts[start : start + _BLOCK_ROWS]
            ends = np.cumsum(count)
            passages = np.empty((len(here), dimensions), dtype=np.float32)
            sentences = np.empty((int(ends[-1]), dimensions), dtype=np.float16)
            new, known = np.flatnonzero(here == _NEW), np.flatnonzero(here != _NEW)
            if len(new):
                texts = int(count[new].sum()) + len(new)
                vectors = checkpoint.vectors(self._texts[first_text : first_text + texts].tolist(), dimensions)
                first_text += texts
                at = 0
                for i in new.tolist():
                    passages[i] = vectors[at]
                    sentences[ends[i] - count[i] : ends[i]] = vectors[at + 1 : at + 1 + count[i]]
                    at += 1 + int(count[i])
            if old is not None and len(known):
                passages[known] = old.vectors(here[known])
                for i in known.tolist():
                    sentences[ends[i] - count[i] : ends[i]] = old.stored_sentences(int(here[i]))[1]
            last_sentence = first_sentence + int(ends[-1])
            yield Block(passages, count, spans[first_sentence:last_sentence], sentences)
            first_sentence = last_sentence
