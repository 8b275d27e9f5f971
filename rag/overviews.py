"""The overview of one document, whoever asks: its own sentences under the headings they stand under."""

from __future__ import annotations

from embeddings import Encoder, Index
from rag.question.phrases import Language
from rag.question.question import Question
from rag.retrieval.retriever import Retriever
from rag.routes.overview import overview
from rag.routes.room import Asking, Reply

__all__ = ["overview_of"]

_PASSAGES = 8


def overview_of(document_id: str, index: Index, encoder: Encoder, language: Language) -> Reply | None:
    """Some of a document's sentences with their citations; None where it has none to quote.

    Raises:
        UnknownDocument: the index has no such document.
    """
    document = index.document(document_id)
    # Asked for by its title, so that no word of the question is one that the document does not go by.
    question = Question(document.title or document.id, language)
    retriever = Retriever(index, encoder)
    asking = Asking(question, retriever, None, frozenset({document_id}), _PASSAGES, question.today)
    return overview(asking)
