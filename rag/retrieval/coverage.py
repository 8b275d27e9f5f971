"""How much of a question stands together: in one sentence, or in it and those next to it.

Words of a question that stand near each other speak for a text more than the same words far apart (Tao & Zhai, "An
exploration of proximity measures in information retrieval", 2007).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from embeddings import Term, lexical_tokens

__all__ = ["coverages"]

_OWN = 0.6  # of a sentence's coverage is its own; the rest is that of its surroundings


def coverages(content: Mapping[Term, float], sentences: Sequence[str], above: str) -> list[float]:
    """The share of the content, by weight, that stands in each sentence and in its surroundings (0 to 1).

    ``sentences`` follow each other, ``above`` are the title and headings over them.
    """
    tokens = [_tokens(sentence) for sentence in sentences]
    over = _tokens(above)
    return [
        _OWN * _share(content, own) + (1 - _OWN) * _share(content, over.union(*tokens[max(0, i - 1) : i + 2]))
        for i, own in enumerate(tokens)
    ]


def _share(content: Mapping[Term, float], tokens: frozenset[str]) -> float:
    """How much of the content stands among the tokens, a word partly there counting in part (0 to 1)."""
    total = sum(content.values())
    return sum(weight * term.share(tokens) for term, weight in content.items()) / total if total else 0.0


@lru_cache(maxsize=2048)
def _tokens(text: str) -> frozenset[str]:
    """Kept, as the sentences that a search looks into are looked into again for the answer."""
    return frozenset(lexical_tokens(text))
