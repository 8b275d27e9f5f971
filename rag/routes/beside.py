"""The lines of a comparison: each side's sentence under its name, what is missing, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answers import AnswerSentence, Citation
from rag.extractive.articles import articles_of
from rag.extractive.candidates import Candidate
from rag.extractive.choice import Extract, leans
from rag.extractive.layout import Layout
from rag.proof.citations import Numbering
from rag.question.phrases import say
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.routes.difference import cell_of, subtracted, wants_difference
from rag.routes.evidence import Evidence, borne_out, likely_of
from rag.routes.room import Asking, Reply
from rag.routes.side_names import Name

__all__ = ["Beside"]

_LONGEST_ARTICLE = 200  # characters of one that is quoted from its number on
_ONE_SIDE = 0.45  # no surer where a side is missing


class Beside:
    """The lines of a comparison as they are added, a topic at a time."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._numbering = Numbering()
        self._sentences: list[AnswerSentence] = []
        self._found: list[Found] = []
        self._likely: list[float] = []  # of each topic
        self._missing = False

    def add(
        self, topic: str, names: Sequence[Name], chosen: Sequence[Evidence | None], lacking: Sequence[str] = ()
    ) -> None:
        """A line for each side, those of one sentence together, and the difference where it is asked for.

        ``lacking`` is what is said of each side without a sentence, "" for no more than that.
        """
        chosen = borne_out(chosen)
        lines: dict[tuple[str, int] | str, list[int]] = {}
        for i, one in enumerate(chosen):
            key = (one.candidate.document.id, one.candidate.start) if one else names[i].label
            lines.setdefault(key, []).append(i)
        for places in lines.values():
            one = chosen[places[0]]
            label = ("、" if self._asking.language != "en" else ", ").join(names[i].label for i in places)
            self._line(" ".join(filter(None, [label, topic])), one, lacking[places[0]] if lacking else "")
        self._likely += likely_of([one for one in chosen if one])
        if len(names) == 2 and wants_difference(self._asking.question.text):
            self._subtract(names, chosen)

    def _line(self, lead: str, one: Evidence | None, lacking: str) -> None:
        if one is None:
            self._missing = True
            text = lacking or say("side_missing", self._asking.language)
            self._sentences.append(AnswerSentence(text, (), "unchecked", lead=lead))
            return
        self._found.append(one.found)
        quoted = Extract((_from_its_number(one.candidate),), one.confidence).cite(self._numbering)
        self._sentences += [replace(sentence, lead=lead) for sentence in quoted]

    def _subtract(self, names: Sequence[Name], chosen: Sequence[Evidence | None]) -> None:
        cells = [cell_of(one.candidate, name) for one, name in zip(chosen, names, strict=True) if one is not None]
        computed = subtracted([cell for cell in cells if cell is not None])
        if computed:
            numbers = dict.fromkeys(
                citation.number for one in chosen if one for citation in self._citations_of(one.candidate)
            )
            lead = say("difference", self._asking.language)
            self._sentences.append(AnswerSentence(computed, tuple(numbers), "supported", lead=lead))

    def _citations_of(self, candidate: Candidate) -> list[Citation]:
        return [
            citation
            for citation in self._numbering.citations
            if citation.document_id == candidate.document.id and citation.start < candidate.end <= citation.end
        ]

    def reply(self) -> Reply | None:
        """The answer; None where no side has anything."""
        if not self._likely:
            return None
        sure = max(self._likely)
        return Reply(
            tuple(self._sentences),
            tuple(self._numbering.citations),
            merged(self._found).hits,
            min(sure, _ONE_SIDE) if self._missing else sure,
        )


def _from_its_number(candidate: Candidate) -> Candidate:
    """A sentence of an article with those before it in the line where it leans on them; others as they are."""
    document = candidate.document
    first = max((one.start for one in articles_of(document) if one.start < candidate.start), default=None)
    start, end = Layout(document).sentence_at(candidate.start, candidate.end)
    if first is None or end - first > _LONGEST_ARTICLE or "\n" in document.text[first:end]:
        return candidate
    if not leans(candidate.asked, document.text[start:end], document.text[first:start]):
        return candidate
    return replace(candidate, answer=((first, end),))
