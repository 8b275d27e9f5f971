"""Passages to vectors and postings to a searchable index on disk."""

from embeddings.checkpoint import keep_vectors
from embeddings.encoder import DEFAULT_MODEL, Encoder, load_encoder
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
from embeddings.index import DocumentSummary, Index, Manifest, open_index
from embeddings.languages import LanguageMeans, base_of
from embeddings.layout import generation_before
from embeddings.matching import figure_tokens
from embeddings.plan import Changes, changes
from embeddings.quantities import Quantity, QuantityKind, quantities
from embeddings.rebuild import Progress, RebuildReport, rebuild, rollback
from embeddings.texts import texts_of
from embeddings.tokens import Term, fold, lexical_tokens, simplified
from embeddings.verification import Verified, verify

__all__ = [
    "DEFAULT_MODEL",
    "Changes",
    "DocumentSummary",
    "EmbeddingError",
    "Encoder",
    "EncoderUnavailable",
    "Index",
    "IndexBusy",
    "IndexMismatch",
    "IndexMissing",
    "IndexProblem",
    "IndexUnreadable",
    "IndexUnwritable",
    "LanguageMeans",
    "Manifest",
    "Progress",
    "Quantity",
    "QuantityKind",
    "RebuildReport",
    "Term",
    "Verified",
    "base_of",
    "changes",
    "figure_tokens",
    "fold",
    "generation_before",
    "keep_vectors",
    "lexical_tokens",
    "load_encoder",
    "open_index",
    "quantities",
    "rebuild",
    "rollback",
    "simplified",
    "texts_of",
    "verify",
]
