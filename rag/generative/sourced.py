"""Passages as a language model is sent them: each with what its document tells of itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from embeddings import Index
from rag.answers import Hit

__all__ = ["Sourced", "sourced"]


@dataclass(frozen=True, slots=True)
class Sourced(Hit):
    """A hit with its document's source and date, and what the later edition is called where there is one."""

    source: str | None = None
    published: str | None = None
    superseded_by_title: str | None = None


def sourced(hits: Iterable[Hit], index: Index) -> list[Sourced]:
    """The hits, earlier editions among them, with what the index knows of their documents."""
    described = []
    for hit in hits:
        document = index.document(hit.passage.document_id)
        later = None
        if hit.superseded_by is not None:
            edition = index.document(hit.superseded_by)
            later = " ".join(filter(None, (edition.title, edition.published)))
        values = {field.name: getattr(hit, field.name) for field in fields(Hit)}
        described.append(
            Sourced(**values, source=document.source, published=document.published, superseded_by_title=later)
        )
    return described
