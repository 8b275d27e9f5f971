"""What comes before what: 开工前 is not 开工后, and 先付款后发货 is not 先发货后付款.

A word of order is compared by the characters that it orders. All texts are expected folded (``embeddings.fold``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from corpus.language.names import words_of
from corpus.language.quantities import quantities_of
from corpus.language.script import has_han

__all__ = ["exchanged_order"]

_EARLY = frozenset(["前", "之前", "以前"])
_LATE = frozenset(["后", "之后", "以后"])
_FIRST = frozenset(["先", "首先"])
_THEN = frozenset(["后", "再", "然后", "随后"])
_ANCHOR = 2  # characters before 前 and 后 that are compared


def exchanged_order(sentence: str, text: str) -> list[str]:
    """The words that the sentence orders one way and the text the other way only, each once, as they are written."""
    here, there = _ordered(sentence), _ordered(text)
    known = {(early, word) for early, word, _ in there}
    return list(
        dict.fromkeys(
            written for early, word, written in here if (not early, word) in known and (early, word) not in known
        )
    )


@lru_cache(maxsize=4096)  # a text is held against many sentences
def _ordered(text: str) -> tuple[tuple[bool, str, str], ...]:
    """Whether each word comes early, the word or the end of it, and how that is written."""
    return tuple(_read(text)) if has_han(text) else ()


def _read(text: str) -> Iterator[tuple[bool, str, str]]:
    for quantity in quantities_of(text):
        behind = re.match(r"\s?[之以]?([前后])", text[quantity.end :])
        if behind:
            yield behind[1] == "前", quantity.canonical, text[quantity.start : quantity.end + behind.end()]
    words = [word.text for word in words_of(text)]
    at = 0
    for word, following in pairwise([*words, ""]):
        anchor = re.sub(r"\s", "", text[:at])[-_ANCHOR:]
        if word in _EARLY | _LATE and re.fullmatch(r"\w{2}", anchor):
            yield word in _EARLY, anchor, anchor + word
        if word in _FIRST | _THEN and len(following) > 1 and following.isalpha():
            yield word in _FIRST, f"{following}…", word + following
        at += len(word)
