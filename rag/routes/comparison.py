"""Sides set beside each other: two years, districts, products, roles, documents or editions, each with its sentence.

Each side is asked for by itself. Its sentences are those that name it or stand under its name, and of them those are
shown that are most alike: what is compared is said of all sides in like words. Where a question names no sides, the
documents that answer it are the sides; where it asks for the old and the new, in the order of their dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from corpus.language.script import HAN, fold
from embeddings.encoders.protocol import Vectors
from rag.answers import AnswerSentence, Citation
from rag.extractive.candidates import Candidate, candidates_of
from rag.extractive.choice import Extract, read
from rag.extractive.confidence import confidence
from rag.proof.citations import Numbering
from rag.question.phrases import say
from rag.retrieval.editions import Editions
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.routes.difference import cell_of, named_cell, subtracted, wants_difference
from rag.routes.naming import Name, names_of
from rag.routes.room import Asking, Reply
from rag.routes.sides import Sides, sides_of

__all__ = ["comparison"]

_LOOKED_AT = 6  # of a side's sentences
_LIKENESS = 10.0  # logits that the inner product of two sides' sentences is worth, 0 to 1; unrelated ones have .8
_ONE_ROW = 1.0  # logits more where one row of a table has a cell for each side
_DOCUMENTS = 6  # that may be sides
_READ = 8  # of their passages
_LEAST = 0.1  # a side's sentence is as likely as this by itself (0 to 1)
_ONE_SIDE = 0.45  # no surer where a side is missing
_OF_A_DOCUMENT = 3  # sentences
_INNER_TITLE = re.compile("《(.+)》")
_OLD = re.compile(r"[旧老原](?!师|人|家|因|则|料|年)|以前|之前|从前|过去|前$|\b(?:old|previous|former|before|earlier|original)\b")
_NEW = re.compile(r"新|现[在行]|目前|如今|后$|\b(?:new|current|now|after|latest|later)\b")
_COUNTED_KIND = re.compile(rf"(?P<count>[两2三3])[个家款座所](?P<of>[{HAN}])(?=的|哪|之间|都|各|分别)")
_CHANGED = re.compile(
    r"新旧|变化|改[了成动]|有变|调整|修订|涨|降|比(?:以前|原来|过去|之前)|原来|以前|\bchang|\bused to\b|\bnew\b|\bold\b|\brevis"
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
    """The things of a kind that a question counts, by the titles of the documents found: 两个区 are 望湖区 and 东屏区."""
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
    return len(folded) == 2 and any(
        _OLD.search(one) and _NEW.search(other) for one, other in (folded, folded[::-1])
    )


def _sides(asking: Asking, sides: Sides) -> Reply | None:
    names = names_of(sides.labels, sides.years)
    answer = _Answer(asking)
    for topic, questions in zip(sides.topics, sides.asked, strict=True):
        pools = [
            _evidence(asking, name, [one for one in names if one is not name], text)
            for name, text in zip(names, questions, strict=True)
        ]
        answer.add(topic, names, _alike(names, pools))
    return answer.reply()


def _evidence(asking: Asking, name: Name, others: Sequence[Name], text: str) -> list[Evidence]:
    """The sentences for a side, best first."""
    searches = [asking.search(text)]
    titled = frozenset(one.id for one in asking.index.documents() if name.stands_in(one.title))
    if titled:
        searches.append(asking.search(text, titled))
    pool: dict[tuple[str, int], tuple[Candidate, Found]] = {}
    for found in searches:
        for candidate in candidates_of(found, asking.index, superseded=bool(name.year)):
            if name.is_of(candidate, others):
                pool.setdefault((candidate.document.id, candidate.start), (candidate, found))
    ranked = read(text, [candidate for candidate, _ in pool.values()], asking.reader)[:_LOOKED_AT]
    return [_judged(asking, one, pool[one.document.id, one.start][1]) for one in ranked]


def _judged(asking: Asking, candidate: Candidate, found: Found) -> Evidence:
    sentences = asking.index.sentences(found.rows[candidate.hit.rank - 1])
    place = sentences.spans[:, 0].tolist().index(candidate.start)
    return Evidence(candidate, sentences.vectors[place], found, confidence(found, [candidate], asking.index))


def _alike(names: Sequence[Name], pools: Sequence[Sequence[Evidence]]) -> list[Evidence | None]:
    """For each side the sentence that answers well and is like those of the other sides; None where it has none."""
    held = [i for i, pool in enumerate(pools) if pool]


    def together(group: Sequence[Evidence]) -> float:
        return _together(group) + _ONE_ROW * _share_a_row(group, [names[i] for i in held])

    best = max(product(*(pools[i] for i in held)), key=together, default=())
    chosen: list[Evidence | None] = [None] * len(pools)
    for i, one in zip(held, best, strict=True):
        chosen[i] = one
    return chosen


def _together(group: Sequence[Evidence]) -> float:
    """What speaks for sentences as the sides of one comparison: their scores, and how like each other they are."""
    pairs = list(combinations(group, 2))
    likeness = sum(float(one.vector @ other.vector) for one, other in pairs) / len(pairs) if pairs else 0.0
    return sum(one.candidate.score for one in group) / max(1, len(group)) + _LIKENESS * likeness


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
    for candidate in read(text, first, asking.reader, _READ):
        if len(best.setdefault(candidate.document.id, [])) < _OF_A_DOCUMENT:
            best[candidate.document.id].append(_judged(asking, candidate, found))
    replaced = {hit.passage.document_id: hit.superseded_by for hit in found.hits if hit.superseded_by}
    first_document = next(iter(best), "")
    earlier = next((one for one, later in replaced.items() if later == first_document), "") if editions else ""
    if earlier:
        chosen = _of_two_editions(asking, text, first_document, earlier)
    else:
        pairs = [pair for two in combinations(best.values(), 2) for pair in product(*two)]
        chosen = list(max(pairs, key=_together, default=()))
    if not chosen or max(one.confidence for one in chosen) < _LEAST:
        return None
    if not earlier and min(one.confidence for one in chosen) < _LEAST:
        return None
    dates = Editions(asking.index)
    ordered = sorted(chosen, key=lambda one: dates.date(one.candidate.document.id))
    answer = _Answer(asking)
    answer.add("", [Name(_titled(asking, one, i, dates, editions)) for i, one in enumerate(ordered)], list(ordered))
    return answer.reply()


def _of_two_editions(asking: Asking, text: str, later: str, earlier: str) -> list[Evidence]:
    """The sentences of two editions of one document that answer, and are most alike."""
    pools = []
    for document in (earlier, later):
        found = asking.search(text, frozenset({document}))
        ranked = read(text, candidates_of(found, asking.index), asking.reader)[:_LOOKED_AT]
        pools.append([_judged(asking, one, found) for one in ranked])
    return list(max(product(*pools), key=_together, default=()))


def _titled(asking: Asking, one: Evidence, place: int, dates: Editions, editions: bool) -> str:
    """What a document is called as a side: its title, and whether it is the later one."""
    document = one.candidate.document
    inner = _INNER_TITLE.search(document.title)
    title = inner[1] if inner else document.title
    date = document.published or "-".join(f"{part:02}" for part in dates.date(document.id) if part)
    if not editions or not date:
        return say("document", asking.language, title=title)
    return say("later_document" if place else "earlier_document", asking.language, title=title, date=date)


def _passages(candidates: Iterable[Candidate], most: int) -> list[str]:
    return list(dict.fromkeys(candidate.hit.passage.id for candidate in candidates))[:most]


class _Answer:
    """The lines of a comparison as they are added, a topic at a time."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._numbering = Numbering()
        self._sentences: list[AnswerSentence] = []
        self._found: list[Found] = []
        self._likely: list[float] = []
        self._missing = False

    def add(self, topic: str, names: Sequence[Name], chosen: Sequence[Evidence | None]) -> None:
        """A line for each side, those of one sentence together, and the difference where it is asked for."""
        lines: dict[tuple[str, int] | str, list[int]] = {}
        for i, one in enumerate(chosen):
            held = one is not None and one.confidence >= _LEAST
            key = (one.candidate.document.id, one.candidate.start) if one and held else names[i].label
            lines.setdefault(key, []).append(i)
        for places in lines.values():
            one = chosen[places[0]]
            label = ("、" if self._asking.language != "en" else ", ").join(names[i].label for i in places)
            self._line(" ".join(filter(None, [label, topic])), one)
        if len(names) == 2 and wants_difference(self._asking.question.text):
            self._subtract(names, chosen)

    def _line(self, lead: str, one: Evidence | None) -> None:
        if one is None or one.confidence < _LEAST:
            self._missing = True
            text = say("side_missing", self._asking.language)
            self._sentences.append(AnswerSentence(text, (), "unchecked", lead=lead))
            return
        self._found.append(one.found)
        self._likely.append(one.confidence)
        for quoted in Extract((one.candidate,), one.confidence).cite(self._numbering):
            self._sentences.append(AnswerSentence(quoted.text, quoted.citations, quoted.verdict, lead=lead))

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
