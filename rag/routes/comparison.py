"""Sides set beside each other: two years, districts, products, roles, documents or editions, each with its sentence.

Each side is asked for by itself. Its sentences are those that name it or stand under its name, and of them those are
shown that are most alike: what is compared is said of all sides in like words. Where a question names no sides, the
documents that answer it are the sides; where it asks for the old and the new, in the order of their dates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from corpus.language.script import HAN, fold
from embeddings.encoders.protocol import Vectors
from rag.answers import AnswerSentence, Citation
from rag.extractive.candidates import Candidate, candidates_of
from rag.extractive.choice import Extract, read
from rag.extractive.confidence import confidence
from rag.extractive.presuppositions import has_figure
from rag.proof.citations import Numbering
from rag.question.figures import Figure
from rag.question.phrases import say
from rag.question.question import Question
from rag.retrieval.editions import Editions
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.routes.difference import cell_of, named_cell, row_name, same_cells, subtracted, wants_difference
from rag.routes.room import Asking, Reply
from rag.routes.side_names import Name, names_of
from rag.routes.sides import Sides, sides_of

__all__ = ["comparison"]

_MAY_BE_REVISED = 3  # of the documents that answer best
_LOOKED_AT = 6  # of a side's sentences
_LIKE = 4  # sentences that are read because they are like those of another side
_PARALLEL = (0.92, 0.98)  # likeness of sentences from which on they run parallel, and wholly do
_FIGURES = 1.0  # logits more where all sides' sentences have a figure
_TITLES = 8.0  # logits that the inner product of the titles of their documents is worth
_LIKENESS = 10.0  # logits that the inner product of two sides' sentences is worth, 0 to 1; unrelated ones have .8
_SAME_CELLS = 2.0  # logits more where rows of one table say the same but for the side and its figures
_ONE_ROW = 1.0  # logits more where one row of a table has a cell for each side
_DOCUMENTS = 6  # that may be sides
_READ = 8  # of their passages
_LEAST = 0.1  # a side's sentence is as likely as this by itself (0 to 1)
_ONE_SIDE = 0.45  # no surer where a side is missing
_OF_A_DOCUMENT = 3  # sentences
_INNER_TITLE = re.compile("《(.+)》")
_OLD = re.compile(
    r"[旧老原](?!师|人|家|因|则|料|年)|以前|之前|从前|过去|前$|\b(?:old|previous|former|before|earlier|original)\b"
)
_NEW = re.compile(r"新|现[在行]|目前|如今|后$|\b(?:new|current|now|after|latest|later)\b")
_COUNTED_KIND = re.compile(rf"(?P<count>[两2三3])[个家款座所](?P<of>[{HAN}])(?=的|哪|之间|都|各|分别)")
_CHANGED = re.compile(
    r"新旧|变化|改[了成动]|有变|调整|修订|涨|降|比(?:以前|原来|过去|之前)|原来|以前"
    r"|\bchang|\bused to\b|\bnew\b|\bold\b|\brevis"
)


@dataclass(frozen=True)
class Evidence:
    """A sentence for a side: the candidate, its vector, what found it, and how likely it answers alone (0 to 1)."""

    candidate: Candidate
    vector: Vectors
    found: Found
    confidence: float


def comparison(asking: Asking) -> Reply | None:
    """The sides of a question beside each other; None where it has none, or the documents hold neither."""
    sides = sides_of(asking.question.text, asking.retriever.encoder, asking.index, asking.today)
    if sides is not None and _are_editions(sides.labels):
        label = sides.labels[0]
        return _documents(asking, sides.asked[0][0].replace(label, _OLD.sub("", _NEW.sub("", label))), editions=True)
    if sides is None:
        sides = _instances(asking)
    if sides is None:
        return _documents(asking, asking.question.text, editions=bool(_CHANGED.search(asking.question.folded)))
    return _sides(asking, sides)


def _instances(asking: Asking) -> Sides | None:
    """The things of a kind that a question counts, as the titles of what is found name them: 两个区."""
    text = asking.question.text
    kind = _COUNTED_KIND.search(asking.question.folded)
    if kind is None or len(asking.question.folded) != len(text):
        return None
    named = re.compile(rf"(?:^|[^{HAN}])([{HAN}]{{2,3}}?{kind['of']})")
    titles = [fold(hit.passage.title) for hit in asking.search(text).hits]
    labels = tuple(dict.fromkeys(match[1] for match in map(named.search, titles) if match))
    labels = labels[: 3 if kind["count"] == "三" else 2]
    if len(labels) < 2:
        return None
    asked = tuple(text[: kind.start()] + label + text[kind.end() :] for label in labels)
    return Sides(labels, ("",), (asked,), tuple("" for _ in labels))


def _are_editions(labels: Sequence[str]) -> bool:
    """Whether the sides are the old and the new of one thing."""
    folded = [fold(label) for label in labels]
    return len(folded) == 2 and any(_OLD.search(one) and _NEW.search(other) for one, other in (folded, folded[::-1]))


def _sides(asking: Asking, sides: Sides) -> Reply | None:
    names = names_of(sides.labels, sides.years)
    answer = _Answer(asking)
    for topic, questions in zip(sides.topics, sides.asked, strict=True):
        pools = [_of_topic(topic, pool) for pool in _evidence(asking, names, questions)]
        chosen = _alike(asking, names, pools)
        answer.add(topic, names, chosen)
        for further in _further_rows(topic, pools, chosen):
            answer.add(topic, names, further)
    return answer.reply()


def _evidence(asking: Asking, names: Sequence[Name], questions: Sequence[str]) -> list[list[Evidence]]:
    """The sentences for each side, best first, and with them those that are most like the other sides' best."""
    pools = [_Pool.of(asking, names, i, text) for i, text in enumerate(questions)]
    first = [pool.best(pool.candidates) for pool in pools]
    both = []
    for i, pool in enumerate(pools):
        others = [one.vector for j, ranked in enumerate(first) if j != i for one in ranked]
        both.append([*first[i], *pool.best(pool.like(others, [one.candidate for one in first[i]]))])
    return both


