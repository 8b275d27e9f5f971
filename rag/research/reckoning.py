"""Sentences that say what a tool worked out of a table: they rest on all the rows that it was worked out of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus import Document
from rag.answers import AnswerSentence, Citation, Hit
from rag.proof.citations import Numbering
from rag.proof.evidence import Evidence
from rag.proof.verification import problems_of
from rag.question.phrases import Language
from rag.routes.tables.wording import Citing

__all__ = ["WorkedOut", "with_reckoned"]

_MOST_ROWS = 12  # cited one by one: of more the stretch from the first to the last is


@dataclass(frozen=True)
class WorkedOut:
    """What came of figures: ``said`` is the result with its formula, ``spans`` are the rows it rests on."""

    document: Document
    spans: tuple[tuple[int, int], ...]
    said: str

    @property
    def evidence(self) -> Evidence:
        """The rows and the result, with what stands over them."""
        text, first = self.document.text, self.spans[0][0]
        rows = [text[start:end] for start, end in self.spans]
        return Evidence.of("\n".join([*rows, self.said]), [self.document.title, *self.document.heading_path(first)])

    def cited(self, citing: Citing) -> tuple[int, ...]:
        """The numbers of the rows."""
        spans = self.spans if len(self.spans) <= _MOST_ROWS else ((self.spans[0][0], self.spans[-1][1]),)
        return tuple(dict.fromkeys(citing.span(self.document, start, end) for start, end in spans))


def with_reckoned(
    sentences: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    worked_out: Sequence[WorkedOut],
    hits: Sequence[Hit],
    language: Language,
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """The sentences, those that what was worked out bears out cited by its rows; ``hits`` lend their passages.

    Only a sentence that its own quotations do not bear out is looked at: its figure may stand in no cell.
    """
    citing = Citing(hits, Numbering(list(citations)))
    settled = []
    for sentence in sentences:
        bearing = None
        if sentence.verdict == "unsupported":
            bearing = next((one for one in worked_out if not problems_of(sentence.text, one.evidence, language)), None)
        if bearing is None:
            settled.append(sentence)
        else:
            settled.append(replace(sentence, citations=bearing.cited(citing), verdict="supported", problems=()))
    return tuple(settled), tuple(citing.numbering.citations)
