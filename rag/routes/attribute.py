"""What a comparison asks of each side: its warranty, its weight; and whether a side's sentence says it.

What is asked is told from the words of the question beside the side's name. A sentence in other words says it too where
it runs parallel to the other side's, or where the reader takes it for an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from corpus.language.names import words_of
from corpus.language.script import fold, has_han
from embeddings import Term, lexical_tokens
from rag.question.kinds import without_asking_words
from rag.question.question import Question
from rag.routes.evidence import Evidence, likeness_of, parallel_of

__all__ = ["said_of_each", "topic_of"]

_SAYS = 0.6  # of the words asked for, by weight, that a sentence which says it holds at the least
_LACKS = 0.2  # and at the most one that does not
_UNREAD = -1.0  # the reading of a sentence that does not answer, at the most (log-odds)


def said_of_each(questions: Sequence[str], labels: Sequence[str], chosen: Sequence[Evidence | None]) -> list[bool]:
    """Whether each side's sentence says what is asked of it, held against a side whose sentence plainly does."""
    shares = [
        _share(_words_beside(question, label), one)
        for question, label, one in zip(questions, labels, chosen, strict=True)
    ]
    plain = [one for one, share in zip(chosen, shares, strict=True) if one is not None and share >= _SAYS]
    return [
        one is None or not plain or not _lacks(one, share, plain) for one, share in zip(chosen, shares, strict=True)
    ]


def topic_of(question: str, label: str) -> str:
    """The thing asked of a side in the question's words, as a sentence can name it: 保修期; "" where there is none."""
    rest = without_asking_words(question.replace(label, " ")) if has_han(question) else ""
    folded = fold(rest)
    if len(folded) != len(rest):
        return ""
    runs: list[str] = []
    at = 0
    for is_noun, run in groupby(words_of(folded), lambda word: word.kind[0] in "nj" or word.kind == "vn"):
        length = sum(len(word.text) for word in run)
        if is_noun:
            runs.append(rest[at : at + length])
        at += length
    return max(runs, key=len, default="")


def _words_beside(question: str, label: str) -> Mapping[Term, float]:
    return Question(question.replace(label, " ")).content(("zh",))


def _share(words: Mapping[Term, float], one: Evidence | None) -> float:
    if one is None:
        return 0.0
    held = set(lexical_tokens("\n".join([one.candidate.text, *one.candidate.hit.passage.headings])))
    total = sum(words.values())
    return sum(weight * term.share(held) for term, weight in words.items()) / total if total else 1.0


def _lacks(one: Evidence, share: float, plain: Sequence[Evidence]) -> bool:
    reading = one.candidate.reading
    if share > _LACKS or one in plain or (reading is not None and reading.score > _UNREAD):
        return False
    return not any(parallel_of((one, other), likeness_of((one, other))) for other in plain)
