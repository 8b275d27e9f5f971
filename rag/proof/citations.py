"""Marks in an answer's text, and the citations they stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus import Document, Passage, sentence_spans
from corpus.language.lists import is_item
from rag.answers import AnswerSentence, Citation

__all__ = ["MarkedSentence", "Numbering", "join_sentences", "marked_sentences", "proven_only"]

_MARK = re.compile(r"\s*[\[［【]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]］】]")
_AFTER_STOP = re.compile(rf"([。！？!?.…]+[”’」』）)]*)((?:{_MARK.pattern})+)")
_BEGINS_LATIN = re.compile(r"[A-Za-z]")
_ENDS_LATIN = re.compile(r"[A-Za-z.!?](?:\[\d+\])*$")


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence of a written answer without its marks, and the passage numbers it was marked with."""

    text: str
    marks: tuple[int, ...]


def marked_sentences(text: str) -> list[MarkedSentence]:
    """The sentences of an answer with the marks in or right behind them, in order.

    A mark may stand before or after the full stop, as "[1][2]", "[1, 2]" or "【1】".
    """
    # Marks after a full stop belong to the sentence before it, so they are moved in front of it first.
    moved = _AFTER_STOP.sub(lambda match: match[2] + match[1], text)
    sentences = []
    for start, end in sentence_spans(moved):
        sentence = moved[start:end]
        numbers = [int(number) for match in _MARK.finditer(sentence) for number in re.findall(r"\d+", match[1])]
        plain = _MARK.sub("", sentence).strip()
        if re.search(r"\w", plain):
            sentences.append(MarkedSentence(plain, tuple(dict.fromkeys(numbers))))
    return sentences


def join_sentences(sentences: Sequence[AnswerSentence]) -> str:
    """The answer's text: each sentence with its marks behind it, as "……[1]"; Latin sentences with a space between,
    items of a list, and what stands under a lead, on lines of their own."""
    text = ""
    for sentence in sentences:
        if text and (is_item(sentence.text) or sentence.lead):
            text += "\n"
        if sentence.lead:
            text += sentence.lead + (": " if sentence.lead.isascii() else "：")
        latin = _ENDS_LATIN.search(text) or (text and _BEGINS_LATIN.match(sentence.text))
        text += (" " if latin else "") + sentence.text + "".join(f"[{number}]" for number in sentence.citations)
    return text


def proven_only(
    sentences: Sequence[AnswerSentence], citations: Sequence[Citation]
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...], int]:
    """The sentences that are not unsupported, with their citations numbered anew, and how many were left out."""
    proven = [sentence for sentence in sentences if sentence.verdict != "unsupported"]
    used = dict.fromkeys(number for sentence in proven for number in sentence.citations)
    renumbered = {number: new for new, number in enumerate(used, 1)}
    kept = tuple(
        replace(sentence, citations=tuple(renumbered[number] for number in sentence.citations)) for sentence in proven
    )
    cited = tuple(replace(citations[number - 1], number=new) for number, new in renumbered.items())
    return kept, cited, len(sentences) - len(proven)


@dataclass
class Numbering:
    """Gives each place that is cited its number, counting from 1 in the order of first use."""

    citations: list[Citation] = field(default_factory=list)

    def cite(
        self, document: Document, passage: Passage, start: int, end: int, key: tuple[int, int] | None = None
    ) -> int:
        """The number of ``document.text[start:end]``; a place cited before keeps its number.

        ``key`` is where the words that answer stand; it is kept if that is within the place.
        """
        for citation in self.citations:
            if (citation.document_id, citation.start, citation.end) == (document.id, start, end):
                return citation.number
        self.citations.append(
            Citation(
                number=len(self.citations) + 1,
                document_id=document.id,
                title=document.title,
                source=document.source,
                published=document.published,
                url=document.url,
                page=passage.page,
                passage_id=passage.id,
                quote=document.text[start:end],
                start=start,
                end=end,
                key=key if key and start <= key[0] and key[1] <= end else None,
            )
        )
        return len(self.citations)
