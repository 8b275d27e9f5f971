"""Whether a sentence's figures stand in the text it cites."""

from __future__ import annotations

import re

from embeddings import fold
from rag.answers import AnswerSentence, Citation, Verdict
from rag.language import Language, say

__all__ = ["verify"]

_FIGURE = re.compile(r"\d+(?:[.,:/-]\d+)*%?")


def verify(text: str, citations: tuple[Citation, ...], language: Language) -> AnswerSentence:
    """The sentence with its verdict: unsupported if it cites nothing or has a figure that its citations lack.

    Only figures in digits are held against the text so far, so that a sentence without any is left unchecked.
    """
    numbers = tuple(citation.number for citation in citations)
    if not citations:
        return AnswerSentence(text, (), "unsupported", (say("no_citation", language),))
    cited = _figures(" ".join(citation.quote for citation in citations))
    figures = _figures(text)
    missing = tuple(say("missing_figure", language, figure=figure) for figure in figures if figure not in cited)
    verdict: Verdict = "unsupported" if missing else "supported" if figures else "unchecked"
    return AnswerSentence(text, numbers, verdict, missing)


def _figures(text: str) -> list[str]:
    return list(dict.fromkeys(match[0].replace(",", "") for match in _FIGURE.finditer(fold(text))))
