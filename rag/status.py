"""What the index holds, and what has changed in the documents folder since it was built."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from corpus import Skipped
from embeddings import Changes, Manifest, changes, generation_before, open_index
from embeddings.building.rebuild import as_json
from rag.settings import Settings

__all__ = ["Status", "status"]


@dataclass(frozen=True, slots=True)
class Status:
    """Where the documents and the index are, what the index says of itself, and what it does not know yet.

    ``before`` is the generation that ``yinju rollback`` would go back to, ``skipped`` what of the files was not read.
    """

    documents_dir: str
    index_dir: str
    manifest: Manifest
    changes: Changes
    before: str | None
    skipped: tuple[Skipped, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether a rebuild has something to do."""
        return any(asdict(self.changes).values())

    @property
    def age_s(self) -> int:
        """How long ago the index was built, in whole seconds; 0 where the clock has been set back since."""
        created = datetime.fromisoformat(self.manifest.created)
        return max(0, round((datetime.now(UTC) - created).total_seconds()))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "documents_dir": self.documents_dir,
            "index_dir": self.index_dir,
            "stale": self.stale,
            "changes": asdict(self.changes),
            "age_s": self.age_s,
            "bytes": self.manifest.bytes,
            "before": self.before,
            "skipped": [as_json(skipped) for skipped in self.skipped],
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
                f"built      {manifest.created}, {_age(self.age_s)} ago, as {manifest.generation}",
                f"before     {self.before or 'none'}",
                f"size       {manifest.bytes / 1e6:,.1f} MB",
                f"recall     {_recall(manifest)}",
                f"stale      {news}: run 'yinju rebuild'" if news else "stale      no, it holds every file as it is",
                *(f"not read   {skipped.problem}" for skipped in self.skipped),
            )
        )


def status(settings: Settings) -> Status:
    """The state of the settings' home; raises ``IndexMissing`` or ``IndexUnreadable``."""
    index = open_index(settings.index_location)
    try:
        return Status(
            str(settings.library.folder),
            str(settings.index_location),
            index.manifest,
            changes(settings.library.folder, settings.index_dir, follow_links=settings.follow_links),
            generation_before(settings.index_dir),
            tuple(index.skipped()),
        )
    finally:
        index.close()


def _recall(manifest: Manifest) -> str:
    if not manifest.parts and manifest.passages:
        return "left to the server, not measured"
    how = "measured when it was built" if any(part.lists for part in manifest.parts) else "as every one is looked at"
    return f"{manifest.recall:.3f} of the ten nearest passages, {how}"


def _age(seconds: int) -> str:
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
