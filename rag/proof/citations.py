"""Marks in an answer's text, and the citations they stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus import Document, Passage, sentence_spans
from corpus.language.lists import is_item, is_of_code
from corpus.language.script import has_han
from corpus.tables import BETWEEN_CELLS
from rag.answers import AnswerSentence, Citation

__all__ = ["MarkedSentence", "Numbering", "join_sentences", "led", "marked_sentences", "parted", "proven_only"]

_MARK = re.compile(r"\s*[\[［【]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]］】]")
_AFTER_STOP = re.compile(rf"([。！？!?.…]+[”’」』）)]*)((?:{_MARK.pattern})+)")
_BEGINS_LATIN = re.compile(r"[A-Za-z]")
_ENDS_LATIN = re.compile(r"[A-Za-z.!?]$")
_ENDS = re.compile(r"[。！？；…：.!?;:][”’」』）》)\]}\"']*$")
_COLONS = ("：", ":")


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
    """The answer's text: each sentence with its marks behind it, as "……[1]"; see ``parted``."""
    text = ""
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        text += parted(before, sentence)
        if sentence.lead:
            text += sentence.lead + ("" if sentence.lead.endswith(_COLONS) else led(sentence))
        text += sentence.text + "".join(f"[{number}]" for number in sentence.citations)
    return text


def parted(before: AnswerSentence | None, sentence: AnswerSentence) -> str:
    """What stands between a sentence and the one before it: nothing, a space between Latin ones, or a line's end.

    Items of a list, what stands under a lead, and lines without a full stop are on lines of their own.
    """
    if before is None:
        return ""
    if sentence.lead or _is_line(sentence) or _is_line(before) or not _ENDS.search(before.text):
        return "\n"
    return " " if _ENDS_LATIN.search(before.text) or _BEGINS_LATIN.match(sentence.text) else ""


def led(sentence: AnswerSentence) -> str:
    """What stands between a lead and its sentence: a colon, and a line's end where that is an item or a row."""
    if _is_line(sentence):
        return "：\n" if has_han(sentence.lead) else ":\n"
    return "：" if has_han(sentence.lead) else ": "


def _is_line(sentence: AnswerSentence) -> bool:
    """Whether a sentence is an item of a list, a row, or lines, which stand on lines of their own."""
    text = sentence.text
    return is_item(text) or is_of_code(text) or BETWEEN_CELLS in text or "\n" in text


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

    def holds(self, document: Document, start: int, end: int) -> bool:
        """Whether ``document.text[start:end]`` stands in a place that is cited already."""
        return any(
            citation.document_id == document.id and citation.start <= start and end <= citation.end
            for citation in self.citations
        )
