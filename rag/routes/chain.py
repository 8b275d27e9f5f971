"""One question after another: who updates the price list, and what that person's extension is.

A question is parted where it may be, the part before is asked by itself, and the words that answer it are put in its
place in the rest. The parting that both steps bear out best is taken. Where a question is no chain but asks of two
documents, the sentences of both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.language.script import fold, has_han
from embeddings import lexical_tokens
from rag.answers import AnswerSentence
from rag.extractive.candidates import Candidate, candidates_of
from rag.extractive.choice import Extract, read
from rag.extractive.confidence import confidence
from rag.extractive.presuppositions import lacks
from rag.proof.citations import Numbering
from rag.question.question import Question
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.routes.difference import cells_met
from rag.routes.room import Asking, Reply
from rag.routes.side_names import Name
from rag.routes.together import together

__all__ = ["chain"]

_SHORTEST_INNER, _SHORTEST_OUTER = 4, 2  # characters
_LONGEST_BRIDGE = 24
_MOST_PARTINGS = 3
_LEAST = 0.3  # a step is as likely as this (0 to 1)
_PARTING = re.compile(r"的|[，,]")
_ENGLISH_PARTING = re.compile(
    r"\b(?:of|for|does|is|to|about)\s+(?=who(?:ever)?\b|the (?:person|one|man|woman|department|team|office|company"
    r"|product|model|document)\b)"
)
_ENDS_STEP = re.compile(r"[\s?？。.!！]+$")
_AND = re.compile(r"[、，,和\s]+")
_HELD = 0.6  # of the words of the first question, by weight
_FEW, _RARE = 6, 0.05  # passages, and the share of them (0 to 1), in which a name may stand
_EDGES = ' \n\t，,。；;：:（）()“”"、'


@dataclass(frozen=True)
class _Step:
    """A question that was answered: the sentence, what found it, and how likely it answers (0 to 1)."""

    asked: str
    candidate: Candidate
    found: Found
    confidence: float


def chain(asking: Asking) -> Reply | None:
    """The two steps of a question, or the sentences of two documents where it has none; None where neither holds."""
    best: tuple[float, _Step, str, _Step] | None = None
    for inner, outer in () if asking.question.asks_twice else _partings(asking.question.text):
        first = _first_step(asking, inner)
        if first is None or first.confidence < _LEAST:
            continue
        for bridge in _bridges(asking, first):
            second = _second_step(asking, bridge, outer, first)
            if second is None or second.confidence < _LEAST:
                continue
            likely = first.confidence * second.confidence
            if best is None or likely > best[0]:
                best = likely, first, bridge, second
    if best is None:
        return together(asking)
    likely, first, bridge, second = best
    numbering = Numbering()
    sentences: list[AnswerSentence] = []
    for lead, step in ((first.asked, first), (bridge, second)):
        quoted = Extract((step.candidate,), step.confidence).cite(numbering)
        sentences += [replace(one, lead=lead) for one in quoted]
    hits = merged([first.found, second.found]).hits
    return Reply(tuple(sentences), tuple(numbering.citations), hits, float(likely**0.5))


def _partings(text: str) -> list[tuple[str, str]]:
    """Where a question may be parted: what is asked first, and the rest; the longest first part first."""
    asked = _ENDS_STEP.sub("", text)
    if has_han(asked):
        found = [(asked[: match.start()], asked[match.end() :]) for match in _PARTING.finditer(asked)]
    else:
        found = [(asked[match.end() :], asked[: match.end()]) for match in _ENGLISH_PARTING.finditer(asked)]
    kept = [
        (inner.strip(_EDGES), outer.strip(_EDGES))
        for inner, outer in found
        if len(inner.strip()) >= _SHORTEST_INNER and len(outer.strip()) >= _SHORTEST_OUTER
    ]
    return sorted(kept, key=lambda parts: -len(parts[0]))[:_MOST_PARTINGS]


def _first_step(asking: Asking, inner: str) -> _Step | None:
    """The first question answered, in the wording that the documents answer best."""
    steps = []
    for wording in _wordings(inner):
        found = asking.search(wording)
        ranked = read(asking.worded(wording), candidates_of(found, asking.index), asking.reader)[:1]
        steps += [
            _Step(inner, one, found, confidence(found, [one], asking.index)) for one in ranked if _speaks_of(found, one)
        ]
    return max(steps, key=lambda step: step.confidence, default=None)


def _speaks_of(found: Found, candidate: Candidate) -> bool:
    """Whether a sentence holds most of what is asked, with what it stands under; in another language, who can tell."""
    if found.query.crosses(candidate.document):
        return True
    passage = candidate.hit.passage
    held = set(lexical_tokens("\n".join([candidate.text, passage.title, *passage.headings])))
    content = found.query.question.content(("zh",))  # with the words that stand in no document
    total = sum(content.values())
    return not total or sum(weight * term.share(held) for term, weight in content.items()) >= _HELD * total


def _wordings(inner: str) -> tuple[str, ...]:
    """The first part as questions for a person and for a thing."""
    if not has_han(inner):
        return (f"Who is {inner}?", f"What is {inner}?")
    return (f"{inner}是谁？", f"{inner}是什么？")


def _bridges(asking: Asking, step: _Step) -> Iterator[str]:
    """The words that answer the first question: of a row its cells, of a sentence what the reader takes for them."""
    key = step.candidate.key
    text = step.candidate.document.text
    words = cells_met(step.candidate, key) if key else []
    if not words and key:
        words = [text[key[0] : key[1]]]
    for one in words:
        for bridge in _AND.split(one.rpartition("：")[2]):
            bridge = bridge.strip(_EDGES)
            known = fold(bridge) in asking.question.folded
            if 2 <= len(bridge) <= _LONGEST_BRIDGE and not known and _is_rare(asking, bridge):
                yield bridge


def _is_rare(asking: Asking, bridge: str) -> bool:
    """Whether words stand in few passages, as names do."""
    index = asking.index
    pairs = [token for token in lexical_tokens(bridge) if len(token) > 1]
    seen = min((index.document_frequency(token) for token in pairs), default=index.manifest.passages)
    return seen <= max(_FEW, _RARE * index.manifest.passages)


def _second_step(asking: Asking, bridge: str, outer: str, first: _Step) -> _Step | None:
    """The rest of the question answered of the bridge: a sentence that names it, or stands under its name."""
    text = f"{bridge}的{outer}？" if has_han(outer) else f"{outer} {bridge}?"
    found = asking.search(text)
    name = Name(bridge)
    named = [
        one
        for one in candidates_of(found, asking.index)
        if (one.document.id, one.start) != (first.candidate.document.id, first.candidate.start)
        and name.stands_in("\n".join([one.text, *one.hit.passage.headings]))
    ]
    ranked = read(asking.worded(text), named, asking.reader)
    question = Question(text, asking.language)
    for one in ranked[:1]:
        if not lacks(question, [one.text]):
            return _Step(bridge, one, found, confidence(found, [one], asking.index))
    return None
