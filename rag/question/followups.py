"""A question that leans on the turns before it, made to stand alone: "那补贴呢？", "What about 2020?", "它在哪里？".

Without a language model what is left unsaid is taken over, word for word, from the turns before. Every way to do so
is a ``Completion``; a log-linear model over its ``signs`` tells the likeliest (Berger et al., "A Maximum Entropy
Approach to Natural Language Processing", 1996), and a ``Listener``, where the encoder is the bundled one, which of
these is meant. Both learned from conversations written by hand (``benchmarks/training``).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources

from embeddings import Encoder
from rag.conversation import Turn
from rag.question.completions import Before, Completion, Leaning, completions_of
from rag.question.phrases import answer_language, quoted_in
from rag.question.signs import Part, Signs
from rag.question.small_talk import small_talk
from rag.question.understood import Pair, Understood
from rag.reading.completions import Listener

__all__ = ["MOST_LISTENED", "candidates", "distinct", "pairs_of", "ranked", "standalone"]

_WEIGHTS = "followups.json"
_MOST = 5
_MOST_SCORED = 20  # of which some read alike
MOST_LISTENED = 8
"""How many of the likeliest completions a ``Listener`` is asked about."""
_LISTENED = 1.5  # what a listener's score counts beside log-odds (benchmarks/train_completions.py)
_LONGEST = 200  # characters of a question that can lean on others: a longer one has said all

_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("（", "）"), ("(", ")"))
_LEANS = re.compile("呢[?？]?$|^那|[它他她]们?|其[中他]?")


def standalone(question: str, history: Sequence[Turn], encoder: Encoder | None = None) -> str:
    """The question as it would be asked without the history; itself where it leans on nothing.

    The bundled ``encoder`` tells better what the question is after; without it, or with another, its words alone do.
    """
    return candidates(question, history, encoder)[0][0]


def candidates(
    question: str, history: Sequence[Turn], encoder: Encoder | None = None, understood: Understood | None = None
) -> list[tuple[str, float]]:
    """The ways to ask the question without the history, each with how likely it is meant (0 to 1), the best first.

    The questions of the history are taken as they were ``understood`` when they were answered, where that is known.
    """
    before = pairs_of(history)
    if not before or len(question) > _LONGEST:
        return [(question, 1.0)]
    completed = _completed(before, encoder, understood)
    found = _ranked_texts(question, before, completed, encoder)  # type: ignore[arg-type]  # any class is hashable
    odds = [math.exp(-behind) for _, behind in found]
    return [(text, one / sum(odds)) for (text, _), one in zip(found, odds, strict=True)]


def ranked(leaning: Leaning, weights: Mapping[str, float]) -> list[tuple[float, Completion]]:
    """Every completion with its score (log-odds, up to a constant), the best first."""
    signs = Signs(leaning)
    scores: dict[Part, float] = {}
    found = []
    for completion in completions_of(leaning):
        score = 0.0
        for part in signs.parts(completion):
            if part not in scores:
                scores[part] = math.fsum(weights.get(sign, 0.0) for sign in signs.of(part))
            score += scores[part]
        found.append((score, completion))
    return sorted(found, key=lambda one: -one[0])


def distinct(scored: Sequence[tuple[float, Completion]]) -> dict[str, float]:
    """The texts of the best completions, each with how far its log-odds are behind the first's."""
    behind: dict[str, float] = {}
    for score, completion in scored[:_MOST_SCORED]:
        behind.setdefault(completion.text, scored[0][0] - score)
    return behind


def _is_whole(text: str) -> bool:
    """Whether no quotation is cut in two."""
    return all(text.count(opening) == text.count(closing) for opening, closing in _QUOTES)


def _completed(before: tuple[Pair, ...], encoder: Encoder | None, understood: Understood | None) -> tuple[Before, ...]:
    """The questions before, completed, with the answers to them."""
    completed: tuple[Before, ...] = ()
    for i, (asked, answer) in enumerate(before):
        alone = understood.of(asked, before[:i]) if understood is not None else None
        if alone is None and completed and len(asked) <= _LONGEST:
            alone = _ranked_texts(asked, before[:i], completed, encoder)[0][0]  # type: ignore[arg-type]
        alone = alone or asked
        completed += ((alone, answer, alone != asked),)
    return completed


@lru_cache(maxsize=512)
def _ranked_texts(
    question: str, before: tuple[Pair, ...], completed: tuple[Before, ...], encoder: Encoder | None
) -> tuple[tuple[str, float], ...]:
    """The best completions, each with how far its log-odds are behind the first's."""
    scored = ranked(Leaning.of(question, completed, encoder), _weights())
    scored = [one for one in scored if _is_whole(one[1].text)] or scored
    if _LEANS.search(question.strip()):  # such a question is never whole
        scored = [one for one in scored if one[1].text != question] or scored
    behind = list(distinct(scored).items())[:MOST_LISTENED]
    listener = Listener.beside(encoder)
    if listener is not None and len(behind) > 1:
        meant = listener.scores([text for text, _ in behind], question, before)
        odds = {text: _LISTENED * float(score) - far for (text, far), score in zip(behind, meant, strict=True)}
        behind = sorted(((text, max(odds.values()) - one) for text, one in odds.items()), key=lambda one: one[1])
    return tuple(behind[:_MOST])


def pairs_of(history: Sequence[Turn]) -> tuple[Pair, ...]:
    """Each question of the history with what the answer to it quotes, "" for nothing, without small talk."""
    pairs: list[Pair] = []
    for role, content in history:
        if role == "user":
            pairs.append((content, ""))
        elif pairs and not pairs[-1][1]:
            pairs[-1] = pairs[-1][0], quoted_in(content)
    return tuple(pair for pair in pairs if small_talk(pair[0], answer_language(pair[0])) is None)


@cache
def _weights() -> dict[str, float]:
    text = resources.files("rag.question").joinpath(_WEIGHTS).read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)
    return weights
