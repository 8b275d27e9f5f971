"""What is measured: of single questions, and over many of them.

Rankings are measured by ir-measures (MacAvaney et al., "Streamlining evaluation with ir-measures", 2022), the area
under the ROC curve by scikit-learn. All measures go from 0 to 1, and more is better, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

__all__ = [
    "DEPTH",
    "Answering",
    "Figures",
    "Latency",
    "Measured",
    "Ranking",
    "Ranks",
    "Refusal",
    "figures_of",
    "ranking_measures",
]

DEPTH = 50
"""How many documents or passages of a ranking are looked at."""
_CURVE = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30, 40, DEPTH)

Ranks = tuple[int | None, ...]
"""The ranks, from 1, of all that is relevant to a question; None for what was not found in the first ``DEPTH``."""


class Measured(Protocol):
    """A question that was asked, as far as the figures need it.

    ``measures`` holds what applies to it, by names such as "documents.nDCG@10" and "answer.first".
    """

    @property
    def answerable(self) -> bool:
        """Whether the documents have the answer."""
        ...

    @property
    def confidence(self) -> float | None:
        """How sure the assistant was (0 to 1); None if it failed."""
        ...

    @property
    def measures(self) -> Mapping[str, float]:
        """Values by name."""
        ...

    @property
    def timings_ms(self) -> Mapping[str, float]:
        """The time of the answer, split; milliseconds."""
        ...

    @property
    def citations(self) -> int:
        """How many citations were given."""
        ...

    @property
    def document_ranks(self) -> Ranks:
        """Of the documents that answer."""
        ...

    @property
    def passage_ranks(self) -> Ranks:
        """Of the passages that hold the evidence or the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Ranking:
    """How high what is relevant stood. ``questions`` have something relevant; ``recall_curve`` is (k, recall@k)."""

    questions: int
    ndcg_at_10: float
    mrr_at_10: float
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    recall_curve: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Answering:
    """Whether the answer stands in what was quoted; a refused question quotes nothing and counts as 0.

    ``questions`` have an answer written down; ``first`` and ``first_three`` are the shares of them with the full
    answer in the first quote or the first three together. ``right_document`` is the share of the answerable questions
    whose first quote is from a document that answers. ``outdated`` (less is better) is the share of the questions
    with an older version of a document that quote it. ``exact`` is the share of the ``citations`` whose words stand
    in their document where they say. None where nothing could be measured.
    """

    questions: int
    first: float | None
    first_three: float | None
    right_document: float | None
    outdated: float | None
    citations: int
    exact: float | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whether what the documents answer is told from what they don't.

    ``auroc`` is how often an answerable question has the greater confidence of a pair; ``roc`` are the points
    (share of unanswerable questions above a confidence, share of answerable ones above it).
    """

    answerable: int
    unanswerable: int
    auroc: float | None
    answered_when_answerable: float | None
    refused_when_not: float | None
    roc: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles in milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is measured over some questions; ``latency_ms`` by the parts of an answer, "total" the last."""

    questions: int
    failed: int
    documents: Ranking | None
    passages: Ranking | None
    answers: Answering
    refusal: Refusal
    latency_ms: dict[str, Latency]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def ranking_measures(ranks: Sequence[Ranks]) -> list[dict[str, float]]:
    """nDCG@10, MRR@10, recall@1, recall@5 and recall@10 of each question; each has something relevant."""
    from ir_measures import RR, R, nDCG

    names = {nDCG @ 10: "nDCG@10", RR @ 10: "MRR@10", R @ 1: "recall@1", R @ 5: "recall@5", R @ 10: "recall@10"}
    measured: list[dict[str, float]] = [{} for _ in ranks]
    for metric in _metrics(ranks, list(names)):
        measured[int(metric.query_id)][names[metric.measure]] = float(metric.value)
    return [{name: values[name] for name in names.values()} for values in measured]


