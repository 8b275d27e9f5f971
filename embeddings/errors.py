"""Errors of the encoder and the index; the whole tree is drawn in ``corpus.errors``.

EmbeddingError
├── EncoderUnavailable     the embedding model can't be loaded
└── IndexProblem           the index can't be used as it is
    ├── IndexBusy              another rebuild is at work on it
    ├── IndexMissing           there is none yet
    ├── IndexUnreadable        it is damaged, or not one of ours
    ├── IndexMismatch          it was built by another model
    └── IndexUnwritable        the folder can't be written, or the disk is full
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import YinjuError

__all__ = [
    "EmbeddingError",
    "EncoderUnavailable",
    "IndexBusy",
    "IndexMismatch",
    "IndexMissing",
    "IndexProblem",
    "IndexUnreadable",
    "IndexUnwritable",
    "writing",
]


class EmbeddingError(YinjuError):
    """The encoder or the index can't do what was asked."""


class EncoderUnavailable(EmbeddingError):
    """The embedding model is not installed, not found, or not a sentence-transformers model."""


class IndexProblem(EmbeddingError):
    """The index can't be used as it is."""


class IndexBusy(IndexProblem):
    """Another rebuild holds the index."""


class IndexMissing(IndexProblem):
    """No index has been built in this folder yet."""


class IndexUnreadable(IndexProblem):
    """The folder holds something that is not an index of this version, or a damaged one."""


class IndexMismatch(IndexProblem):
    """The index was built by another embedding model than the one the settings name."""


class IndexUnwritable(IndexProblem):
    """The index folder can't be written to."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """FAISS and Tantivy tell a full disk by errors of their own kinds; here they become OSError like everyone's."""
    try:
        yield
    except (RuntimeError, ValueError) as exc:
        raise OSError(f"{path} can't be written ({str(exc).splitlines()[0][:200]})") from exc
