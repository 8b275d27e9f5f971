"""Every error Yinju raises, and those of the corpus.

YinjuError
├── DocumentError          one document can't be used
│   ├── UnreadableDocument     the file is missing, not permitted, or not what its name says
│   ├── UnsupportedFormat      no reader knows the file's format
│   └── UnknownDocument        no document has this id
├── EmbeddingError         the encoder or the index (``embeddings.errors``)
└── AnswerError            questions, settings and language models (``rag.errors``)

Each message is one sentence or two: what happened, to which file or setting, and what to do.
"""

from __future__ import annotations

__all__ = ["DocumentError", "UnknownDocument", "UnreadableDocument", "UnsupportedFormat", "YinjuError"]


class YinjuError(Exception):
    """The root of every error that leaves a public function."""


class DocumentError(YinjuError):
    """One document can't be used; the others are not affected."""


class UnreadableDocument(DocumentError):
    """The file is missing, may not be read, or its bytes are not what its name says."""


class UnsupportedFormat(DocumentError):
    """No reader is registered for the file's format."""


class UnknownDocument(DocumentError):
    """The documents folder or the index has no document of this id."""