def figures_of(results: Sequence[Measured]) -> Figures:
    """The figures over these questions."""
    timed = [result.timings_ms for result in results if result.timings_ms]
    parts = dict.fromkeys(part for timings in timed for part in timings)
    latency = {part: _latency([timings[part] for timings in timed if part in timings]) for part in parts}
    if timed:
        latency["total"] = _latency([sum(timings.values()) for timings in timed])
    return Figures(
        questions=len(results),
        failed=sum(result.confidence is None for result in results),
        documents=_ranking("documents", results, [result.document_ranks for result in results]),
        passages=_ranking("passages", results, [result.passage_ranks for result in results]),
        answers=_answering(results),
        refusal=_refusal([result for result in results if result.confidence is not None]),
        latency_ms=latency,
    )


def _ranking(level: str, results: Sequence[Measured], ranks: Sequence[Ranks]) -> Ranking | None:
    from ir_measures import R

    ranks = [found for found in ranks if found]
    if not ranks:
        return None

    def mean(name: str) -> float:
        return _mean(results, f"{level}.{name}") or 0.0

    depths = {R @ k: k for k in _CURVE}
    sums = dict.fromkeys(_CURVE, 0.0)
    for metric in _metrics(ranks, list(depths)):
        sums[depths[metric.measure]] += metric.value
    return Ranking(
        questions=len(ranks),
        ndcg_at_10=mean("nDCG@10"),
        mrr_at_10=mean("MRR@10"),
        recall_at_1=mean("recall@1"),
        recall_at_5=mean("recall@5"),
        recall_at_10=mean("recall@10"),
        recall_curve=tuple((k, _rounded(total / len(ranks))) for k, total in sums.items()),
    )


def _metrics(ranks: Sequence[Ranks], measures: list[Any]) -> Any:
    """What ir-measures makes of the rankings, each rebuilt down to its last relevant rank."""
    from ir_measures import Qrel, ScoredDoc, iter_calc

    qrels, run = [], []
    for query, found in enumerate(ranks):
        qrels += [Qrel(str(query), f"relevant {i}", 1) for i in range(len(found))]
        at = {rank: f"relevant {i}" for i, rank in enumerate(found) if rank is not None}
        last = max(at, default=0)
        run += [ScoredDoc(str(query), at.get(rank, f"other {rank}"), -float(rank)) for rank in range(1, last + 1)]
    return iter_calc(measures, qrels, run)


def _answering(results: Sequence[Measured]) -> Answering:
    citations = sum(result.citations for result in results)
    exact = sum(result.measures["answer.exact"] * result.citations for result in results if result.citations)
    return Answering(
        questions=sum("answer.first" in result.measures for result in results),
        first=_mean(results, "answer.first"),
        first_three=_mean(results, "answer.first_three"),
        right_document=_mean(results, "answer.right_document"),
        outdated=_mean(results, "answer.outdated"),
        citations=citations,
        exact=exact / citations if citations else None,  # not rounded: 1 means every one of them
    )


def _refusal(results: Sequence[Measured]) -> Refusal:
    from sklearn.metrics import roc_auc_score, roc_curve  # type: ignore[import-untyped]

    answerable = [result for result in results if result.answerable]
    unanswerable = [result for result in results if not result.answerable]
    auroc: float | None = None
    roc: tuple[tuple[float, float], ...] = ()
    if answerable and unanswerable:
        truth = [result.answerable for result in results]
        confidence = [result.confidence for result in results]
        auroc = _rounded(float(roc_auc_score(truth, confidence)))
        wrong, right, _ = roc_curve(truth, confidence)
        roc = tuple((_rounded(float(x)), _rounded(float(y))) for x, y in zip(wrong, right, strict=True))
    return Refusal(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        auroc=auroc,
        answered_when_answerable=_mean(answerable, "decision"),
        refused_when_not=_mean(unanswerable, "decision"),
        roc=roc,
    )


def _mean(results: Sequence[Measured], name: str) -> float | None:
    values = [result.measures[name] for result in results if name in result.measures]
    return _rounded(sum(values) / len(values)) if values else None


def _latency(milliseconds: list[float]) -> Latency:
    p50, p95, p99 = np.percentile(milliseconds, (50, 95, 99)).tolist()
    return Latency(round(p50, 2), round(p95, 2), round(p99, 2))


def _rounded(value: float) -> float:
    return round(value, 6)
