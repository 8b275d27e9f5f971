"""Where an index on a Milvus server is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.errors import IndexUnreadable
from embeddings.messages import IndexMessage

if TYPE_CHECKING:
    from pymilvus import MilvusClient

__all__ = ["MilvusLocation"]


@dataclass(frozen=True, slots=True)
class MilvusLocation:
    """Where an index is: ``milvus:<uri>``, or ``milvus:<uri>#<name>`` where a server holds several.

    The uri is that of a server, or the path of a file for milvus-lite.
    """

    uri: str
    name: str = "yinju"

    @classmethod
    def parse(cls, location: str) -> MilvusLocation:
        """Reads ``milvus:...``; raises ``IndexUnreadable`` where the uri is missing."""
        uri, _, name = location.removeprefix("milvus:").partition("#")
        if not uri:
            raise IndexUnreadable(IndexMessage.MILVUS_WITHOUT_ADDRESS)
        return cls(uri, name or "yinju")

    def __str__(self) -> str:
        """Without the credentials the uri may hold."""
        scheme, separator, rest = self.uri.rpartition("://")
        return f"Milvus index {self.name} at {scheme}{separator}{rest.rpartition('@')[2]}"

    def connect(self) -> MilvusClient:
        """A client; raises ``IndexUnreadable`` where there is no package or no server."""
        try:
            from pymilvus import MilvusClient
        except ImportError as exc:
            raise IndexUnreadable(IndexMessage.MILVUS_PACKAGE) from exc
        with self.translated():
            return MilvusClient(self.uri)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turns errors of Milvus into ``IndexUnreadable``."""
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, OSError) as exc:
            reason = getattr(exc, "message", None) or str(exc) or type(exc).__name__
            raise IndexUnreadable(
                IndexMessage.MILVUS_UNUSABLE, index=str(self), reason=reason.splitlines()[0][:200]
            ) from exc

    def current(self, client: MilvusClient) -> str | None:
        """The collection that answers, if there is one."""
        with self.translated():
            if not client.has_collection(self.name):
                return None
            return str(client.describe_alias(self.name)["collection_name"])