def _further_rows(
    topic: str, pools: Sequence[Sequence[Evidence]], chosen: Sequence[Evidence | None]
) -> list[list[Evidence]]:
    """The other rows that are called as much like a topic as those chosen, where each has all sides: 污水箱."""
    if not topic or None in chosen or len({one.candidate.start for one in chosen if one}) > 1:
        return []
    shown = chosen[0].candidate if chosen[0] else None
    rows = [{one.candidate.start: one for one in pool if row_name(one.candidate)} for pool in pools]
    common = set(rows[0]).intersection(*rows[1:])
    return [
        [row[start] for row in rows]
        for start in sorted(common)
        if shown
        and start != shown.start
        and rows[0][start].candidate.document.id == shown.document.id
        and fold(topic) in fold(row_name(rows[0][start].candidate))
    ][:1]


def _of_topic(topic: str, pool: list[Evidence]) -> list[Evidence]:
    """The rows of tables that are called most like a topic, where there are any: 清水箱, not 整机重量（空水箱）."""
    names = [row_name(one.candidate) for one in pool]
    shares = [len(topic) / len(name) if topic and fold(topic) in fold(name) else 0.0 for name in names]
    most = max(shares, default=0.0)
    return [one for one, share in zip(pool, shares, strict=True) if share == most]


@dataclass(frozen=True)
class _Pool:
    """The sentences that may be said of one side, with the search that found each."""

    asking: Asking
    text: str
    found: dict[tuple[str, int], Found]
    candidates: tuple[Candidate, ...]

    @classmethod
    def of(cls, asking: Asking, names: Sequence[Name], side: int, text: str) -> _Pool:
        """Those that a question finds, in all documents and in those that are titled with the side's name."""
        name, others = names[side], [one for one in names if one is not names[side]]
        searches = [asking.search(text)]
        titled = frozenset(one.id for one in asking.index.documents() if name.stands_in(one.title))
        if titled:
            searches.append(asking.search(text, titled))
        found: dict[tuple[str, int], Found] = {}
        candidates: list[Candidate] = []
        for search in searches:
            for candidate in candidates_of(search, asking.index, superseded=bool(name.year)):
                key = candidate.document.id, candidate.start
                if key not in found and name.is_of(candidate, others, row_name(candidate)):
                    found[key] = search
                    candidates.append(candidate)
        return cls(asking, text, found, tuple(_with_codes(asking, names, candidates)))

    def best(self, candidates: Iterable[Candidate]) -> list[Evidence]:
        """The best of the candidates, read."""
        ranked = read(self.asking.worded(self.text), candidates, self.asking.reader)[:_LOOKED_AT]
        return [_judged(self.asking, one, self.found[one.document.id, one.start]) for one in ranked]

    def like(self, vectors: Sequence[Vectors], known: Sequence[Candidate]) -> list[Candidate]:
        """The candidates, but for those known, that are most like any of the vectors."""
        places = {(one.document.id, one.start) for one in known}
        rest = [one for one in self.candidates if (one.document.id, one.start) not in places]
        if not vectors or not rest:
            return []
        theirs = np.stack(vectors)
        likeness = [
            float((theirs @ _vector(self.asking, one, self.found[one.document.id, one.start])).max()) for one in rest
        ]
        order = sorted(range(len(rest)), key=lambda i: -likeness[i])
        return [rest[i] for i in order[:_LIKE]]


