"""Two documents that answer a question together, each with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations, pairwise, product

from corpus.language.script import fold, has_han
from embeddings import lexical_tokens
from rag.answers import AnswerSentence
from rag.extractive.candidates import Candidate, candidates_of
from rag.extractive.choice import Extract, read
from rag.extractive.confidence import confidence
from rag.extractive.names_asked import NamesAsked
from rag.proof.citations import Numbering
from rag.question.compound import clauses_of
from rag.question.followups import standalone
from rag.question.phrases import say
from rag.retrieval.merging import merged
from rag.retrieval.retriever import Found
from rag.routes.room import Asking, Reply

__all__ = ["together"]

_OF_A_DOCUMENT = 3  # sentences looked at
_DOCUMENTS = 5
_READ = 7  # of their passages
_COVERAGE = 6.0  # logits that holding all the question's words between them is worth
_LEAST = 0.1  # a sentence is as likely as this (0 to 1)
_ANSWERS = 0.5  # a sentence that is as likely as this, and holds all that two do, answers alone
_HELD = 0.5  # of the question's words, by weight, both sentences hold between them

Likely = tuple[Candidate, Found, float]


def together(asking: Asking) -> Reply | None:
    """The sentences of two documents that between them answer best; None where they don't, or one alone does.

    No sentence answers alone what is asked twice: both are shown where each is likely an answer.
    """
    best: dict[str, list[Likely]] = {}
    for text in _asked(asking):
        found = asking.search(text)
        for one in read(asking.worded(text), _of_documents(candidates_of(found, asking.index)), asking.reader, _READ):
            known = best.setdefault(one.document.id, [])
            if len(known) < 2 * _OF_A_DOCUMENT and all(one.start != other.start for other, _, _ in known):
                known.append((one, found, confidence(found, [one], asking.index)))
    papers = {
        one.document.id: (one.document, fold(f"{one.document.title}\n{one.document.text}"))
        for known in best.values()
        for one, _, _ in known
    }
    names = NamesAsked(asking.question.proper_names, papers, asking.index)
    best = {key: known for key, known in best.items() if not names.denied(key)}
    content = asking.question.content(("zh",))  # with the words that stand in no document

    def covered(pair: tuple[Likely, Likely]) -> float:
        held = set(lexical_tokens(" ".join(f"{one.document.title} {one.text}" for one, _, _ in pair)))
        total = sum(content.values())
        return sum(weight * term.share(held) for term, weight in content.items()) / total if total else 1.0

    def worth(pair: tuple[Likely, Likely]) -> float:
        return sum(one.score for one, _, _ in pair) / 2 + _COVERAGE * covered(pair)

    pairs = [pair for two in combinations(best.values(), 2) for pair in product(*two)]
    chosen = max(pairs, key=worth, default=None)
    twice = asking.question.asks_twice
    if chosen is None or min(likely for _, _, likely in chosen) < (_ANSWERS if twice else _LEAST):
        return None
    if not twice and _fall_short(chosen, covered):
        return None
    numbering = Numbering()
    sentences: list[AnswerSentence] = []
    for one, _, likely in chosen:
        lead = say("document", asking.language, title=one.document.title)
        sentences += [replace(quoted, lead=lead) for quoted in Extract((one,), likely).cite(numbering)]
    hits = merged([found for _, found, _ in chosen]).hits
    both = [likely for _, _, likely in chosen]
    return Reply(tuple(sentences), tuple(numbering.citations), hits, max(both) if twice else sum(both) / 2)


def _fall_short(pair: tuple[Likely, Likely], covered: Callable[[tuple[Likely, Likely]], float]) -> bool:
    """Whether one of two sentences answers alone, or both hold too little of the question's words."""
    alone = max(pair, key=lambda one: covered((one, one)))
    if alone[2] >= _ANSWERS and covered((alone, alone)) >= covered(pair):
        return True
    return covered(pair) < _HELD and not any(found.query.crosses(one.document) for one, found, _ in pair)


def _of_documents(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates of the two best passages of each of the best documents."""
    passages: dict[str, list[str]] = {}
    kept = []
    for one in sorted(candidates, key=lambda one: -one.score):
        if one.document.id not in passages and len(passages) == _DOCUMENTS:
            continue
        known = passages.setdefault(one.document.id, [])
        if one.hit.passage.id not in known and len(known) < 2:
            known.append(one.hit.passage.id)
        if one.hit.passage.id in known:
            kept.append(one)
    return kept


def _asked(asking: Asking) -> list[str]:
    """The question, and its clauses by themselves, each completed from the one before."""
    text, twice = asking.question.text, asking.question.asks_twice
    clauses = clauses_of(text)
    if len(clauses) < 2 or not (twice or has_han(text)):
        return [text]
    encoder = asking.retriever.encoder if twice else None
    return [
        text,
        clauses[0],
        *(standalone(one, [("user", before)], encoder) for before, one in pairwise(clauses)),
    ]
