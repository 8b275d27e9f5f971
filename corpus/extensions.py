"""What is told of another package's part that fails: whose it is, and how it failed."""

from __future__ import annotations

from importlib.metadata import EntryPoint

__all__ = ["failure_of", "package_of"]


def package_of(point: EntryPoint) -> str:
    """The package that an entry point is of; what it names where no package tells."""
    return point.dist.name if point.dist is not None else point.value


def failure_of(exc: Exception) -> str:
    """The kind of an exception with its first line, at most 200 characters of that: "ValueError: too short"."""
    said = str(exc).strip().splitlines() or [""]
    return f"{type(exc).__name__}: {said[0][:200]}" if said[0] else type(exc).__name__