def _with_codes(asking: Asking, names: Sequence[Name], candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates that name every code of the question, besides the sides; all where none does."""
    codes = [
        Name(code) for code in asking.question.identifiers if not any(Name(code).stands_in(one.label) for one in names)
    ]
    held = [
        one
        for one in candidates
        if all(
            code.stands_in("\n".join([one.text, one.hit.passage.title, *one.hit.passage.headings])) for code in codes
        )
    ]
    return held or candidates


def _vector(asking: Asking, candidate: Candidate, found: Found) -> Vectors:
    sentences = asking.index.sentences(found.rows[candidate.hit.rank - 1])
    vector: Vectors = sentences.vectors[sentences.spans[:, 0].tolist().index(candidate.start)]
    return vector


def _judged(asking: Asking, candidate: Candidate, found: Found) -> Evidence:
    vector = _vector(asking, candidate, found)
    return Evidence(candidate, vector, found, confidence(found, [candidate], asking.index))


def _alike(asking: Asking, names: Sequence[Name], pools: Sequence[Sequence[Evidence]]) -> list[Evidence | None]:
    """For each side the sentence that answers well and is like those of the other sides; None where it has none."""
    held = [i for i, pool in enumerate(pools) if pool]

    def together(group: Sequence[Evidence]) -> float:
        alike = _titles_alike(asking, group)
        return _together(group) + _TITLES * alike + _ONE_ROW * _share_a_row(group, [names[i] for i in held])

    best = max(product(*(pools[i] for i in held)), key=together, default=()) if held else ()
    chosen: list[Evidence | None] = [None] * len(pools)
    for i, one in zip(held, best, strict=True):
        chosen[i] = one
    return chosen


def _together(group: Sequence[Evidence]) -> float:
    """What speaks for sentences as the sides of one comparison: their scores, and how like each other they are.

    What answers for one side answers for the others too as far as their sentences run parallel.
    """
    if not group:
        return 0.0
    scores = [one.candidate.score for one in group]
    even = sum(scores) / len(scores)
    likeness = _likeness(group)
    parallel = _parallel(group, likeness)
    figures = all(has_figure([one.candidate.text], Figure.ANY) for one in group)
    pairs = list(combinations([one.candidate for one in group], 2))
    same = min((same_cells(one, other) for one, other in pairs), default=0.0)
    return even + parallel * (max(scores) - even) + _LIKENESS * likeness + _FIGURES * figures + _SAME_CELLS * same


def _titles_alike(asking: Asking, group: Sequence[Evidence]) -> float:
    """How like each other the titles of the sentences' documents are (-1 to 1): a manual goes with a manual."""
    titles = [_INNER_TITLE.sub(r"\1", one.candidate.document.title) for one in group]
    distinct = list(dict.fromkeys(titles))
    if len(distinct) < 2:
        return 1.0
    vectors = {title: asking.retriever.query(Question(title)).vector for title in distinct}
    return min(float(vectors[one] @ vectors[other]) for one, other in combinations(titles, 2))


def _likeness(group: Sequence[Evidence]) -> float:
    """How like each other the sentences are (-1 to 1), the mean over their pairs; 0 of one alone."""
    pairs = list(combinations(group, 2))
    return sum(float(one.vector @ other.vector) for one, other in pairs) / len(pairs) if pairs else 0.0


def _parallel(group: Sequence[Evidence], likeness: float) -> float:
    """How far the sentences say the same of their sides (0 to 1): wholly in rows of tables that have one name."""
    rows = {row_name(one.candidate) for one in group}
    if len(group) > 1 and len(rows) == 1 and rows != {""}:
        return 1.0
    least, most = _PARALLEL
    return min(1.0, max(0.0, (likeness - least) / (most - least)))


def _share_a_row(group: Sequence[Evidence], names: Sequence[Name]) -> bool:
    """Whether one sentence has a figure of its own for each side."""
    first = group[0].candidate if group else None
    if first is None or len(group) < 2 or any(one.candidate.start != first.start for one in group):
        return False
    cells = [named_cell(one.candidate, name) for one, name in zip(group, names, strict=True)]
    return None not in cells and len(set(cells)) == len(cells)


def _documents(asking: Asking, text: str, *, editions: bool) -> Reply | None:
    """The two documents that answer, as sides; of ``editions`` also one that a later one replaces."""
    found = asking.search(text)
    pool: dict[str, list[Candidate]] = {}
    for candidate in sorted(candidates_of(found, asking.index, superseded=editions), key=lambda one: -one.score):
        if candidate.document.id in pool or len(pool) < _DOCUMENTS:
            pool.setdefault(candidate.document.id, []).append(candidate)
    first = [one for group in pool.values() for one in group if one.hit.passage.id in _passages(group, 2)]
    best: dict[str, list[Evidence]] = {}
    for candidate in read(asking.worded(text), first, asking.reader, _READ):
        if len(best.setdefault(candidate.document.id, [])) < _OF_A_DOCUMENT:
            best[candidate.document.id].append(_judged(asking, candidate, found))
    dates = Editions(asking.index)
    revised = {document: dates.before(document) for document in list(best)[:_MAY_BE_REVISED]} if editions else {}
    later, earlier = next(((one, before) for one, before in revised.items() if before), ("", None))
    if earlier:
        chosen = _of_two_editions(asking, text, later, earlier)
    else:
        pairs = [pair for two in combinations(best.values(), 2) for pair in product(*two)]
        chosen = list(max(pairs, key=_together, default=()))
    if not chosen or max(one.confidence for one in chosen) < _LEAST:
        return None
    if not earlier and min(one.confidence for one in chosen) < _LEAST:
        return None
    ordered = sorted(chosen, key=lambda one: _date(one, dates))
    answer = _Answer(asking)
    answer.add(
        "",
        [Name(_titled(asking, one, i, _date(one, dates) if editions else "")) for i, one in enumerate(ordered)],
        list(ordered),
    )
    return answer.reply()


def _of_two_editions(asking: Asking, text: str, later: str, earlier: str) -> list[Evidence]:
    """The sentences of two editions of one document that answer, and are most alike."""
    pools = []
    for document in (earlier, later):
        found = asking.search(text, frozenset({document}))
        ranked = read(asking.worded(text), candidates_of(found, asking.index), asking.reader)[:_LOOKED_AT]
        pools.append([_judged(asking, one, found) for one in ranked])
    groups = list(map(list, product(*pools)))
    return max(groups, key=_together, default=[])


def _date(one: Evidence, dates: Editions) -> str:
    """When a document is from, in ISO 8601; "" where it does not tell."""
    document = one.candidate.document
    return document.published or "-".join(f"{part:02}" for part in dates.date(document.id) if part)


def _titled(asking: Asking, one: Evidence, place: int, date: str) -> str:
    """What a document is called as a side: its title, and with a date whether it is the later one."""
    title = one.candidate.document.title
    inner = _INNER_TITLE.search(title)
    title = inner[1] if inner else title
    if not date:
        return say("document", asking.language, title=title)
    return say("later_document" if place else "earlier_document", asking.language, title=title, date=date)


def _passages(candidates: Iterable[Candidate], most: int) -> list[str]:
    return list(dict.fromkeys(candidate.hit.passage.id for candidate in candidates))[:most]


def _likely(held: Sequence[Evidence]) -> list[float]:
    """How likely sentences answer as the sides of a comparison (0 to 1); none of none.

    As far as they run parallel in different documents, each is evidence of its own that this is what is asked.
    """
    if not held:
        return []
    even = sum(one.confidence for one in held) / len(held)
    if len({one.candidate.document.id for one in held}) == 1:
        return [even]
    either = 1 - math.prod(1 - one.confidence for one in held)
    return [even + _parallel(held, _likeness(held)) * (either - even)]


def _borne_out(chosen: Sequence[Evidence | None]) -> list[Evidence | None]:
    """The sentences that are likely enough, each as likely as the one that it runs parallel to; None for the others."""
    held = [one for one in chosen if one is not None]
    parallel = _parallel(held, _likeness(held)) if len(held) > 1 else 0.0
    best = max((one.confidence for one in held), default=0.0)
    raised = [one and replace(one, confidence=one.confidence + parallel * (best - one.confidence)) for one in chosen]
    return [one if one and one.confidence >= _LEAST else None for one in raised]


class _Answer:
    """The lines of a comparison as they are added, a topic at a time."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._numbering = Numbering()
        self._sentences: list[AnswerSentence] = []
        self._found: list[Found] = []
        self._likely: list[float] = []  # of each topic
        self._missing = False

    def add(self, topic: str, names: Sequence[Name], chosen: Sequence[Evidence | None]) -> None:
        """A line for each side, those of one sentence together, and the difference where it is asked for."""
        chosen = _borne_out(chosen)
        lines: dict[tuple[str, int] | str, list[int]] = {}
        for i, one in enumerate(chosen):
            key = (one.candidate.document.id, one.candidate.start) if one else names[i].label
            lines.setdefault(key, []).append(i)
        for places in lines.values():
            one = chosen[places[0]]
            label = ("、" if self._asking.language != "en" else ", ").join(names[i].label for i in places)
            self._line(" ".join(filter(None, [label, topic])), one)
        self._likely += _likely([one for one in chosen if one])
        if len(names) == 2 and wants_difference(self._asking.question.text):
            self._subtract(names, chosen)

    def _line(self, lead: str, one: Evidence | None) -> None:
        if one is None:
            self._missing = True
            text = say("side_missing", self._asking.language)
            self._sentences.append(AnswerSentence(text, (), "unchecked", lead=lead))
            return
        self._found.append(one.found)
        quoted = Extract((one.candidate,), one.confidence).cite(self._numbering)
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
