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

import numpy as np

from corpus.language.script import HAN, fold
from embeddings.encoders.protocol import Vectors
from rag.extractive.candidates import Candidate, candidates_of
from rag.extractive.choice import read
from rag.question.phrases import say
from rag.question.question import Question
from rag.retrieval.editions import Editions
from rag.retrieval.retriever import Found
from rag.routes.acceptance import not_of_others
from rag.routes.attribute import said_of_each, topic_of
from rag.routes.beside import Beside
from rag.routes.difference import named_cell, row_name
from rag.routes.evidence import LEAST, Evidence, judged, shared_by, vector_of, worth_together
from rag.routes.one_side import alone
from rag.routes.room import Asking, Reply
from rag.routes.side_names import Name, names_of
from rag.routes.sides import Sides, sides_of

__all__ = ["comparison"]

_MAY_BE_REVISED = 3  # of the documents that answer best
_LOOKED_AT = 6  # of a side's sentences
_LIKE = 4  # sentences that are read because they are like those of another side
_TITLES = 8.0  # logits that the inner product of the titles of their documents is worth
_SHARED = 6.0  # logits that it is worth where they are of the same words
_ONE_ROW = 1.0  # logits more where one row of a table has a cell for each side
_DOCUMENTS = 6  # that may be sides
_READ = 8  # of their passages
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
    asked = tuple(alone(text, [([kind.span()], label)]) for label in labels)
    return Sides(labels, ("",), (asked,), tuple("" for _ in labels))


def _are_editions(labels: Sequence[str]) -> bool:
    """Whether the sides are the old and the new of one thing."""
    folded = [fold(label) for label in labels]
    return len(folded) == 2 and any(_OLD.search(one) and _NEW.search(other) for one, other in (folded, folded[::-1]))


def _sides(asking: Asking, sides: Sides) -> Reply | None:
    names = names_of(sides.labels, sides.years)
    answer = Beside(asking)
    for topic, questions in zip(sides.topics, sides.asked, strict=True):
        pools = [_of_topic(topic, pool) for pool in _evidence(asking, names, questions)]
        chosen = _alike(asking, names, pools)
        said = said_of_each(questions, sides.labels, chosen)
        if all(said):
            answer.add(topic, names, chosen)
        else:
            kept = [one if says else None for one, says in zip(chosen, said, strict=True)]
            lacking = [
                _lacking(asking, name, text, one) for name, text, one in zip(names, questions, kept, strict=True)
            ]
            answer.add(topic, names, kept, lacking)
        for further in _further_rows(topic, pools, chosen):
            answer.add(topic, names, further)
    return answer.reply()


def _lacking(asking: Asking, name: Name, question: str, one: Evidence | None) -> str:
    """What is said of a side without a sentence: that the document titled with its name does not say what is asked."""
    titles = [document.title for document in asking.index.documents() if name.stands_in(document.title)]
    topic = topic_of(question, name.label)
    if one is not None or not topic or len(titles) != 1:
        return ""
    return say("side_without", asking.language, title=titles[0].strip("《》"), topic=topic)


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
        return [judged(self.asking, one, self.found[one.document.id, one.start]) for one in ranked]

    def like(self, vectors: Sequence[Vectors], known: Sequence[Candidate]) -> list[Candidate]:
        """The candidates, but for those known, that are most like any of the vectors."""
        places = {(one.document.id, one.start) for one in known}
        rest = [one for one in self.candidates if (one.document.id, one.start) not in places]
        if not vectors or not rest:
            return []
        theirs = np.stack(vectors)
        likeness = [
            float((theirs @ vector_of(self.asking, one, self.found[one.document.id, one.start])).max()) for one in rest
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


def _alike(asking: Asking, names: Sequence[Name], pools: Sequence[Sequence[Evidence]]) -> list[Evidence | None]:
    """For each side the sentence that answers well and is like those of the other sides; None where it has none."""
    held = [i for i, pool in enumerate(pools) if pool]

    def together(group: Sequence[Evidence]) -> float:
        alike = _TITLES * _titles_alike(asking, group) + _SHARED * shared_by(group)
        return worth_together(group) + alike + _ONE_ROW * _share_a_row(group, [names[i] for i in held])

    best = max(product(*(pools[i] for i in held)), key=together, default=()) if held else ()
    chosen: list[Evidence | None] = [None] * len(pools)
    for i, one in zip(held, best, strict=True):
        chosen[i] = one
    return chosen


def _titles_alike(asking: Asking, group: Sequence[Evidence]) -> float:
    """How like each other the titles of the sentences' documents are (-1 to 1): a manual goes with a manual."""
    titles = [_INNER_TITLE.sub(r"\1", one.candidate.document.title) for one in group]
    distinct = list(dict.fromkeys(titles))
    if len(distinct) < 2:
        return 1.0
    vectors = {title: asking.retriever.query(Question(title)).vector for title in distinct}
    return min(float(vectors[one] @ vectors[other]) for one, other in combinations(titles, 2))


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
            best[candidate.document.id].append(judged(asking, candidate, found))
    kept = not_of_others(asking, best)
    best = {document: ranked for document, ranked in best.items() if document in kept}
    dates = Editions(asking.index)
    revised = {document: dates.before(document) for document in list(best)[:_MAY_BE_REVISED]} if editions else {}
    later, earlier = next(((one, before) for one, before in revised.items() if before), ("", None))
    if earlier:
        chosen = _of_two_editions(asking, text, later, earlier)
    else:
        pairs = [pair for two in combinations(best.values(), 2) for pair in product(*two)]
        chosen = list(max(pairs, key=worth_together, default=()))
    if not chosen or max(one.confidence for one in chosen) < LEAST:
        return None
    if not earlier and min(one.confidence for one in chosen) < LEAST:
        return None
    ordered = sorted(chosen, key=lambda one: _date(one, dates))
    answer = Beside(asking)
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
        pools.append([judged(asking, one, found) for one in ranked])
    groups = list(map(list, product(*pools)))
    return max(groups, key=worth_together, default=[])


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
