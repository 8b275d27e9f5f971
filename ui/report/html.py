"""An evaluation as one page that stands alone: no script, nothing loaded, every word of a document escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from pathlib import PurePath

from rag.evaluation.measures import Figures, Ranking
from rag.evaluation.results import Evaluation, Quote, Result
from ui.report.charts import Line, histogram, line_chart, mirrored_histogram
from ui.report.text import figure

__all__ = ["report_html"]

_WORST = 40
_OPEN = 3  # of the worst questions are shown in full from the start
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_LOGO = (
    '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7"/>'
    '<path d="M8 17V8h9M24 15v9h-9" fill="none" stroke-width="3.2" stroke-linecap="square"/></svg>'
)
_COLUMNS = (
    ("", ("questions",)),
    ("Documents", ("nDCG@10", "MRR@10", "R@1", "R@5", "R@10")),
    ("Passages", ("nDCG@10", "R@1", "R@5", "R@10")),
    ("Answer quoted", ("first", "first 3")),
    ("Decision", ("answered", "refused", "AUROC")),
)


def report_html(evaluation: Evaluation) -> str:
    """The whole page."""
    about = evaluation.about
    names = " + ".join(PurePath(file).name for file in about.files)
    style = resources.files("ui").joinpath("web", "assets", "report.css").read_text(encoding="utf-8")
    main = (_tiles(evaluation.overall), _charts(evaluation), _table(evaluation), _latency(evaluation.overall))
    footer = (
        f"Yinju {escape(about.version)} · {escape(about.created)} · took {about.seconds:,.0f} s. Rankings are measured "
        "with ir-measures; see docs/evaluation.md."
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(names)} · Yinju evaluation</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"{_header(evaluation, names)}\n<main>\n{''.join(main)}\n{_worst(evaluation)}\n</main>\n"
        f"<footer>{footer}</footer>\n</body>\n</html>\n"
    )


def _header(evaluation: Evaluation, names: str) -> str:
    about, overall = evaluation.about, evaluation.overall
    facts = (
        f"{overall.questions:,} questions over {about.documents:,} documents in {about.passages:,} passages · "
        f"{about.embedding_model} · {about.llm} answers from {about.top_k} passages · refuses below a confidence of "
        f"{about.answer_threshold:g}"
    )
    warnings = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in evaluation.warnings)
    return (
        f'<header><div><p class="brand">{_LOGO}<span>引据 Yinju</span></p><h1>{escape(names)}</h1>'
        f'<p class="quiet">{escape(facts)}</p>{warnings}</div></header>'
    )


def _tiles(figures: Figures) -> str:
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
    return (
        '<section class="tiles" aria-label="In short">'
        + "".join(f'<div class="tile"><b>{value}</b><span>{escape(label)}</span></div>' for value, label in shown)
        + "</section>"
    )


def _charts(evaluation: Evaluation) -> str:
    figures = evaluation.overall
    charts = [_recall(figures), _roc(evaluation), _confidences(evaluation), _times(evaluation)]
    return f'<section><h2>Curves</h2><div class="charts">{"".join(charts)}</div></section>'


def _recall(figures: Figures) -> str:
    levels: list[tuple[str, str, Ranking]] = []
    if figures.documents is not None:
        levels.append(("documents", "main", figures.documents))
    if figures.passages is not None:
        levels.append(("passages", "quiet", figures.passages))
    if not levels:
        return ""
    least = min(share for _, _, ranking in levels for _, share in ranking.recall_curve)
    chart = line_chart(
        "Recall by rank",
        [Line(label, ranking.recall_curve, style) for label, style, ranking in levels],
        x_ticks=(1, 2, 3, 5, 10, 20, 50),
        x_label="rank k",
        lowest=next(low for low in (0.8, 0.6, 0.4, 0.2, 0.0) if low <= least),
        logarithmic=True,
    )
    return _chart("Recall by rank", "The share of what is relevant that stands among the first k.", chart)


def _roc(evaluation: Evaluation) -> str:
    refusal = evaluation.overall.refusal
    if refusal.auroc is None:
        return ""
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
    return _chart("Telling what can be answered", caption, chart)


def _confidences(evaluation: Evaluation) -> str:
    results = [result for result in evaluation.results if result.confidence is not None]
    answerable = [result.confidence or 0.0 for result in results if result.answerable]
    unanswerable = [result.confidence or 0.0 for result in results if not result.answerable]
    if not results:
        return ""
    threshold = evaluation.about.answer_threshold
    chart = mirrored_histogram(
        "Confidence",
        (f"{len(answerable):,} answerable", answerable),
        (f"{len(unanswerable):,} unanswerable", unanswerable),
        x_label="confidence",
        mark=threshold,
    )
    return _chart("Confidence", f"Questions left of the dashed line ({threshold:g}) are refused.", chart)


def _times(evaluation: Evaluation) -> str:
    times = [sum(result.timings_ms.values()) for result in evaluation.results if result.timings_ms]
    total = evaluation.overall.latency_ms.get("total")
    if not times or total is None:
        return ""
    marks = [(f"p50 {total.p50:,.0f} ms", total.p50), (f"p95 {total.p95:,.0f} ms", total.p95)]
    marks.append((f"p99 {total.p99:,.0f} ms", total.p99))
    chart = histogram("Time of an answer", times, x_label="milliseconds", marks=marks)
    return _chart("Time of an answer", "Questions by the milliseconds their answer took, all parts together.", chart)


def _chart(title: str, caption: str, chart: str) -> str:
    return f"<figure><h3>{escape(title)}</h3><figcaption>{escape(caption)}</figcaption>{chart}</figure>"


def _table(evaluation: Evaluation) -> str:
    width = 1 + sum(len(columns) for _, columns in _COLUMNS)
    over = "".join(f'<th scope="colgroup" colspan="{len(columns)}">{group}</th>' for group, columns in _COLUMNS)
    under = "".join(f'<th scope="col">{column}</th>' for _, columns in _COLUMNS for column in columns)
    rows = [_row("all", evaluation.overall, "all")]
    for title, slices in (("by language", evaluation.by_lang), ("by kind", evaluation.by_kind)):
        if slices:
            rows.append(f'<tr class="by"><td colspan="{width}">{title}</td></tr>')
            rows += [_row(name, figures) for name, figures in slices.items()]
    return (
        '<section><h2>Figures</h2><p class="note">Documents and passages: how high what is relevant stands. Answer '
        "quoted: the whole answer stands in the first quote, or in the first three. Decision: answerable questions "
        "answered, others refused.</p>"
        f'<div class="scroll"><table><thead><tr><th></th>{over}</tr><tr><th></th>{under}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _row(name: str, figures: Figures, style: str = "") -> str:
    documents, passages, answers, refusal = figures.documents, figures.passages, figures.answers, figures.refusal
    values = (
        *_ranking(documents, mrr=True),
        *_ranking(passages, mrr=False),
        answers.first,
        answers.first_three,
        refusal.answered_when_answerable,
        refusal.refused_when_not,
        refusal.auroc,
    )
    cells = "".join(f"<td>{figure(value)}</td>" for value in values)
    return f'<tr class="{style}"><td>{escape(name)}</td><td>{figures.questions:,}</td>{cells}</tr>'


def _ranking(ranking: Ranking | None, *, mrr: bool) -> Sequence[float | None]:
    if ranking is None:
        return (None,) * (5 if mrr else 4)
    first = (ranking.ndcg_at_10, ranking.mrr_at_10) if mrr else (ranking.ndcg_at_10,)
    return (*first, ranking.recall_at_1, ranking.recall_at_5, ranking.recall_at_10)


def _latency(figures: Figures) -> str:
    if not figures.latency_ms:
        return ""
    rows = "".join(
        f'<tr class="{"all" if part == "total" else ""}"><td>{escape(part)}</td><td>{latency.p50:,.1f}</td>'
        f"<td>{latency.p95:,.1f}</td><td>{latency.p99:,.1f}</td></tr>"
        for part, latency in figures.latency_ms.items()
    )
    return (
        '<section><h2>Time</h2><p class="note">Milliseconds of each part of an answer, and of the whole.</p>'
        '<div class="scroll"><table><thead><tr><th></th><th>p50</th><th>p95</th><th>p99</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _worst(evaluation: Evaluation) -> str:
    worst = evaluation.worst(_WORST)
    failing = sum(bool(result.problems) for result in evaluation.results)
    if not worst:
        return "<section><h2>Worst questions</h2><p>None: every question came out right.</p></section>"
    shown = f"{failing:,} questions" if failing == len(worst) else f"The worst {len(worst)} of {failing:,} questions"
    cases = "".join(_case(result, shown=i < _OPEN) for i, result in enumerate(worst))
    return (
        f'<section><h2>Worst questions</h2><p class="note">{shown} that did not come out right; what misleads the '
        f"reader comes first.</p>{cases}</section>"
    )


def _case(result: Result, *, shown: bool) -> str:
    tag = " · ".join(filter(None, (result.id, result.lang, result.kind)))
    items = [("Expected", _expected(result))]
    if result.error is not None:
        items.append(("Failed", escape(result.error)))
    elif result.quotes:
        items.append(("Quoted", _list(map(_quote, result.quotes))))
    else:
        items.append(("Quoted", '<span class="quiet">nothing: it was refused</span>'))
    if result.confidence is not None:
        items.append(("Confidence", f"{result.confidence:.3f}"))
    if result.found:
        found = (f"{escape(hit.text)}{_source(hit.document_id, hit.relevant, hit.title)}" for hit in result.found)
        items.append(("Found", _list(found)))
    listed = "".join(f"<dt>{name}</dt><dd>{content}</dd>" for name, content in items)
    return (
        f'<details class="case"{" open" if shown else ""}><summary><h3 dir="auto">{escape(result.question)}</h3>'
        f'<span class="tag">{escape(tag)}</span><p class="problems">{escape("; ".join(result.problems))}</p></summary>'
        f"<dl>{listed}</dl></details>"
    )


def _quote(quote: Quote) -> str:
    where = quote.document_id if quote.exact else f"not in {quote.document_id}"
    return f"<q>{escape(quote.text)}</q>{_source(where, quote.relevant)}"


def _expected(result: Result) -> str:
    if not result.answerable:
        return "a refusal: no document has the answer"
    documents = "".join(_source(name, True) for name in result.expected_documents)
    return f'<span dir="auto">{escape(" / ".join(result.expected_answers))}</span>{documents}'


def _source(document_id: str, relevant: bool, title: str = "") -> str:
    style, sign = ("from right", "✓ ") if relevant else ("from", "")
    return f'<span class="{style}">{sign}{escape(" · ".join(filter(None, (title, document_id))))}</span>'


def _list(items: Iterable[str]) -> str:
    listed = "".join(f'<li dir="auto">{item}</li>' for item in items)
    return f"<ol>{listed}</ol>"
