"""What stands around the sentences of an answer: the marks of what they rest on, and what speaks against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag import AnswerSentence, Citation
from rag.answers import Verdict
from ui.web.html.evidence import byline
from ui.web.words.interface import Words

__all__ = ["VERDICT_ICONS", "Doubt", "Mark", "Stated", "doubted", "stated"]

VERDICT_ICONS: dict[Verdict, str] = {"supported": "✓", "unsupported": "!", "unchecked": "○"}
"""The sign beside each verdict's word."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The number of a citation, with what its tooltip says."""

    number: int
    label: str
    quote: str
    byline: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A verdict that is not "supported", in words."""

    verdict: Verdict
    icon: str
    said: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What ``_sentence.html`` puts around the words of a sentence that states something."""

    verdict: Verdict
    marks: tuple[Mark, ...] = ()
    doubt: Doubt | None = None


def stated(sentence: AnswerSentence, citations: Mapping[int, Citation], words: Words) -> Stated | None:
    """What stands around a sentence; None for a frame, which states nothing."""
    if sentence.frame:
        return None
    marks = (_mark(citations[number], words) for number in sentence.citations if number in citations)
    return Stated(sentence.verdict, tuple(marks), doubted(sentence.verdict, sentence.problems, words))


def doubted(verdict: Verdict, problems: Sequence[str], words: Words) -> Doubt | None:
    """What speaks against a sentence; None where nothing does."""
    if verdict == "supported":
        return None
    named = f"：{'; '.join(problems)}" if problems else ""
    return Doubt(verdict, VERDICT_ICONS[verdict], f"{getattr(words, verdict)}{named}")


def _mark(citation: Citation, words: Words) -> Mark:
    label = words.citation.format(number=citation.number, title=citation.title)
    return Mark(citation.number, label, citation.quote, byline(citation, words))
