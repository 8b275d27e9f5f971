"""Whether a room's answer holds what the question names: a code, a line, a place, an organisation.

What stands in the evidence under another name of the same shape (line 1 for line 3) is a near miss and no answer; what
is nowhere in the library is told, and no answer is sure without it. A side of a comparison that is told to be missing
stands there by its name. The library's own room answers from its list, and is not held to this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpus import Document
from corpus.language.script import fold
from rag.answers import Route
from rag.extractive.demands import OFFERED, Missing, unlisted
from rag.extractive.names_asked import NamesAsked
from rag.question.identifiers import Identifier
from rag.routes.room import Asking, Reply

__all__ = ["accepted", "not_of_others"]

_LONGEST = 100_000  # characters of a document that are looked through


def accepted(route: Route, asking: Asking, reply: Reply) -> Reply | None:
    """The answer, less sure where it lacks what is named; None where it is of something else."""
    if route == "library" or not reply.citations:
        return reply
    papers = _papers(asking, (one.document_id for one in reply.citations))
    texts = [folded for _, folded in papers.values()]
    if any(_is_of_another(name, reply, texts) for name in asking.question.names):
        return None
    names = NamesAsked(asking.question.proper_names, papers, asking.index)
    if all(names.denied(key) for key in papers):
        return None
    strangers = names.strangers
    if strangers and not any(strangers[0].stands_in(fold(one.lead or "")) for one in reply.sentences):
        missing: Missing | None = Missing(strangers[0].text, ())
    else:
        first = reply.citations[0]
        document, folded = papers[first.document_id]
        missing = unlisted(document, first.start, asking.question, folded, asking.index)
    if missing or names.unheld:
        return replace(reply, confidence=min(reply.confidence, OFFERED), missing=missing)
    return reply


def not_of_others(asking: Asking, documents: Iterable[str]) -> frozenset[str]:
    """Those of the documents that are not of another place or organisation than the question names."""
    papers = _papers(asking, documents)
    names = NamesAsked(asking.question.proper_names, papers, asking.index)
    return frozenset(key for key in papers if not names.denied(key))


def _papers(asking: Asking, ids: Iterable[str]) -> dict[str, tuple[Document, str]]:
    """The documents, each with what it says folded."""
    documents = [asking.index.document(one) for one in dict.fromkeys(ids)]
    return {one.id: (one, fold(f"{one.title}\n{one.id}\n{one.number}\n{one.text[:_LONGEST]}")) for one in documents}


def _is_of_another(name: Identifier, reply: Reply, texts: list[str]) -> bool:
    """Whether the evidence, or the documents where it is but a figure, have the like of a name and not the name."""
    said = "\n".join([*(f"{one.lead}\n{one.text}" for one in reply.sentences), *(one.quote for one in reply.citations)])
    over = "\n".join(f"{one.title}\n{one.document_id}" for one in reply.citations)
    shown = fold(f"{said}\n{over}")
    if name.form.search(shown):
        return False
    if any(map(str.isalpha, name.text)) and name.like.search(shown):
        return True
    known = any(name.form.search(text) for text in texts)
    return not known and (name.certain or any(name.like.search(text) for text in texts))
