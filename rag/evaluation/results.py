"""What an evaluation gives back: its figures, and of each question what was expected and what came."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from corpus import Skipped
from rag.evaluation.measures import Figures, Ranks

__all__ = ["About", "Evaluation", "Found", "Quote", "Result"]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, its text cut short; ``relevant`` if its document answers the question."""

    rank: int
    document_id: str
    title: str
    text: str
    relevant: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What was quoted; ``exact`` if it stands in the document, word for word, where the citation says."""

    document_id: str
    text: str
    exact: bool
    relevant: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A question, what was expected and what came back; ``error`` tells why no answer did."""

    id: str
    question: str
    lang: str | None
    kind: str | None
    expected_answers: tuple[str, ...]
    expected_documents: tuple[str, ...]
    refused: bool
    confidence: float | None
    found: tuple[Found, ...]
    quotes: tuple[Quote, ...]
    document_ranks: Ranks
    passage_ranks: Ranks
    measures: dict[str, float]
    timings_ms: dict[str, float]
    error: str | None = None
    likely: bool = False

    @property
    def answerable(self) -> bool:
        """Whether any document has the answer."""
        return bool(self.expected_documents)

    @property
    def citations(self) -> int:
        """How many citations the answer has."""
        return len(self.quotes)

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong, in a few words each, the gravest first."""
        problems = []
        if self.error is not None:
            problems.append("failed")
        elif self.refused and self.answerable:
            problems.append("refused, though the documents answer")
        elif self.likely and self.answerable:
            problems.append("shown as what may answer, though the documents answer")
        elif not self.refused and not self.likely and not self.answerable:
            problems.append("answered, though the documents do not")
        if self.measures.get("answer.exact", 1.0) < 1.0:
            problems.append("a quote is not in its document")
        if self.measures.get("answer.outdated"):
            problems.append("quotes an outdated version")
        if self.quotes and self.measures.get("answer.first_three") == 0.0:
            problems.append("the answer is not in the first three quotes")
        elif self.quotes and self.measures.get("answer.first") == 0.0:
            problems.append("the answer is not in the first quote")
        if self.answerable and self.document_ranks[0] != 1 and 1 not in self.document_ranks:
            found = [rank for rank in self.document_ranks if rank is not None]
            problems.append(f"right document at rank {min(found)}" if found else "right document not found")
        return tuple(problems)


@dataclass(frozen=True, slots=True)
class About:
    """What was measured, when, and with which settings. ``created`` is an ISO 8601 time in UTC.

    ``unknown_documents`` are named by questions but are not in the index, ``skipped`` could not be indexed.
    """

    created: str
    version: str
    files: tuple[str, ...]
    documents: int
    passages: int
    embedding_model: str
    llm: str
    top_k: int
    passage_chars: int
    answer_threshold: float
    seconds: float
    unknown_documents: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures over all questions and by their language and kind, and each question's result."""

    about: About
    overall: Figures
    by_lang: dict[str, Figures]
    by_kind: dict[str, Figures]
    results: tuple[Result, ...] = field(repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the figures worth less than they look, in a sentence each."""
        warnings = []
        if self.about.unknown_documents:
            shown, number = self.about.unknown_documents[0], len(self.about.unknown_documents)
            warnings.append(f"{number:,} documents that questions name are not in the index, such as {shown!r}.")
        if self.about.skipped:
            shown, number = self.about.skipped[0].problem, len(self.about.skipped)
            warnings.append(f"{number:,} documents could not be indexed; the first: {shown}")
        if self.overall.failed:
            error = next(result.error for result in self.results if result.error is not None)
            warnings.append(f"{self.overall.failed:,} questions failed; the first: {error}")
        unjudged = sum(result.answerable and not result.passage_ranks for result in self.results)
        if unjudged:
            warnings.append(
                f"{unjudged:,} questions have neither evidence nor answer that stands in a passage of their documents; "
                "the figures of passages leave them out."
            )
        return tuple(warnings)

    def worst(self, most: int) -> list[Result]:
        """The results with problems, at most ``most``, those that mislead the reader before those that only fail."""
        return sorted((result for result in self.results if result.problems), key=_goodness)[:most]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def _goodness(result: Result) -> tuple[float, ...]:
    """Sorts the worst first: untrue quotes, answers where there are none, wrong quotes, refusals, all by confidence."""
    measures = result.measures
    confidence = result.confidence or 0.0
    wrong = not result.answerable or measures.get("answer.first_three", measures.get("answer.right_document")) == 0.0
    return (
        measures.get("answer.exact", 1.0),
        -measures.get("answer.outdated", 0.0),
        float(result.error is None),
        -float(bool(result.quotes) and wrong),
        -float(result.refused and result.answerable),
        measures.get("answer.first", 1.0),
        measures.get("documents.nDCG@10", 1.0),
        -confidence,
    )
