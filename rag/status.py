"""What the index holds, and what has changed in the documents folder since it was built."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from embeddings import Changes, Manifest, changes, open_index
from rag.settings import Settings

__all__ = ["Status", "status"]


@dataclass(frozen=True, slots=True)
class Status:
    """Where the documents and the index are, what the index says of itself, and what it does not know yet."""

    documents_dir: str
    index_dir: str
    manifest: Manifest
    changes: Changes

    @property
    def stale(self) -> bool:
        """Whether a rebuild has something to do."""
        return any(asdict(self.changes).values())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "documents_dir": self.documents_dir,
            "index_dir": self.index_dir,
            "stale": self.stale,
            "changes": asdict(self.changes),
            **self.manifest.to_dict(),
        }

    def describe(self) -> str:
        """A few lines for people."""
        manifest, changes = self.manifest, self.changes
        counts = (("new", changes.added), ("changed", changes.changed), ("gone", changes.removed))
        news = ", ".join(f"{len(files)} {word}" for word, files in counts if files)
        return "\n".join(
            (
                f"documents  {manifest.documents} in {self.documents_dir}",
                f"index      {manifest.passages} passages, {manifest.sentences} sentences in {self.index_dir}",
                f"model      {manifest.model}, {manifest.dimensions} dimensions",
                f"built      {manifest.created}",
                f"stale      {news}: run 'yinju rebuild'" if news else "stale      no, it holds every file as it is",
            )
        )


def status(settings: Settings) -> Status:
    """The state of the settings' home; raises ``IndexMissing`` or ``IndexUnreadable``."""
    index = open_index(settings.index_dir)
    try:
        return Status(
            str(settings.library.folder),
            str(settings.index_dir),
            index.manifest,
            changes(settings.library.folder, settings.index_dir),
        )
    finally:
        index.close()
