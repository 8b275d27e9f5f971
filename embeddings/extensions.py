"""What other packages bring by entry points, and one clear error where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points

from corpus.errors import YinjuError
from corpus.extensions import failure_of, package_of
from embeddings.errors import EmbeddingError
from embeddings.messages import IndexMessage

__all__ = ["extension", "failing_as", "scheme_of"]


def scheme_of(location: str) -> str:
    """What stands before the colon of "<scheme>:<rest>"; "" for a name without one, or a path (of Windows too)."""
    scheme, colon, _ = location.partition(":")
    return scheme if colon and len(scheme) > 1 and not {"/", "\\"} & set(scheme) else ""


def extension(group: str, location: str) -> EntryPoint | None:
    """The entry point of a group that is named as the location's scheme, if an installed package has one."""
    return next(iter(entry_points(group=group, name=scheme_of(location))), None)


@contextmanager
def failing_as(error: type[EmbeddingError], message: IndexMessage, point: EntryPoint) -> Iterator[None]:
    """Turns whatever a package's code raises into an error that names the package; one of ours stays as it is.

    The message has the fields ``scheme``, ``package`` and ``reason``.
    """
    try:
        yield
    except YinjuError:
        raise
    except Exception as exc:
        raise error(message, scheme=point.name, package=package_of(point), reason=failure_of(exc)) from exc
