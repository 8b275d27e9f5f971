"""Encoding on other machines: which texts a document needs encoded, and where a rebuild looks for their vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus import Document, Passage, sentence_spans, split
from embeddings.checkpoint import Checkpoint
from embeddings.lock import held
from embeddings.tokens import simplified

__all__ = ["embedded_text", "keep_vectors", "texts_of", "texts_of_passage"]


def texts_of(document: Document, *, max_chars: int = 400) -> Iterator[str]:
    """Every text of a document that a rebuild with passages of up to ``max_chars`` characters encodes, in order."""
    for passage in split(document, max_chars=max_chars):
        yield from texts_of_passage(document, passage, sentence_spans(document.text, passage.start, passage.end))


def texts_of_passage(document: Document, passage: Passage, spans: Sequence[tuple[int, int]]) -> list[str]:
    """What is encoded for a passage: itself under its headings, then its sentences."""
    sentences = [document.text[start:end] for start, end in spans]
    return [simplified(text) for text in (embedded_text(passage), *sentences)]


def embedded_text(passage: Passage) -> str:
    """The text of a passage under its title and headings, which it may not repeat itself."""
    above = [line for line in (passage.title, *passage.headings) if line and line not in passage.text]
    return "\n".join([*above, passage.text])


def keep_vectors(
    index_dir: str | Path, model: str, texts: Sequence[str], vectors: npt.NDArray[np.floating[npt.NBitBase]]
) -> None:
    """Keeps vectors that were made elsewhere, shape (texts, dimensions), for the next rebuild of this index.

    ``model`` is the encoder's name, as the rebuild will give it. Vectors that no passage needs go with the rebuild.

    Raises:
        IndexBusy: a rebuild is at work on this index.
        OSError, sqlite3.Error: the folder can't be written.
        ValueError: there are not as many vectors as texts.
    """
    index_dir = Path(index_dir)
    index_dir.mkdir(parents=True, exist_ok=True)
    with held(index_dir):
        checkpoint = Checkpoint(index_dir, model)
        try:
            checkpoint.keep(checkpoint.need(texts), np.asarray(vectors, dtype=np.float32))
        finally:
            checkpoint.close()
