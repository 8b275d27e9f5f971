"""Rows of a table as items of a list: which of them a question means, and what of them it asks for."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.language.script import fold
from embeddings import Term, lexical_tokens
from rag.extractive.layout import LineKind, Span
from rag.question.question import Question
from rag.routes.places import Place

__all__ = ["fitting_rows", "row_text"]

_TELLING = 0.1  # of the question, by weight, that must stand in a row to tell it from the others
_AS_TELLING = 0.8  # of what the most telling row holds
_SHORTEST_NAME = 2  # characters of a column's name that a question may ask for


def fitting_rows(place: Place, content: Mapping[Term, float]) -> tuple[Span, ...] | None:
    """The rows, or lines of codes, that hold what the question names and nothing over them says; None where none does.

    What stands in more than half of the rows tells none from the others.
    """
    over = set(lexical_tokens(" ".join([place.document.title, place.name, *place.columns])))
    telling = {term: weight for term, weight in content.items() if term.share(over) < 1}
    total = sum(content.values())
    tokens = [set(lexical_tokens(place.layout.said(span))) for span in place.items]
    holding = {term: [term.share(own) == 1 for own in tokens] for term in telling}
    shares = [
        sum(weight for term, weight in telling.items() if holding[term][i] and 2 * sum(holding[term]) <= len(tokens))
        for i in range(len(tokens))
    ]
    most = max(shares)
    if not total or most < _TELLING * total:
        return None
    return tuple(span for span, share in zip(place.items, shares, strict=True) if share >= _AS_TELLING * most)


def row_text(place: Place, span: Span, question: Question) -> str | None:
    """A row's name and its values in the columns that the question names; None where it names none of them."""
    table = place.layout.table_at(span[0]) if place.kind is LineKind.ROW else None
    if table is None:
        return None
    values = [
        value
        for value in place.document.tables[table].values()
        if value.cell.start is not None
        and span[0] <= value.cell.start < span[1]
        and value.column_names
        and value.cell.column >= place.document.tables[table].header_columns
    ]
    wanted = [value for value in values if _is_asked(value.column_names[-1], question.folded)]
    if not wanted or len(wanted) == len(values):
        return None
    names = wanted[0].row_names
    said = [value.cell.text for value in wanted if value.cell.text not in names]
    if not said:
        return None
    return f"{names[-1]}：{'，'.join(said)}" if names else "，".join(said)


def _is_asked(name: str, folded: str) -> bool:
    return len(name) >= _SHORTEST_NAME and fold(name) in folded
