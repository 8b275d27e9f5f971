"""An evaluation as one page that stands alone: no script, nothing loaded, every word of a document escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePath

from markupsafe import Markup

from rag.evaluation.measures import Figures, Ranking
from rag.evaluation.results import Evaluation
from ui.report.charts import Line, histogram, line_chart, mirrored_histogram
from ui.report.text import figure
from ui.web.html.templating import render

__all__ = ["report_html"]

_WORST = 40
_OPEN = 3  # of the worst questions are shown in full from the start
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_COLUMNS = (
    ("", ("questions",)),
    ("Documents", ("nDCG@10", "MRR@10", "R@1", "R@5", "R@10")),
    ("Passages", ("nDCG@10", "R@1", "R@5", "R@10")),
    ("Answer quoted", ("first", "first 3")),
    ("Decision", ("answered", "refused", "AUROC")),
)


@dataclass(frozen=True, slots=True)
class _Chart:
    """A curve with its heads; the drawing is SVG."""

    title: str
    caption: str
    drawing: Markup


def report_html(evaluation: Evaluation) -> str:
    """The whole page."""
    overall = evaluation.overall
    worst = evaluation.worst(_WORST)
    failing = sum(bool(result.problems) for result in evaluation.results)
    charts = (_recall(overall), _roc(evaluation), _confidences(evaluation), _times(evaluation))
    slices = (("", {"all": overall}), ("by language", evaluation.by_lang), ("by kind", evaluation.by_kind))
    page = render(
        "report.html",
        evaluation=evaluation,
        about=evaluation.about,
        overall=overall,
        names=" + ".join(PurePath(file).name for file in evaluation.about.files),
        policy=_POLICY,
        style=Markup(resources.files("ui").joinpath("web", "assets", "report.css").read_text(encoding="utf-8")),
        tiles=_tiles(overall),
        charts=[chart for chart in charts if chart is not None],
        columns=_COLUMNS,
        width=1 + sum(len(columns) for _, columns in _COLUMNS),
        slices=[
            (title, [(name, figures.questions, _values(figures)) for name, figures in named.items()])
            for title, named in slices
            if named
        ],
        worst=worst,
        shown=f"{failing:,} questions" if failing == len(worst) else f"The worst {len(worst)} of {failing:,} questions",
        opened=_OPEN,
    )
    return f"{page}\n"


def _tiles(figures: Figures) -> list[tuple[str, str]]:
    documents, passages, answers, refusal = figures.documents, figures.passages, figures.answers, figures.refusal
    total = figures.latency_ms.get("total")
    tiles = (
        (documents.ndcg_at_10 if documents else None, "nDCG@10 of documents"),
        (passages.ndcg_at_10 if passages else None, "nDCG@10 of passages"),
        (answers.first, "answer in the first quote"),
        (answers.first_three, "answer in the first three quotes"),
        (answers.exact, f"of {answers.citations:,} quotes word for word in their document"),
        (refusal.auroc, "AUROC, answerable or not"),
    )
    shown = [(figure(value), label) for value, label in tiles if value is not None]
    if total is not None:
        shown.append((f"{total.p50:,.0f} ms", f"median answer; 95% within {total.p95:,.0f} ms"))
    return shown


def _recall(figures: Figures) -> _Chart | None:
    levels: list[tuple[str, str, Ranking]] = []
    if figures.documents is not None:
        levels.append(("documents", "main", figures.documents))
    if figures.passages is not None:
        levels.append(("passages", "quiet", figures.passages))
    if not levels:
        return None
    least = min(share for _, _, ranking in levels for _, share in ranking.recall_curve)
    chart = line_chart(
        "Recall by rank",
        [Line(label, ranking.recall_curve, style) for label, style, ranking in levels],
        x_ticks=(1, 2, 3, 5, 10, 20, 50),
        x_label="rank k",
        lowest=next(low for low in (0.8, 0.6, 0.4, 0.2, 0.0) if low <= least),
        logarithmic=True,
    )
    return _Chart("Recall by rank", "The share of what is relevant that stands among the first k.", chart)


def _roc(evaluation: Evaluation) -> _Chart | None:
    refusal = evaluation.overall.refusal
    if refusal.auroc is None:
        return None
    lines = [Line("by confidence", refusal.roc, dots=False)]
    answered, refused = refusal.answered_when_answerable, refusal.refused_when_not
    if answered is not None and refused is not None:
        lines.append(Line("as decided", [(round(1 - refused, 6), answered)], "only"))
    chart = line_chart(
        "Receiver operating characteristic of refusal",
        lines,
        x_ticks=(0, 0.25, 0.5, 0.75, 1),
        x_label="unanswerable questions answered",
        diagonal=True,
    )
    caption = f"Answerable questions answered, against unanswerable ones answered; AUROC {refusal.auroc:.3f}."
    return _Chart("Telling what can be answered", caption, chart)


def _confidences(evaluation: Evaluation) -> _Chart | None:
    results = [result for result in evaluation.results if result.confidence is not None]
    answerable = [result.confidence or 0.0 for result in results if result.answerable]
    unanswerable = [result.confidence or 0.0 for result in results if not result.answerable]
    if not results:
        return None
    threshold = evaluation.about.answer_threshold
    chart = mirrored_histogram(
        "Confidence",
        (f"{len(answerable):,} answerable", answerable),
        (f"{len(unanswerable):,} unanswerable", unanswerable),
        x_label="confidence",
        mark=threshold,
    )
    return _Chart("Confidence", f"Questions left of the dashed line ({threshold:g}) are refused.", chart)


def _times(evaluation: Evaluation) -> _Chart | None:
    times = [sum(result.timings_ms.values()) for result in evaluation.results if result.timings_ms]
    total = evaluation.overall.latency_ms.get("total")
    if not times or total is None:
        return None
    marks = [(f"p50 {total.p50:,.0f} ms", total.p50), (f"p95 {total.p95:,.0f} ms", total.p95)]
    marks.append((f"p99 {total.p99:,.0f} ms", total.p99))
    chart = histogram("Time of an answer", times, x_label="milliseconds", marks=marks)
    return _Chart("Time of an answer", "Questions by the milliseconds their answer took, all parts together.", chart)


def _values(figures: Figures) -> list[str]:
    documents, passages, answers, refusal = figures.documents, figures.passages, figures.answers, figures.refusal
    values: tuple[float | None, ...] = (
        *_ranking(documents, mrr=True),
        *_ranking(passages, mrr=False),
        answers.first,
        answers.first_three,
        refusal.answered_when_answerable,
        refusal.refused_when_not,
        refusal.auroc,
    )
    return [figure(value) for value in values]


def _ranking(ranking: Ranking | None, *, mrr: bool) -> Sequence[float | None]:
    if ranking is None:
        return (None,) * (5 if mrr else 4)
    first = (ranking.ndcg_at_10, ranking.mrr_at_10) if mrr else (ranking.ndcg_at_10,)
    return (*first, ranking.recall_at_1, ranking.recall_at_5, ranking.recall_at_10)
