"""Files to documents to passages. The lowest floor: knows nothing of vectors, questions or screens."""

from corpus.documents import Document, Heading, Origin, Passage, Place, Segment, Skipped
from corpus.errors import DocumentError, Problem, UnknownDocument, UnreadableDocument, UnsupportedFormat, YinjuError
from corpus.language.sentences import sentence_spans
from corpus.language.tags import language_of
from corpus.library import Library, read_document, read_documents
from corpus.limits import Limits
from corpus.outcomes import Outcome
from corpus.passages import split

__all__ = [
    "Document",
    "DocumentError",
    "Heading",
    "Library",
    "Limits",
    "Origin",
    "Outcome",
    "Passage",
    "Place",
    "Problem",
    "Segment",
    "Skipped",
    "UnknownDocument",
    "UnreadableDocument",
    "UnsupportedFormat",
    "YinjuError",
    "language_of",
    "read_document",
    "read_documents",
    "sentence_spans",
    "split",
]
