"""Files to documents to passages. The lowest floor: knows nothing of vectors, questions or screens."""

from corpus.documents import Document, Heading, Origin, Passage, Segment
from corpus.errors import DocumentError, UnknownDocument, UnreadableDocument, UnsupportedFormat, YinjuError
from corpus.library import Library, read_document
from corpus.passages import split

__all__ = [
    "Document",
    "DocumentError",
    "Heading",
    "Library",
    "Origin",
    "Passage",
    "Segment",
    "UnknownDocument",
    "UnreadableDocument",
    "UnsupportedFormat",
    "YinjuError",
    "read_document",
    "split",
]
