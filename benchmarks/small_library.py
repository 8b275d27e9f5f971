"""A small folder of ``training/libraries.jsonl.gz``, written to disk and indexed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from embeddings import Encoder, Index, open_index, rebuild
from rag.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

__all__ = ["Shelf", "is_held_out", "shelf", "small_libraries"]


class Shelf:
    """A folder of documents that grows, and its index."""

    def __init__(self, home: Path, encoder: Encoder) -> None:
        self.settings = Settings(home=home)
        self._documents, self._encoder = home / "documents", encoder
        self._documents.mkdir()

    def holding(self, texts: Mapping[str, str]) -> Index:
        """The index, with documents added."""
        for name, text in texts.items():
            (self._documents / name).write_text(text, encoding="utf-8")
        rebuild(self._documents, self.settings.index_dir, encoder=self._encoder)
        return open_index(self.settings.index_dir)


@contextmanager
def shelf(encoder: Encoder) -> Iterator[Shelf]:
    """An empty one, gone afterwards."""
    with TemporaryDirectory() as folder:
        yield Shelf(Path(folder), encoder)


def small_libraries() -> Iterator[dict[str, Any]]:
    """The fifteen, each named on stderr when it is done."""
    for row in check.rows("libraries.jsonl.gz"):
        yield row
        print(row["id"], file=sys.stderr, flush=True)


def is_held_out(row: Mapping[str, Any]) -> bool:
    """Whether nothing is fitted on it: of every three, the third."""
    held: bool = row["id"].endswith("-3")
    return held
