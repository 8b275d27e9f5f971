"""An evaluation, and two of them compared, as plain text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rag.evaluation.comparison import Change, Comparison
from rag.evaluation.measures import Figures, Ranking
from rag.evaluation.results import Evaluation

__all__ = ["comparison_text", "evaluation_text", "figure"]

_SHOWN_CHANGES = 20
_HEAD = (
    *("", "questions", "nDCG@10", "MRR@10", "R@1", "R@5", "R@10", "p.nDCG", "p.R@10"),
    *("first", "first 3", "answered", "refused", "AUROC"),
)


def evaluation_text(evaluation: Evaluation) -> str:
    """The figures overall, by language and by kind, then citations and times."""
    about, overall = evaluation.about, evaluation.overall
    rows = [_HEAD, _row("all", overall)]
    for slices in (evaluation.by_lang, evaluation.by_kind):
        if slices:
            rows.append(("",))
            rows += [_row(name, figures) for name, figures in slices.items()]
    answers = overall.answers
    over = f"{overall.questions:,} questions over {about.documents:,} documents, {about.passages:,} passages"
    lines = [
        f"{over}; {about.embedding_model}, {about.llm}",
        "",
        *_aligned(rows),
        "",
        "R@k and nDCG are of documents, p. of passages; first: the answer is in the first quote, or the first three.",
        f"quotes     {answers.citations:,}, word for word in their documents: {figure(answers.exact)}",
        f"sources    first quote from a right document: {figure(answers.right_document)}",
    ]
    if answers.outdated is not None:
        lines.append(f"versions   an outdated one quoted, where there is one: {figure(answers.outdated)}")
    lines += [
        f"{'time' if i == 0 else '':<11}{part:<8} p50 {latency.p50:>9,.1f} ms   p95 {latency.p95:>9,.1f} ms   "
        f"p99 {latency.p99:>9,.1f} ms"
        for i, (part, latency) in enumerate(overall.latency_ms.items())
    ]
    return "\n".join(lines)


def comparison_text(comparison: Comparison) -> str:
    """Each measure with its test, then the questions that came out differently, the greatest changes first."""
    rows: list[Sequence[str]] = [
        ("", "questions", "before", "after", "difference", "95% interval", "p", "better", "worse")
    ]
    for change in comparison.measures:
        interval = "" if change.low is None or change.high is None else f"{change.low:+.3f} to {change.high:+.3f}"
        rows.append(
            (
                change.measure,
                f"{change.questions:,}",
                figure(change.before),
                figure(change.after),
                f"{change.difference:+.3f}",
                interval,
                f"{change.p:.4f}",
                f"{change.better:,}",
                f"{change.worse:,}",
            )
        )
    lines = [
        f"before     {comparison.before}",
        f"after      {comparison.after}",
        f"test       {comparison.test}, two-sided; the interval is of the mean difference, by bootstrap",
        "",
        *_aligned(rows),
    ]
    for title, changes in (("better", comparison.better), ("worse", comparison.worse)):
        lines += ["", f"{title}: {len(changes):,} of {comparison.questions:,} questions"]
        lines += [_change(change) for change in changes[:_SHOWN_CHANGES]]
        if len(changes) > _SHOWN_CHANGES:
            lines.append(f"  and {len(changes) - _SHOWN_CHANGES:,} more; --json has them all")
    for file, missing in ((comparison.after, comparison.only_before), (comparison.before, comparison.only_after)):
        if missing:
            lines += ["", f"{len(missing):,} questions are not in {file}: {', '.join(missing[:5])}"]
    return "\n".join(lines)


def figure(value: float | None) -> str:
    """Three digits; 1.000 only for what is exactly 1."""
    if value is None:
        return "–"
    return f"{min(value, 0.999) if value < 1 else 1:.3f}"


def _change(change: Change) -> str:
    measures = ", ".join(f"{name} {figure(old)} -> {figure(new)}" for name, (old, new) in change.measures.items())
    return f"  {change.id}  {change.question}\n      {measures}"


def _row(name: str, figures: Figures) -> tuple[str, ...]:
    answers, refusal = figures.answers, figures.refusal
    ndcg, *_, recall = _ranking(figures.passages)
    values = (
        *_ranking(figures.documents),
        *(ndcg, recall),
        *(answers.first, answers.first_three),
        *(refusal.answered_when_answerable, refusal.refused_when_not, refusal.auroc),
    )
    return (name, f"{figures.questions:,}", *map(figure, values))


def _ranking(ranking: Ranking | None) -> tuple[float | None, ...]:
    if ranking is None:
        return (None,) * 5
    recalls = (ranking.recall_at_1, ranking.recall_at_5, ranking.recall_at_10)
    return (ranking.ndcg_at_10, ranking.mrr_at_10, *recalls)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, the others to the right."""
    columns = max(map(len, rows))
    widths = [max(_width(row[i]) for row in rows if i < len(row)) for i in range(columns)]
    lines = []
    for row in rows:
        cells = [" " * (widths[i] - _width(cell)) + cell for i, cell in enumerate(row)]
        cells[0] = row[0] + " " * (widths[0] - _width(row[0]))
        lines.append("  ".join(cells).rstrip())
    return lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
