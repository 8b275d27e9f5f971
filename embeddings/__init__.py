"""Passages to vectors and postings to a searchable index on disk."""

from embeddings.building.checkpoint import keep_vectors
from embeddings.building.plan import Changes, changes
from embeddings.building.rebuild import Progress, RebuildReport, rebuild, rollback
from embeddings.encoders.languages import LanguageMeans, base_of
from embeddings.encoders.loading import DEFAULT_MODEL, load_encoder
from embeddings.encoders.protocol import Encoder
from embeddings.errors import (
    EmbeddingError,
    EncoderUnavailable,
    IndexBusy,
    IndexMismatch,
    IndexMissing,
    IndexProblem,
    IndexUnreadable,
    IndexUnwritable,
)
from embeddings.index.documents import DocumentSummary, Facets, Filters
from embeddings.index.matching import figure_tokens
from embeddings.index.protocol import Index, Manifest
from embeddings.index.texts import texts_of
from embeddings.index.tokens import Term, lexical_tokens
from embeddings.local.check import IndexCheck, check_index
from embeddings.local.layout import generation_before
from embeddings.opening import open_index

__all__ = [
    "DEFAULT_MODEL",
    "Changes",
    "DocumentSummary",
    "EmbeddingError",
    "Encoder",
    "EncoderUnavailable",
    "Facets",
    "Filters",
    "Index",
    "IndexBusy",
    "IndexCheck",
    "IndexMismatch",
    "IndexMissing",
    "IndexProblem",
    "IndexUnreadable",
    "IndexUnwritable",
    "LanguageMeans",
    "Manifest",
    "Progress",
    "RebuildReport",
    "Term",
    "base_of",
    "changes",
    "check_index",
    "figure_tokens",
    "generation_before",
    "keep_vectors",
    "lexical_tokens",
    "load_encoder",
    "open_index",
    "rebuild",
    "rollback",
    "texts_of",
]
