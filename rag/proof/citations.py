"""An answer's text made of its sentences with their marks, and the citations that the marks stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus import Document, Passage
from corpus.language.lists import is_item, is_of_code
from corpus.language.script import LATIN_WORD, has_han
from corpus.tables import BETWEEN_CELLS
from rag.answers import AnswerSentence, Citation

__all__ = ["Numbering", "join_sentences", "led", "parted", "proven_only", "without"]

_ENDS_LATIN = re.compile(r"[A-Za-z.!?]$")
_ENDS = re.compile(r"[。！？；…：.!?;:][”’」』）》)\]}\"']*$")
_COLONS = ("：", ":")
_BORDER = "|"  # between cells of a table in Markdown


def join_sentences(sentences: Sequence[AnswerSentence]) -> str:
    """The answer's text: each sentence with its marks behind it, as "……[1]"; see ``parted``."""
    text = ""
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        text += parted(before, sentence)
        if sentence.lead:
            text += sentence.lead + ("" if sentence.lead.endswith(_COLONS) else led(sentence))
        text += sentence.text + "".join(f"[{number}]" for number in sentence.citations) + sentence.after
    return text


def parted(before: AnswerSentence | None, sentence: AnswerSentence) -> str:
    """What stands between a sentence and the one before it: nothing, a space between Latin ones, or a line's end.

    In what a language model wrote it is what it wrote there. Else items of a list, what stands under a lead, and lines
    without a full stop are on lines of their own.
    """
    if sentence.before is not None:
        return sentence.before
    if before is None:
        return ""
    if sentence.lead or _is_line(sentence) or _is_line(before) or not _ENDS.search(before.text):
        return "\n"
    return " " if _ENDS_LATIN.search(before.text) or LATIN_WORD.match(sentence.text) else ""


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
    unsupported = [sentence.verdict == "unsupported" for sentence in sentences]
    proven = without(sentences, unsupported)
    if all(sentence.frame for sentence in proven):
        proven = ()
    used = dict.fromkeys(number for sentence in proven for number in sentence.citations)
    renumbered = {number: new for new, number in enumerate(used, 1)}
    kept = tuple(
        replace(sentence, citations=tuple(renumbered[number] for number in sentence.citations)) for sentence in proven
    )
    cited = tuple(replace(citations[number - 1], number=new) for number, new in renumbered.items())
    return kept, cited, sum(unsupported)


def without(sentences: Sequence[AnswerSentence], dropped: Sequence[bool]) -> tuple[AnswerSentence, ...]:
    """The sentences but those that are dropped; the cells of a table stay, empty."""
    kept: list[AnswerSentence] = []
    pending = ""  # what began the line of a sentence that was dropped, or its cell
    for sentence, drop in zip(sentences, dropped, strict=True):
        before = sentence.before
        if drop:
            if before is not None and (_BORDER in before or _BORDER in sentence.after):
                pending += before + sentence.after
            elif before is not None and "\n" in before:
                pending = before
            if kept and sentence.after.strip() and _BORDER not in sentence.after:
                kept[-1] = replace(kept[-1], after=kept[-1].after + sentence.after)
            continue
        if before is not None:
            before = pending + before if _BORDER in pending or "\n" not in before else before
            before, pending = before if kept else before.lstrip("\n"), ""
        kept.append(replace(sentence, before=before))
    if kept and _BORDER in pending:
        kept[-1] = replace(kept[-1], after=(kept[-1].after + pending).rstrip())
    return tuple(kept)


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
