"""Answers as plain text: the sentences with their marks, and what each mark stands for."""

from __future__ import annotations

from rag import Answer, Citation

__all__ = ["cited", "sources"]


def cited(answer: Answer) -> str:
    """An answer to be pasted elsewhere: its text with marks, then its sources; Markdown shows the quotes as such."""
    return "\n\n".join(part for part in (answer.text, sources(answer)) if part)


def sources(answer: Answer) -> str:
    """A paragraph for each citation: its number, where it is from, and its literal quote."""
    return "\n\n".join(_source(citation) for citation in answer.citations)


def _source(citation: Citation) -> str:
    page = f"p. {citation.page}" if citation.page else None
    known = (citation.title, citation.source, citation.published, page, citation.document_id, citation.url)
    quote = "\n".join(f"> {line}" for line in citation.quote.split("\n"))
    return f"[{citation.number}] {' · '.join(part for part in known if part)}\n{quote}"
