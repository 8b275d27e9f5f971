"""How much of a file is read before it is refused: what keeps one hostile file from stopping the others."""

from __future__ import annotations

from dataclasses import dataclass, fields

from corpus.workers import Allotment

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; a file over any of them raises ``UnreadableDocument`` with the figure it broke.

    All are at least 1. ``archive_ratio`` bounds unpacked against packed bytes, once more than ``archive_free_bytes``
    have come out; ``archive_depth`` counts archives within archives, the outermost as 1. Office files and EPUBs are
    archives too.

    In ``Library.read`` a file may take ``read_seconds`` by the clock, ``processor_seconds`` and one more for each
    ``bytes_a_processor_second`` of its size, and ``memory_bytes`` and ``memory_per_byte`` of its size: a small file
    that costs without bound ends itself, not the machine.
    """

    file_bytes: int = 256 * 1024 * 1024
    text_chars: int = 64 * 1024 * 1024
    archive_bytes: int = 1024 * 1024 * 1024
    archive_free_bytes: int = 16 * 1024 * 1024
    archive_ratio: int = 200
    archive_depth: int = 3
    archive_files: int = 20_000
    table_cells: int = 5_000_000
    pages: int = 5_000
    page_pixels: int = 100_000_000
    read_seconds: int = 1800
    processor_seconds: int = 120
    bytes_a_processor_second: int = 20_000
    memory_bytes: int = 3072 * 1024 * 1024
    memory_per_byte: int = 24

    def __post_init__(self) -> None:
        """Raises ``ValueError`` if a bound is under 1."""
        for bound in fields(self):
            if getattr(self, bound.name) < 1:
                raise ValueError(f"{bound.name} must be at least 1, not {getattr(self, bound.name)}")

    def allotted(self, file_bytes: int) -> Allotment:
        """What a file of this size may take to be read."""
        return Allotment(
            self.read_seconds,
            self.processor_seconds + file_bytes / self.bytes_a_processor_second,
            self.memory_bytes + self.memory_per_byte * file_bytes,
        )
