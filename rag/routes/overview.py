"""Questions about whole documents: an overview of four to eight of their own sentences, under their headings.

Of one document the sentences stand under the headings of their sections, of several under their titles, of a series
under the issue, by date. Where the question asks of a topic and names no document, the passages found are what is
looked over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.language.quantities import QuantityKind, quantities_of
from embeddings import DocumentSummary, Term, lexical_tokens
from rag.answers import AnswerSentence, Hit
from rag.proof.citations import Numbering
from rag.proof.verification import verify
from rag.question.phrases import Language
from rag.retrieval.retriever import Found
from rag.routes.choosing import routes_of
from rag.routes.likeness import likest
from rag.routes.naming import Naming, naming_of
from rag.routes.room import Asking, Reply
from rag.routes.telling import covering, shares, telling
from rag.routes.units import Unit, units_of, units_of_rows

__all__ = ["bare_heading", "overview"]

_FEWEST, _MOST, _MOST_OF_SERIES = 4, 8, 10
_SHARE = 0.75  # of a short document's sentences
_DOCUMENTS = 10
_LEAST_LIKELIHOOD = 0.2
_NAMED = 0.5  # from which on it is named by its words
_SURE = 0.75  # how likely an overview must be wanted for the likest document to be the one
_HEARD, _LEAST_HEARD = 0.6, 0.4  # share of a topic's words that a passage found must hold; by far, and at least
_UNHEARD_AT_MOST = 0.45
_TOPIC_LIKELIHOOD = 0.75
_TOPIC_SENTENCES, _TOPIC_DOCUMENTS = 6, 3
_ABOUT = re.compile(r"关于|有关|对于|方面|\b(?:about|regarding|concerning)\b")
_HEADING_NUMBER = re.compile(
    r"^(?:第?[一二三四五六七八九十\d]{1,3}[章节、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|【)\s*"
)


@dataclass(frozen=True)
class _Told:
    """A unit that is quoted, and what it stands under."""

    unit: Unit
    lead: str


def overview(asking: Asking) -> Reply | None:
    """The overview that a question asks for; None where it names nothing that there is."""
    naming = naming_of(asking)
    if naming.likelihood < _NAMED and not _ABOUT.search(asking.question.folded) and _is_sure(asking):
        alike = likest(asking)
        if alike.likelihood > naming.likelihood and naming.ids <= alike.ids:
            naming = replace(naming, documents=alike.documents, likelihood=alike.likelihood)
    if not naming.documents or naming.likelihood < _LEAST_LIKELIHOOD:
        return _of_topic(asking, naming)
    found = asking.search(asking.question.text, naming.ids)
    told = _of_one(asking, naming) if len(naming.documents) == 1 else _of_several(asking, naming)
    return _reply(list(told), found, naming.likelihood, asking.language)


def _is_sure(asking: Asking) -> bool:
    """Whether the question surely wants an overview, and no fact of a document that it calls in its own words."""
    return dict(routes_of(asking)).get("overview", 0.0) >= _SURE


def _of_one(asking: Asking, naming: Naming) -> Iterator[_Told]:
    units, chosen = _chosen(asking, naming.documents[0], naming, _MOST)
    lead = ""
    for i in chosen:
        unit = units[i]
        over = "" if unit.heads else bare_heading(unit.heading)
        yield _Told(unit, over if over != lead else "")
        lead = over


def _of_several(asking: Asking, naming: Naming) -> Iterator[_Told]:
    documents = naming.documents[-_DOCUMENTS:]
    each = max(1, (_MOST_OF_SERIES if len(documents) > 2 else _MOST) // len(documents))
    for summary in documents:
        units, chosen = _chosen(asking, summary, naming, each)
        lead = _issue(summary) if naming.series else summary.title
        for place, i in enumerate(chosen):
            yield _Told(units[i], "" if place else lead)


def _chosen(asking: Asking, summary: DocumentSummary, naming: Naming, most: int) -> tuple[list[Unit], list[int]]:
    """The units of a document, and the places of those that tell most of it."""
    asked = asking.retriever.query(asking.question).asked_in(summary.language).vector
    units = units_of(asking.index, summary, asked)
    count = min(most, max(min(_FEWEST, most), round(_SHARE * len(units))))
    told = [unit for unit in units if not unit.is_byline]
    if len(told) >= _FEWEST:  # else those are what there is
        units = told
    if naming.topic and _ABOUT.search(asking.question.folded):
        about = shares(units, naming.topic)
        units = [unit for unit, share in zip(units, about, strict=True) if share >= about.max(initial=0.0) / 2]
    return units, covering(units, telling(units, asked, naming), count)


def _of_topic(asking: Asking, naming: Naming) -> Reply | None:
    """What the passages found say of a topic; None where they do not know it."""
    found = asking.search(asking.question.text)
    heard = max((_heard(hit, naming.topic) for hit in found.hits), default=0.0)
    if heard < _LEAST_HEARD:
        return None
    likelihood = _TOPIC_LIKELIHOOD * heard
    if heard < _HEARD:  # said in other words, or not at all
        likelihood = min(_UNHEARD_AT_MOST, asking.extract(asking.question.text).confidence)
    told: list[_Told] = []
    rows: dict[str, list[int]] = {}
    for row, hit in zip(found.rows, found.hits, strict=True):
        if hit.superseded_by is None and _heard(hit, naming.topic) >= heard / 2:
            rows.setdefault(hit.passage.document_id, []).append(row)
    for own in list(rows.values())[:_TOPIC_DOCUMENTS]:
        units = units_of_rows(asking.index, own)
        about = shares(units, naming.topic)
        kept = [i for i, share in enumerate(about.tolist()) if share > 0 and share >= about.max() / 2]
        worth = telling(units, found.query.asked_in(units[0].document.language).vector, naming) if units else about
        for place, i in enumerate(
            covering([units[i] for i in kept], worth[kept], _TOPIC_SENTENCES // min(2, len(rows)))
        ):
            told.append(_Told(units[kept[i]], "" if place else units[kept[i]].document.title))
    return _reply(told[:_MOST], found, likelihood, asking.language)


def _heard(hit: Hit, topic: Mapping[Term, float]) -> float:
    """How much of a topic's words a passage holds under its title and headings, by weight (0 to 1)."""
    passage = hit.passage
    tokens = set(lexical_tokens("\n".join([passage.title, *passage.headings, passage.text])))
    held = sum(weight * (term.share(tokens) == 1.0) for term, weight in topic.items())
    return held / (sum(topic.values()) or 1.0)


def _reply(told: Sequence[_Told], found: Found, likelihood: float, language: Language) -> Reply | None:
    if not told:
        return None
    numbering = Numbering()
    sentences: list[AnswerSentence] = []
    for one in told:
        unit = one.unit
        number = numbering.cite(unit.document, unit.passage, unit.start, unit.end)
        verified = verify(unit.text, (numbering.citations[number - 1],), language)
        sentences.append(
            AnswerSentence(verified.text, verified.citations, verified.verdict, verified.problems, one.lead)
        )
    return Reply(tuple(sentences), tuple(numbering.citations), found.hits, likelihood)


def _issue(summary: DocumentSummary) -> str:
    """What tells an issue of a series from the others: its number and its date."""
    numbered = [summary.title[quantity.start : quantity.end] for quantity in quantities_of(summary.title)
                if quantity.kind is QuantityKind.ORDINAL]  # fmt: skip
    parts = [*numbered[:1], *([summary.published] if summary.published else [])]
    return "，".join(parts) or summary.title


def bare_heading(heading: str) -> str:
    """A heading without its number."""
    return _HEADING_NUMBER.sub("", heading).strip("】[] ")
