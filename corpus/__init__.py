"""Files to documents to passages. The lowest floor: knows nothing of vectors, questions or screens."""

from corpus.documents import Document, Heading, Origin, Passage, Place, Segment, Skipped
from corpus.errors import DocumentError, Problem, UnknownDocument, UnreadableDocument, UnsupportedFormat, YinjuError
from corpus.language.sentences import sentence_spans
from corpus.language.tags import language_of
from corpus.library import Library, read_document, read_documents
from corpus.limits import Limits
from corpus.outcomes import Outcome, ReadAlready
from corpus.passages import split
from corpus.tables import Cell, Table, Value

__all__ = [
    "Cell",
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
    "ReadAlready",
    "Segment",
    "Skipped",
    "Table",
    "UnknownDocument",
    "UnreadableDocument",
    "UnsupportedFormat",
    "Value",
    "YinjuError",
    "language_of",
    "read_document",
    "read_documents",
    "sentence_spans",
    "split",
]
